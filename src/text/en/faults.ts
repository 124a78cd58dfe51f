import type { FaultCode, Outcome } from '../../model/fault.ts'

/** What went wrong: expected and got, with the details the thrower gave. `{text}` is the system's own words, never translated. */
export const faults = {
  'access-denied': 'you may not do this[?; it takes the role {role}][?: {text}][?, and a say over {guests}]',
  'account-unknown': 'there is no account[? {name}][?; did you mean {nearest}?]',
  'address-not-found': 'no address found for {guest}[?; asked in this order: {tried}][?: {text}]',
  'bad-data':
    '[?{where}: ][?{path}: ]the data cannot be understood[?: expected {expected}][?, got {got}][?, in {field}][?; did you mean {nearest}?][?: {problems}][?: {text}][? (line {line})]',
  'bad-request': 'the request is not valid[?: expected {expected}][?, got {got}][?, in {field}][?: {text}]',
  'certificate-refused':
    'the certificate[? of {member}][? in {path}] is refused[?: expected {expected}][?: {why}][?: {text}]',
  'plan-file-refused': 'the plan file[? {file}] cannot be used[?: {count} {count|problem|problems}][?: {text}]',
  'cluster-file-refused': 'the cluster file[? {file}] is refused[?: {count} {count|problem|problems}][?: {text}]',
  'code-wanted': 'the code of your authenticator is needed as well',
  'daemon-absent': 'vigiad does not answer[? on {socket}][?: {text}]',
  'daemon-busy': 'vigiad cannot take this now[?: {path}][?: {text}]',
  'disk-full': 'no space is left[? on {path}][? for {guest}][?: {needed} needed][?, {free} free][?: {text}]',
  'disk-missing': 'the disk {path} does not exist[?, which {guest} needs][?: {text}]',
  'domain-exists': 'a domain called {domain} exists already and is not the one meant[?: {text}]',
  'domain-missing': 'the hypervisor knows no domain called {domain}[?: {text}]',
  'domain-refused': 'the hypervisor refused[? the {action} of] the domain {domain}[?: {text}]',
  'fence-absent': 'there is no fence device[? {device}][? for {host}][?: {path} is not there][?: {text}]',
  'fence-failed':
    'the fence device[? {device}][? of {host}] failed[?: {action}][?, no answer within {limit}][?: {text}]',
  'file-unreadable': '{file} cannot be used[?: {text}]',
  'guest-agent-absent': 'the guest agent of {guest} does not answer[?: {text}]',
  'guest-unknown': 'no guest is called {guest}[?; did you mean {nearest}?]',
  'hook-failed':
    'the program {path} that is told of events failed[?: {text}][?, it ended with {exit}][?, it took longer than {limit}]',
  'host-unknown': 'no host is called {host}[?; did you mean {nearest}?]',
  'hypervisor-absent': 'libvirt does not answer[? on {host}][? at {socket}][?: {text}]',
  'hypervisor-error': 'libvirt failed[?: {action}][? of {domain}][?: {text}]',
  'hypervisor-lost': 'the connection to libvirt broke[? during {action}][? of {domain}][?: {text}]',
  'hypervisor-timeout': 'libvirt did not answer[? within {limit}][?: {action}][? of {domain}][?: {text}]',
  internal: 'something went wrong that should not: {text}[? ({path})]',
  'key-reused': 'the same idempotency key came with another request before[?: {text}]',
  'limit-reached': 'the limit of {limit}[? {what}] is reached[?, {got} were asked for][?: {text}]',
  'locked-out': 'too many failed attempts[?; try again in {wait}]',
  'migration-failed': '{domain} did not move[? to {host}][?: {text}]',
  'needs-force': 'this would also break something else[?: {guests}][?: {text}]',
  'needs-several-hosts': '[?{path}: ]this needs several hosts, and there is one[?: {hosts}][?: {text}]',
  'no-quorum': 'no majority of the members[?: {why}][?: {text}]',
  'not-allowed': 'not allowed[?: {action}][?: {path}][?: {text}]',
  'not-enough-memory': '{guest} needs {needed} of memory, and the host has {free} to give[?: {text}]',
  'not-supported': 'not supported here: {action}[?: {text}]',
  'peer-lost': 'the member {member} does not answer[?: {why}][?: {text}]',
  'probe-impossible': 'the probe of {guest} {service} cannot be made[?: {text}]',
  refused: 'refused[?: {why}][?: {path}][?: expected {expected}][?, got {got}][?: {text}]',
  'sign-in-refused': 'the sign-in is refused[?: {text}]',
  'sign-in-wanted': 'you are not signed in, or no longer[?: {text}]',
  'still-in-work': 'the same request is being worked on just now[?: {text}]',
  'stop-refused': '{guest} did not shut down[? within {limit}][?: {text}]',
  'store-busy': 'the store is in use by another process[?: {path}][?: {text}]',
  'store-corrupt': 'the store holds something that cannot be understood[?: {path}][?, at {key}][?: {text}]',
  'store-lost': 'the store does not answer[?: {path}][?: {text}]',
  'task-unknown': 'there is no task {task}[?: {text}]',
  timeout: 'not done within {limit}[?: {what}][?: {text}]',
  'token-refused': 'the join token is refused[?: {why}][?: {text}]',
  'watch-off': '{guest} is not watched, so nothing is done to it by itself[?: {text}]',
  'watchdog-absent': 'there is no watchdog to arm[?: {path}][?: {text}]',
  'watchdog-refused':
    'the watchdog[? {path}] does not take the timeout[?: {wished} asked for][?, {got} read back][?: {text}]',
} as const satisfies Record<FaultCode, string>

/** What to do next: a command, a file, a place to look. */
export const hints = {
  'access-denied': 'An administrator can give you a role and tags: "vigia user role NAME ROLE".',
  'account-unknown': '"vigia user list" shows those that there are.',
  'address-not-found':
    'Write the address in the cluster file (address: 192.0.2.10) or install the guest agent in the guest; "virsh domifaddr NAME --source arp" shows what libvirt knows.',
  'bad-data':
    'Correct what is named here and repeat; "vigia check FILE" shows every problem of a cluster file at once.',
  'bad-request': 'Look at "vigia help COMMAND"; a client of another version may speak another contract.',
  'certificate-refused':
    'On the host of that member: "vigia cluster token" on another member, then "vigia cluster join TOKEN" gives it a new certificate; see docs/operating/three-hosts.md.',
  'plan-file-refused': '"vigia plan FILE" shows each problem with its line.',
  'cluster-file-refused': '"vigia check FILE" shows each problem with its line; what was in force before stays so.',
  'code-wanted': 'Open the authenticator that you set up for this account, and enter the six digits that it shows now.',
  'daemon-absent':
    'Start it with "systemctl start vigiad"; "journalctl -u vigiad -e" says why it stopped. To try a file without the service: "vigia run FILE".',
  'daemon-busy': 'Repeat in a moment; "vigia status" and "journalctl -u vigiad -e" show what it is at.',
  'disk-full': 'Free some space and repeat: "df -h" shows where; nothing that was confirmed is lost.',
  'disk-missing': 'Correct the path in the cluster file, or let it be created there (create: 10 GiB).',
  'domain-exists':
    'Rename one of the two, or adopt the existing domain in the cluster file (domain: NAME) if it is the one meant.',
  'domain-missing':
    '"virsh list --all" shows what is there; correct the name in the cluster file, or define the domain.',
  'domain-refused': '"vigia why GUEST" shows what was tried; the log of the domain is in /var/log/libvirt/qemu/.',
  'fence-absent':
    'Name its devices in the cluster file (hosts: NAME: fence:), and install their programs with "apt install fence-agents".',
  'fence-failed':
    'Look at the address, user and password of the device; the power of the host is read before anything else is done.',
  'file-unreadable': 'Check that the path is right and that the user of the command may read it.',
  'guest-agent-absent':
    'Install and start qemu-guest-agent in the guest and give its domain the channel org.qemu.guest_agent.0.',
  'guest-unknown': '"vigia status" lists the guests; "vigia apply FILE" adds those of a changed file.',
  'hook-failed':
    'Nothing of Vigia waits for it. Run it by hand with an example of docs/operating/hook.md on its standard input.',
  'host-unknown': '"vigia status" lists the hosts; the cluster file names them under hosts:.',
  'hypervisor-absent':
    'Install libvirt-daemon-system and start it with "systemctl start libvirtd" (or virtqemud.socket); "vigia doctor" says when it answers.',
  'hypervisor-error': '"journalctl -u libvirtd -e" tells more; "vigia doctor" checks the connection.',
  'hypervisor-lost':
    'vigiad connects again by itself and looks before it acts; "journalctl -u libvirtd -e" says why libvirt went.',
  'hypervisor-timeout':
    'vigiad looks again before it acts; if it stays so, see "journalctl -u libvirtd -e" and the load of the host.',
  internal: 'Please report it with the output of "journalctl -u vigiad -e" and of "vigia doctor".',
  'key-reused': 'Use a new key for each request that is not a repetition.',
  'limit-reached': 'Ask for less, or in parts; the limits are listed in docs/operating/the-cluster-file.md.',
  'locked-out': 'Wait, or have somebody who may use the socket of a host give you a one-time link: "vigia console".',
  'migration-failed':
    '"vigia doctor" checks what a migration needs of both hosts; "journalctl -u libvirtd -e" and /var/log/libvirt/qemu/ there tell more.',
  'needs-force': 'Look at what else is hit; then repeat with --force if that is wanted.',
  'needs-several-hosts': 'A cluster of one host cannot do this.',
  'no-quorum':
    'More than half of the members must run and reach one another; "vigia cluster members" shows which do. A third host, or a small witness, makes two hosts safe.',
  'not-allowed': 'Run it as root or as a member of the group vigia; "id" and "ls -l" show who is what and who may.',
  'not-enough-memory':
    'Give another guest less ("vigia memory GUEST SIZE"), or change memory: of this one, or reserved: of the host.',
  'not-supported': 'Do without it, or with a newer hypervisor: "vigia doctor" shows which one is there.',
  'peer-lost':
    '"systemctl status vigiad" on that host shows whether it runs; the port of the members (7443/tcp) must be open between the hosts.',
  'probe-impossible': 'Correct the probe in the cluster file; nothing is concluded about the service meanwhile.',
  refused: 'Nothing was changed; remove the reason named here and repeat.',
  'sign-in-refused': 'Check name, password and code. "vigia user password NAME" on a host sets a new password.',
  'sign-in-wanted': 'Sign in again. A program needs a token that is valid: "vigia token list" shows them.',
  'still-in-work': 'Ask again in a moment, with the same key: the answer will be that of the first one.',
  'stop-refused': 'Look at its console; onRefusedShutdown: force in the cluster file takes its power after the limit.',
  'store-busy': 'Only one vigiad may run on a host: "systemctl status vigiad" shows which one does.',
  'store-corrupt':
    'Stop vigiad, move the file aside, start it and apply the cluster file again: running guests are taken over as they are.',
  'store-lost': 'Check the disk and the rights of /var/lib/vigia; guests go on as they are meanwhile.',
  'task-unknown': '"vigia tasks" shows those that are remembered.',
  timeout: 'It may still come about: "vigia status" shows how things stand.',
  'token-refused': '"vigia cluster token" on a member prints a new one; it is good for one host and for an hour.',
  'watch-off': '"vigia watch on GUEST" watches it again.',
  'watchdog-absent':
    'Load the driver of the machine ("modprobe iTCO_wdt", as a last resort softdog) and see that no other program holds it: "wdctl" shows it.',
  'watchdog-refused':
    '"wdctl" shows what the watchdog can do; choose a lease that suits it, or give the host a fence device.',
} as const satisfies Record<FaultCode, string>

/** Why something asked for cannot be done, where `refused` says it by the word in `why`. */
export const refusals = {
  'no-cluster-file': 'no cluster file is in force yet',
  ignored: 'the cluster file says that {guest} is ignored',
  'need-disabled': '{guest} needs {need}, which is disabled',
  'not-running': '{guest} does not run',
  'store-newer':
    'the store of the cluster is of a newer Vigia (schema {got}, expected {expected} or older): upgrade this host first',
  'memory-above-maximum': '{guest} can have at most {maximum}, {wished} were asked for',
  'name-taken': 'there is a member called {member} already, with another key',
  'two-without-witness':
    'two members with a vote would be left, and the loss of either would stop the store: a third host or a witness is needed',
  'no-voter': 'no member with a vote would be left',
  'too-many-voters': 'more than seven members with a vote make every write slower and nothing safer',
  'majority-lost': 'those that answer would be no majority of those that are left',
  'not-a-member': '{member} is no member of the store',
  'member-already': 'this host is a member of the cluster {cluster} already',
  'cluster-exists': 'there is a cluster of this name already: join it with a token',
  'no-member': 'this host is no member of a cluster',
  'signs-nobody': 'this member is a witness, which admits nobody: ask another one',
  'member-there': '{member} renews: let it leave by itself, there',
  'nobody-listens': 'its host answers, no vigiad does',
  'guests-here': 'guests belong to this host: {guests}',
  'guests-unknown':
    'the store was restored, and {member} has not been looked at since: swear first that it is dead ("vigia swear-dead {member}")',
  'not-own-store':
    'the store is an etcd that Vigia does not look after: save and restore it with its own tools, then "vigia cluster restore --external"',
  'another-cluster': 'there is no cluster {cluster} in it',
  'authority-changes': 'the authority of the cluster is being changed: try again when that is over (vigia doctor)',
  'daemon-runs-there': 'vigiad runs on {member}: stop it on every host first',
  'own-store': 'Vigia looks after the store itself: restore it from a saved one',
  'daemon-runs': 'vigiad runs here: stop it first',
  'store-answers': 'the store answers: nothing is lost',
  'not-lost-for-all':
    'only {count} of {members} members cannot renew: the store is lost for this host, not for all, and the others will take its guests',
  'still-armed':
    'the store does not answer, and the watchdog of this host is armed: "vigia cluster stand-down" first, if the store is lost for good',
  'still-member': 'this host is a member of the cluster that answers: "vigia cluster leave" takes it out',
  'memory-too-small': '{wished} is less than {smallest}, and {guest} would not survive it',
  'cannot-move': '{guests} cannot be moved',
  'cannot-empty': '{host} cannot be emptied: {guests} would stay',
  'no-vnc': '{domain} has no VNC screen that can be reached',
  'is-standby': '{guest} is the standby of {first}: it starts when {first} is given up, and goes down with it',
  'cannot-unmanage': '{guest} is on its way to another host',
  'host-online': '{host} shows that it lives',
  'oath-without-name': 'an oath needs the name of who swears',
  'fence-limit': 'as many hosts as may be ({limit}) have been fenced already[?: {hosts}]',
  disarmed: 'the cluster is disarmed',
  'booted-since': '{host} has been booted since',
  'no-proof': 'nothing would prove dead: {hosts}',
  autostart: 'libvirt would start {guests} by itself at boot',
  'would-not-survive': 'with {guests} running, the loss of {hosts} would leave guests waiting',
  'too-many-losses': 'there are {count} ways to lose {survive} hosts, and {limit} are looked at',
  'task-over': 'the task {task} is over',
  'task-under-way': 'nothing of the task {task} can be taken back any more: it is done, or comes to its end',
} as const

/** What was being done, by the word that the thrower uses. */
export const actions = {
  node: 'look at the host',
  capabilities: 'look at what it can do',
  list: 'list of domains',
  look: 'look',
  definition: 'reading of the definition',
  start: 'start',
  shutdown: 'shutdown',
  'power-off': 'switching off',
  'power-on': 'switching on',
  'power-status': 'reading of the power',
  'device-parameters': 'question for its parameters',
  destroy: 'forced stop',
  suspend: 'pause',
  resume: 'resume',
  'set-memory': 'change of memory',
  autostart: 'look at the start at boot',
  'set-autostart': 'change of the start at boot',
  addresses: 'search for addresses',
  'ping-agent': 'question to the guest agent',
  autostarting: 'list of what starts at boot',
  'read-guest-file': 'reading of a file by the guest agent',
  console: 'console',
  vnc: 'screen (VNC)',
  meter: 'measuring of the guests',
  fence: 'fencing from here',
  migrate: 'migration',
  'migration-progress': 'look at the migration',
  'hurry-migration': 'limit of the migration',
  'cancel-migration': 'end of the migration',
  'migration-needs': 'look at what a migration needs',
  'migration-offer': 'look at what can be taken in',
  'make a qcow2 disk': 'making a qcow2 disk',
} as const

export { faultWords } from './fault-words.ts'

/** What is known of the world after a fault. */
export const outcomes = {
  'not-done': 'nothing was changed',
  unknown: 'it is not known whether it took effect; it is looked at before anything else is done',
} as const satisfies Record<Outcome, string>
