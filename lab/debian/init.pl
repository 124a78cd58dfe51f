#!/bin/perl
# First process of the emulated Debian: loads the module its disks need and hands over to the systemd on the first one.
use strict; use warnings; # checked when the image is built and taken out of the copy in it: there are no module files there

my $machine = -e '/lib64/ld-linux-x86-64.so.2' ? 'x86_64' : 'aarch64';
my %SYSCALL = $machine eq 'x86_64' ? (mount => 165, init_module => 175) : (mount => 40, init_module => 105);
sub MS_MOVE() { 8192 }
sub ROOT_DISK() { '/dev/vda' }
sub LOCAL_DISK() { '/dev/vdb' }

mkdir '/dev';
mount_to('devtmpfs', '/dev', 'devtmpfs', 0);
open STDOUT, '>', '/dev/console';
open STDERR, '>&', \*STDOUT;
opendir my $folder, '/lib/modules' or die "lab-init: no modules: $!\n";
for my $file (map { "/lib/modules/$_" } sort grep { /\.ko$/ } readdir $folder) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    my $image = do { local $/; <$in> };
    my $none = "\0";
    syscall($SYSCALL{init_module}, $image, length $image, $none) == 0 or print "lab-init: $file: $!\n";
}
mkdir '/disk';
mount_disk(ROOT_DISK, '/disk');
mount_disk(LOCAL_DISK, '/disk/usr/local');
chdir '/disk';
mount_to('.', '/', '', MS_MOVE) or die "lab-init: move: $!\n";
chroot '.';
exec '/sbin/init' or die "lab-init: /sbin/init: $!\n";

sub mount_disk {
    my ($disk, $where) = @_;
    for (1 .. 100) { last if -b $disk; select undef, undef, undef, 0.1 }
    mount_to($disk, $where, 'ext4', 0) or die "lab-init: $disk: $!\n";
}

sub mount_to {
    my ($what, $where, $type, $flags) = @_;
    my $none = "\0";
    return syscall($SYSCALL{mount}, "$what", "$where", "$type", $flags, $none) == 0;
}
