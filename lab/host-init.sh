#!/bin/sh
# First steps of a lab host, inside its fresh mount, pid, uts, ipc and network namespaces; becomes the host's process 1.
# usage: host-init.sh NAME HOST-FOLDER LAB-FOLDER yes|no (may guests use /dev/kvm)
set -e
name=$1 host=$2 lab=$3 kvm=$4
echo "$name" > /proc/sys/kernel/hostname
# The names of all hosts and a resolver that says no at once: otherwise a migration waits two minutes for DNS.
mount --bind "$lab/hosts" /etc/hosts
mount --bind "$lab/resolv.conf" /etc/resolv.conf
# This namespace's own interfaces, and no cgroups: hybrid trees confuse libvirt, and the lab needs none.
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/libvirt /run/vigia
bind() { mount --bind "$host/$1" "$2"; }
bind run/libvirt /run/libvirt
bind run/vigia /run/vigia
bind lib /var/lib/libvirt
bind etc /etc/libvirt
bind log /var/log/libvirt
bind cache /var/cache/libvirt
# A device that exists but cannot run guests would be taken for acceleration. A file nobody may write to is not, and
# libvirt, which asks QEMU again for every guest while the device looks usable, is content.
if [ "$kvm" = no ] && [ -e /dev/kvm ]; then
  touch "$host/run/no-kvm"
  mount --bind "$host/run/no-kvm" /dev/kvm
  mount -o remount,bind,ro /dev/kvm
fi
# Each power-on is a boot of its own; the machine's boot id would say that nothing has happened.
cat /proc/sys/kernel/random/uuid > "$host/run/boot_id"
mount --bind "$host/run/boot_id" /proc/sys/kernel/random/boot_id
touch "$host/run/up"
# Process 1 must reap: libvirt waits 40 s for zombies at every destroy.
exec tini -- sleep infinity
