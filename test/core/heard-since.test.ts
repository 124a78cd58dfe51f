import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId } from '../../src/model/ids.ts'
import { n1, Several } from './several.ts'

const lost = { services: { '80/tcp': 'silent' } } as const

/** On n1, its service lost for nearly as long as the grace. */
function losing(): Several {
  const world = new Several({ web: { services: ['80/tcp'] } }, { hosts: ['n1', 'n2'] })
  world.see('web', 'n1', 'running', { services: { '80/tcp': 'answering' } })
  for (let round = 0; round < 5; round++) world.round()
  world.see('web', 'n1', 'running', lost).round()
  assert.equal(phase(world), 'silent')
  return world
}

function phase(world: Several): string {
  return world.records.get(guestId('web'))!.phase.kind
}

const graceMs = 60_000

test('a service that is lost for the grace has its guest restarted', () => {
  const world = losing().after(graceMs)
  world.round()
  assert.equal(phase(world), 'stopping')
})

for (const [claim, breaks] of [
  ['the store was gone', (world: Several) => (world.renewingSinceMs = world.nowMs - 1_000)],
  ['its host could not be heard', (world: Several) => world.heardSinceMs.set(n1, world.nowMs - 1_000)],
] as const) {
  test(`after a time in which ${claim} the grace begins anew, and the leader wakes at its end`, () => {
    const world = losing().after(graceMs)
    breaks(world)
    const { nextAt } = world.round()
    assert.equal(phase(world), 'silent')
    assert.ok(nextAt !== null && nextAt > world.nowMs && nextAt <= world.nowMs + graceMs)
    world.after(graceMs).round()
    assert.equal(phase(world), 'stopping')
  })
}

test('while this process cannot renew no limit of a phase ends', () => {
  const world = losing().after(graceMs)
  world.renewingSinceMs = null
  world.round()
  assert.equal(phase(world), 'silent')
})
