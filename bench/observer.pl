#!/usr/bin/perl
# Sees which TCP ports answer and when, from outside Vigia: reads SYN-ACKs and resets off the wire with the kernel's own
# time of arrival. Why Perl: perl-base is on every Debian, and Node has no packet sockets.
#
# On standard output, a line each; times are nanoseconds of CLOCK_MONOTONIC:
#   up ADDRESS PORT TIME         the port's first SYN-ACK since it was last down or since `clear`
#   down ADDRESS PORT TIME LAST  its first reset after that, and its last SYN-ACK before: it closed between the two
#   cleared TIME                 answer to `clear` on standard input: everything counts as down
#   lost COUNT                   answer to `lost`: packets the kernel had no room for, which must be 0
# Ends with its standard input.
use strict;
use warnings;

use constant { AF_PACKET => 17, SOCK_RAW => 3, SOL_SOCKET => 1, SO_ATTACH_FILTER => 26, SO_RCVBUFFORCE => 33 };
use constant { ETH_P_ALL => 3, SOL_PACKET => 263, PACKET_STATISTICS => 6, PACKET_IGNORE_OUTGOING => 23 };
use constant { SIOCGSTAMPNS => 0x8907, CLOCK_REALTIME => 0, CLOCK_MONOTONIC => 1 };
my $CLOCK_GETTIME = -e '/lib64/ld-linux-x86-64.so.2' ? 228 : 113;

# Classic BPF: IPv4, TCP, not a fragment, and SYN with ACK or RST.
my @FILTER = (
    [0x28, 0, 0, 12], [0x15, 0, 10, 0x0800],
    [0x30, 0, 0, 23], [0x15, 0, 8, 6],
    [0x28, 0, 0, 20], [0x45, 6, 0, 0x1fff],
    [0xb1, 0, 0, 14], [0x50, 0, 0, 27],
    [0x45, 2, 0, 0x04], [0x54, 0, 0, 0x12], [0x15, 0, 1, 0x12],
    [0x06, 0, 0, 96], [0x06, 0, 0, 0],
);

my (%up, $commands);
my $lost = 0;
$| = 1;
my $wire = open_wire();
print 'cleared ', clock_ns(CLOCK_MONOTONIC), "\n";
while (1) {
    my $ready = '';
    vec($ready, fileno $wire, 1) = 1;
    vec($ready, fileno STDIN, 1) = 1;
    next if select($ready, undef, undef, undef) < 0;
    packet() if vec $ready, fileno $wire, 1;
    commands() if vec $ready, fileno STDIN, 1;
}

sub open_wire {
    socket my $socket, AF_PACKET, SOCK_RAW, unpack('S', pack 'n', ETH_P_ALL) or die "packet socket: $!\n";
    my $program = join '', map { pack 'S C C L', @$_ } @FILTER;
    setsockopt $socket, SOL_SOCKET, SO_ATTACH_FILTER, pack('S x6 P', scalar @FILTER, $program) or die "filter: $!\n";
    setsockopt $socket, SOL_SOCKET, SO_RCVBUFFORCE, pack('i', 8 << 20) or die "buffer: $!\n";
    setsockopt $socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, pack('i', 1) or die "direction: $!\n";
    # The first question switches time stamps on.
    ioctl $socket, SIOCGSTAMPNS, my $none = "\0" x 16;
    return $socket;
}

sub packet {
    defined recv $wire, my $frame, 128, 0 or return;
    my $stamp = "\0" x 16;
    ioctl $wire, SIOCGSTAMPNS, $stamp or return;
    my ($seconds, $nanoseconds) = unpack 'q q', $stamp;
    my $at = $seconds * 1_000_000_000 + $nanoseconds - clock_ns(CLOCK_REALTIME) + clock_ns(CLOCK_MONOTONIC);
    my $tcp = 14 + 4 * (ord(substr $frame, 14, 1) & 15);
    my $flags = ord substr $frame, $tcp + 13, 1;
    my $place = join('.', unpack 'C4', substr $frame, 26, 4) . ' ' . unpack('n', substr $frame, $tcp, 2);
    if ($flags & 4) {
        my $last = delete $up{$place};
        print "down $place $at $last\n" if $last;
    }
    else {
        print "up $place $at\n" if !$up{$place};
        $up{$place} = $at;
    }
}

sub commands {
    my $got = sysread STDIN, $commands, 4096, length($commands // '');
    exit if !$got;
    # What came before the question is part of the answer, and is not seen after a `clear`.
    packets_waiting();
    while ($commands =~ s/^(\w+)\n//) {
        if ($1 eq 'clear') { %up = (); print 'cleared ', clock_ns(CLOCK_MONOTONIC), "\n" }
        if ($1 eq 'lost') { $lost += lost_since(); print "lost $lost\n" }
    }
}

sub packets_waiting {
    for (1 .. 100_000) {
        my $ready = '';
        vec($ready, fileno $wire, 1) = 1;
        return if select($ready, undef, undef, 0) < 1;
        packet();
    }
}

# The kernel counts from zero again after each question.
sub lost_since {
    my $counts = getsockopt $wire, SOL_PACKET, PACKET_STATISTICS or return 0;
    return (unpack 'L L', $counts)[1];
}

sub clock_ns {
    syscall $CLOCK_GETTIME, $_[0], my $time = "\0" x 16;
    my ($seconds, $nanoseconds) = unpack 'q q', $time;
    return $seconds * 1_000_000_000 + $nanoseconds;
}
