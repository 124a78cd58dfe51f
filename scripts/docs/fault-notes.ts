import type { FaultCode } from '../../src/model/fault.ts'

/** When a fault happens, for docs/faults.md. Its sentence and hint come from the catalogue. */
export const faultNotes: Readonly<Record<FaultCode, string>> = {
  'access-denied':
    'Somebody is known and lacks the role that it takes, or is an operator of some guests only and would change another one.',
  'account-unknown': 'A command names an account that there is none of.',
  'address-not-found':
    'A guest has services and no fixed address, and neither a DHCP lease, nor its guest agent, nor the ARP table of the host, nor name resolution gave one. It is asked for again until its boot limit.',
  'bad-data':
    'Something that is no cluster file could not be understood: a scenario, a domain XML, an answer of another version.',
  'bad-request': 'A request to the daemon does not keep to the contract.',
  'certificate-refused':
    'The certificate of a member, or of the cluster itself, is missing, expired, damaged, or not of this cluster.',
  'cluster-file-refused': 'A cluster file has errors. All of them are listed at once, each with file, line and column.',
  'plan-file-refused':
    'A plan file that was sent to the daemon has errors. All of them are listed at once, each with file, line and column.',
  'code-wanted':
    'Name and password are right, and the account has an authenticator (TOTP) whose code did not come with them.',
  'daemon-absent': 'The command found no socket, nobody behind it, or lost the connection before the answer came.',
  'daemon-busy':
    'Somebody else changed the same wishes at the same time, or the daemon has too many requests under way.',
  'disk-full': 'A write of the daemon (wishes, records, history, a disk image or seed it makes) found no space.',
  'disk-missing': 'A disk of a guest is not there and the cluster file does not ask for it to be made.',
  'domain-exists': 'A guest defined in the cluster file has the name of a domain that is not marked as its own.',
  'domain-missing': 'A guest stands for a domain that the hypervisor does not know.',
  'domain-refused': 'The hypervisor said no to a start, stop, pause, resume or memory change of one domain.',
  'fence-absent': 'A host has no fence device of this name, or the program that speaks to it is not installed.',
  'fence-failed':
    'A fence device said no, could not be reached, or did not answer in time. Whatever it said, the power is read afterwards: only that counts.',
  'file-unreadable':
    'A file named on the command line, in the cluster file or by the service cannot be read or is not what it should be.',
  'guest-agent-absent': 'A probe or an address wants the guest agent and nothing answers in the guest.',
  'guest-unknown': 'A command names a guest, or a tag, that is in no cluster file.',
  'hook-failed':
    'The program of `settings: hook` could not be run, or ended with an error. It is only told of in the history.',
  'host-unknown': 'A command names a host that is in no cluster file.',
  'hypervisor-absent': 'The socket of libvirt is not there or refuses connections.',
  'hypervisor-error':
    'libvirt reported an error of its own. What became of the request is looked up before anything else is done.',
  'hypervisor-lost': 'The connection to libvirt ended while a request was under way or before it could be sent.',
  'hypervisor-timeout': 'libvirt did not answer within the deadline of the request, or another job holds the domain.',
  internal: 'A defect: something the program did not expect.',
  'limit-reached': 'A bound that protects the daemon or the host was reached.',
  'key-reused':
    'A write came with an idempotency key that another request had: another route, another body or another value.',
  'locked-out':
    'An account was tried with wrong passwords too often, or too many came from one address. Each further one makes the wait longer.',
  'migration-failed':
    'A guest did not move to another host. Where nothing was changed, it runs on where it was; otherwise both hosts are looked at before anything else is done.',
  'needs-force': 'The command would also hit running guests that it does not name.',
  'needs-several-hosts': 'A scenario or a command wants more than one host.',
  'no-quorum':
    'Fewer than half of the members, or just half, can agree: nothing may be decided, or a change of members would bring that about.',
  'not-allowed': 'The user may not use the socket, or the daemon may not use a file.',
  'not-enough-memory': 'The host cannot give the memory that was asked for.',
  'not-supported': 'This hypervisor, or this machine, cannot do what was asked. Found out once for each connection.',
  'peer-lost': 'A member was asked something directly and did not answer in time, or answered something else.',
  'probe-impossible':
    'A probe cannot be made at all, such as a command that does not exist. It says nothing about the service.',
  refused: 'What was asked for contradicts what holds; the sentence says what.',
  'sign-in-refused':
    'Name, password, code, one-time link or the answer of a directory do not hold. Which of them is not said: whoever guesses would learn from it.',
  'sign-in-wanted':
    'A request over the network came without a session or token that is valid: none was sent, it has expired, or it was revoked.',
  'stop-refused': 'A guest did not go down within its shutdown limit and is not to be forced.',
  'store-busy': 'Another process holds the store, or the disk does not take the writes fast enough.',
  'store-corrupt': 'The store failed its check, or holds a value that does not parse.',
  'store-lost': 'The store does not answer: its disk failed, or it was closed.',
  timeout: 'A command, or a request to the daemon, took longer than it may.',
  'token-refused': 'A join token is mistyped, expired, used already, or of another cluster.',
  'still-in-work': 'A write came again with the same idempotency key before the first one was answered.',
  'task-unknown': 'A task is named that there is none of, or that is so old that it is forgotten.',
  'watch-off': 'Something automatic was due for a guest that is not watched.',
  'watchdog-absent': 'A host has no watchdog, or another program holds it. Then it can only be fenced by a device.',
  'watchdog-refused':
    'The watchdog does not take the timeout that the lease asks for: what was read back differs. It is left unarmed.',
}
