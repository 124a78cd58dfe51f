import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { measuredUse, withMeasured } from '../../../src/core/plan/live-use.ts'
import { readUse } from '../../../src/model/plan/measured-use.ts'
import { parsePlanFile } from '../../../src/model/plan/read-plan-file.ts'

/** As the programs of Debian 12 wrote them. */
const sample = (name: string): string => readFileSync(join(import.meta.dirname, 'samples', name), 'utf8')

test('sadf -j: the host name is the guest, processors without waiting, memory without caches', () => {
  const use = readUse(sample('sadf.json'))
  assert.ok(use.ok)
  assert.deepEqual([...use.guests.keys()], ['vm'])
  const { memory, cpu, disk } = use.guests.get('vm')!
  // Two processors that were never idle.
  assert.equal(cpu?.amount, 2_000)
  const used = [...sample('sadf.json').matchAll(/"memused": (\d+)/g)].map(([, kib]) => Number(kib) / 1_024)
  assert.ok(memory!.amount >= Math.min(...used) && memory!.amount <= Math.max(...used) + 100, String(memory?.amount))
  assert.equal(disk, null)
})

test('virsh domstats: memory as the balloon driver tells, processors between two moments', () => {
  const text = sample('domstats.txt')
  const use = readUse(text)
  assert.ok(use.ok)
  assert.deepEqual([...use.guests.keys()].sort(), ['servidor1', 'servidor2', 'servidor3'])
  const { memory, cpu, disk } = use.guests.get('servidor3')!
  const [available] = [...text.matchAll(/Domain: 'servidor3'[^D]*balloon\.available=(\d+)/g)].map((one) =>
    Number(one[1]),
  )
  const usable = [...text.matchAll(/Domain: 'servidor3'[^D]*balloon\.usable=(\d+)/g)].map((one) => Number(one[1]))
  const used = usable.map((free) => (available! - free) / 1_024)
  assert.ok(memory!.amount >= Math.min(...used) && memory!.amount <= Math.max(...used) + 1.5, String(memory?.amount))
  const times = [...text.matchAll(/Domain: 'servidor3'\s+cpu\.time=(\d+)/g)].map((one) => Number(one[1]))
  const moments = [...text.matchAll(/^\d{4}-.*$/gm)].map(([moment]) => Date.parse(moment))
  const cores = times.slice(1).map((ns, place) => (ns - times[place]!) / 1e3 / (moments[place + 1]! - moments[place]!))
  assert.ok(
    cpu!.amount >= Math.min(...cores) - 1 && cpu!.amount <= Math.max(...cores) * 1.5 + 1,
    `${cpu?.amount} ${cores}`,
  )
  // These boot from memory.
  assert.equal(disk, null)
})

test('domstats: a single moment says nothing of processors, a guest that began anew counts from nothing', () => {
  const moment = (at: string, ns: number): string =>
    `${at}\nDomain: 'a'\n  cpu.time=${ns}\n  balloon.rss=1048576\n  block.0.allocation=1073741824\n\n`
  const single = readUse(moment('2026-01-01T00:00:00Z', 5e9))
  assert.ok(single.ok)
  assert.deepEqual(single.guests.get('a'), {
    memory: { amount: 1_024, daily: 0 },
    cpu: null,
    disk: { amount: 1_024, daily: 0 },
  })
  const anew = readUse(
    moment('2026-01-01T00:00:00Z', 50e9) + moment('2026-01-01T00:01:00Z', 1e9) + moment('2026-01-01T00:02:00Z', 31e9),
  )
  assert.ok(anew.ok)
  assert.equal(anew.guests.get('a')?.cpu?.amount, 500)
})

test('what is none of these is refused with its line', () => {
  for (const [text, line] of [
    ['{ "sysstat": 3 }', 1],
    ['{ "sysstat": { "hosts": [{ "nodename": "a", "statistics": [] }] } }', 1],
    ['{ broken', 1],
    ["2026-01-01\nDomain: 'a'\n  cpu.time=1\nwhat is this\n", 4],
    ['time,guest\n', 1],
  ] as const) {
    const use = readUse(text)
    assert.ok(!use.ok, text)
    assert.equal(use.line, line, text)
  }
})

test('a plan file names several: one tells of memory, another of the disk', () => {
  const text = `hosts: { h1: { memory: 4 GiB, cores: 4 } }
survive: 0
guests: { a: [h1, 1, 1] }
use: [one.csv, two.txt]
`
  const files: Record<string, string> = {
    'one.csv': 'time,guest,memoryMib\n2026-01-01,a,300\n',
    'two.txt': "2026-01-01\nDomain: 'a'\n  block.0.allocation=1073741824\n",
  }
  const read = parsePlanFile('plan.yaml', text, (name) => files[name] ?? { reason: 'ENOENT' })
  assert.ok(read.ok && read.plan.kind === 'consolidation', JSON.stringify(read))
  assert.deepEqual(
    read.plan.guests.map(({ memoryMib, diskMib }) => [memoryMib, diskMib]),
    [[300, 1_024]],
  )
})

test("Vigia's own history: a day of it at least, and growth only of a week", () => {
  const hour = 3_600_000
  const figures = (hours: number, of: (hour: number) => number | null) => [
    Array.from({ length: hours }, () => 25),
    Array.from({ length: hours }, () => 512),
    Array.from({ length: hours }, (_, at) => of(at)),
  ]
  assert.equal(
    measuredUse(
      figures(20, () => 300),
      0,
      hour,
    ),
    null,
  )
  const short = measuredUse(
    figures(48, (at) => 300 + at),
    0,
    hour,
  )
  assert.equal(short?.cpu?.amount, 250)
  assert.equal(short?.memory?.daily, 0)
  const long = measuredUse(
    figures(240, (at) => 300 + at),
    0,
    hour,
  )
  assert.ok(Math.abs(long!.memory!.daily - 24) < 1e-6)
  // Of a guest whose balloon driver does not tell, only the processors are known.
  assert.equal(
    measuredUse(
      figures(240, () => null),
      0,
      hour,
    )?.memory,
    null,
  )
})

test('where not every guest was measured, processors are not counted', () => {
  const guest = (name: string) => ({
    ...{ name, host: 'h1', service: null, cpuMilli: 0, memoryMib: 1_024, diskMib: 0, memoryMilli: null },
    ...{ diskMilli: null, growth: 0, daily: { memory: 0, cpu: 0, disk: 0 }, assumed: false },
  })
  const host = { name: 'h1', present: true, price: null, cpuMilli: null, memoryMib: 8_192, diskMib: null, cores: null }
  const file = {
    ...{
      kind: 'consolidation' as const,
      currency: null,
      hosts: [host],
      bareMetal: [],
      guests: [guest('a'), guest('b')],
    },
    ...{ rules: [], survive: 0, critical: [], weights: { users: 1, requests: 1, volume: 1 } },
    ...{ printedTotals: null, checkedTotals: null, assumptions: [], mirrored: false },
  }
  const snapshot = { cluster: null, observations: new Map([['h1', { observation: { cpus: 4 } }]]) } as never
  const use = { memory: { amount: 400, daily: 2 }, cpu: { amount: 300, daily: 0 }, disk: null }
  const some = withMeasured(file, snapshot, new Map([['a', use]]))
  assert.deepEqual(
    some.guests.map(({ memoryMib, cpuMilli }) => [memoryMib, cpuMilli]),
    [
      [400, 0],
      [1_024, 0],
    ],
  )
  assert.equal(some.hosts[0]?.cpuMilli, null)
  assert.deepEqual(some.assumptions, [{ code: 'measured', count: 1 }])
  const all = withMeasured(
    file,
    snapshot,
    new Map([
      ['a', use],
      ['b', use],
    ]),
  )
  assert.deepEqual(
    all.guests.map(({ cpuMilli }) => cpuMilli),
    [300, 300],
  )
  assert.equal(all.hosts[0]?.cpuMilli, 4_000)
})
