import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ConsolidationFile } from '../../../src/model/plan/consolidation.ts'
import { readUse } from '../../../src/model/plan/measured-use.ts'
import { parsePlanFile } from '../../../src/model/plan/read-plan-file.ts'

const isp = readFileSync(join(resolve(import.meta.dirname, '../../..'), 'examples/isp.yaml'), 'utf8')

function fileOf(text: string, files: Record<string, string> = {}): ConsolidationFile {
  const read = parsePlanFile('/etc/plan.yaml', text, (path) => files[path] ?? { reason: 'ENOENT' })
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problems))
  return read.plan as ConsolidationFile
}

test('the case of 2016 as it is: hosts, guests, those of unknown size, servers left alone', () => {
  const file = fileOf(isp)
  assert.deepEqual([file.hosts.length, file.guests.length, file.bareMetal.length, file.critical.length], [7, 46, 7, 4])
  assert.equal(file.guests.filter(({ assumed }) => assumed).length, 12)
  assert.equal(
    file.bareMetal.find(({ name }) => name === 'nino')?.role,
    'development (web, databases, SVN, Samba, XMPP)',
  )
  assert.equal(file.bareMetal.find(({ name }) => name === 'monit')?.memoryMilli, 4_000)
  const dio = file.guests.find(({ name }) => name === 'dio')!
  assert.deepEqual([dio.host, dio.cpuMilli, dio.memoryMilli, dio.diskMilli], ['piova', 1_000, 1_000, 17_800])
  // Three disks of 1.2 TB and five of 1 TB, half of them usable; 32 GB less what the host keeps; twelve cores, four times given.
  const tempesta = file.hosts.find(({ name }) => name === 'tempesta')!
  assert.deepEqual([tempesta.memoryMib, tempesta.cpuMilli], [32 * 1024 - 512, 48_000])
  assert.equal(tempesta.diskMib, Math.floor((Math.floor(5e12 / 2 ** 20) + Math.floor(3.6e12 / 2 ** 20)) / 2))
  assert.deepEqual(
    [file.survive, file.mirrored, file.printedTotals?.memoryMilli, file.checkedTotals?.memoryMilli],
    [1, true, 12_000, 13_000],
  )
  const assumed = file.assumptions.map(({ code }) => code)
  assert.deepEqual(
    [...new Set(assumed)],
    ['survive', 'reserved', 'cpu-overcommit', 'disk-usable', 'mirrored', 'unspecified', 'users-in-words'],
  )
})

const hosts = 'hosts: { a: { memory: 4 GiB }, b: { memoryGb: 8, price: 10.50 } }\ncurrency: BRL\n'

test('offers, prices, rules and growth', () => {
  const file = fileOf(`${hosts}offers: { new: { memory: 64 GiB, price: 100, count: 2 } }
guests: { x: { host: a, memory: 1 GiB, growth: 0.2 }, y: [b, 2, 0.768], z: { memoryGb: 1 } }
rules: [{ kind: apart, guests: [x, y] }, { kind: hosts, guests: [x], hosts: [a, new-1] }]
growth: 0.1
survive: 2
`)
  assert.deepEqual(
    file.hosts.map(({ name, present, price }) => [name, present, price]),
    [
      ['a', true, null],
      ['b', true, 1_050],
      ['new-1', false, 10_000],
      ['new-2', false, 10_000],
    ],
  )
  assert.deepEqual(
    file.guests.map(({ name, host, memoryMib, growth }) => [name, host, memoryMib, growth]),
    [
      ['x', 'a', 1_024, 0.2],
      ['y', 'b', 787, 0.1],
      ['z', null, 1_024, 0.1],
    ],
  )
  assert.deepEqual(
    file.rules.map(({ kind, strict }) => [kind, strict]),
    [
      ['apart', true],
      ['hosts', true],
    ],
  )
  assert.deepEqual([file.survive, file.mirrored], [2, false])
})

test('every mistake has its place', () => {
  const problems = (text: string) => {
    const read = parsePlanFile('plan.yaml', text)
    return read.ok ? [] : read.problems.map(({ line, column, code }) => `${line}:${column} ${code}`)
  }
  assert.deepEqual(problems('hosts: { a: { cores: 4 } }\nguests: {}\n'), ['1:10 missing-key'])
  assert.deepEqual(problems('hosts: { a: { memory: 4 GiB, price: 1 } }\nguests: {}\n'), ['1:10 missing-key'])
  assert.deepEqual(problems(`${hosts}guests: { x: [c, 1, 1] }\n`), ['3:15 unknown-host'])
  assert.deepEqual(problems(`${hosts}guests: { x: [a, 1] }\n`), ['3:14 wrong-type'])
  assert.deepEqual(problems(`${hosts}guests: { x: { host: a } }\n`), ['3:11 missing-key'])
  assert.deepEqual(problems(`${hosts}guests: { x: [a, 1, 1] }\nrules: [{ kind: apart, guests: [x, y] }]\n`), [
    '4:36 unknown-guest',
  ])
  assert.deepEqual(problems(`${hosts}guests: { x: [a, 1, 1] }\nuse: use.csv\n`), ['4:6 unreadable'])
  assert.deepEqual(problems('hosts: { a: { memory: 4 GiB, disks: [big] } }\nguests: {}\n'), ['1:38 bad-form'])
})

test('measured use: what 95 of 100 samples kept to, with its growth; what is written gives way', () => {
  const lines = Array.from(
    { length: 101 },
    (_, day) => `${day * 86_400},x,${1_000 + 2 * day + (day % 50 === 25 ? 5_000 : 0)},0.5`,
  )
  const file = fileOf(`${hosts}guests: { x: [a, 4, 4], y: [b, 1, 1] }\nuse: use.csv\n`, {
    '/etc/use.csv': `time,guest,memoryMib,cores\n${lines.join('\n')}\n`,
  })
  const [x, y] = file.guests
  // The two peaks are left out, and as they lie even they tilt nothing.
  assert.equal(x!.memoryMib, 1_200)
  assert.ok(Math.abs(x!.daily.memory - 2) < 1e-6, String(x!.daily.memory))
  assert.deepEqual([x!.cpuMilli, x!.daily.cpu], [500, 0])
  assert.deepEqual([y!.memoryMib, y!.daily.memory], [1_024, 0])
})

test('measured use: a straight line is found exactly, whatever the order; wrong lines have their number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 9_000 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 2, max: 60 }),
      (base, daily, days) => {
        const lines = Array.from(
          { length: days },
          (_, day) => `${2 ** 30 + day * 86_400},g,${base + daily * day}`,
        ).reverse()
        const use = readUse(`time,guest,diskMib\n${lines.join('\n')}`)
        const disk = use.ok ? use.guests.get('g')!.disk! : null
        assert.ok(
          disk !== null &&
            Math.abs(disk.daily - daily) < 1e-6 &&
            Math.abs(disk.amount - (base + daily * (days - 1))) <= 1,
        )
      },
    ),
  )
  assert.deepEqual(readUse('time,guest\n'), { ok: false, line: 1, got: 'time,guest' })
  assert.deepEqual(readUse('time,guest,cores\n2026-01-01T00:00Z,g,1\nyesterday,g,1\n'), {
    ok: false,
    line: 3,
    got: 'yesterday,g,1',
  })
  assert.deepEqual(readUse('time,guest,cores\n1,g,-1\n'), { ok: false, line: 2, got: '1,g,-1' })
})
