import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatMib, formatMs, maxDurationMs, maxSizeMib, parseDurationMs, parseSizeMib } from '../../src/model/units.ts'

const sizes: [text: string, mibOrProblem: number | string][] = [
  ['512 MiB', 512],
  ['512MiB', 512],
  ['512mib', 512],
  ['1 GiB', 1024],
  ['1.5 GiB', 1536],
  ['0 MiB', 0],
  ['2 TiB', 2 * 1024 * 1024],
  ['1 GiB 512 MiB', 1536],
  ['512', 'no-unit'],
  ['512 MB', 'unknown-unit'],
  ['512 KiB', 'unknown-unit'],
  ['1 constructor', 'unknown-unit'],
  ['0.3 MiB', 'not-whole'],
  ['much', 'not-a-number'],
  ['', 'not-a-number'],
  ['-1 MiB', 'not-a-number'],
  ['1e9 MiB', 'unknown-unit'],
  ['5 MiB!', 'not-a-number'],
  ['999999999 TiB', 'too-big'],
]

for (const [text, expected] of sizes) {
  test(`size ${JSON.stringify(text)} is ${expected}`, () => {
    const measured = parseSizeMib(text)
    assert.equal(measured.ok ? measured.value : measured.problem, expected)
  })
}

const durations: [text: string, msOrProblem: number | string][] = [
  ['2s', 2_000],
  ['500ms', 500],
  ['500 ms', 500],
  ['10min', 600_000],
  ['10m', 600_000],
  ['1h 30min', 5_400_000],
  ['1h30min', 5_400_000],
  ['0.1s', 100],
  ['0.0015s', 'not-whole'],
  ['7d', 604_800_000],
  ['2', 'no-unit'],
  ['1h 30', 'no-unit'],
  ['2 fortnights', 'unknown-unit'],
  ['1toString', 'unknown-unit'],
  ['soon', 'not-a-number'],
  ['9999999d', 'too-big'],
]

for (const [text, expected] of durations) {
  test(`duration ${JSON.stringify(text)} is ${expected}`, () => {
    const measured = parseDurationMs(text)
    assert.equal(measured.ok ? measured.value : measured.problem, expected)
  })
}

test('what is written is read as the same amount', () => {
  fc.assert(
    fc.property(fc.nat(maxSizeMib), (mib) => assert.deepEqual(parseSizeMib(formatMib(mib)), { ok: true, value: mib })),
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: maxDurationMs }), (ms) =>
      assert.deepEqual(parseDurationMs(formatMs(ms)), { ok: true, value: ms }),
    ),
  )
})

test('the shortest exact spelling is written', () => {
  assert.deepEqual([1536, 2048, 512, 0].map(formatMib), ['1536 MiB', '2 GiB', '512 MiB', '0 MiB'])
  assert.deepEqual([500, 2_000, 90_000, 600_000, 3_600_000, 0].map(formatMs), [
    '500ms',
    '2s',
    '90s',
    '10min',
    '1h',
    '0ms',
  ])
})

test('any text is measured or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const measured of [parseSizeMib(text), parseDurationMs(text)]) {
        assert.ok(!measured.ok || (Number.isInteger(measured.value) && measured.value >= 0))
      }
    }),
  )
})
