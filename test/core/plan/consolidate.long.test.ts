import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { runAsking } from '../../../src/cli/plan/run-asking.ts'
import { priceOf, roominess } from '../../../src/core/plan/bounds.ts'
import { type Consolidation, consolidate } from '../../../src/core/plan/consolidate.ts'
import { checkLosses } from '../../../src/core/plan/losses.ts'
import { type PlanQuestion, prepare } from '../../../src/core/plan/question.ts'
import { reported } from '../../../src/core/plan/report.ts'
import { highsSolver } from '../../../src/drivers/highs/solver.ts'
import { bestByTrying, dice, drawQuestion, holds } from './exhaustive.ts'

const solver = highsSolver()
after(() => solver.close())

const keepOpen = { solver: async () => ({ solve: solver.solve, close: async () => {} }) }
const solve = (question: PlanQuestion, powers = keepOpen): Promise<Consolidation> =>
  runAsking(consolidate(question, 600_000), powers)

const noGrowth = { yearly: [0, 0, 0], daily: [0, 0, 0] }

test('60 small questions: price, hosts and moves are those that trying everything finds', async () => {
  const outcomes = { found: 0, impossible: 0, mirrored: 0, 'rule-hosts': 0 }
  for (let seed = 1; seed <= 60; seed++) {
    const question = drawQuestion(seed)
    const prepared = prepare(question)
    const numbers = new Map(prepared.hosts.map(({ id }, index) => [id, index]))
    const room = (kept: readonly string[]) =>
      roominess(
        prepared,
        kept.map((id) => numbers.get(id)!).sort((a, b) => a - b),
      )
    const best = bestByTrying(question, room)
    const result = await solve(question)
    if (result.kind !== 'found') {
      assert.deepEqual([result.kind, best], ['impossible', null], `seed ${seed}: ${JSON.stringify(result)}`)
      outcomes.impossible += 1
      continue
    }
    const { plan } = result
    assert.deepEqual({ price: plan.price, count: plan.kept.length, moves: plan.moves }, best, `seed ${seed}`)
    assert.deepEqual([plan.priceBound, plan.movesBound], [plan.price, plan.moves], `seed ${seed}`)
    // What the solver says of the losses holds by the checker of losses, and the order of moves by its replay.
    const known = new Map(plan.check.plans.map(({ lost, targets }) => [lost.join(' '), targets]))
    const check = checkLosses(result.prepared, plan.kept, plan.placement, known)
    assert.deepEqual(check.plans, plan.check.plans, `seed ${seed}`)
    assertHolds(question, result, seed)
    outcomes.found += 1
    if (question.resources[1]!.mirrored) outcomes.mirrored += 1
    if (question.rules.some(({ kind }) => kind === 'hosts')) outcomes['rule-hosts'] += 1
  }
  assert.ok(
    Object.values(outcomes).every((count) => count >= 5),
    JSON.stringify(outcomes),
  )
})

test('without a solver the plan holds all the same, and its bound is one', async () => {
  let found = 0
  for (let seed = 1; seed <= 60; seed++) {
    const [exact, plain] = [
      await solve(drawQuestion(seed)),
      await runAsking(consolidate(drawQuestion(seed), 1_000), {}),
    ]
    if (plain.kind !== 'found') continue
    assert.equal(exact.kind, 'found', `seed ${seed}`)
    if (exact.kind !== 'found') continue
    found += 1
    assertHolds(drawQuestion(seed), plain, seed)
    assert.ok(plain.plan.price >= exact.plan.price && plain.plan.priceBound <= exact.plan.price, `seed ${seed}`)
  }
  assert.ok(found >= 15, String(found))
})

/** By trying, and by the replay of its moves. */
function assertHolds(question: PlanQuestion, found: Consolidation & { kind: 'found' }, seed: number): void {
  const report = reported(question, found.prepared, found.plan, () => noGrowth)
  const at = new Map(report.placement.map(({ guest, to }) => [guest, to]))
  assert.ok(holds(question, report.kept, at), `seed ${seed}: ${JSON.stringify([...at])}`)
}

test('many hosts: every loss is survived, the gap is said, and the order of moves is replayed', async () => {
  const question = manyGuests(300, 40)
  const result = await solve(question)
  assert.equal(result.kind, 'found')
  if (result.kind !== 'found') return
  const { plan, prepared } = result
  assert.equal(checkLosses(prepared, plan.kept, plan.placement).fails, null)
  assert.ok(plan.priceBound <= plan.price && plan.price <= plan.priceBound * 1.1, `${plan.price} of ${plan.priceBound}`)
  assert.equal(plan.price, priceOf(prepared, plan.kept))
  const report = reported(question, prepared, plan, () => noGrowth)
  assert.equal(report.order.kind, 'order')
  assert.equal(report.kept.length + report.freed.length, 40)
})

test('what cannot be is refused with the sum that shows it', async () => {
  const base = drawQuestion(1)
  const two = { ...base, rules: [], survive: 2, hosts: base.hosts.slice(0, 2) }
  const impossible = await solve({ ...two, guests: two.guests.map((guest) => ({ ...guest, at: null })) })
  assert.deepEqual(impossible, { kind: 'impossible', because: { code: 'too-few-hosts', hosts: 2, survive: 2 } })
})

/** Guests as an operator has them: many small, few large, all over the hosts. */
export function manyGuests(guests: number, hosts: number): PlanQuestion {
  const roll = dice(guests)
  const sizes = [1_024, 1_024, 2_048, 2_048, 4_096, 4_096, 8_192, 16_384]
  return {
    resources: [
      { name: 'memory', mirrored: false },
      { name: 'cpu', mirrored: false },
    ],
    hosts: Array.from({ length: hosts }, (_, index) => ({
      id: `host${String(index).padStart(4, '0')}`,
      present: true,
      price: 1,
      capacity: [index % 3 === 0 ? 96_000 : 64_000, index % 3 === 0 ? 128_000 : 64_000],
    })),
    guests: Array.from({ length: guests }, (_, index) => ({
      id: `guest${String(index).padStart(5, '0')}`,
      at: `host${String(index % hosts).padStart(4, '0')}`,
      needs: [sizes[roll(sizes.length)]!, 1_000 * (1 + roll(4))],
    })),
    rules: [],
    survive: 1,
  }
}
