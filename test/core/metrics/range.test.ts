import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figuresOf, merged, stretchOf, stretchStepMs, unknownFigures } from '../../../src/core/metrics/range.ts'
import { encodeFigure, unknownCode } from '../../../src/model/figure-code.ts'
import { guestOfSubject, isStretch, parseSubject } from '../../../src/model/metric.ts'

/** 2026-03-01T12:34:56Z */
const nowMs = 1_772_366_400_000 + 34 * 60_000 + 56_000

test('each range ends with the last step that is over, on the clock’s own grid', () => {
  const table = [
    ['hour', 10_000, 360, 12 * 3_600_000 + 34 * 60_000 + 50_000],
    ['day', 60_000, 1_440, 12 * 3_600_000 + 34 * 60_000],
    ['month', 3_600_000, 720, 12 * 3_600_000],
    ['year', 43_200_000, 730, 12 * 3_600_000],
  ] as const
  const midnightMs = 1_772_366_400_000 - 12 * 3_600_000
  for (const [range, stepMs, values, endsMs] of table) {
    const stretch = stretchOf(range, nowMs)
    assert.equal(stretchStepMs(stretch), stepMs, range)
    assert.equal(stretch.count / stretch.group, values, range)
    const untilMs = (stretch.from + stretch.count) * (stepMs / stretch.group)
    assert.equal(untilMs - midnightMs, endsMs, range)
    assert.ok(isStretch(stretch), range)
  }
})

test('what no member may ask of another', () => {
  const good = { tier: 2, from: 10, count: 24, group: 12 } as const
  assert.ok(isStretch(good))
  const bad = [
    { count: 0 },
    { count: 1e9 },
    { count: 25 },
    { from: -1 },
    { from: 0.5 },
    { group: 0 },
    { tier: 3 },
    { count: Number.NaN },
  ]
  for (const wrong of bad) assert.equal(isStretch({ ...good, ...wrong } as typeof good), false, JSON.stringify(wrong))
})

test('codes become series, grouped by mean, of four digits', () => {
  const codes = Uint16Array.from([1, 10, null, 20, 3, null, null, null].map((value) => encodeFigure(value)))
  assert.deepEqual(figuresOf(codes, 2, 1), [
    [1, null, 3, null],
    [10, 20, null, null],
  ])
  assert.deepEqual(figuresOf(codes, 2, 2), [
    [1, 3],
    [15, null],
  ])
  assert.deepEqual(figuresOf(Uint16Array.of(encodeFigure(1 / 3), unknownCode), 1, 1), [[0.3333, null]])
})

test('a guest that moved: its parts become one, the first host that knows counts', () => {
  const before = [[1, 2, null, null]]
  const after = [[null, 5, 6, null]]
  assert.deepEqual(merged([after, before]), [[1, 5, 6, null]])
  assert.deepEqual(merged([[], before]), [])
  assert.deepEqual(
    merged([unknownFigures({ kind: 'service', name: 'a/b' }, { tier: 0, from: 0, count: 2, group: 1 })]),
    [
      [null, null],
      [null, null],
    ],
  )
})

test('subjects as they are written', () => {
  const table: [string, string | null][] = [
    ['guest:web', 'guest web'],
    ['host:h1.example', 'host h1.example'],
    ['service:web/80', 'service web/80/tcp'],
    ['service:dns/53/udp', 'service dns/53/udp'],
    ['service:web/backup-agent', 'service web/backup-agent'],
    ['service:web', null],
    ['service:web/80/sctp', null],
    ['service:web/http/tcp', null],
    ['service:web/80/tcp/more', null],
    ['guest:', null],
    ['guest:../etc', null],
    ['guest:a b', null],
    ['cluster:all', null],
    [`guest:${'x'.repeat(64)}`, null],
  ]
  for (const [text, expected] of table) {
    const subject = parseSubject(text)
    assert.equal(subject && `${subject.kind} ${subject.name}`, expected, text)
  }
  assert.equal(guestOfSubject({ kind: 'service', name: 'web/80/tcp' }), 'web')
  assert.equal(guestOfSubject({ kind: 'host', name: 'h1' }), null)
})
