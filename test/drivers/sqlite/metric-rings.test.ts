import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codesIn,
  finerSteps,
  maxSubjects,
  meanRow,
  rowKey,
  runsOf,
  setCodes,
  shardSubjects,
  unknownRow,
  widthOf,
} from '../../../src/drivers/sqlite/metric-rings.ts'
import { encodeFigure, unknownCode } from '../../../src/model/figure-code.ts'
import { subjectKinds, tiers } from '../../../src/model/metric.ts'

const row = (...values: (number | null)[]): Uint8Array => {
  const bytes = unknownRow(values.length * 2)
  setCodes(bytes, 0, values.map(encodeFigure))
  return bytes
}

test('a stretch over the end of its ring is two runs, and never more than the ring', () => {
  assert.deepEqual(runsOf(0, 720, 10), [{ from: 720, count: 10 }])
  assert.deepEqual(runsOf(0, 715, 10), [
    { from: 715, count: 5 },
    { from: 720, count: 5 },
  ])
  assert.deepEqual(runsOf(0, 100, 1_000), [
    { from: 100, count: 260 },
    { from: 360, count: 100 },
  ])
})

test('no two places have one key', () => {
  const shards = [0, 1, maxSubjects / shardSubjects - 1]
  const keys = subjectKinds.flatMap((kind) =>
    tiers.flatMap(({ length }, tier) =>
      shards.flatMap((shard) => [0, 1, length - 1].map((step) => rowKey(kind, tier as 0 | 1 | 2, shard, step))),
    ),
  )
  assert.equal(new Set(keys).size, keys.length)
  assert.equal(rowKey('guest', 0, 0, 360), rowKey('guest', 0, 0, 0))
})

test('what a minute and an hour are made of lies side by side in its ring', () => {
  for (const tier of [1, 2] as const) {
    for (let step = 0; step < tiers[tier].length; step += 1) {
      const { from, count } = finerSteps(tier, step)
      assert.equal(runsOf((tier - 1) as 0 | 1, from, count).length, 1)
    }
  }
})

test('the mean of rows: of what is known, place by place, of rows of any length', () => {
  assert.equal(meanRow([]), null)
  assert.equal(meanRow([row(null, null), row(null)]), null)
  assert.deepEqual(meanRow([row(1, null, 8), row(3, 5)]), row(2, 5, 8))
})

test('the codes of a subject in a row that is too short are unknown', () => {
  const width = widthOf('service')
  const bytes = unknownRow(width * 2)
  setCodes(bytes, 1, [encodeFigure(5), 0])
  assert.deepEqual(codesIn(bytes.subarray(width, width * 2), 2), [encodeFigure(5), 0])
  assert.deepEqual(codesIn(bytes.subarray(width, width + 2), 2), [encodeFigure(5), unknownCode])
  assert.deepEqual(codesIn(null, 2), [unknownCode, unknownCode])
})
