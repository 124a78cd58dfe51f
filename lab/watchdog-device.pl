#!/usr/bin/perl
# usage: watchdog-device.pl DEVICE TOLD [PID START]
#
# Stands for the watchdog of a pretend host, outside of it: reads the FIFO DEVICE that the host keeps writing to, and cuts the
# host's power when nothing comes for as long as DEVICE.timeout says (milliseconds). "V" as the last byte disarms it, as with a
# real one. PID is the host's first process, START its start (field 22 of /proc/PID/stat); without them nothing is killed.
# TOLD gets a line for each change: "armed AT", "disarmed AT", "fired AT", by CLOCK_MONOTONIC in milliseconds.
use strict;
use warnings;
use Fcntl;
use POSIX ();

my ($path, $told, $pid, $start) = @ARGV;
die "usage: watchdog-device.pl DEVICE TOLD [PID START]\n" unless defined $told;
my %clock_gettime = (x86_64 => 228, aarch64 => 113);
my $clock = $clock_gettime{ (POSIX::uname())[4] } or die "machines of this type are not supported\n";

-p $path or POSIX::mkfifo($path, 0600) or die "$path: $!\n";
write_line('>', "$path.timeout", '60000') unless -e "$path.timeout";
# Open for writing, too: a FIFO without writers would always be ready to read.
sysopen my $device, $path, O_RDWR | O_NONBLOCK or die "$path: $!\n";
# A starved stand-in would blame the feeder.
setpriority 0, 0, -20;

my ($armed, $fed_ms, $timeout_ms) = (0, 0, 60_000);
tell_of('ready');
while (1) {
  my $ready = '';
  vec($ready, fileno $device, 1) = 1;
  my $left_ms = $armed ? $fed_ms + $timeout_ms - now_ms() : 1000;
  if (select($ready, undef, undef, $left_ms > 0 ? $left_ms / 1000 : 0) > 0) {
    next unless sysread $device, my $bytes, 4096;
    $fed_ms = now_ms();
    $timeout_ms = timeout();
    my $meant = substr($bytes, -1) ne 'V';
    tell_of($meant ? 'armed' : 'disarmed') if $meant != $armed;
    $armed = $meant;
  }
  elsif ($armed && now_ms() >= $fed_ms + $timeout_ms) {
    $armed = 0;
    kill 'KILL', $pid if defined $pid && started($pid) eq $start;
    tell_of('fired');
  }
}

sub timeout {
  open my $in, '<', "$path.timeout" or return $timeout_ms;
  my $line = <$in>;
  return defined $line && $line =~ /^(\d+)/ ? $1 : $timeout_ms;
}

sub started {
  my ($of) = @_;
  open my $in, '<', "/proc/$of/stat" or return '';
  my $line = <$in>;
  return (split ' ', substr $line, rindex($line, ')') + 2)[19];
}

sub tell_of {
  my ($word) = @_;
  write_line('>>', $told, sprintf '%s %.3f', $word, now_ms());
}

sub write_line {
  my ($mode, $file, $line) = @_;
  open my $out, $mode, $file or die "$file: $!\n";
  print $out "$line\n";
  close $out;
}

sub now_ms {
  my $time = pack 'q2', 0, 0;
  syscall($clock, 1, $time) == 0 or die "clock: $!\n";
  my ($seconds, $nanoseconds) = unpack 'q2', $time;
  return $seconds * 1000 + $nanoseconds / 1_000_000;
}
