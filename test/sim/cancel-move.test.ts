import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId, hostId } from '../../src/model/ids.ts'
import type { GuestObservation } from '../../src/model/observation.ts'
import type { GuestRecord } from '../../src/model/record.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { readScenarioOrThrow } from '../../src/sim/scenario/read.ts'
import { worldOf } from '../../src/sim/scenario-world.ts'
import type { World } from '../../src/sim/world.ts'

const [n1, n2] = [hostId('n1'), hostId('n2')]
const web = guestId('web')

/** A move takes half a minute. */
const scenario = `
claim: a world in which a guest moves
hosts: { n1: { fence: device, watchdog: false }, n2: { fence: device, watchdog: false }, n3: { fence: device, watchdog: false } }
guests: { web: { host: n1 } }
settings: { migration: 30s }
script:
  - { at: 1s, do: [power n1 on, power n2 on, power n3 on] }
runFor: 60s
expect: { guests: { web: { state: running } } }
`

async function running(seed: number): Promise<World> {
  const world = worldOf(readScenarioOrThrow(scenario, 'cancel-move.yaml'), seed)
  for (const host of world.hosts) host.powerOn()
  await world.timeline.playUntil(60_000)
  assert.equal(recordOf(world).owner, n1)
  return world
}

function recordOf(world: World): GuestRecord {
  return JSON.parse(world.store.snapshot(storeKeys.guestRecord(web)).entries[0]!.value) as GuestRecord
}

async function play(world: World, ms: number): Promise<void> {
  await world.timeline.playUntil(world.nowMs + ms)
  assert.ok(!world.timeline.stuck, `nothing moves on at ${world.nowMs}`)
}

async function moving(world: World): Promise<number> {
  world.operator.move(web, n2, 'live')
  await play(world, 10_000)
  const { move } = recordOf(world).seat!
  assert.equal(move?.to, n2)
  return move!.serial
}

test('a move under way is told to end, and the guest runs on where it was', async () => {
  const world = await running(1)
  const [before] = world.running(web)
  const serial = await moving(world)
  world.operator.say(web, { moveCancel: serial })
  await play(world, 5_000)
  assert.equal(recordOf(world).seat?.move?.cancelled, true)
  await play(world, 30_000)
  const { owner, seat, because, phase } = recordOf(world)
  assert.deepEqual([owner, seat?.move, because.code, phase.kind], [n1, null, 'move-cancelled', 'ready'])
  const [there] = world.running(web)
  assert.deepEqual([there?.host.id, there?.machine], [n1, before?.machine])
  await play(world, 600_000)
  assert.equal(recordOf(world).owner, n1, 'and nobody moves it again')
})

for (const when of ['before it is taken back', 'after it was taken back'] as const) {
  test(`a move is ended, too, whose agent is started again ${when}`, async () => {
    const world = await running(2)
    const serial = await moving(world)
    if (when === 'after it was taken back') world.operator.say(web, { moveCancel: serial })
    world.host(n1).killDaemon()
    await play(world, 3_000)
    world.host(n1).startDaemon()
    await play(world, 3_000)
    world.operator.say(web, { moveCancel: serial })
    await play(world, 120_000)
    const { owner, seat, because } = recordOf(world)
    assert.deepEqual([owner, seat?.move, because.code], [n1, null, 'move-cancelled'])
    assert.deepEqual(
      world.running(web).map(({ host }) => host.id),
      [n1],
    )
  })
}

test('a move that arrives before it could end has arrived', async () => {
  const world = await running(3)
  const serial = await moving(world)
  await play(world, 25_000)
  world.operator.say(web, { moveCancel: serial })
  await play(world, 60_000)
  assert.deepEqual([recordOf(world).owner, recordOf(world).seat?.move], [n2, null])
  assert.deepEqual(
    world.running(web).map(({ host }) => host.id),
    [n2],
  )
})

test('a wish to end an earlier move ends no later one', async () => {
  const world = await running(4)
  const serial = await moving(world)
  world.operator.say(web, { moveCancel: serial - 1 })
  await play(world, 60_000)
  assert.equal(recordOf(world).owner, n2)
})

test('while it moves, its host tells how much is copied', async () => {
  const world = await running(5)
  const serial = await moving(world)
  const told = () => movingOf(world) ?? assert.fail('nothing is told')
  const first = told()
  await play(world, 5_000)
  const later = told()
  assert.equal(first.serial, serial)
  assert.ok(first.doneBytes < later.doneBytes && later.doneBytes <= later.totalBytes, JSON.stringify([first, later]))
  await play(world, 60_000)
  assert.equal(movingOf(world), undefined)
})

function movingOf(world: World): GuestObservation['moving'] {
  return world.leaderView()?.observations.get(recordOf(world).owner!)?.observation.guests.get(web)?.moving
}
