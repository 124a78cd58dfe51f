import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ClockOffset,
  clockFindings,
  cpuFindings,
  type Finding,
  ownNameFinding,
  pathFindings,
  storeWriteFinding,
  type WatchdogSight,
  watchdogFinding,
} from '../../../src/core/views/host-health.ts'
import { type HostId, hostId } from '../../../src/model/ids.ts'

const said = ({ id, result, subject }: Finding): string => `${subject ?? '-'} ${id} ${result}`

const [h1, h2, h3] = ['h1', 'h2', 'h3'].map((name) => hostId(name)) as [HostId, HostId, HostId]

const clocks = (...ahead: readonly (readonly [HostId, number, number?])[]): ReadonlyMap<HostId, ClockOffset> =>
  new Map(ahead.map(([host, aheadMs, doubtMs = 1]) => [host, { aheadMs, doubtMs }]))

test('the one wrong clock is named, whoever asks', () => {
  assert.deepEqual(clockFindings(h1, new Map()), [])
  assert.deepEqual(clockFindings(h1, clocks([h2, 40], [h3, -300])).map(said), ['- clocks pass'])
  const wrong = clockFindings(h1, clocks([h2, 5_000], [h3, 20]))
  assert.deepEqual(wrong.map(said), ['h2 clock-ahead warn'])
  assert.deepEqual(wrong[0]?.details, { offMs: 4_980 })
  assert.deepEqual(clockFindings(h2, clocks([h1, -5_000], [h3, -4_980])).map(said), ['h2 clock-ahead warn'])
  assert.deepEqual(clockFindings(h1, clocks([h2, 10], [h3, -3_600_000])).map(said), ['h3 clock-behind fail'])
})

test('of two clocks the other is named; of four with two wrong, one pair', () => {
  assert.deepEqual(clockFindings(h1, clocks([h2, 2_000])).map(said), ['h2 clock-ahead warn'])
  const two = clockFindings(h1, clocks([h2, 2_500], [h3, 2_500], [hostId('h4'), 0]))
  assert.deepEqual(two.map(said), ['h2 clock-ahead warn', 'h3 clock-ahead warn'])
})

test('what the way there and back may explain is not a wrong clock', () => {
  assert.deepEqual(clockFindings(h1, clocks([h2, 2_000, 1_500])).map(said), ['- clocks pass'])
  assert.deepEqual(clockFindings(h1, clocks([h2, 2_501, 1_500])).map(said), ['h2 clock-ahead warn'])
})

test('hosts by their CPU; one that does not tell is left out', () => {
  const cpus = (a: string | null, b: string | null, c: string | null) =>
    cpuFindings(
      new Map([
        [h1, a],
        [h2, b],
        [h3, c],
      ]),
    )
  assert.deepEqual(cpus('Intel X 6 avx', 'Intel X 6 avx', 'Intel X 6 avx').map(said), ['- cpus pass'])
  const [found] = cpus('Intel X 6 avx', 'AMD EPYC', 'Intel X 6 avx')
  assert.deepEqual(found?.details, { groups: ['h1 + h3: Intel X', 'h2: AMD EPYC'] })
  assert.equal(found?.result, 'warn')
  assert.deepEqual(cpus('Intel X 6 avx', 'Intel X 6', null).map(said), ['- cpus warn'])
  assert.deepEqual(cpus('Intel X', null, null), [])
})

test('whether the death of a host would be proven', () => {
  const base: WatchdogSight = {
    ...{ host: h1, virtual: false, fenceDevices: 0, leaseMs: 10_000 },
    watchdog: { kind: 'hardware', identity: 'iTCO_wdt' },
    armed: { feedMs: 3_500, timeoutMs: 5_000, marginMs: 1_500 },
  }
  const softdog = { kind: 'softdog', identity: 'Software Watchdog' } as const
  const none = { kind: 'none', identity: '' } as const
  const slow = { feedMs: 3_500, timeoutMs: 60_000, marginMs: 1_500 }
  const rows: readonly (readonly [Partial<WatchdogSight>, string])[] = [
    [{}, 'watchdog pass'],
    [{ virtual: true }, 'watchdog-virtual warn'],
    [{ watchdog: none, armed: null }, 'no-watchdog fail'],
    [{ watchdog: none, armed: null, fenceDevices: 1 }, 'no-watchdog warn'],
    [{ watchdog: softdog }, 'softdog warn'],
    [{ watchdog: softdog, virtual: true }, 'softdog-virtual fail'],
    [{ watchdog: softdog, virtual: true, fenceDevices: 1 }, 'softdog-virtual warn'],
    [{ armed: slow }, 'watchdog-times fail'],
    [{ armed: slow, fenceDevices: 1 }, 'watchdog-times warn'],
    [{ watchdog: { kind: 'unknown', identity: 'stand-in' } }, 'watchdog-unknown warn'],
  ]
  for (const [more, expected] of rows) assert.equal(said(watchdogFinding({ ...base, ...more })), `h1 ${expected}`)
})

test('a name and a write that take too long', () => {
  assert.equal(said(ownNameFinding(h1, 'h1', 3, 1_000)), 'h1 host-name pass')
  assert.equal(said(ownNameFinding(h1, 'h1', 1_001, 1_000)), 'h1 host-name warn')
  assert.equal(said(ownNameFinding(h1, 'h1', null, 1_000)), 'h1 host-name warn')
  // G is 1.75 s with a lease of 10 s; a third of it is 583 ms.
  const told = [580, 590, 1_750, 1_751].map((ms) => storeWriteFinding(ms, 10_000).result)
  assert.deepEqual(told, ['pass', 'warn', 'warn', 'fail'])
})

test('two paths over one network card are one path', () => {
  const table: [string, [string, string[]][], string[]][] = [
    ['one address', [['192.0.2.1', ['eth0']]], []],
    [
      'two cards',
      [
        ['192.0.2.1', ['eth0']],
        ['198.51.100.1', ['eth1']],
      ],
      ['h1 paths pass'],
    ],
    [
      'one card',
      [
        ['192.0.2.1', ['eth0']],
        ['198.51.100.1', ['eth0']],
      ],
      ['h1 one-card warn'],
    ],
    [
      'one bond of two cards',
      [
        ['192.0.2.1', ['eth0', 'eth1']],
        ['198.51.100.1', ['eth0', 'eth1']],
      ],
      ['h1 paths pass'],
    ],
    [
      'a bond, and one of its cards',
      [
        ['192.0.2.1', ['eth0', 'eth1']],
        ['198.51.100.1', ['eth0']],
      ],
      ['h1 paths pass'],
    ],
    [
      'two of three on one card',
      [
        ['192.0.2.1', ['eth0']],
        ['198.51.100.1', ['eth1']],
        ['2001:db8::1', ['eth0']],
      ],
      ['h1 one-card warn'],
    ],
  ]
  for (const [name, paths, expected] of table) {
    const found = pathFindings(
      h1,
      paths.map(([address, cards]) => ({ address, cards })),
    )
    assert.deepEqual(found.map(said), expected, name)
  }
  const [warned] = pathFindings(h1, [
    { address: '192.0.2.1', cards: ['eth0'] },
    { address: '198.51.100.1', cards: ['eth0'] },
  ])
  assert.deepEqual(warned?.details, { card: 'eth0', addresses: ['192.0.2.1', '198.51.100.1'] })
})
