#!/bin/sh
# Lays Pacemaker over a lab host, inside its namespaces: what is installed nowhere is there for this host alone, and gone with its power.
# usage: host-up.sh UNPACKED COMMON OWN LIBVIRT
#   UNPACKED  the packages, unpacked           COMMON  what all hosts share: usr, var-lib, passwd, group
#   OWN       what must survive a power cut    LIBVIRT the host's /var/lib/libvirt, which the layer over /var/lib covers
set -e
unpacked=$1 common=$2 own=$3 libvirt=$4
# Where the daemons keep the memory they share with each other: not with those of another host.
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t overlay overlay -o "ro,lowerdir=$common/usr:$unpacked/usr:/usr" /usr
mount -t overlay overlay -o "ro,lowerdir=$common/var-lib:/var/lib" /var/lib
mount --bind "$libvirt" /var/lib/libvirt
mount --bind "$own/pacemaker" /var/lib/pacemaker
mount --bind "$own/corosync" /var/lib/corosync
mount --bind "$common/passwd" /etc/passwd
mount --bind "$common/group" /etc/group
mkdir -p /run/crm /run/resource-agents
chown hacluster:haclient /run/crm
chmod 750 /run/crm
chmod 1755 /run/resource-agents
