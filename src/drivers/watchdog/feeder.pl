#!/usr/bin/perl
# usage: feeder.pl [--socket /run/vigia-watchdog/feeder.sock] [--spawned]
#
# Feeds this host's watchdog for as long as vigiad allows it, and not a moment longer: a daemon that is frozen or dead
# allows nothing more, and the host loses its power. A process of its own, so that a restart of vigiad finds the watchdog
# armed, and in Perl, because it needs locked memory (mlockall) and ioctl, which Node does not have; perl-base is on every Debian.
#
# --spawned: started by vigiad itself. Ends if another feeder is there, or when it is no longer needed.
# Without it, a second feeder waits until the first is gone, and takes its place.
#
# Lines from vigiad: "ID state", "ID arm MS DEVICE", "ID again MS DEVICE" (arm, unless another daemon armed meanwhile),
# "ID inherit" (only what is armed already; what was allowed stays), "ID disarm", and "allow MS", an absolute time of CLOCK_MONOTONIC.
# Answers: "ID armed MS device|stand-in IDENTITY", "ID unarmed", "ID absent WHY", "ID refused MS|-"; unasked: "superseded", "notice TEXT".
#
# F1 Nothing is written to the device at or after the allowed time, but while it cannot be closed (nowayout) after a disarm.
# F2 The last word counts, and only that of the connection that armed or inherited last.
# F3 An armed watchdog is not closed by any signal, nor by the end of a connection.
use strict;
use warnings;
use Errno ();
use Fcntl qw(:DEFAULT :flock :mode);
use POSIX ();
use Socket qw(AF_UNIX SOCK_STREAM pack_sockaddr_un);

# Kernel interfaces by number: there are no headers to read them from. <linux/watchdog.h> is the same on both machines.
my %calls = (
  x86_64  => { clock_gettime => 228, mlockall => 151, sched_setscheduler => 144 },
  aarch64 => { clock_gettime => 113, mlockall => 230, sched_setscheduler => 119 },
);
my $call = $calls{ (POSIX::uname())[4] } or die "feeder: machines of this type are not supported\n";
my ($GET_SUPPORT, $SET_OPTIONS, $SET_TIMEOUT, $GET_TIMEOUT) = (0x80285700, 0x80045704, 0xc0045706, 0x80045707);
my $DISABLE = 1;

# Far longer than any lease: a mistaken time cannot keep a dead host alive for ever.
my $allow_max_ms = 900_000;

# However long the timeout: a device may be late by its own tick.
my $interval_max_ms = 1000;

# Bounds of what a stranger on the socket can make us keep.
my ($clients_max, $line_max) = (16, 512);

# A spawned feeder that nobody needs ends after so long.
my $idle_ms = 2000;

my %option = (socket => '/run/vigia-watchdog/feeder.sock', spawned => 0);
while (@ARGV) {
  my $word = shift @ARGV;
  if ($word eq '--spawned') { $option{spawned} = 1 }
  elsif ($word eq '--socket' && @ARGV) { $option{socket} = shift @ARGV }
  else { print STDERR "usage: feeder.pl [--socket PATH] [--spawned]\n"; exit 64 }
}

# Of the device: its path, its handle while it is open, the timeout read back, what it is, when it is fed next.
my ($path, $device, $timeout_ms, $type, $identity, $due_ms);
my $allowed_ms = 0;
# Disarmed, but the driver does not let go (nowayout): it is fed without end, as its operator wanted no power to be taken.
my $held = 0;
my ($speaker, %clients);
my ($ending, $needed_ms) = (0, now_ms());

$SIG{$_} = 'IGNORE' for qw(PIPE HUP);
$SIG{$_} = sub { $ending = 1 } for qw(TERM INT);
umask 0077;
stay_in_memory();
my $lock = take_place();
my $listener = listen_on($option{socket});

while (1) {
  my $now = now_ms();
  feed($now) if defined $device && ($held || $now < $allowed_ms) && $now >= $due_ms;
  leave() if !defined $device && ($ending || ($option{spawned} && !%clients && $now - $needed_ms > $idle_ms));
  $needed_ms = $now if defined $device || %clients;
  my $wait_ms = 1000;
  $wait_ms = $due_ms - $now if defined $device && ($held || $now < $allowed_ms) && $due_ms - $now < $wait_ms;
  my $ready = '';
  vec($ready, fileno $_->{handle}, 1) = 1 for values %clients;
  vec($ready, fileno $listener, 1) = 1;
  next if select($ready, undef, undef, $wait_ms > 0 ? $wait_ms / 1000 : 0) < 1;
  accept_one() if vec $ready, fileno $listener, 1;
  # One that speaks may end another.
  for my $client (my @heard = values %clients) {
    my $number = fileno $client->{handle};
    hear($client) if defined $number && vec $ready, $number, 1;
  }
}

# --- the device ------------------------------------------------------------------------------------------------------

sub feed {
  my ($now) = @_;
  $due_ms = $now + ($timeout_ms / 4 < $interval_max_ms ? $timeout_ms / 4 : $interval_max_ms);
  return if defined syswrite $device, "\0";
  say_to($speaker, 'notice the watchdog cannot be fed: ' . why()) if defined $speaker && !$!{EAGAIN};
}

# Opening it begins the first timeout.
sub arm {
  my ($wished_ms, $wished_path) = @_;
  return armed() if defined $device && !$held;
  if (!defined $device) {
    $path = $wished_path;
    sysopen $device, $path, O_WRONLY | O_NONBLOCK or do { $device = undef; return 'absent ' . why() };
    $type = S_ISCHR((stat $device)[2]) ? 'device' : 'stand-in';
    $identity = $type eq 'device' ? identity_of_device() : 'stand-in';
  }
  $timeout_ms = $type eq 'device' ? set_timeout($wished_ms) : set_stand_in($wished_ms);
  if (!defined $timeout_ms || abs($timeout_ms - $wished_ms) >= 1000) {
    my $got = $timeout_ms // '-';
    $timeout_ms //= 1000;
    disarm();
    return "refused $got";
  }
  ($held, $allowed_ms) = (0, 0);
  feed(now_ms());
  return armed();
}

sub armed { return "armed $timeout_ms $type $identity" }

# Whole seconds are all that a device knows; what counts is what it says afterwards.
sub set_timeout {
  my ($wished_ms) = @_;
  my $seconds = pack 'i', int(($wished_ms + 999) / 1000);
  ioctl $device, $SET_TIMEOUT, $seconds;
  my $got = pack 'i', 0;
  return ioctl($device, $GET_TIMEOUT, $got) ? 1000 * unpack('i', $got) : undef;
}

# A FIFO or file that stands for a device: its timeout is what the file beside it says once ours was written there.
sub set_stand_in {
  my ($wished_ms) = @_;
  my $file = "$path.timeout";
  return undef unless -e $file;
  if (open my $out, '>', $file) { print $out "$wished_ms\n"; close $out }
  open my $in, '<', $file or return undef;
  my $got = <$in>;
  return defined $got && $got =~ /^(\d{1,9})\s*$/ ? $1 : undef;
}

sub identity_of_device {
  my $info = "\0" x 40;
  return '' unless ioctl $device, $GET_SUPPORT, $info;
  my $text = unpack 'x8 Z32', $info;
  $text =~ s/[^ -~]//g;
  return $text;
}

# "V" before the end is how a watchdog is told that this end is meant.
sub disarm {
  return 'unarmed' if !defined $device || $held;
  my $options = pack 'i', $DISABLE;
  if ($type eq 'device' && !ioctl($device, $SET_OPTIONS, $options) && $!{EBUSY}) {
    ($held, $due_ms) = (1, now_ms());
    say_to($speaker, 'notice the watchdog cannot be stopped (nowayout): it is fed until the host goes down') if defined $speaker;
    return 'unarmed';
  }
  syswrite $device, 'V';
  close $device;
  ($device, $allowed_ms) = (undef, 0);
  return 'unarmed';
}

# --- vigiad ----------------------------------------------------------------------------------------------------------

sub accept_one {
  accept my $handle, $listener or return;
  if (keys %clients >= $clients_max) { close $handle; return }
  my $flags = fcntl $handle, F_GETFL, 0;
  fcntl $handle, F_SETFL, $flags | O_NONBLOCK;
  $clients{ fileno $handle } = { handle => $handle, buffer => '' };
}

sub hear {
  my ($client) = @_;
  my $read = sysread $client->{handle}, $client->{buffer}, 4096, length $client->{buffer};
  return if !defined $read && ($!{EAGAIN} || $!{EINTR});
  return drop($client) unless $read;
  while ($client->{buffer} =~ s/^([^\n]*)\n//) {
    my $line = $1;
    return drop($client) unless length $line <= $line_max && obey($client, $line);
  }
  drop($client) if length $client->{buffer} > $line_max;
}

# False: not one of our lines.
sub obey {
  my ($client, $line) = @_;
  if ($line =~ /^allow (\d{1,15}(?:\.\d{1,9})?)$/) {
    return 1 unless defined $speaker && $speaker == $client && !$held;
    my $latest = now_ms() + $allow_max_ms;
    $allowed_ms = $1 < $latest ? $1 : $latest;
  }
  elsif ($line =~ /^(\d{1,15}) state$/) { say_to($client, "$1 " . (defined $device && !$held ? armed() : 'unarmed')) }
  elsif ($line =~ /^(\d{1,15}) (arm|again) ([1-9]\d{0,8}) (\/\S{1,300})$/) {
    my ($id, $word, $ms, $place) = ($1, $2, $3, $4);
    if ($word eq 'again' && defined $speaker && $speaker != $client) { say_to($client, 'superseded'); return 1 }
    take_over($client);
    say_to($client, "$id " . arm($ms, $place));
  }
  elsif ($line =~ /^(\d{1,15}) inherit$/) {
    my ($id, $armed) = ($1, defined $device && !$held);
    take_over($client) if $armed;
    say_to($client, "$id " . ($armed ? armed() : 'unarmed'));
  }
  elsif ($line =~ /^(\d{1,15}) disarm$/) { my $id = $1; take_over($client); say_to($client, "$id " . disarm()) }
  else { return 0 }
  return 1;
}

# A daemon that was frozen and has been replaced must not speak for the host any more. Its connection stays: closed with words of it
# unread, it would be told of a broken connection instead, and would try again.
sub take_over {
  my ($client) = @_;
  return if defined $speaker && $speaker == $client;
  my $before = $speaker;
  $speaker = $client;
  say_to($before, 'superseded') if defined $before;
}

sub say_to {
  my ($client, $line) = @_;
  # A full socket belongs to a daemon that does not read; it will ask again.
  syswrite $client->{handle}, "$line\n";
}

sub drop {
  my ($client) = @_;
  $speaker = undef if defined $speaker && $speaker == $client;
  delete $clients{ fileno $client->{handle} };
  close $client->{handle};
  return;
}

# --- this process ----------------------------------------------------------------------------------------------------

sub take_place {
  sysopen my $file, "$option{socket}.lock", O_RDWR | O_CREAT or die "feeder: $option{socket}.lock: $!\n";
  if (!flock $file, LOCK_EX | LOCK_NB) {
    exit 0 if $option{spawned};
    until (flock $file, LOCK_EX) { exit 0 if $ending }
  }
  return $file;
}

sub listen_on {
  my ($path) = @_;
  unlink $path;
  socket my $socket, AF_UNIX, SOCK_STREAM, 0 or die "feeder: socket: $!\n";
  bind $socket, pack_sockaddr_un($path) or die "feeder: $path: $!\n";
  listen $socket, $clients_max or die "feeder: $path: $!\n";
  return $socket;
}

# Each of these where the system permits it: a feeder without is better than none.
sub stay_in_memory {
  my ($current_and_future, $round_robin, $priority) = (3, 2, pack 'i', 1);
  print STDERR "feeder: memory is not locked: $!\n" if syscall($call->{mlockall}, $current_and_future) != 0;
  setpriority 0, 0, -20 if syscall($call->{sched_setscheduler}, 0, $round_robin, $priority) != 0;
  if (open my $out, '>', '/proc/self/oom_score_adj') { print $out "-1000\n"; close $out }
}

sub now_ms {
  my $time = pack 'q2', 0, 0;
  my $CLOCK_MONOTONIC = 1;
  syscall($call->{clock_gettime}, $CLOCK_MONOTONIC, $time) == 0 or die "feeder: clock: $!\n";
  my ($seconds, $nanoseconds) = unpack 'q2', $time;
  return $seconds * 1000 + $nanoseconds / 1_000_000;
}

# The name of the error: the same in every language.
sub why {
  my ($name) = sort grep { $!{$_} } keys %!;
  return $name // 'unknown';
}

sub leave {
  unlink $option{socket};
  exit 0;
}
