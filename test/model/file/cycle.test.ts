import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findCycles } from '../../../src/model/file/cycle.ts'

const graphs: [says: string, targets: number[][], rounds: number[][]][] = [
  ['nothing', [], []],
  ['a chain', [[1], [2], []], []],
  ['a diamond', [[1, 2], [3], [3], []], []],
  ['two that need each other', [[1], [0]], [[0, 1, 0]]],
  ['the shortest round of a knot', [[1], [2], [0, 3], [0]], [[0, 1, 2, 0]]],
  [
    'two knots, in the order of their first guest',
    [[4], [2], [1], [], [0]],
    [
      [0, 4, 0],
      [1, 2, 1],
    ],
  ],
  ['a knot below a chain', [[1], [2], [1]], [[1, 2, 1]]],
]

for (const [says, targets, rounds] of graphs) {
  test(`cycles of ${says}`, () => assert.deepEqual(findCycles(targets), rounds))
}

test('a chain of a hundred thousand does not end the stack, closed or not', () => {
  const chain = Array.from({ length: 100_000 }, (_, index) => (index === 0 ? [] : [index - 1]))
  assert.deepEqual(findCycles(chain), [])
  assert.equal(findCycles(chain.with(0, [99_999]))[0]?.length, 100_001)
})

test('a graph whose needs all lie before it has no cycle; each round found is one', () => {
  const needs = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 })
  fc.assert(
    fc.property(needs, (lists) => {
      const ordered = lists.map((list, index) => list.filter((target) => target < index))
      assert.deepEqual(findCycles(ordered), [])
      const any = lists.map((list, index) =>
        list.map((target) => target % lists.length).filter((target) => target !== index),
      )
      for (const round of findCycles(any)) {
        assert.equal(round[0], round.at(-1))
        assert.ok(round.length > 2 && new Set(round).size === round.length - 1)
        for (const [index, guest] of round.slice(0, -1).entries()) assert.ok(any[guest]?.includes(round[index + 1]!))
      }
    }),
  )
})
