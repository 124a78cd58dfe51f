/** What a check of `vigia doctor` found, by its name and its result. */
export const checks = {
  'node-pass': 'Node {version}',
  'node-fail': 'Node {version} is too old: at least {wanted} is needed',
  'daemon-pass': 'vigiad {version} answers on {socket}',
  'version-warn': 'vigiad is version {daemon}, this command is version {command}',
  'socket-pass': '{user} may use the socket of vigiad',
  'socket-fail': '{user} may not use {socket}, which belongs to the group {group}',
  'daemons-pass': 'one vigiad runs here',
  'daemons-fail': '{count} vigiad run here: processes {pids}',
  'ready-pass': 'vigiad is ready',
  'ready-fail': 'vigiad cannot do its work',
  'cluster-pass': 'the cluster file {file} is in force',
  'cluster-warn': 'no cluster file is in force',
  'hypervisor-pass': 'the hypervisor answers[?: {kind} {version}][?, {cpus} {cpus|CPU|CPUs}][?, {memory}]',
  'state-pass': '{path} has {free} to write to',
  'state-warn': '{path} has only {free} left',
  'state-fail': '{path} has {free} left: soon nothing more can be written',
  'state-missing-warn': '{path} does not exist yet',
  'state-rights-fail': '{path} may not be written to by {user}',
  'state-open-warn': '{path} may be read by everybody (mode {mode})',
  'clock-pass': 'the clock is synchronised',
  'clock-warn': 'the clock is not synchronised',
  'clock-unknown-warn': 'it cannot be told whether the clock is synchronised',
  'kvm-pass': 'guests run on the processor itself (KVM)',
  'kvm-absent-warn': 'guests are emulated, many times slower: there is no /dev/kvm',
  'kvm-processor-warn': 'guests are emulated, many times slower: the processor shows no virtualisation',
  'libvirt-guests-pass': 'libvirt-guests.service does not interfere',
  'libvirt-guests-warn':
    'libvirt-guests.service is enabled: it finds nothing to do when the host goes down, but stopped by hand it takes watched guests down',
  'libvirt-guests-fail':
    'libvirt-guests.service is enabled, and takes watched guests down and up without regard to order',
  'host-shutdown-pass': 'vigia-guests.service takes the guests down in order when the host goes down',
  'host-shutdown-warn': 'nothing takes the guests down in order when the host goes down',
  'memory-pass': 'guests hold {given} of {total}[?, {reserved} are kept for the host]',
  'memory-warn': 'guests hold {given}, more than the {room} that the host has for them; it has {swap} of swap',
  'memory-fail': 'guests hold {given}, more than the {room} that the host has for them, and there is no swap',
  'domain-fail': 'its domain {domain} does not exist',
  'autostart-pass': 'libvirt does not start {domain} by itself',
  'autostart-fail': 'libvirt starts {domain} by itself at boot, out of order',
  'disks-pass': 'its disks are there',
  'disks-fail': 'disks are missing: {missing}',
  'address-pass': 'its address is {address}',
  'host-name-pass': 'this host finds its own name, {name}',
  'host-name-warn':
    'this host does not find its own name, {name}, within {limit}: libvirt waits for it at every migration',
  'other-name-fail': 'the name of the host {name} is not found within {limit}',
  'other-libvirt-pass': 'libvirt of {name} can be reached: {uri}',
  'other-libvirt-fail': 'libvirt of {name} listens neither for TLS nor for TCP: no guest can move there',
  'other-trust-fail': 'libvirt of {name} does not let this host in ({uri}): {text}',
  'other-cpu-pass': '{name} has the same CPU',
  'other-cpu-warn':
    '{name} has another CPU: guests that see the CPU of their host (host-passthrough) cannot move there',
  'third-member-warn': 'the cluster has two members: the store stands and falls with one of them',
  'authority-changing-warn': 'the authority of the cluster is being changed, and waits for {members}',
  'authority-behind-fail':
    'the authority of the cluster was changed while this host was away: it is no member any more',
  'clocks-pass': 'the clocks of {hosts} agree',
  'clock-ahead-warn': 'its clock is {off} ahead of the others',
  'clock-ahead-fail': 'its clock is {off} ahead of the others',
  'clock-behind-warn': 'its clock is {off} behind the others',
  'clock-behind-fail': 'its clock is {off} behind the others',
  'cpus-pass': '{hosts} have the same CPU',
  'cpus-warn':
    'the hosts do not have the same CPU ({groups}): a guest that sees the CPU of its host (host-passthrough) cannot move live from one to another',
  'paths-pass': 'its {count} addresses lie on network cards of their own',
  'one-card-warn':
    'its addresses {addresses} lie on one network card ({card}): two paths over one network card are one path',
  'watchdog-pass': 'its watchdog ({identity}) takes its power when it hangs or is cut off',
  'no-watchdog-warn': 'it has no watchdog: only its fence device proves that it is dead',
  'no-watchdog-fail':
    'it has neither a watchdog nor a fence device: nothing proves that it is dead, and its guests start nowhere else',
  'watchdog-times-warn': 'its watchdog does not fire before its lease ends ({text}), and proves nothing',
  'watchdog-times-fail':
    'its watchdog does not fire before its lease ends ({text}): it proves nothing, and there is no fence device',
  'softdog-warn': 'its watchdog is softdog, the second best: it hangs with the kernel that it should guard',
  'softdog-virtual-warn':
    'it is a virtual host and its watchdog is softdog, which stands still when the host is paused: no proof that it is dead; its fence device is one',
  'softdog-virtual-fail':
    'it is a virtual host and its watchdog is softdog, which stands still when the host is paused: no proof that it is dead',
  'watchdog-unknown-warn': 'it cannot be told what its watchdog is ({identity})',
  'watchdog-virtual-warn':
    'it is a virtual host: its watchdog ({identity}) may stand still when the host is paused or suspended',
  'store-writes-pass': 'the store takes a write within {took}',
  'store-writes-warn':
    'a write to the store took {took}, more than a third of the {gap} that a renewal may be late with a lease of {lease}',
  'store-writes-fail':
    'a write to the store took {took}, longer than the {gap} that a renewal may be late with a lease of {lease}: a busy moment counts as the loss of a host',
  'store-fits-pass': 'its disk takes a durable write within {disk}[?, a majority of the store is {trip} away]',
  'store-disk-slow-warn': 'the disk of the store takes up to {disk} for a durable write; 10 ms are good',
  'store-disk-too-slow-fail':
    'the disk of the store takes up to {disk} for a durable write, longer than a heartbeat: the store loses its leader by it',
  'store-renewals-slow-warn': 'a renewal takes some {renewal}; with this lease {allowed} are good',
  'store-renewals-too-slow-fail':
    'a renewal takes some {renewal} (disk {disk}, a majority {trip} away), longer than it may be late with this lease',
  'store-elections-too-slow-fail':
    'a majority of the store is {trip} away: when its leader is lost, hosts go without renewal for longer than this lease allows',
  'shared-disks-pass': '{hosts} see the same disks',
  'disks-not-there-fail': '{host} does not have {paths}: it cannot start there',
  'disks-not-shared-fail':
    '{host} has another disk at {paths}: it would start there with something else, or with nothing',
  'disks-unsure-warn': 'it cannot be told whether {host} has the same disk at {paths}',
  'address-warn': 'no address was found, asked in this order: {order}',
} as const

/** What to do about it, by the name of the check. */
export const remedies = {
  node: 'Install the packaged Vigia, which brings its Node, or a newer Node.',
  version: 'An upgrade takes effect with "systemctl restart vigiad"; guests go on meanwhile.',
  socket: '"sudo usermod -aG {group} {user}", then log in anew; or run it as root.',
  daemons:
    'Stop all but one: two would work against each other. "systemctl status vigiad" shows which one is the service.',
  ready: '"journalctl -u vigiad -e" tells more.',
  cluster: '"vigia apply FILE" puts one in force; "vigia import" drafts one from what is here.',
  state: 'Free some space there: wishes are refused when they cannot be kept.',
  'state-missing': 'vigiad makes it when it first starts.',
  'state-rights': 'vigiad runs as root and owns it; "ls -ld {path}" shows whose it is now.',
  'state-open': '"chmod 711 {path}" keeps wishes and history from other users.',
  clock: '"timedatectl set-ntp true", or install chrony: times in the history are only as good as the clock.',
  'clock-unknown': '"timedatectl" would tell: times in the history are only as good as the clock.',
  'kvm-absent': 'Load kvm_intel or kvm_amd; on a virtual host, have nested virtualisation switched on.',
  'kvm-processor': 'Switch on virtualisation in the firmware; on a virtual host, have it nested.',
  'libvirt-guests': '"systemctl disable libvirt-guests.service", which takes effect with the next boot.',
  'host-shutdown': '"systemctl enable --now vigia-guests.service".',
  memory: 'Give a guest less ("vigia memory GUEST SIZE"), or shut one down.',
  domain: '"virsh list --all" shows what is there; correct domain: in the cluster file, or define the domain.',
  autostart: '"virsh autostart --disable {domain}"; vigiad does so by itself within seconds unless libvirt refuses it.',
  disks: 'Correct the paths, or let the disks be created there (create: 10 GiB).',
  'host-name': 'Write it into /etc/hosts, with the address that the other hosts know it by.',
  'other-name': 'Write the names of all hosts into /etc/hosts of each.',
  'other-libvirt': 'Have it listen: docs/operating/migration.md says how, with certificates.',
  'other-trust': 'Give both hosts certificates of one authority: docs/operating/migration.md says how.',
  'other-cpu': 'Give such guests a named CPU model that both hosts have; "virsh hypervisor-cpu-baseline" finds one.',
  'third-member':
    'Join a third host, or a small machine as a witness ("vigia cluster token --witness"): docs/operating/three-hosts.md.',
  'authority-changing':
    'It goes on when they are there. One that does not come back: "vigia cluster leave NAME --replaced".',
  'authority-behind':
    'Here "systemctl stop vigiad" and "vigia cluster leave --forget"; on a member "vigia cluster token --replaces NAME"; here "vigia cluster join TOKEN".',
  'clock-ahead': 'Set it right there: "timedatectl set-ntp true", or chrony; "chronyc makestep" for a large step.',
  'clock-behind': 'Set it right there: "timedatectl set-ntp true", or chrony; "chronyc makestep" for a large step.',
  cpus: 'Give guests a named CPU model that all hosts have; "virsh hypervisor-cpu-baseline" finds one. A move by stop and start is possible.',
  'one-card':
    'Give the second address a card, a cable and a switch of its own, or take it out: it hides that there is only one path.',
  'no-watchdog':
    'Load the driver of its watchdog ("modprobe iTCO_wdt" or what the machine has; softdog is the second best), or give it a fence device (hosts: … fence:).',
  'watchdog-times': 'Choose a longer lease: (settings: lease), or a watchdog that takes the half of it.',
  softdog: 'Load the driver of the machine\'s own watchdog, if it has one; "wdctl" shows what is in use.',
  'softdog-virtual': 'Give it a fence device that works through its hypervisor (fence_virsh, fence_virt …).',
  'watchdog-unknown': '"wdctl" there shows what it is.',
  'watchdog-virtual': 'Give it a fence device that works through its hypervisor (fence_virsh, fence_virt …).',
  'store-writes':
    'A quieter disk for the store, a quicker line between the hosts, or a longer lease: docs/operating/three-hosts.md.',
  'store-disk-slow': "A quieter disk for /var/lib/vigia/etcd; guests' disks elsewhere.",
  'store-disk-too-slow': "A quicker disk for /var/lib/vigia/etcd; guests' disks elsewhere.",
  'store-renewals-slow': 'A quicker disk for /var/lib/vigia/etcd, a quicker line between the hosts, or a longer lease.',
  'store-renewals-too-slow':
    'A quicker disk for /var/lib/vigia/etcd, a quicker line between the hosts, or a longer lease.',
  'store-elections-too-slow': 'Choose a longer lease (settings: lease), or keep the members of the store nearer.',
  'disks-not-there':
    'Put its disks on storage that all these hosts mount at the same path, or keep it off that host by a rule.',
  'disks-not-shared':
    'Put its disks on storage that all these hosts mount at the same path, or keep it off that host by a rule.',
  'disks-unsure': 'Compare by hand: "stat" of a file, "lsblk -o NAME,WWN,SIZE" of a device, on both hosts.',
  address: 'Write the address in the cluster file, or install the guest agent in the guest.',
} as const
