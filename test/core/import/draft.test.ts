import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { draftText } from '../../../src/cli/draft-text.ts'
import { draftLines } from '../../../src/core/import/draft.ts'
import type { DraftLine } from '../../../src/core/import/draft-line.ts'
import { parseClusterFile } from '../../../src/model/file/parse-cluster-file.ts'
import type { DomainFacts, HostFacts } from '../../../src/model/host-facts.ts'
import { locales } from '../../../src/text/locale.ts'
import { createText } from '../../../src/text/text.ts'

const english = createText('en')

function domain(name: string, more: Partial<DomainFacts> = {}): DomainFacts {
  return {
    name,
    run: 'running',
    persistent: true,
    autostart: false,
    memoryMib: 512,
    memoryMaxMib: 1024,
    cpus: 2,
    disks: [],
    interfaces: [],
    madeFor: null,
    addresses: [],
    ports: null,
    ...more,
  }
}

const facts: HostFacts = {
  uri: 'qemu:///system',
  hostname: 'atlas',
  memoryMib: 16_384,
  cpus: 8,
  domains: [
    domain('web', {
      autostart: true,
      addresses: [
        { address: '10.0.0.2', source: 'lease' },
        { address: '172.17.0.1', source: 'agent' },
      ],
      ports: [
        { port: 22, protocol: 'tcp' },
        { port: 80, protocol: 'tcp' },
      ],
      disks: [{ target: 'vda', source: '/images/web.qcow2', format: 'qcow2', device: 'disk', readOnly: false }],
      interfaces: [{ kind: 'network', source: 'default', mac: '52:54:00:00:00:01', model: 'virtio' }],
    }),
    domain('db', {
      memoryMaxMib: 512,
      addresses: [
        { address: '10.0.0.3', source: 'arp' },
        { address: '172.17.0.1', source: 'agent' },
      ],
      ports: [{ port: 5432, protocol: 'tcp' }],
    }),
    domain('Old Mail (2019)', { run: 'stopped' }),
    domain('vigia-made', { madeFor: 'proxy', persistent: false }),
  ],
  scan: { ports: [{ port: 22, protocol: 'tcp' }], perSecond: 50, asked: 2, leftOut: [] },
  traffic: {
    kind: 'seen',
    from: ['conntrack'],
    flows: [
      { client: '10.0.0.2', server: '10.0.0.3', port: 5432, protocol: 'tcp', count: 3 },
      { client: '10.0.0.2', server: '192.0.2.1', port: 389, protocol: 'tcp', count: 1 },
      { client: '10.0.0.2', server: '2001:db8::1', port: 389, protocol: 'tcp', count: 1 },
      { client: '192.0.2.9', server: '10.0.0.2', port: 80, protocol: 'tcp', count: 90 },
    ],
  },
}

const checked = (text: string) => parseClusterFile({ path: 'vigia.yaml', text, readFile: () => ({ reason: 'ENOENT' }) })

test('a draft of a small host', () => {
  const text = draftText(draftLines(facts), english)
  assert.equal(
    text.slice(text.indexOf('version:')),
    `version: 1
# This host has 16 GiB and 8 CPUs. To keep memory for the host itself:
# hosts: { atlas: { reserved: 1 GiB } }

guests:
  Old-Mail-2019:
    # 512 MiB of memory (at most 1 GiB), 2 CPUs
    domain: "Old Mail (2019)"
    state: stopped # it is off; without this line it is launched
  db:
    # 512 MiB of memory, 2 CPUs
    domain: db
    address: 10.0.0.3 # from the ARP table of the host
    services: [5432/tcp]
  web:
    # 512 MiB of memory (at most 1 GiB), 2 CPUs
    # disk vda: /images/web.qcow2 (qcow2)
    # interface: network default, 52:54:00:00:00:01, virtio
    # libvirt starts it at boot: from "vigia apply" on, Vigia does, in order
    domain: web
    # its address is 10.0.0.2, from a DHCP lease
    services: [22/tcp, 80/tcp]
    # needs: # seen as connections; confirm each
    #   - "db:5432/tcp" # 3 connections
    #   - { external: "192.0.2.1:389/tcp", onLoss: keep } # 1 connection
    #   - { external: "[2001:db8::1]:389/tcp", onLoss: keep } # 1 connection

# The domain of proxy was made by Vigia: its definition stands in the cluster file in force.
`,
  )
})

test('with its needs confirmed, a draft is as good', () => {
  const confirmed = draftLines(facts).map(
    (line): DraftLine => (line.yaml === '' ? line : { ...line, isComment: false }),
  )
  const result = checked(draftText(confirmed, english))
  assert.ok(result.ok, JSON.stringify(result))
  const web = result.spec.guests.find(({ id }) => id === 'web')
  assert.deepEqual(
    web?.needs.map((need) => (need.kind === 'guest' ? `${need.guest}:${need.service}` : need.address)),
    ['db:5432/tcp', '192.0.2.1', '2001:db8::1'],
  )
  assert.deepEqual(
    result.spec.guests.map(({ source }) => source.kind === 'existing' && source.domain),
    ['Old Mail (2019)', 'db', 'web'],
  )
})

test('a host without domains has a draft, too', () => {
  assert.ok(checked(draftText(draftLines({ ...facts, domains: [], traffic: { kind: 'unseen' } }), english)).ok)
})

const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 230 }).map((text) => text.toWellFormed()),
  fc.constantFrom(
    'on',
    'No',
    'null',
    '1',
    '1e3',
    '~',
    '-',
    '#',
    'nada',
    'NADA',
    '__proto__',
    'a: b',
    'guest',
    '.hidden',
    'é',
  ),
)
const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '2001:db8::1')
const port = fc.record({ port: fc.integer({ min: 1, max: 65_535 }), protocol: fc.constantFrom('tcp', 'udp') })
const anyDomain = fc.record({
  name,
  run: fc.constantFrom('running', 'stopped', 'paused'),
  persistent: fc.boolean(),
  autostart: fc.boolean(),
  memoryMib: fc.option(fc.nat(100_000)),
  memoryMaxMib: fc.option(fc.nat(100_000)),
  cpus: fc.option(fc.nat(64)),
  disks: fc.array(
    fc.record({
      target: fc.string(),
      source: fc.option(fc.string({ unit: 'binary' })),
      format: fc.option(fc.string()),
      device: fc.string(),
      readOnly: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  interfaces: fc.constant([]),
  madeFor: fc.option(fc.string(), { freq: 5 }),
  addresses: fc.array(fc.record({ address, source: fc.constantFrom('lease', 'agent', 'arp') }), { maxLength: 3 }),
  ports: fc.option(fc.uniqueArray(port, { maxLength: 3, selector: (one) => `${one.port}/${one.protocol}` })),
})
const flow = fc.record({
  client: address,
  server: address,
  port: fc.integer({ min: 1, max: 65_535 }),
  protocol: fc.constantFrom('tcp', 'udp'),
  count: fc.integer({ min: 1, max: 9 }),
})

test('names that no file may hold as they are: escaped where they count, left out of comments', () => {
  const strange = ['a\u007f', 'a\u0085b', 'a\u009bm', 'a\ufffd', 'a\uffff', 'a\ud800']
  const disk = (source: string) => ({ target: 'vda', source, format: 'raw', device: 'disk', readOnly: false })
  for (const hostname of strange) {
    const domains = strange.map((name) => domain(name, { disks: [disk(name)] }))
    const text = draftText(draftLines({ ...facts, hostname, domains }), english)
    // As it is read again from where it was written to.
    const result = checked(Buffer.from(text).toString())
    assert.ok(result.ok, `${text}\n${JSON.stringify(result)}`)
    const named = result.spec.guests.flatMap(({ source }) => (source.kind === 'existing' ? [source.domain] : []))
    assert.deepEqual(new Set(named), new Set(['a\ufffd', 'a\uffff', 'a\ud800']))
  }
})

test('every draft is a good cluster file that starts nothing which is off, in every language', () => {
  const anyFacts = fc.record({
    domains: fc.uniqueArray(anyDomain, { maxLength: 6, selector: (one) => one.name }),
    flows: fc.array(flow, { maxLength: 8 }),
    hostname: fc.oneof(name, fc.string({ unit: 'binary' })),
  })
  fc.assert(
    fc.property(anyFacts, fc.constantFrom(...locales), ({ domains, flows, hostname }, locale) => {
      const drawn = { ...facts, hostname, domains, traffic: { kind: 'seen', from: ['agent'], flows } } as HostFacts
      const text = draftText(draftLines(drawn), createText(locale))
      const result = checked(text)
      assert.ok(result.ok, `${text}\n${JSON.stringify(result)}`)
      for (const { source, wish } of result.spec.guests) {
        assert.equal(source.kind, 'existing')
        const found = drawn.domains.find((one) => source.kind === 'existing' && one.name === source.domain)
        assert.equal(wish === 'running', found?.run === 'running')
      }
    }),
    { numRuns: 300 },
  )
})
