import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviationOf, percentile, studentQuantile, summarize } from '../../../src/model/drills/statistics.ts'

const near = (got: number, expected: number, within: number): void =>
  assert.ok(Math.abs(got - expected) <= within, `got ${got}, expected ${expected}`)

test("Student's t is that of the printed tables", () => {
  const table: readonly (readonly [freedom: number, share: number, t: number])[] = [
    [1, 0.95, 12.706],
    [2, 0.95, 4.303],
    [4, 0.95, 2.776],
    [9, 0.95, 2.262],
    [9, 0.99, 3.25],
    [19, 0.95, 2.093],
    [29, 0.99, 2.756],
    [60, 0.95, 2.0],
    [120, 0.95, 1.98],
    [1_000_000, 0.95, 1.96],
  ]
  for (const [freedom, share, t] of table) near(studentQuantile(freedom, share), t, 0.0006)
})

test('mean, deviation and interval of a known sample', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9]
  const { count, mean, deviation, margin, least, median, p90, most } = summarize(values)
  assert.deepEqual([count, mean, least, median, p90, most], [8, 5, 2, 4, 9, 9])
  near(deviation!, 2.13809, 1e-5)
  near(margin!, (2.36462 * 2.13809) / Math.sqrt(8), 1e-4)
})

test('a deviation keeps its digits where the values are large', () => {
  assert.equal(deviationOf([1e9 + 1, 1e9 + 2, 1e9 + 3]), 1)
})

test('what a sample is too small to say is not said', () => {
  assert.deepEqual(summarize([]), {
    ...{ count: 0, mean: null, deviation: null, margin: null },
    ...{ least: null, median: null, p90: null, most: null },
  })
  const one = summarize([7])
  assert.deepEqual([one.mean, one.deviation, one.margin, one.median], [7, null, null, 7])
})

test('a percentile is a value that was measured', () => {
  const sorted = Array.from({ length: 10 }, (_, index) => index + 1)
  assert.deepEqual(
    [1, 10, 11, 50, 95, 100].map((percent) => percentile(sorted, percent)),
    [1, 1, 2, 5, 10, 10],
  )
  assert.equal(percentile([], 50), null)
})
