import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { figuresOf } from '../../../src/core/availability/figures.ts'
import { promisedSpans } from '../../../src/core/availability/promised.ts'
import type { Stretch, Timeline } from '../../../src/core/availability/timeline.ts'
import { combine, extend } from '../../../src/core/availability/timeline.ts'
import type { Condition } from '../../../src/model/availability.ts'
import type { PromisedHours } from '../../../src/model/promised-hours.ts'
import { isPromised, type Seconds, secondsOf } from './oracle.ts'

const zones = ['UTC', 'America/Sao_Paulo', 'Europe/Lisbon', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/New_York']
const conditions: readonly Condition[] = ['up', 'down', 'planned', 'not-observed']
/** Clock changes both ways, a leap day, a year's end, in UTC seconds. */
const beginnings = [
  '2018-11-04T02:30Z',
  '2019-02-17T01:00Z',
  '2026-03-29T00:10Z',
  '2026-10-25T00:30Z',
  '2026-11-01T05:00Z',
  '2026-03-08T06:00Z',
  '2026-04-04T14:00Z',
  '2028-02-28T22:00Z',
  '2026-12-31T21:00Z',
].map((text) => Date.parse(text) / 1000)
const lengthS = 7200

const timelineFrom = (fromS: number): fc.Arbitrary<Timeline> =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 1500 }), fc.constantFrom(...conditions)), { minLength: 1, maxLength: 25 })
    .map((steps) => {
      const made: Stretch[] = []
      let at = fromS
      for (const [seconds, condition] of [...steps, [lengthS, 'up'] as const]) {
        const until = Math.min(at + seconds, fromS + lengthS)
        const cause = condition === 'up' ? null : condition === 'down' ? 'crashed' : 'shutdown'
        extend(made, { fromMs: at * 1000, untilMs: until * 1000, condition, cause })
        at = until
      }
      return made
    })

const hoursOf: fc.Arbitrary<PromisedHours> = fc.record({
  name: fc.constant('hours'),
  timeZone: fc.constantFrom(...zones),
  days: fc.array(
    fc.constantFrom<PromisedHours['days'][number]>(
      [],
      [{ from: 0, until: 1440 }],
      [{ from: 90, until: 150 }],
      [
        { from: 30, until: 121 },
        { from: 1200, until: 1439 },
      ],
      [
        { from: 0, until: 180 },
        { from: 1290, until: 1440 },
      ],
    ),
    { minLength: 7, maxLength: 7 },
  ),
  holidays: fc.subarray(['2026-03-29', '01-01', '02-29']),
})

const history = fc.constantFrom(...beginnings).chain((fromS) =>
  fc.record({
    fromS: fc.constant(fromS),
    timelines: fc.array(timelineFrom(fromS), { minLength: 1, maxLength: 4 }),
    hours: hoursOf,
  }),
)

function together(all: readonly Seconds[], second: number, order: string): string {
  const seen = all.map((one) => one[second]!)
  return [...order].find((letter) => seen.includes(letter))!
}

/** Failures as one counts them by eye: from a `d` to the next `u` or `p`; `n` in between ends nothing. */
function failuresOf(seconds: Seconds, promised: readonly boolean[]): readonly number[] {
  const lengths: number[] = []
  let open = -1
  seconds.forEach((letter, second) => {
    if (letter === 'd') {
      if (open < 0) open = lengths.push(0) - 1
      if (promised[second]) lengths[open]!++
    } else if (letter !== 'n') open = -1
  })
  return lengths.filter((length) => length > 0)
}

test('sums, failures and combinations are those of a count second by second', () => {
  fc.assert(
    fc.property(history, ({ fromS, timelines, hours }) => {
      const [fromMs, untilMs] = [fromS * 1000, (fromS + lengthS) * 1000]
      const spans = promisedSpans(hours, { fromMs, untilMs })
      const promised = Array.from({ length: lengthS }, (_, second) => isPromised(hours, fromS + second))
      const counted = timelines.map((timeline) => secondsOf(timeline, fromS, fromS + lengthS))
      for (const [how, order] of [
        ['all', 'dpnu'],
        ['any', 'undp'],
      ] as const) {
        const combined = combine(timelines, how)
        const expected = Array.from({ length: lengthS }, (_, second) => together(counted, second, order))
        // As texts: thousands of letters are compared at once.
        assert.equal(secondsOf(combined, fromS, fromS + lengthS).join(''), expected.join(''))
        const figures = figuresOf(combined, fromMs, spans)
        const count = (letter: string): number =>
          1000 * expected.filter((one, second) => one === letter && promised[second]).length
        assert.deepEqual(
          [figures.upMs, figures.downMs, figures.plannedMs, figures.notObservedMs],
          [count('u'), count('d'), count('p'), count('n')],
        )
        assert.deepEqual(
          figures.incidents.map(({ downMs }) => downMs / 1000),
          failuresOf(expected, promised),
        )
      }
    }),
    { numRuns: 400 },
  )
})
