import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { highsSolver } from '../../../src/drivers/highs/solver.ts'
import type { Program } from '../../../src/model/plan/program.ts'

const solver = highsSolver()
after(() => solver.close())

const infinity = Number.POSITIVE_INFINITY

/** At least 10 of 3, 4 and 5, each once or twice, at 2, 3 and 4. */
const knapsack: Program = {
  cost: [2, 3, 4],
  upper: [2, 2, 2],
  whole: [true, true, true],
  rows: [{ columns: [0, 1, 2], values: [3, 4, 5], lower: 10, upper: infinity }],
}

const ask = async (program: Program, start: readonly number[] | null = null) => {
  const { tookMs, ...answer } = await solver.solve({ program, start, limitMs: 10_000 })
  assert.ok(tookMs >= 0)
  return answer
}

test('the least cost, with its proof; the same from a start that is known', async () => {
  const best = await ask(knapsack)
  assert.ok(best.kind === 'solved' && best.proven)
  assert.equal(Math.round(best.cost), 7)
  assert.deepEqual(best.values.map(Math.round), [2, 1, 0])
  const started = await ask(knapsack, [0, 0, 2])
  assert.equal(started.kind === 'solved' && Math.round(started.cost), 7)
})

test('fractions where they may be, and what cannot be', async () => {
  const parts = await ask({ ...knapsack, whole: [false, false, false] })
  assert.equal(parts.kind === 'solved' && Number(parts.cost.toFixed(6)), 7)
  const none = await ask({ ...knapsack, rows: [{ ...knapsack.rows[0]!, lower: 25 }] })
  assert.deepEqual(none, { kind: 'impossible' })
})

test('an empty program, and one without rows', async () => {
  const free = await ask({ cost: [-1, 1], upper: [3, 3], whole: [true, true], rows: [] })
  assert.deepEqual(free.kind === 'solved' && free.values, [3, 0])
  const nothing = { cost: [], upper: [], whole: [], rows: [{ columns: [], values: [], lower: -1, upper: 1 }] }
  for (const start of [null, []]) {
    assert.deepEqual(await ask(nothing, start), { kind: 'solved', values: [], cost: 0, bound: 0, proven: true })
  }
  const never = { ...nothing, rows: [{ columns: [], values: [], lower: 1, upper: infinity }] }
  assert.deepEqual(await ask(never, []), { kind: 'impossible' })
})

test('a time limit is kept to, and what is known until then is told', async () => {
  // Sums that nothing but trying decides.
  const count = 60
  const weights = Array.from({ length: count }, (_, index) => 100_003 + ((index * 7_919) % 9_973) * 2)
  const program: Program = {
    cost: weights.map(() => 0),
    upper: weights.map(() => 1),
    whole: weights.map(() => true),
    rows: [{ columns: weights.map((_, index) => index), values: weights, lower: 3_000_001.5, upper: 3_000_001.6 }],
  }
  const began = performance.now()
  const { kind } = await solver.solve({ program, start: null, limitMs: 1_000 })
  assert.ok(kind === 'unknown' || kind === 'impossible', kind)
  assert.ok(performance.now() - began < 11_000)
})

test('closed, it answers nothing more', async () => {
  const other = highsSolver()
  await other.close()
  await other.close()
  await assert.rejects(other.solve({ program: knapsack, start: null, limitMs: 1_000 }), { code: 'internal' })
})
