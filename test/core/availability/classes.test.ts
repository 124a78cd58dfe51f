import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowedDownMs, classesOf2009, classesOf2016, classOf, yearMs } from '../../../src/core/availability/classes.ts'
import { figuresOf, ninesOf } from '../../../src/core/availability/figures.ts'
import type { Timeline } from '../../../src/core/availability/timeline.ts'

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]

/**
 * Level, downtime a year as the works print it, and (where theirs is a slip) as it is by arithmetic. They round in different ways: within
 * one per cent is theirs.
 */
const printed: readonly (readonly [millionths: number, printedMs: number, arithmeticMs?: number])[] = [
  // 2009
  [995_000, 3.7 * day, 1.825 * day],
  [999_000, 8.8 * hour],
  [999_900, 52.6 * minute],
  [999_990, 6 * second, 5.256 * minute],
  [999_999, 0.6 * second, 31.536 * second],
  // 2016
  [900_000, 36.5 * day],
  [980_000, 7.3 * day],
  [990_000, 3.65 * day],
  [998_000, 17.5 * hour],
  [999_000, 8.75 * hour],
  [999_900, 52.5 * minute],
  [999_990, 5.25 * minute],
  [999_999, 31.5 * second],
]

test('downtime a year is that of both works, but where 2009 slipped', () => {
  for (const [millionths, printedMs, arithmeticMs] of printed) {
    const ours = allowedDownMs(millionths, yearMs)
    const expected = arithmeticMs ?? printedMs
    assert.ok(Math.abs(ours - expected) <= expected / 100, `${millionths}: ${ours} beside ${expected}`)
    if (arithmeticMs !== undefined) assert.ok(Math.abs(ours - printedMs) > printedMs / 3, `${millionths} is no slip`)
  }
  const levels = [...classesOf2009, ...classesOf2016].map(({ millionths }) => millionths)
  assert.deepEqual(
    printed.map(([millionths]) => millionths),
    levels,
  )
})

test('a level is reached with exactly the downtime that it allows, and missed with a millisecond more', () => {
  for (const { millionths, name } of [...classesOf2009, ...classesOf2016]) {
    if (name === null) continue
    const classes = classesOf2009.some((one) => one.name === name) ? classesOf2009 : classesOf2016
    const downMs = allowedDownMs(millionths, yearMs)
    assert.equal(classOf(classes, yearMs - downMs, downMs), name)
    assert.notEqual(classOf(classes, yearMs - downMs - 1, downMs + 1), name)
  }
  assert.equal(classOf(classesOf2009, 0, 0), null)
})

test('nines are those of the level', () => {
  assert.equal(ninesOf(999, 1), 3)
  assert.equal(ninesOf(99_999, 1), 5)
  assert.equal(ninesOf(99, 1), 2)
  assert.equal(ninesOf(995, 5), 2.3)
  assert.equal(ninesOf(1000, 0), null)
})

test('MTBF, MTTR and availability are those of the definitions of 2009', () => {
  // Three tickets, opened every 100 h, repaired in 1, 2 and 3 h.
  const timeline: Timeline = [1, 2, 3].flatMap((repair, place) => [
    {
      fromMs: (place * 100 + 50) * hour,
      untilMs: (place * 100 + 50 + repair) * hour,
      condition: 'down',
      cause: 'crashed',
    },
    { fromMs: (place * 100 + 50 + repair) * hour, untilMs: (place * 100 + 150) * hour, condition: 'up', cause: null },
  ])
  const figures = figuresOf(timeline, 50 * hour, [{ fromMs: 50 * hour, untilMs: 350 * hour }])
  assert.equal(figures.mtbfMs, 100 * hour)
  assert.equal(figures.mttrMs, 2 * hour)
  assert.equal(figures.byTickets, 100 / 102)
  assert.equal(figures.availability, 294 / 300)
  assert.equal(figures.mttfMs, 98 * hour)
})
