import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultHostMeans, defaultSettings } from '../../../src/model/cluster.ts'
import { defaultGuestPolicy, type GuestSpec } from '../../../src/model/guest.ts'
import { needText } from '../../../src/model/need.ts'
import { fullFiles, fullYaml, parseText, specOf } from './samples.ts'

const full = specOf(fullYaml, fullFiles)

function guestOf(name: string): GuestSpec {
  return full.guests.find((guest) => guest.id === name) ?? assert.fail(name)
}

test('a guest of whom nothing is said adopts the domain of its name, with everything as usual', () => {
  const [guest] = specOf('version: 1\nguests:\n  dns:\n').guests
  assert.deepEqual(guest, {
    id: 'dns',
    source: { kind: 'existing', domain: 'dns' },
    address: { kind: 'find', order: ['lease', 'agent', 'arp', 'name'] },
    services: [],
    needs: [],
    wish: 'running',
    host: null,
    startAtBoot: true,
    priority: 0,
    tags: [],
    memory: { startMib: null, runMib: null, maxMib: null },
    cpus: null,
    policy: defaultGuestPolicy,
    failback: true,
    liveMigration: true,
  })
})

test('the smallest file has no guests', () => {
  assert.deepEqual(specOf('version: 1\n'), {
    version: 1,
    name: 'vigia',
    hosts: [],
    guests: [],
    rules: [],
    settings: defaultSettings,
  })
})

test('JSON is read too', () => {
  assert.equal(
    specOf('{"version": 1, "guests": {"a": {"services": ["22/tcp"], "startAtBoot": false}}}').guests[0]?.services[0]
      ?.key,
    '22/tcp',
  )
})

test('defaults hold for a guest that says nothing else', () => {
  const guest = guestOf('plain')
  assert.deepEqual(guest.policy, {
    graceMs: 30_000,
    maxRestarts: 2,
    maxRelocations: 0,
    backoffInitialMs: 2_000,
    backoffMaxMs: 60_000,
    stableMs: 300_000,
    bootLimitMs: 120_000,
    shutdownLimitMs: 90_000,
    onRefusedShutdown: 'fail',
    onPowerOff: 'leave',
  })
  assert.deepEqual(guest.services[0]?.probePolicy, { intervalMs: 2_000, timeoutMs: 500, fall: 2, rise: 2 })
  assert.deepEqual(guest.address, { kind: 'find', order: ['agent', 'name'] })
  assert.deepEqual([guest.tags, guest.failback, guest.cpus, guest.memory.startMib], [['all'], false, 1, 512])
  assert.deepEqual(guest.source, { kind: 'existing', domain: 'plain' })
})

test('services and their probes', () => {
  const services = guestOf('adopted').services.map(({ key, probe, probePolicy }) => [
    key,
    probe,
    probePolicy.intervalMs,
  ])
  assert.deepEqual(services, [
    ['53/udp', { kind: 'dns', question: '.', recordType: 'NS' }, 2_000],
    [
      '80/tcp',
      {
        kind: 'http',
        scheme: 'http',
        path: '/x',
        hostHeader: 'example.com',
        statusFrom: 200,
        statusTo: 200,
        body: 'ok',
        verifyCertificate: false,
      },
      5_000,
    ],
    [
      '443/tcp',
      {
        kind: 'http',
        scheme: 'https',
        path: '/',
        hostHeader: null,
        statusFrom: 200,
        statusTo: 299,
        body: null,
        verifyCertificate: true,
      },
      2_000,
    ],
    ['54/udp', { kind: 'dns', question: 'example.com', recordType: 'SOA' }, 2_000],
    ['123/udp', { kind: 'udp', payloadHex: 'e30004', answer: 'required' }, 2_000],
    ['124/udp', { kind: 'udp', payloadHex: '70696e67', answer: 'required' }, 2_000],
    ['job', { kind: 'command', command: ['/bin/true', '-x'] }, 2_000],
    ['agent', { kind: 'agent' }, 2_000],
  ])
})

test('needs: guests, ports, and what is outside', () => {
  const needs = guestOf('adopted').needs.map((need) => [need.kind, needText(need), need.onLoss])
  assert.deepEqual(needs, [
    ['guest', 'plain', 'pause'],
    ['guest', 'plain:22/tcp', 'pause'],
    ['guest', 'made:22/tcp', 'restart'],
    ['external', '198.51.100.1:3306/tcp', 'pause'],
    ['external', 'db.example.com:53/udp', 'keep'],
    ['external', '2001:db8::1:22/tcp', 'pause'],
  ])
})

test('a machine is filled in, its paths are absolute and its MAC is its own', () => {
  const { source, memory, cpus } = guestOf('made')
  assert.ok(source.kind === 'defined')
  const { interfaces, cloudInit, ...machine } = source.definition
  assert.deepEqual(machine, {
    hypervisor: 'qemu',
    memoryStartMib: 256,
    memoryMaxMib: 256,
    cpus: 2,
    cpuModel: 'host-model',
    machine: 'q35',
    firmware: 'uefi',
    tpm: true,
    disks: [
      { path: '/etc/vigia/a.qcow2', format: 'qcow2', bus: 'virtio', readOnly: false, createMib: null },
      { path: '/dev/vg/a', format: 'raw', bus: 'scsi', readOnly: false, createMib: null },
      { path: '/etc/vigia/b.img', format: 'raw', bus: 'sata', readOnly: true, createMib: 1024 },
    ],
    boot: { kind: 'disk' },
    guestAgent: true,
    consoles: { serial: false, serialLog: '/etc/vigia/made.log', vnc: true },
  })
  assert.match(interfaces[0]?.mac ?? '', /^02(:[0-9a-f]{2}){5}$/)
  assert.equal(interfaces[1]?.mac, '52:54:00:aa:bb:cc')
  assert.deepEqual(cloudInit, {
    userData: '#cloud-config\nhostname: made\n',
    metaData: 'instance-id: made\n',
    networkConfig: 'version: 2',
  })
  assert.deepEqual([memory, cpus], [{ startMib: 256, runMib: 256, maxMib: 256 }, 2])
})

test("the administrator's own XML, and a kernel started directly", () => {
  assert.deepEqual(guestOf('own').source, { kind: 'xml', file: '/etc/vigia/own.xml', xml: '<domain/>' })
  const { source, memory } = guestOf('kernel')
  assert.ok(source.kind === 'defined')
  assert.deepEqual(source.definition.boot, {
    kind: 'kernel',
    kernel: '/etc/vigia/vmlinuz',
    initrd: '/etc/vigia/initrd',
    commandLine: 'quiet',
  })
  assert.deepEqual(memory, { startMib: 128, runMib: 96, maxMib: 256 })
  assert.equal(source.definition.cpuModel, 'max')
})

test('hosts, rules and settings', () => {
  assert.deepEqual(full.hosts, [
    {
      id: 'h1',
      memoryMib: 8192,
      cpus: 8,
      reservedMib: 1024,
      overcommit: 1.5,
      headroomMib: 2048,
      addresses: ['192.0.2.11', '2001:db8::11'],
      migrationAddress: '198.51.100.11',
      watchdog: null,
      fence: [
        {
          id: 'fence_ipmilan',
          agent: 'fence_ipmilan',
          options: { ip: '192.0.2.111', lanplus: '1', username: 'vigia' },
          secrets: { password: '/etc/vigia/secrets/h1' },
          timeoutMs: 30_000,
        },
        { id: 'fence_pdu', agent: '/opt/bin/fence_pdu', options: { plug: '07' }, secrets: {}, timeoutMs: 20_000 },
        {
          id: 'fence_ipmilan-2',
          agent: 'fence_ipmilan',
          options: { ip: '198.51.100.111' },
          secrets: {},
          timeoutMs: 20_000,
        },
      ],
    },
    { id: 'h2', memoryMib: null, cpus: null, reservedMib: 512, overcommit: 1, ...defaultHostMeans },
  ])
  assert.deepEqual(full.rules, [
    { kind: 'hosts', guests: ['plain', 'adopted', 'made', 'kernel', 'own'], hosts: { h1: 2, h2: 1 }, strict: true },
    { kind: 'hosts', guests: ['plain'], hosts: { h1: 0 }, strict: false },
    { kind: 'together', guests: ['plain', 'made'], strict: false },
    { kind: 'apart', guests: ['plain', 'adopted'], strict: true },
  ])
  assert.deepEqual(full.settings, {
    onHostShutdown: 'freeze',
    leaseMs: 20_000,
    freezeMs: 3_600_000,
    coldStartWaitMs: 60_000,
    survive: 1,
    survivePolicy: 'warn',
    maxMovesAtOnce: 4,
    migrationBandwidthMib: 100,
    migrationTimeLimitMs: 600_000,
    onMigrationTimeLimit: 'post-copy',
    hook: '/etc/vigia/hook',
    historyDays: 30,
    historyMaxEvents: 5_000,
  })
})

test('a tag stands for its guests, without the one that says it', () => {
  const spec = specOf(
    'version: 1\nguests:\n  a: {tags: [web]}\n  b: {tags: [web]}\n  c: {tags: [x], needs: ["@web", {need: a, onLoss: keep}]}\n',
  )
  assert.deepEqual(spec.guests[2]?.needs, [
    { kind: 'guest', guest: 'a', service: null, onLoss: 'keep' },
    { kind: 'guest', guest: 'b', service: null, onLoss: 'pause' },
  ])
  const alone = specOf('version: 1\nguests:\n  a: {tags: [web], needs: ["@web"]}\n')
  assert.deepEqual(alone.guests[0]?.needs, [])
})

test('includes: paths by the including file, defaults handed down, both formats', () => {
  const result = parseText(
    'version: 1\ninclude: [more/a.yaml, old.conf]\ndefaults: {grace: 1s, restarts: 5}\nguests: {root: }\n',
    {
      '/etc/vigia/more/a.yaml': 'defaults: {grace: 2s}\ninclude: [../b.yaml]\nguests: {a: {xml: a.xml}}\n',
      '/etc/vigia/more/a.xml': '<a/>',
      '/etc/vigia/b.yaml': 'guests: {b: {needs: [a, old]}}\n',
      '/etc/vigia/old.conf': 'old(22T): root\n',
    },
  )
  assert.ok(result.ok)
  assert.deepEqual(
    result.spec.guests.map(({ id, policy }) => [id, policy.graceMs, policy.maxRestarts]),
    [
      ['root', 1_000, 5],
      ['a', 2_000, 5],
      ['b', 2_000, 5],
      ['old', 20_000, 1],
    ],
  )
  assert.deepEqual(result.files, [
    '/etc/vigia/vigia.yaml',
    '/etc/vigia/more/a.yaml',
    '/etc/vigia/more/a.xml',
    '/etc/vigia/b.yaml',
    '/etc/vigia/old.conf',
  ])
})

test('a file that two others include is read once', () => {
  const spec = specOf('version: 1\ninclude: [a.yaml, b.yaml]\n', {
    '/etc/vigia/a.yaml': 'include: [c.yaml]\n',
    '/etc/vigia/b.yaml': 'include: [c.yaml]\n',
    '/etc/vigia/c.yaml': 'guests: {c: }\n',
  })
  assert.equal(spec.guests.length, 1)
})

test('memory: what runs is counted, with the largest surplus of one start; guests not wished running are not', () => {
  const file = (wish: string) =>
    `version: 1\nhosts: {h: {memory: 2 GiB, reserved: 0 MiB}}\nguests:\n  a: {memory: {start: 1 GiB, run: 512 MiB}}\n  b: {memory: {start: 1536 MiB, run: 512 MiB}}\n  c: {memory: 1 GiB, state: ${wish}}\n`
  assert.ok(parseText(file('stopped')).ok)
  const result = parseText(file('running'))
  assert.ok(!result.ok)
  const [problem] = result.problems
  assert.deepEqual(
    problem?.code === 'over-committed' && [problem.neededMib, problem.runMib, problem.surplusMib],
    [3072, 2048, 1024],
  )
})

test('memory with a least amount goes by need: what starts with it has the least, and that is what is counted', () => {
  const file = (memory: string) =>
    `version: 1\nhosts: {h: {memory: 2 GiB, reserved: 0 MiB}}\nguests:\n  a: {memory: ${memory}, define: {boot: {kernel: /k}}}\n  b: {memory: 1 GiB}\n`
  const of = (memory: string) => specOf(file(memory)).guests[0]!.memory
  const places = (text: string) => {
    const result = parseText(text)
    return result.ok ? [] : result.problems.map((problem) => `${problem.path} ${problem.code}`)
  }
  assert.deepEqual(of('{min: 512 MiB, max: 4 GiB}'), { minMib: 512, startMib: 512, runMib: null, maxMib: 4096 })
  assert.deepEqual(of('{min: 512 MiB, run: 768 MiB, max: 4 GiB}'), {
    ...{ minMib: 512, startMib: 768, runMib: 768, maxMib: 4096 },
  })
  assert.deepEqual(of('{min: 256 MiB, start: 1 GiB, max: 4 GiB}'), {
    ...{ minMib: 256, startMib: 1024, runMib: null, maxMib: 4096 },
  })
  assert.deepEqual(places(file('{min: 512 MiB, start: 1 GiB, max: 4 GiB}')), [])
  assert.deepEqual(places(file('{min: 1 GiB, start: 2 GiB, max: 4 GiB}')), ['hosts.h.memory over-committed'])
})

test('memory: of a guest and its standby the larger is counted, where each is', () => {
  const file = (first: string, standby: string, host = 'h') =>
    `version: 1\nhosts: {h: {memory: 2 GiB, reserved: 0 MiB}, g: {memory: 1 GiB, reserved: 0 MiB}}\nguests:\n  a: {memory: ${first}, host: h, standby: b}\n  b: {memory: ${standby}, host: ${host}}\n  c: {memory: 1 GiB, host: h}\n`
  const places = (text: string) => {
    const result = parseText(text)
    return result.ok ? [] : result.problems.map((problem) => `${problem.path} ${problem.code}`)
  }
  assert.deepEqual(places(file('1 GiB', '1 GiB')), [])
  assert.deepEqual(places(file('512 MiB', '1025 MiB')), ['hosts.h.memory over-committed'])
  assert.deepEqual(places(file('1025 MiB', '512 MiB')), ['hosts.h.memory over-committed'])
  assert.deepEqual(places(file('512 MiB', '1025 MiB', 'g')), ['hosts.g.memory over-committed'])
})

test('guests apart need a host each: of those that run at once, each on one that rules leave to it', () => {
  const isRead = (guests: string, rules: string, hosts = 'g: , h: ') =>
    parseText(`version: 1\nhosts: {${hosts}}\nguests: {${guests}}\nrules:\n${rules}`).ok
  const apart = '  - {kind: apart, guests: [a, b, c], strict: true}\n'
  const hosts = (guest: string, names: string) =>
    `  - {kind: hosts, guests: [${guest}], hosts: [${names}], strict: true}\n`
  assert.equal(isRead('a: , b: , c: ', apart), false)
  assert.equal(isRead('a: , b: , c: ', apart.replace('true', 'false')), true)
  assert.equal(isRead('a: , b: , c: {state: stopped}', apart), true)
  assert.equal(isRead('a: {standby: c}, b: , c: ', apart), true)
  // On one host only the spelling counts.
  assert.equal(isRead('a: , b: , c: ', apart, 'g: '), true)
  const three = 'g: , h: , i: '
  // Whoever is given a host first makes room for one that may be nowhere else.
  const rules = apart + hosts('a', 'g, h') + hosts('b', 'g')
  assert.equal(isRead('a: , b: , c: ', rules, three), true)
  assert.equal(isRead('a: , b: , c: ', rules + hosts('c', 'h, g'), three), false)
})

test('a guest and its standby may have one address and one MAC, for they never run at once; two others may not', () => {
  const machine = '{memory: 1 GiB, disks: [x], interfaces: [{bridge: b, mac: "52:54:00:00:00:01"}]}'
  const file = (standby: string) =>
    `version: 1\nguests:\n  a: {address: 192.0.2.1, define: ${machine}${standby}}\n  b: {address: 192.0.2.1, define: ${machine.replace('[x]', '[y]')}}\n`
  const codesOf = (text: string) => {
    const result = parseText(text)
    return [...result.warnings, ...(result.ok ? [] : result.problems)].map(
      ({ severity, code }) => `${severity} ${code}`,
    )
  }
  assert.deepEqual(codesOf(file(', standby: b')), [])
  assert.deepEqual(codesOf(file('')), ['warning taken-twice', 'error taken-twice'])
})

test('line ends, BOM and quotes make no difference', () => {
  const text = 'version: 1\nguests:\n  a: {services: [22/tcp]}\n'
  const spec = specOf(text)
  assert.deepEqual(specOf(`\uFEFF${text.replaceAll('\n', '\r\n')}`), spec)
  assert.deepEqual(specOf(text.replace('22/tcp', "'22/tcp'")), spec)
})
