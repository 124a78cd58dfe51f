import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireSpoken, schemaToWrite } from '../../src/core/store-schema.ts'
import type { MemberSight } from '../../src/model/member.ts'
import { sightOfMember } from './several.ts'

/** Null: never heard of; `left`: gone on purpose; undefined: a program that says nothing of it. */
type Spoken = number | null | 'left' | undefined

const table: readonly { claim: string; inForce: number | null; spoken: readonly Spoken[]; written: number | null }[] = [
  { claim: 'nobody wrote it yet', inForce: null, spoken: [1, 1, 1], written: 1 },
  { claim: 'all speak what is in force', inForce: 1, spoken: [1, 1, 1], written: null },
  { claim: 'one is upgraded', inForce: 1, spoken: [2, 1, 1], written: null },
  { claim: 'all but one are upgraded', inForce: 1, spoken: [3, 1, 3], written: null },
  { claim: 'all are upgraded', inForce: 1, spoken: [2, 2, 2], written: 2 },
  { claim: 'the lowest is what all speak', inForce: 1, spoken: [2, 3, 4], written: 2 },
  { claim: 'one has been down since it was installed', inForce: 1, spoken: [2, 2, null], written: null },
  { claim: 'one says nothing of it: it is from before', inForce: 1, spoken: [2, undefined, 2], written: null },
  { claim: 'one has left for good', inForce: 1, spoken: [2, 'left', 2], written: 2 },
  { claim: 'it never goes back', inForce: 2, spoken: [1, 2, 2], written: null },
  { claim: 'no member is known', inForce: 1, spoken: [], written: null },
]

for (const { claim, inForce, spoken, written } of table) {
  test(`the schema of the store: ${claim}`, () => {
    const record = schemaToWrite(inForce === null ? null : { version: inForce }, sightsOf(spoken))
    assert.equal(record?.version ?? null, written)
  })
}

test('a store newer than the program is refused, with both versions', () => {
  for (const version of [1, 2]) requireSpoken({ version }, 2)
  requireSpoken(null)
  assert.throws(() => requireSpoken({ version: 3 }, 2), {
    code: 'refused',
    outcome: 'not-done',
    details: { why: 'store-newer', got: 3, expected: 2 },
  })
})

function sightsOf(spoken: readonly Spoken[]): ReadonlyMap<string, MemberSight> {
  return new Map(
    spoken.map((one, index): [string, MemberSight] => {
      const sight = sightOfMember(`n${index + 1}`)
      const alive = { ...sight.alive!, left: one === 'left' }
      if (one === null) return [`n${index + 1}`, { ...sight, alive: null }]
      return [`n${index + 1}`, { ...sight, alive: typeof one === 'number' ? { ...alive, speaks: one } : alive }]
    }),
  )
}
