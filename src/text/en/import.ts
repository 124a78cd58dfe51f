/** What a drafted cluster file says in its comments, and `vigia import` beside it. */
export const importWords = {
  'import-scanning':
    'asking {count} running {count|guest|guests}: {questions} {questions|question|questions}, at most {perSecond} a second, about {takes}',
  'import-saved': '{file} is written: look it through, then "vigia check {file}" and "vigia apply {file}"',
  'import-bad-draft': 'the draft is not good as it stands; please report this as a bug:',
  'expected-port-list': 'ports such as 22,80/tcp,53/udp,8000-8010, or none',
  'expected-new-file': 'a file that does not exist yet',

  'draft-head': 'Drafted by "vigia import" from what {uri} showed on {hostname}.',
  'draft-how-to':
    'Look it through, remove the # of the needs that are true, then: vigia check FILE, vigia apply FILE --dry-run, vigia apply FILE. Every guest keeps its libvirt definition; memory, disks and interfaces stand here only to be read.',
  'draft-scanned':
    'Each running guest was asked these ports once, at most {perSecond} a second, at the address that libvirt reports: {ports}.',
  'draft-not-scanned': 'No ports were asked: the services are to be written.',
  'draft-scan-left-out': 'Not asked, because it would have been too much at once: {guests}.',
  'draft-traffic-seen':
    'Connections between guests were looked for {from}. One that was not open at that moment, or went over a bridge that is not filtered, was not seen.',
  'draft-from-conntrack': 'in the connection table of the host',
  'draft-from-agent': 'through the guest agents',
  'draft-traffic-unseen':
    'No connections between guests could be seen: this host keeps no connection table that may be read, and no guest agent answered. The needs are to be written.',
  'draft-host': 'This host has {memory} and {cpus} {cpus|CPU|CPUs}. To keep memory for the host itself:',
  'draft-no-guests': 'libvirt has no domains here',
  'draft-machine': '[?{memory} of memory][? (at most {most})][?, {cpus} {cpus|CPU|CPUs}]',
  'draft-disk': '{device} {target}: {source}[? ({format})][?, {readOnly}]',
  'draft-read-only': 'read only',
  'draft-empty-drive': 'empty',
  'draft-interface': 'interface: {kind}[? {source}][?, {mac}][?, {model}]',
  'draft-autostart': 'libvirt starts it at boot: from "vigia apply" on, Vigia does, in order',
  'draft-transient':
    'its domain is transient: libvirt forgets it when it goes down, and then it cannot be started again; save its definition (virsh dumpxml) and name that file with xml:',
  'draft-off': 'it is off; without this line it is launched',
  'draft-paused': 'it is paused; without this line it is resumed',
  'draft-no-address': 'no address was found: write it (address: 192.0.2.10), or install the guest agent',
  'draft-address-from-arp': 'from the ARP table of the host',
  'draft-address-found': 'its address is {address}, {from}',
  'draft-from-lease': 'from a DHCP lease',
  'draft-from-the-agent': 'from the guest agent',
  'draft-from-arp': 'from the ARP table of the host',
  'draft-more-addresses': 'it has more addresses: {addresses}',
  'draft-not-asked': 'its ports were not asked',
  'draft-no-answer': 'none of the ports asked answers: write its services, or it counts as ready when it runs',
  'draft-needs-seen': 'seen as connections; confirm each',
  'draft-need-seen': '{count} {count|connection|connections}',
  'draft-more-needs': 'and {count} other {count|address|addresses} outside',
  'draft-unnameable': 'The domain {domain} is left out: a cluster file cannot name it. Rename it (virsh domrename).',
  'draft-made-by-vigia': 'The domain of {guest} was made by Vigia: its definition stands in the cluster file in force.',
} as const
