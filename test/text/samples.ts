import type { EventWord, HistoryEvent } from '../../src/model/event.ts'
import type { FaultCode, FaultData } from '../../src/model/fault.ts'
import type { Problem, ProblemCode, ProblemData } from '../../src/model/file/problem.ts'
import { guestId, hostId, serviceKey, wallTime } from '../../src/model/ids.ts'
import type { MigrationObstacle } from '../../src/model/migration.ts'
import type { Reason, ReasonCode } from '../../src/model/reason.ts'

const web = guestId('web')
const node1 = hostId('node1')
const services = [serviceKey('22/tcp'), serviceKey('80/tcp')]
const fault: FaultData = { code: 'hypervisor-error', outcome: 'unknown', details: { text: 'no more' } }

type OneEach<Code extends string, Union> = { readonly [Key in Code]: Extract<Union, { readonly code: Key }> }

/** One of each member of the union: a new member does not compile until it has a sample here, and so a sentence. */
export const reasonSamples: OneEach<ReasonCode, Reason> = {
  'wish-running': { code: 'wish-running' },
  'wish-stopped': { code: 'wish-stopped' },
  'wish-disabled': { code: 'wish-disabled' },
  'host-shutdown': { code: 'host-shutdown', host: node1 },
  'wish-ignored': { code: 'wish-ignored' },
  'watch-off': { code: 'watch-off' },
  'not-in-file': { code: 'not-in-file' },
  'needs-answer': { code: 'needs-answer' },
  'waiting-for-needs': {
    code: 'waiting-for-needs',
    needs: [{ text: 'dns:53/udp', guest: guestId('dns'), state: 'refused' }],
  },
  'needs-lost': {
    code: 'needs-lost',
    needs: [
      { text: 'db:5432/tcp', guest: guestId('db'), state: 'silent' },
      { text: 'files:2049/tcp', guest: guestId('files'), state: 'silent' },
      { text: 'dns', guest: guestId('dns'), state: 'paused' },
    ],
  },
  'need-restarted': { code: 'need-restarted', needs: ['db:5432/tcp'] },
  'stopped-with-need': { code: 'stopped-with-need', needs: ['db:5432/tcp'] },
  'waiting-for-dependents': { code: 'waiting-for-dependents', guests: [web, guestId('mail')] },
  'waiting-for-services': { code: 'waiting-for-services', services },
  'services-answer': { code: 'services-answer' },
  runs: { code: 'runs' },
  'services-lost': { code: 'services-lost', services: services.slice(0, 1), graceMs: 20_000 },
  'grace-over': { code: 'grace-over', services, graceMs: 20_000 },
  'boot-limit': { code: 'boot-limit', limitMs: 300_000, services },
  'start-failed': { code: 'start-failed', attempt: 2, fault },
  crashed: { code: 'crashed', times: 1 },
  'powered-off-inside': { code: 'powered-off-inside' },
  'back-off': { code: 'back-off', waitMs: 5_000, attempt: 3 },
  'tries-exhausted': { code: 'tries-exhausted', tries: 2, last: { code: 'crashed', times: 2 } },
  replaced: {
    code: 'replaced',
    by: guestId('spare'),
    last: { code: 'tries-exhausted', tries: 2, last: { code: 'crashed', times: 2 } },
  },
  standby: { code: 'standby', first: web },
  'stands-in': { code: 'stands-in', first: web },
  'not-beside': { code: 'not-beside', guest: web },
  'stop-failed': { code: 'stop-failed', fault },
  'not-enough-memory': { code: 'not-enough-memory', neededMib: 2_048, freeMib: 700, host: node1 },
  'paused-by-hand': { code: 'paused-by-hand', by: 'ana' },
  'paused-outside': { code: 'paused-outside', cause: 'io-error' },
  'resume-failed': { code: 'resume-failed', fault },
  adopted: { code: 'adopted' },
  'host-unseen': { code: 'host-unseen', host: node1 },
  'no-host': { code: 'no-host' },
  'hypervisor-down': { code: 'hypervisor-down', host: node1 },
  'not-at-boot': { code: 'not-at-boot' },
  'host-silent': { code: 'host-silent', host: node1, lacks: 'no-device-and-no-watchdog' },
  'host-lost': { code: 'host-lost', host: node1, proof: 'watchdog' },
  'no-place': {
    code: 'no-place',
    hosts: [
      { host: node1, why: { code: 'rule-apart', guests: [web] } },
      { host: hostId('node2'), why: { code: 'memory', neededMib: 2_048, freeMib: 700 } },
    ],
  },
  'store-restored': { code: 'store-restored', hosts: [hostId('beta')] },
  'cold-start': { code: 'cold-start', hosts: [node1] },
  'runs-on-several': { code: 'runs-on-several', hosts: [node1, hostId('node2')] },
  moving: { code: 'moving', to: node1, how: 'live', cause: 'maintenance' },
  moved: { code: 'moved', from: node1, cause: 'failback' },
  'move-failed': { code: 'move-failed', to: node1, fault },
  'move-refused': { code: 'move-refused', to: node1, why: { code: 'rule-hosts' } },
}

const place = { file: 'vigia.yaml', line: 3, column: 5 }

type ProblemSamples = { readonly [Code in ProblemCode]: Extract<ProblemData, { readonly code: Code }> }

const problemDataSamples: ProblemSamples = {
  unreadable: { code: 'unreadable', got: 'vigia.yaml', reason: 'ENOENT' },
  'empty-file': { code: 'empty-file' },
  'too-large': { code: 'too-large', expected: 100, got: 101 },
  'too-deep': { code: 'too-deep', expected: 32 },
  'too-many': { code: 'too-many', what: 'guests', expected: 10_000, got: 10_001 },
  'not-text': { code: 'not-text', got: 'U+0007' },
  'include-cycle': { code: 'include-cycle', got: 'a.yaml', files: ['a.yaml', 'b.yaml', 'a.yaml'] },
  'unsupported-version': { code: 'unsupported-version', expected: 1, got: '2' },
  more: { code: 'more', got: 7 },
  'yaml-syntax': { code: 'yaml-syntax', what: 'missing-char', got: '[', reason: 'Missing ] at the end' },
  'tab-indent': { code: 'tab-indent', got: '\t' },
  'yaml-feature': { code: 'yaml-feature', what: 'merge-key', got: '<<' },
  'duplicate-key': { code: 'duplicate-key', got: 'needs', first: place },
  'unknown-key': { code: 'unknown-key', expected: ['needs', 'services'], got: 'neds', nearest: 'needs' },
  'key-not-here': { code: 'key-not-here', got: 'settings', expected: 'first-file' },
  'key-of-other-probe': { code: 'key-of-other-probe', expected: ['http', 'https'], got: 'path' },
  'missing-key': { code: 'missing-key', expected: 'version' },
  'wrong-type': { code: 'wrong-type', expected: 'whole-number', got: '' },
  'bad-choice': { code: 'bad-choice', expected: ['pause', 'keep', 'restart', 'stop'], got: 'pauze', nearest: 'pause' },
  'bad-form': { code: 'bad-form', expected: 'mac', got: '52:54' },
  'bad-unit': { code: 'bad-unit', what: 'size', expected: ['MiB', 'GiB'], got: '512 MB', nearest: 'MiB' },
  'out-of-range': { code: 'out-of-range', from: 1, to: 64, unit: null, got: '65' },
  'port-out-of-range': { code: 'port-out-of-range', got: '70000' },
  'port-without-protocol': { code: 'port-without-protocol', got: '22' },
  'bad-name': { code: 'bad-name', reason: 'shape', got: '-web' },
  'secret-written': { code: 'secret-written', got: 'password' },
  conflict: { code: 'conflict', got: ['domain', 'define'] },
  'memory-order': { code: 'memory-order', expected: 'start-below-max', runMib: 256, startMib: 1_024, maxMib: 512 },
  'range-order': { code: 'range-order', expected: 'from-below-to', got: '399-200' },
  'duplicate-guest': { code: 'duplicate-guest', got: 'web', first: place },
  'duplicate-host': { code: 'duplicate-host', got: 'node1', first: place },
  'duplicate-service': { code: 'duplicate-service', got: '80/tcp', first: place },
  'duplicate-need': { code: 'duplicate-need', got: 'db:5432/tcp', first: place },
  'taken-twice': { code: 'taken-twice', what: 'mac', got: '52:54:00:12:34:56', guest: 'web', first: place },
  'unknown-guest': { code: 'unknown-guest', got: 'dsn', nearest: 'dns' },
  'unknown-host': { code: 'unknown-host', got: 'nod1', nearest: 'node1' },
  'unknown-tag': { code: 'unknown-tag', got: '@wbe', nearest: '@web' },
  'unknown-service': { code: 'unknown-service', guest: 'dns', got: '53/tcp', expected: ['53/udp'], nearest: '53/udp' },
  'self-need': { code: 'self-need', got: 'web' },
  'self-standby': { code: 'self-standby', got: 'web' },
  'standby-taken': {
    code: 'standby-taken',
    got: 'spare',
    guest: 'web',
    first: { file: 'vigia.yaml', line: 3, column: 14 },
  },
  'standby-chain': { code: 'standby-chain', got: 'spare', guest: 'third' },
  'standby-state': { code: 'standby-state', got: 'spare', guest: 'web', wish: 'stopped' },
  'standby-lacks': { code: 'standby-lacks', got: 'spare', guest: 'web', services: ['80/tcp'] },
  'need-on-standby': { code: 'need-on-standby', got: 'spare', guest: 'web' },
  'rules-contradict': {
    code: 'rules-contradict',
    guests: ['a', 'b'],
    first: { file: 'vigia.yaml', line: 3, column: 14 },
  },
  'too-few-hosts': { code: 'too-few-hosts', guests: ['a', 'b', 'c'], hosts: ['h1', 'h2'] },
  cycle: { code: 'cycle', guests: ['a', 'b', 'c', 'a'] },
  'over-committed': {
    code: 'over-committed',
    host: 'node1',
    neededMib: 12_288,
    availableMib: 11_264,
    runMib: 11_264,
    surplusMib: 1_024,
    memoryMib: 8_192,
    overcommit: 1.5,
    reservedMib: 1_024,
  },
  'undeclared-port': { code: 'undeclared-port', guest: 'dns', got: '22/tcp', expected: ['53/udp'] },
  'lauxen-syntax': { code: 'lauxen-syntax', expected: 'colon', got: 'nada' },
  'nada-with-needs': { code: 'nada-with-needs', got: 'dns' },
  'external-without-port': { code: 'external-without-port', got: 'gateway!' },
  'external-is-known': { code: 'external-is-known', got: 'dns' },
}

export const problemSamples: readonly Problem[] = Object.values(problemDataSamples).map((data) => ({
  ...data,
  ...place,
  severity: 'error',
  path: 'guests.web',
}))

export const obstacleSamples: OneEach<MigrationObstacle['code'], MigrationObstacle> = {
  'cpu-differs': { code: 'cpu-differs' },
  'machine-unknown': { code: 'machine-unknown', machine: 'pc-q35-9.9' },
  'memory-short': { code: 'memory-short', neededMib: 2_048, freeMib: 700 },
  'disk-not-shared': { code: 'disk-not-shared', path: '/images/web.qcow2' },
  'file-missing': { code: 'file-missing', path: '/images/debian.iso' },
  'local-device': { code: 'local-device', device: 'hostdev pci' },
  'runs-there': { code: 'runs-there' },
}

/** The details each fault is thrown with; the sentence has a place for each. */
export const faultSamples: { readonly [Code in FaultCode]: FaultData['details'] } = {
  'address-not-found': { guest: 'web', tried: ['lease', 'arp'] },
  'bad-data': { where: 'record/guest/web', expected: 'JSON', got: '<' },
  'bad-request': { field: 'memoryMib', expected: 'a whole number', got: 'x' },
  'certificate-refused': { member: 'node1', path: '/var/lib/vigia/ca', text: 'expired' },
  'cluster-file-refused': { file: 'vigia.yaml', count: 2 },
  'daemon-absent': { socket: '/run/vigia/vigia.sock' },
  'daemon-busy': { text: 'too many requests' },
  'disk-full': { path: '/var/lib/vigia', neededMib: 512, freeMib: 3 },
  'disk-missing': { path: '/images/web.qcow2', guest: 'web' },
  'domain-exists': { domain: 'web' },
  'domain-missing': { domain: 'web' },
  'domain-refused': { action: 'start', domain: 'web', text: 'no such disk' },
  'fence-absent': { host: 'node1', device: 'fence_ipmilan' },
  'fence-failed': { host: 'node1', device: 'fence_ipmilan', action: 'power-off', text: 'connection timed out' },
  'file-unreadable': { file: 'vigia.yaml', text: 'permission denied' },
  'guest-agent-absent': { guest: 'web' },
  'guest-unknown': { guest: 'wbe', nearest: 'web' },
  'hook-failed': { path: '/etc/vigia/hook', exit: '3', text: 'no mail today' },
  'host-unknown': { host: 'nod1', nearest: 'node1' },
  'hypervisor-absent': { socket: '/run/libvirt/libvirt-sock', text: 'no such file' },
  'hypervisor-error': { action: 'start', domain: 'web', text: 'internal error' },
  'hypervisor-lost': { action: 'start', domain: 'web' },
  'hypervisor-timeout': { action: 'start', domain: 'web', limitMs: 30_000 },
  internal: { text: 'x is not a function' },
  'limit-reached': { what: 'requests at once', limit: 64, got: 65 },
  'migration-failed': { domain: 'web', host: 'node2', text: 'the target host is full' },
  'needs-force': { guests: ['web', 'mail'] },
  'needs-several-hosts': {},
  'no-quorum': { text: 'no leader' },
  'not-allowed': { action: 'write', path: '/var/lib/vigia' },
  'not-enough-memory': { guest: 'web', neededMib: 2_048, freeMib: 700 },
  'not-supported': { action: 'change memory' },
  'peer-lost': { member: 'node2', text: 'no answer in time' },
  'probe-impossible': { guest: 'web', service: 'backup', text: 'no such program' },
  refused: { text: 'the guest is not in the cluster file' },
  'stop-refused': { guest: 'web', limitMs: 60_000 },
  'store-busy': { path: '/var/lib/vigia/store.db' },
  'store-corrupt': { path: '/var/lib/vigia/store.db', key: 'wish/cluster' },
  'store-lost': { path: '/var/lib/vigia/store.db', text: 'I/O error' },
  timeout: { what: 'shutdown', limitMs: 60_000 },
  'token-refused': { text: 'not a token' },
  'watch-off': { guest: 'web' },
  'watchdog-absent': { path: '/dev/watchdog', text: 'ENOENT' },
  'watchdog-refused': { path: '/dev/watchdog', wishedMs: 5_000, gotMs: 60_000 },
}

export function eventSample(word: EventWord): HistoryEvent {
  return {
    at: wallTime(Date.UTC(2026, 1, 3, 4, 5, 6)),
    host: node1,
    actor: 'leader',
    word,
    guest: web,
    service: serviceKey('80/tcp'),
    because: reasonSamples['needs-lost'],
    fault,
    note: 'apply vigia.yaml',
  }
}
