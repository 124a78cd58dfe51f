#!/bin/perl
# The whole userland of a lab guest: first process, network set-up, services, control and ACPI in one event loop.
#
# Why Perl: perl-base is on every Debian, needs no compiler, and its built-in socket calls are enough; Debian's static
# busybox has neither a TCP nor a UDP nor a DNS server. No module is loaded, so a boot costs one exec.
#
# Kernel command line (all optional but the address):
#   vigia.name=web  vigia.address=10.77.0.101/24  vigia.services=22/tcp,80/http,53/dns,69/udp
#   vigia.delay=22/tcp:3        seconds after boot before that service opens
#   vigia.dns=www.lab:10.77.0.9 names the dns service knows; any other name has the guest's own address, missing.* has none
#   vigia.shutdown=2            seconds an orderly shutdown takes
#   vigia.stubborn=1            ignores the power button
#   vigia.dirty=24              MiB of memory that are written again and again, never the same twice
#
# A service of the kind "journal" (7001/journal) is journal.pl's; a guest without one does not load it.
#
# A service is in one of four states, set through the control service on TCP port 7700 (one command a line):
#   open   answers
#   closed its socket is gone: TCP connects are refused, UDP gets "port unreachable"
#   hung   TCP connects succeed (the kernel's doing), but nothing is ever answered
#   silent a socket filter drops every packet: SYNs and datagrams get no answer of any kind
use strict; use warnings; # checked when the image is built and taken out of the copy in it: a guest loads no file

sub AF_INET() { 2 }
sub AF_PACKET() { 17 }
sub SOCK_STREAM() { 1 }
sub SOCK_DGRAM() { 2 }
sub SOCK_RAW() { 3 }
sub SOCK_NONBLOCK() { 2048 }
sub SOL_SOCKET() { 1 }
sub SO_REUSEADDR() { 2 }
sub SO_ATTACH_FILTER() { 26 }
sub SO_DETACH_FILTER() { 27 }
sub EAGAIN() { 11 }
sub CONTROL_PORT() { 7700 }
sub CONNECTIONS_MAX() { 200 } # a client that never closes must not use up the descriptors
sub CHUNK() { 65536 }
my $machine = -e '/lib64/ld-linux-x86-64.so.2' ? 'x86_64' : 'aarch64';
my %SYSCALL = $machine eq 'x86_64' ? (mount => 165, reboot => 169, init_module => 175) : (mount => 40, reboot => 142, init_module => 105);

my (%option, %names, %need, @services, %connection, @timers, @buttons, $held, $busy, $address);

$SIG{__DIE__} = sub { print "vigia-guest: $_[0]" };
$SIG{PIPE} = 'IGNORE';
mount_kernel_file_systems();
$| = 1;
%option = map { /^vigia\.(\w+)=(.*)$/ ? ($1 => $2) : () } split ' ', slurp('/proc/cmdline');
load_modules();
$address = (split '/', $option{address})[0];
bring_up_network();
%names = map { split ':', $_, 2 } split ',', $option{dns} // '';
my %delay = map { split ':', $_, 2 } split ',', $option{delay} // '';
for my $word (split ',', $option{services} // '') {
    my $service = new_service($word);
    push @services, $service;
    if ($service->{kind} eq 'journal') { do '/lib/journal.pl' or die "journal: $@$!\n" }
    if ($delay{$word}) { push @timers, [uptime() + $delay{$word}, sub { set_state($service, 'open') }] }
    else { set_state($service, 'open') }
}
my $control = new_service(CONTROL_PORT . '/tcp', 'control');
set_state($control, 'open');
open_buttons();
dirty($option{dirty}) if $option{dirty} && !fork;
say_line("up at $option{address} after " . uptime() . ' s');
serve() while 1;

# --- boot -----------------------------------------------------------------------------------------------------------

sub mount_kernel_file_systems {
    for (['devtmpfs', '/dev'], ['proc', '/proc'], ['sysfs', '/sys']) {
        my ($type, $where) = @$_;
        mkdir $where;
        syscall($SYSCALL{mount}, $type, $where, $type, 0, 0);
    }
    open STDOUT, '>', '/dev/console';
    open STDERR, '>&', \*STDOUT;
}

# The image holds the modules in the order of their dependencies.
sub load_modules {
    opendir my $folder, '/lib/modules' or return;
    for my $file (sort grep { /\.ko$/ } readdir $folder) {
        my $image = slurp("/lib/modules/$file");
        my $done = syscall($SYSCALL{init_module}, $image, length $image, my $none = "\0");
        say_line("module $file: $!") if $done != 0;
        unlink "/lib/modules/$file";
    }
}

sub bring_up_network {
    my ($bits) = $option{address} =~ m{/(\d+)$};
    socket my $any, AF_INET, SOCK_DGRAM, 0 or die "socket: $!\n";
    my $mask = pack 'N', (0xffffffff << (32 - $bits)) & 0xffffffff;
    ioctl $any, 0x8914, interface_request('lo', pack 'S', 0x41);
    ioctl $any, 0x8916, interface_request('eth0', inet_address(0, octets($address))) or die "address: $!\n";
    ioctl $any, 0x891c, interface_request('eth0', inet_address(0, $mask)) or die "netmask: $!\n";
    ioctl $any, 0x8914, interface_request('eth0', pack 'S', 0x1043) or die "up: $!\n";
    announce($any);
}

# Gratuitous ARP, so that nobody keeps asking an old place for this address.
sub announce {
    my ($any) = @_;
    my $request = interface_request('eth0', '');
    ioctl $any, 0x8927, $request or return;
    my $mac = substr $request, 18, 6;
    ioctl $any, 0x8933, $request or return;
    my $index = unpack 'i', substr $request, 16, 4;
    socket my $wire, AF_PACKET, SOCK_RAW, unpack('S', pack 'n', 0x0806) or return;
    my $ip = octets($address);
    my $frame = "\xff" x 6 . $mac . pack('n n n C C n', 0x0806, 1, 0x0800, 6, 4, 1) . $mac . $ip . "\0" x 6 . $ip;
    send $wire, $frame, 0, pack('S n i S C C a8', AF_PACKET, 0x0806, $index, 1, 1, 6, "\xff" x 6);
}

# Every input device: which of them is the power button differs between machine types.
sub open_buttons {
    opendir my $folder, '/dev/input' or return say_line('no power button');
    for my $name (grep { /^event/ } readdir $folder) {
        open my $device, '<', "/dev/input/$name" or next;
        push @buttons, $device;
    }
}

# Faster than any network that a test gives it: a page is written in a microsecond, a whole round waits a little for the others.
sub dirty {
    my ($mib) = @_;
    my $pages = $mib * 256;
    my $memory = join '', map { pack('L', rand 2**32) x 1024 } 1 .. $pages;
    for (my $round = 1; ; $round++) {
        substr($memory, $_ * 4096, 4) = pack 'L', $round for 0 .. $pages - 1;
        select undef, undef, undef, 0.2;
    }
}

# --- services -------------------------------------------------------------------------------------------------------

sub new_service {
    my ($word, $kind) = @_;
    my ($port, $name) = $word =~ m{^(\d+)/(\w+)$} or die "service '$word': expected PORT/KIND\n";
    $kind //= $name;
    return { port => $port, kind => $kind, protocol => $kind =~ /^(udp|dns)$/ ? 'udp' : 'tcp', state => 'closed' };
}

sub set_state {
    my ($service, $state) = @_;
    if ($state eq 'closed') {
        drop($_) for grep { $_->{service} == $service } values %connection;
        close $service->{socket} if $service->{socket};
        delete $service->{socket};
    }
    else {
        listen_at($service) if !$service->{socket};
        my @sockets = ($service->{socket}, map { $_->{socket} } grep { $_->{service} == $service } values %connection);
        for my $socket (@sockets) { $state eq 'silent' ? make_deaf($socket) : setsockopt($socket, SOL_SOCKET, SO_DETACH_FILTER, 0) }
    }
    $service->{state} = $state;
}

sub listen_at {
    my ($service) = @_;
    my $tcp = $service->{protocol} eq 'tcp';
    socket my $socket, AF_INET, ($tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0 or die "socket: $!\n";
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1;
    bind $socket, inet_address($service->{port}, "\0\0\0\0") or die "bind $service->{port}: $!\n";
    listen $socket, 128 if $tcp;
    $service->{socket} = $socket;
}

# A classic BPF program of one instruction, "return 0 bytes": the kernel drops the packet before TCP sees it.
sub make_deaf {
    my ($socket) = @_;
    my $program = pack 'S C C L', 0x06, 0, 0, 0;
    setsockopt $socket, SOL_SOCKET, SO_ATTACH_FILTER, pack('S x6 P', 1, $program) or die "filter: $!\n";
}

sub answers { my ($service) = @_; return $service->{socket} && $service->{state} eq 'open' }

# --- event loop -----------------------------------------------------------------------------------------------------

sub serve {
    my ($readable, $writable) = ('', '');
    my @open = grep { $_->{socket} && $_->{state} =~ /^(open|hung)$/ } @services, $control;
    vec($readable, fileno $_->{socket}, 1) = 1 for @open;
    vec($readable, fileno $_, 1) = 1 for @buttons;
    my @connections = grep { answers($_->{service}) } values %connection;
    for (@connections) {
        vec($readable, fileno $_->{socket}, 1) = 1;
        vec($writable, fileno $_->{socket}, 1) = 1 if length $_->{out} || $_->{zeros};
    }
    @timers = sort { $a->[0] <=> $b->[0] } @timers;
    my $wait = @timers ? $timers[0][0] - uptime() : 60;
    select $readable, $writable, undef, $wait > 0 ? $wait : 0;
    shift(@timers)->[1]->() while @timers && $timers[0][0] <= uptime();
    for (@buttons) { button_event($_) if vec $readable, fileno $_, 1 }
    for (@connections) {
        read_from($_) if $_->{socket} && vec $readable, fileno $_->{socket}, 1;
        write_to($_) if $_->{socket} && (length $_->{out} || $_->{zeros});
    }
    for (@open) {
        next if !$_->{socket} || !vec $readable, fileno $_->{socket}, 1;
        $_->{protocol} eq 'tcp' ? accept_on($_) : answer_datagram($_);
    }
    reap();
}

sub accept_on {
    my ($service) = @_;
    while (accept my $socket, $service->{socket}) {
        drop((sort { $a->{since} <=> $b->{since} } values %connection)[0]) if keys %connection >= CONNECTIONS_MAX;
        fcntl $socket, 4, SOCK_NONBLOCK;
        my $greeting = $service->{kind} eq 'tcp' && answers($service) ? ($option{name} // 'guest') . " $service->{port} ready\r\n" : '';
        my $new = { socket => $socket, service => $service, in => '', out => $greeting, zeros => 0, since => uptime() };
        $connection{fileno $socket} = $new;
        write_to($new) if length $greeting;
    }
}

sub read_from {
    my ($from) = @_;
    my $got = sysread $from->{socket}, $from->{in}, CHUNK, length $from->{in};
    return if !defined $got && $! + 0 == EAGAIN;
    return drop($from) if !$got || length $from->{in} > 2 * CHUNK;
    my $kind = $from->{service}{kind};
    if ($kind eq 'http') { answer_http($from) if $from->{in} =~ /\r?\n\r?\n/ }
    elsif ($kind eq 'control') { $from->{out} .= command($1) . "\n" while $from->{in} =~ s/^(.*?)\r?\n// }
    elsif ($kind eq 'journal') { $from->{out} .= journal_answer($1) . "\n" while $from->{in} =~ s/^(.*?)\r?\n// }
    else { $from->{out} .= $from->{in}; $from->{in} = '' }
}

sub write_to {
    my ($to) = @_;
    if (!length $to->{out} && $to->{zeros}) {
        my $size = $to->{zeros} < CHUNK ? $to->{zeros} : CHUNK;
        $to->{out} = "\0" x $size;
        $to->{zeros} -= $size;
    }
    my $sent = syswrite $to->{socket}, $to->{out};
    return if !defined $sent && $! + 0 == EAGAIN;
    return drop($to) if !defined $sent;
    substr($to->{out}, 0, $sent) = '';
    drop($to) if $to->{last} && !length $to->{out} && !$to->{zeros};
}

sub drop {
    my ($gone) = @_;
    delete $connection{fileno $gone->{socket}};
    close $gone->{socket};
    delete $gone->{socket};
}

# --- protocols ------------------------------------------------------------------------------------------------------

# Connections are closed after the answer, unless the request asks for `Connection: keep-alive`.
# /status/NNN answers that status; /bytes/N sends N zero bytes, made on the fly; anything else is a small page.
sub answer_http {
    my ($to) = @_;
    my ($path) = $to->{in} =~ m{^\w+ (\S*)};
    my ($status, $body) = (200, "hello from $option{name}\n");
    $status = $1 if $path =~ m{^/status/([1-5]\d\d)$};
    ($body, $to->{zeros}) = ('', $1) if $path =~ m{^/bytes/(\d{1,12})$};
    my $length = length($body) + ($to->{zeros} // 0);
    # Kept only for those who ask for it by word: most askers of the lab read until the end.
    my $keep = $to->{in} =~ /^connection:[ ]*keep-alive\r?$/im;
    my $then = $keep ? 'keep-alive' : 'close';
    $to->{out} = "HTTP/1.1 $status Lab\r\nContent-Type: text/plain\r\nContent-Length: $length\r\nConnection: $then\r\n\r\n$body";
    $to->{in} = '';
    $to->{last} = !$keep;
}

sub answer_datagram {
    my ($service) = @_;
    while (defined(my $from = recv $service->{socket}, my $data, 4096, 0)) {
        my $reply = $service->{kind} eq 'dns' ? dns_reply($data) : $data;
        send $service->{socket}, $reply, 0, $from if defined $reply && answers($service);
    }
}

sub dns_reply {
    my ($query) = @_;
    return undef if length $query < 17;
    my ($id, $flags, $questions) = unpack 'n n n', $query;
    return undef if $flags & 0x8000 || $questions != 1;
    my ($at, @labels) = (12);
    while ($at < length $query && (my $size = ord substr $query, $at, 1)) {
        push @labels, lc substr $query, $at + 1, $size;
        $at += $size + 1;
    }
    my $type = unpack 'n', substr($query, $at + 1, 2) or return undef;
    my $question = substr $query, 12, $at + 5 - 12;
    my $name = join '.', @labels;
    my $found = $names{$name} // ($name =~ /^missing\./ ? undef : $address);
    return pack('n6', $id, 0x8583, 1, 0, 0, 0) . $question if !defined $found;
    my $answer = $type == 1 ? pack('n n n N n', 0xc00c, 1, 1, 5, 4) . octets($found) : '';
    return pack('n6', $id, 0x8580, 1, $answer ? 1 : 0, 0, 0) . $question . $answer;
}

# --- control --------------------------------------------------------------------------------------------------------

sub command {
    my ($verb, @words) = split ' ', $_[0];
    $verb //= '';
    my %state = (open => 'open', close => 'closed', hang => 'hung', silent => 'silent');
    if ($state{$verb}) {
        my @meant = grep { "$_->{port}/$_->{protocol}" eq ($words[0] // '') || "$_->{port}/$_->{kind}" eq ($words[0] // '') } @services;
        return "error: no service '" . ($words[0] // '') . "', known: " . listed() if !@meant;
        set_state($_, $state{$verb}) for @meant;
        return "ok $words[0] $state{$verb}";
    }
    if ($verb eq 'status') { return 'ok ' . listed() }
    if ($verb eq 'uptime') { return 'ok ' . uptime() }
    if ($verb eq 'crash') { soon(sub { spew('/proc/sysrq-trigger', 'c') }); return 'ok' }
    if ($verb eq 'poweroff') { soon(sub { halt(0x4321fedc) }); return 'ok' }
    if ($verb eq 'reboot') { soon(sub { halt(0x01234567) }); return 'ok' }
    if ($verb eq 'stubborn') { $option{stubborn} = ($words[0] // 'on') eq 'on' ? 1 : 0; return 'ok' }
    if ($verb eq 'hold' && ($words[0] // '') =~ /^\d+$/) { $held = "\1" x ($words[0] << 20); return 'ok' }
    if ($verb eq 'need' && ($words[0] // '') =~ /^\d+$/) { return need($words[0], $words[1] // 0) }
    if ($verb eq 'needed') { return needed() }
    if ($verb eq 'busy' && ($words[0] // '') =~ /^\d+$/) { return burn($words[0]) }
    return "error: unknown command '$verb', known: open close hang silent PORT/PROTOCOL, status, uptime, crash, poweroff, reboot, stubborn on|off, hold MIB, need MIB [MIB-A-SECOND], needed, busy SECONDS";
}

sub listed { return join ' ', map { "$_->{port}/$_->{kind}=$_->{state}" } @services }

# The answer leaves first.
sub soon { push @timers, [uptime() + 0.05, $_[0]] }

sub burn {
    my ($seconds) = @_;
    kill 9, $busy if $busy;
    $busy = fork // return "error: fork: $!";
    return 'ok' if $busy;
    my $end = uptime() + $seconds;
    1 while uptime() < $end;
    exit;
}

# Memory that is needed for as long as nothing else is said, taken by a process of its own, which the kernel kills first where there is none
# left: it writes to every page, as fast as it gets them or so many MiB a second, and tells when it has them all.
sub need {
    my ($mib, $rate) = @_;
    kill 9, $need{pid} if $need{pid} && !defined $need{died};
    %need = ();
    return 'ok' if !$mib;
    pipe my $from, my $to or return "error: pipe: $!";
    my $pid = fork // return "error: fork: $!";
    if ($pid) {
        close $to;
        fcntl $from, 4, SOCK_NONBLOCK;
        %need = (pid => $pid, from => $from, since => uptime(), mib => $mib);
        return 'ok';
    }
    spew('/proc/self/oom_score_adj', '1000');
    close $_->{socket} for grep { $_->{socket} } @services, $control, values %connection;
    my ($since, $size, @held) = (uptime(), 1 << 20);
    for my $taken (1 .. $mib) {
        push @held, "\1" x $size;
        my $early = $rate ? $taken / $rate - (uptime() - $since) : 0;
        select undef, undef, undef, $early if $early > 0;
    }
    syswrite $to, uptime() - $since;
    sleep while 1;
}

# What came of it: "none", "waits SECONDS", "has MIB SECONDS", "killed SECONDS"; then how many processes the kernel has killed for want of memory.
sub needed {
    my ($kills) = slurp('/proc/vmstat') =~ /^oom_kill (\d+)/m;
    sysread $need{from}, $need{took}, 64, length($need{took} // '') if $need{from};
    my $said = !$need{pid} ? 'none'
        : defined $need{died} ? "killed $need{died}"
        : length($need{took} // '') ? "has $need{mib} $need{took}"
        : 'waits ' . (uptime() - $need{since});
    return "ok $said kills " . ($kills // 0);
}

sub reap {
    while ((my $pid = waitpid -1, 1) > 0) { $need{died} = uptime() - $need{since} if $pid == ($need{pid} // 0) }
}

sub button_event {
    my ($device) = @_;
    sysread $device, my $events, 24 * 64;
    my $pressed = grep { my (undef, undef, $type, $code, $value) = unpack 'q q S S l', $_; $type == 1 && $code == 116 && $value == 1 } unpack '(a24)*', $events;
    return if !$pressed;
    return say_line('power button ignored') if $option{stubborn};
    say_line('power button: shutting down');
    push @timers, [uptime() + ($option{shutdown} // 0), sub { halt(0x4321fedc) }];
}

sub halt {
    # As any system does that goes down in order: a kernel whose card was still being spoken to has been stuck in its queue and never went.
    if (socket my $any, AF_INET, SOCK_DGRAM, 0) { ioctl $any, 0x8914, interface_request('eth0', pack 'S', 0x1002) }
    syscall($SYSCALL{reboot}, 0xfee1dead, 672274793, $_[0], 0);
}

# --- small helpers --------------------------------------------------------------------------------------------------

sub say_line { print 'vigia-guest: ', $option{name} // '', ' ', @_, "\n" }
sub uptime { return (split ' ', slurp('/proc/uptime'))[0] }
sub octets { return pack 'C4', split /\./, $_[0] }
sub inet_address { my ($port, $ip) = @_; return pack 'S n a4 x8', AF_INET, $port, $ip }
sub interface_request { my ($name, $rest) = @_; return pack 'a16 a24', $name, $rest }

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/;
    return scalar <$in>;
}

sub spew {
    my ($file, $text) = @_;
    open my $out, '>', $file or return;
    syswrite $out, $text;
}
