#!/bin/perl
# First process of a guest whose kernel has a real watchdog (softdog): the feeder is held to what the kernel says and does.
# Prints a line for each thing seen, "AT words". Ends by the watchdog's taking the power of the guest.
# vigia.nowayout=1 on the kernel's command line: the driver does not let go of an armed device.
use Socket;

my %call = -e '/lib64/ld-linux-x86-64.so.2' ? (mount => 165, init_module => 175) : (mount => 40, init_module => 105);
$| = 1;
mkdir $_ for qw(/proc /sys /dev /run);
mount_at(@$_) for ['proc', '/proc'], ['sysfs', '/sys'], ['devtmpfs', '/dev'];
my $nowayout = slurp('/proc/cmdline') =~ /vigia\.nowayout=1/;
for my $file (sort glob '/lib/modules/*.ko') {
  my ($module, $parameters) = (slurp($file), $nowayout && $file =~ /softdog/ ? "nowayout=1\0" : "\0");
  syscall($call{init_module}, $module, length $module, $parameters) == 0 or seen("module $file: $!");
}

if (!fork) {
  exec '/bin/perl', '/feeder.pl', '--socket', '/run/feeder.sock' or die "exec: $!";
}
my ($id, $feeder) = (0, undef);
for (1 .. 600) {
  socket $feeder, AF_UNIX, SOCK_STREAM, 0;
  last if connect $feeder, pack_sockaddr_un('/run/feeder.sock');
  wait_for(0.1);
}

seen('absent: ' . ask('arm 2000 /dev/nothing'));
seen('armed: ' . ask('arm 2000 /dev/watchdog'));
seen('sysfs: ' . join ' ', map { my $text = slurp("/sys/class/watchdog/watchdog0/$_"); $text =~ s/\s+$//; $text } qw(identity timeout state));
seen('disarmed: ' . ask('disarm'));
wait_for(4);
seen('alive: disarmed for twice the timeout');
seen('sysfs: ' . slurp('/sys/class/watchdog/watchdog0/state')) unless $nowayout;
seen('armed: ' . ask('arm 2000 /dev/watchdog'));
for (1 .. 10) { allow(1.5); wait_for(0.5) }
seen('alive: fed for twice the timeout');
allow(2);
wait_for(0.5);
kill 'TERM', $_ for feeders();
seen('allowed: 1.5 s more');
while (1) { wait_for(0.5); seen('alive') }

sub ask {
  my ($words) = @_;
  $id += 1;
  syswrite $feeder, "$id $words\n";
  while (defined(my $line = <$feeder>)) {
    chomp $line;
    return $line if $line =~ s/^$id //;
    seen("said: $line");
  }
  return 'no answer';
}

sub allow { syswrite $feeder, sprintf "allow %.3f\n", (uptime() + $_[0]) * 1000 }

sub feeders { return grep { slurp("/proc/$_/cmdline") =~ /feeder\.pl/ } map { m{/proc/(\d+)$} ? $1 : () } glob '/proc/*' }

sub seen { my ($words) = @_; $words =~ s/\s+$//; print uptime(), " $words\n" }

sub uptime { return (split ' ', slurp('/proc/uptime'))[0] }

sub wait_for { select undef, undef, undef, $_[0] }

sub slurp { my ($file) = @_; open my $in, '<', $file or return ''; local $/; my $text = <$in>; return $text // '' }

sub mount_at { my ($type, $at) = @_; syscall($call{mount}, "$type\0", "$at\0", "$type\0", 0, my $none = "\0") }
