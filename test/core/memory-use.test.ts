import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshUse, idleAfterMs, staleAfterMs, type WatchedMemory, watched } from '../../src/core/memory-use.ts'
import { instant } from '../../src/model/ids.ts'
import type { MemoryStatistics } from '../../src/model/memory-use.ts'

const usual: MemoryStatistics = {
  domain: 'web',
  run: 'a 1',
  givenMib: 1_024,
  usableMib: 700,
  unusedMib: 300,
  swapInMib: 0,
  majorFaults: 0,
  reportedAt: 1,
}

/** One report a second, each with these figures. */
function heard(...reports: Partial<MemoryStatistics>[]): WatchedMemory {
  let memory: WatchedMemory | null = null
  for (const [index, report] of reports.entries()) {
    memory = watched(memory, { ...usual, reportedAt: index + 1, ...report }, instant(index * 1_000))
  }
  return memory!
}

test('it needs what it has less what it could still use, whatever its kernel calls total', () => {
  assert.equal(heard({}).use.needMib, 324)
  assert.equal(heard({ usableMib: null }).use.needMib, 724)
})

test('a balloon that never reported says nothing; one that tells the same again is not heard again', () => {
  assert.equal(watched(null, { ...usual, reportedAt: null }, instant(0)), null)
  assert.equal(watched(null, { ...usual, usableMib: null, unusedMib: null }, instant(0)), null)
  const second = heard({}, {})
  const again = watched(second, { ...usual, reportedAt: 2, usableMib: 10 }, instant(3_000))!
  assert.deepEqual(freshUse(again, instant(3_000)), second.use)
  assert.equal(freshUse(again, instant(1_000 + staleAfterMs + 1)), null)
})

test('the first report may be an old one: only another shows that the driver lives', () => {
  assert.equal(freshUse(heard({}), instant(0)), null)
  assert.equal(freshUse(heard({}, {}), instant(1_000))?.needMib, 324)
})

test('the first report after a silence may be an old one, too', () => {
  const before = heard({}, {})
  const late = instant(1_000 + staleAfterMs + 1)
  const first = watched(before, { ...usual, reportedAt: 3 }, late)!
  assert.equal(freshUse(first, late), null)
  const next = instant(late + 1_000)
  assert.equal(freshUse(watched(first, { ...usual, reportedAt: 4 }, next), next)?.needMib, 324)
})

test('what it needed in a silence is not known: a minute without a silence must pass before something counts as idle', () => {
  const before = heard(...Array.from({ length: 70 }, () => ({})))
  assert.equal(before.use.peakMib, 324)
  let now = instant(before.heardAt + 600_000)
  let memory = before
  for (let second = 0; second <= 60; second++) {
    memory = watched(memory, { ...usual, reportedAt: 1_000 + second }, now)!
    assert.equal(memory.use.peakMib, second < 60 ? null : 324, `second ${second}`)
    now = instant(now + 1_000)
  }
})

test('another run begins anew', () => {
  const before = heard(...Array.from({ length: 70 }, () => ({})))
  assert.equal(before.use.peakMib, 324)
  assert.equal(watched(before, { ...usual, run: 'a 2', reportedAt: 99 }, instant(70_000))!.use.peakMib, null)
})

test('the most of the last minute is known after a minute, and forgotten after another', () => {
  const seconds = idleAfterMs / 1_000
  const spike = [{ usableMib: 100 }, ...Array.from({ length: seconds - 1 }, () => ({}))]
  assert.equal(heard(...spike).use.peakMib, null)
  assert.equal(heard(...spike, {}).use.peakMib, 924)
  assert.equal(heard(...spike, ...Array.from({ length: 20 }, () => ({}))).use.peakMib, 324)
})

test('hardly any change is no news', () => {
  const before = heard({})
  const after = watched(before, { ...usual, usableMib: 695, reportedAt: 2 }, instant(1_000))!
  assert.equal(after.use, before.use)
  assert.equal(watched(before, { ...usual, usableMib: 680, reportedAt: 2 }, instant(1_000))!.use.needMib, 344)
})

const presses: [string, Partial<MemoryStatistics>[], string | null][] = [
  ['plenty left', [{}], null],
  ['next to nothing left', [{ usableMib: 20 }], 'short'],
  ['reads back from swap with little left', [{ usableMib: 200 }, { usableMib: 200, swapInMib: 2 }], 'swap'],
  ['reads back from swap with plenty left', [{}, { swapInMib: 2 }], null],
  ['faults pages in again', [{ usableMib: 200 }, { usableMib: 200, majorFaults: 500 }], 'refaults'],
  ['starts a program with plenty left', [{}, { majorFaults: 500 }], null],
  [
    'counters that are not told',
    [
      { usableMib: 200, swapInMib: null },
      { usableMib: 200, swapInMib: 9 },
    ],
    null,
  ],
]
for (const [name, reports, press] of presses) {
  test(`pressure: ${name}`, () => assert.equal(heard(...reports).use.press, press))
}
