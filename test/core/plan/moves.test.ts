import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { headroom } from '../../../src/core/plan/headroom.ts'
import { moveOrder } from '../../../src/core/plan/moves.ts'
import { type PlanQuestion, prepare } from '../../../src/core/plan/question.ts'
import { replay } from '../../../src/core/plan/replay.ts'
import type { RuleSpec } from '../../../src/model/cluster.ts'
import { guestId } from '../../../src/model/ids.ts'
import type { Move } from '../../../src/model/plan/outcome.ts'

/** `a: from -> to, size`; hosts by their size. */
function world(
  hosts: Record<string, number>,
  guests: Record<string, readonly [string, string, number]>,
  rules: RuleSpec[] = [],
) {
  const question: PlanQuestion = {
    resources: [{ name: 'memory', mirrored: false }],
    hosts: Object.entries(hosts).map(([id, size]) => ({ id, present: true, price: 1, capacity: [size] })),
    guests: Object.entries(guests).map(([id, [at, , size]]) => ({ id, at, needs: [size] })),
    rules,
    survive: 0,
  }
  const goal = new Map(Object.entries(guests).map(([id, [, to]]) => [id, to]))
  const prepared = prepare(question)
  const placement = prepared.units.map(({ guests: [first] }) =>
    prepared.hosts.findIndex(({ id }) => id === goal.get(first!.id)),
  )
  const order = moveOrder(
    prepared,
    placement,
    prepared.hosts.map((_, host) => host),
  )
  return { question, goal, order }
}

const said = (moves: readonly Move[]) =>
  moves.map(({ guests, from, to, aside }) => `${guests.join('+')}: ${from} -> ${to}${aside ? ' aside' : ''}`)

test('who needs room waits for who makes it', () => {
  const { order } = world({ x: 10, y: 10, z: 10 }, { a: ['x', 'y', 8], b: ['y', 'z', 8] })
  assert.deepEqual(order.kind === 'order' && said(order.moves), ['b: y -> z', 'a: x -> y'])
})

test('two that want each other‘s place: one is put aside, the smaller', () => {
  const { order } = world({ x: 10, y: 10, z: 7 }, { a: ['x', 'y', 8], b: ['y', 'x', 7] })
  assert.deepEqual(order.kind === 'order' && said(order.moves), ['b: y -> z aside', 'a: x -> y', 'b: z -> x'])
})

test('no spare room at all: proven, with what each lacks', () => {
  const { order } = world({ x: 10, y: 10, z: 6 }, { a: ['x', 'y', 8], b: ['y', 'x', 7] })
  assert.deepEqual(order, {
    kind: 'none',
    proven: true,
    blocked: [
      { guests: ['a'], from: 'x', to: 'y', because: { code: 'room', resource: 'memory', needed: 8, free: 3 } },
      { guests: ['b'], from: 'y', to: 'x', because: { code: 'room', resource: 'memory', needed: 7, free: 2 } },
    ],
  })
})

test('rules hold on the way: who must not meet passes by a third host, who belongs together goes together', () => {
  const apart: RuleSpec = { kind: 'apart', guests: [guestId('a'), guestId('b')], strict: true }
  const swap = world({ x: 10, y: 10, z: 10 }, { a: ['x', 'y', 1], b: ['y', 'x', 1] }, [apart])
  assert.deepEqual(swap.order.kind === 'order' && said(swap.order.moves), ['a: x -> z aside', 'b: y -> x', 'a: z -> y'])
  const none = world({ x: 10, y: 10 }, { a: ['x', 'y', 1], b: ['y', 'x', 1] }, [apart])
  assert.equal(none.order.kind === 'none' && none.order.proven, true)
  const together: RuleSpec = { ...apart, kind: 'together' }
  const pair = world({ x: 10, y: 10 }, { a: ['x', 'y', 4], b: ['x', 'y', 5] }, [together])
  assert.deepEqual(pair.order.kind === 'order' && said(pair.order.moves), ['a+b: x -> y'])
})

test('any world: an order is one that its replay accepts; none that is proven cannot be found by walking at random', () => {
  const size = fc.integer({ min: 1, max: 5 })
  const host = fc.constantFrom('x', 'y', 'z')
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 6, max: 12 }), fc.integer({ min: 6, max: 12 }), fc.integer({ min: 3, max: 12 })),
      fc.array(fc.tuple(host, host, size), { minLength: 2, maxLength: 6 }),
      fc.boolean(),
      fc.infiniteStream(fc.nat(1_000)),
      ([x, y, z], list, isApart, stream) => {
        const sizes: Record<string, number> = { x, y, z }
        const guests = Object.fromEntries(list.map((one, index) => [`g${index}`, one]))
        const fits = (at: (one: readonly [string, string, number]) => string): boolean =>
          ['x', 'y', 'z'].every((id) => list.reduce((sum, one) => sum + (at(one) === id ? one[2] : 0), 0) <= sizes[id]!)
        fc.pre(fits((one) => one[0]) && fits((one) => one[1]))
        const isRuled = isApart && list[0]![0] !== list[1]![0] && list[0]![1] !== list[1]![1]
        const rules: RuleSpec[] = isRuled
          ? [{ kind: 'apart', guests: [guestId('g0'), guestId('g1')], strict: true }]
          : []
        const { question, goal, order } = world(sizes, guests, rules)
        if (order.kind === 'order') assert.equal(replay(question, order.moves, goal), null)
        else {
          assert.ok(order.proven)
          assert.equal(walkAtRandom(question, goal, stream), false)
        }
      },
    ),
    { numRuns: 500 },
  )
})

/** Steps that the replay accepts, wherever they lead: true once all are at their goal. */
function walkAtRandom(question: PlanQuestion, goal: ReadonlyMap<string, string>, dice: Iterator<number>): boolean {
  const at = new Map(question.guests.map((guest) => [guest.id, guest.at]))
  for (let step = 0; step < 200; step++) {
    if (question.guests.every(({ id }) => at.get(id) === goal.get(id))) return true
    const guest = question.guests[dice.next().value % question.guests.length]!
    const to = question.hosts[dice.next().value % question.hosts.length]!.id
    const now = { ...question, guests: question.guests.map((one) => ({ ...one, at: at.get(one.id)! })) }
    const move: Move = { guests: [guest.id], from: at.get(guest.id)!, to, aside: false }
    const misstep =
      to === move.from ? null : replay(now, [move], new Map([...at, [guest.id, to]]) as Map<string, string>)
    if (misstep === null) at.set(guest.id, to)
  }
  return false
}

test('the replay refuses what does not hold, and says at which step', () => {
  const { question, goal } = world({ x: 10, y: 10, z: 10 }, { a: ['x', 'y', 8], b: ['y', 'z', 8] })
  const a: Move = { guests: ['a'], from: 'x', to: 'y', aside: false }
  const b: Move = { guests: ['b'], from: 'y', to: 'z', aside: false }
  assert.equal(replay(question, [b, a], goal), null)
  assert.deepEqual(replay(question, [a, b], goal), { step: 1, what: 'over-capacity' })
  assert.deepEqual(replay(question, [b, { ...a, from: 'z' }], goal), { step: 2, what: 'not-there' })
  assert.deepEqual(replay(question, [b], goal), { step: 1, what: 'not-at-goal' })
  assert.deepEqual(replay(question, [{ ...b, to: 'w' }], goal), { step: 1, what: 'unknown-host' })
  const rule = (kind: 'apart' | 'together'): PlanQuestion => ({
    ...question,
    rules: [{ kind, guests: [guestId('a'), guestId('b')], strict: true }],
  })
  assert.deepEqual(replay(rule('apart'), [b, { ...a, to: 'y' }], goal), null)
  const small = { ...rule('apart'), guests: question.guests.map((guest) => ({ ...guest, needs: [1] })) }
  assert.deepEqual(replay(small, [{ ...a }], goal), { step: 1, what: 'apart-broken' })
  const both = { ...small, rules: rule('together').rules, guests: small.guests.map((guest) => ({ ...guest, at: 'x' })) }
  assert.deepEqual(replay(both, [a], goal), { step: 1, what: 'together-broken' })
  const only: PlanQuestion = {
    ...small,
    rules: [{ kind: 'hosts', guests: [guestId('a')], hosts: { x: 0 }, strict: true }],
  }
  assert.deepEqual(replay(only, [a], goal), { step: 1, what: 'not-allowed' })
})

test('the day the room runs out: the last one on which every loss still has its place', () => {
  const { question } = world({ x: 100, y: 100 }, { a: ['x', 'x', 40], b: ['y', 'y', 40] })
  const prepared = prepare({ ...question, survive: 1 })
  const growth = (yearly: number, daily: number) => () => ({ yearly: [yearly], daily: [daily] })
  // 40 + 40 on one host of 100: 10 more each, at 0.1 a day.
  const day = headroom(prepared, [0, 1], [0, 1], [], growth(0, 0.1))
  assert.deepEqual(day.left, [{ resource: 'memory', amount: 20 }])
  assert.equal(day.days, 100)
  assert.deepEqual(day.limit, { code: 'loss', lost: ['x'], guests: ['a'] })
  // A quarter more at 25 % a year: one year.
  assert.equal(headroom(prepared, [0, 1], [0, 1], [], growth(0.25, 0)).days, 365)
  assert.equal(headroom(prepared, [0, 1], [0, 1], [], growth(0, 0)).days, null)
})
