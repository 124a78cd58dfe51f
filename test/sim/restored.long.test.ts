import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restoredStore } from '../../src/core/restored.ts'
import { guestId, hostId, wallTime } from '../../src/model/ids.ts'
import type { GuestRecord } from '../../src/model/record.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { readScenarioOrThrow } from '../../src/sim/scenario/read.ts'
import { worldOf } from '../../src/sim/scenario-world.ts'
import type { World } from '../../src/sim/world.ts'

const [n1, n2, n3] = [hostId('n1'), hostId('n2'), hostId('n3')]
const guests = ['web', 'db', 'mail'].map((name) => guestId(name))

/** Fence devices would take power: nobody is to be fenced for what an old store says. */
const scenario = `
claim: a world whose store is lost
hosts: { n1: { fence: device, watchdog: false }, n2: { fence: device, watchdog: false }, n3: { fence: device, watchdog: false } }
guests: { web: { host: n2 }, db: { host: n3 }, mail: { host: n1 } }
script:
  - { at: 1s, do: [power n1 on, power n2 on, power n3 on] }
runFor: 60s
expect: { guests: { web: { state: running } } }
`

async function running(seed: number): Promise<World> {
  const world = worldOf(readScenarioOrThrow(scenario, 'restored.yaml'), seed)
  for (const host of world.hosts) host.powerOn()
  await world.timeline.playUntil(60_000)
  return world
}

const ownerOf = (world: World, guest: string) =>
  (JSON.parse(world.store.snapshot(storeKeys.guestRecord(guest)).entries[0]!.value) as GuestRecord).owner

/** Plays on, and looks each 100 ms of the world that nothing runs twice. */
async function play(world: World, ms: number): Promise<void> {
  const until = world.nowMs + ms
  while (world.nowMs < until) {
    await world.timeline.playUntil(Math.min(until, world.nowMs + 100))
    assert.ok(!world.timeline.stuck, `nothing moves on at ${world.nowMs}`)
    for (const guest of guests) {
      const there = world.running(guest).map(({ host }) => host.id)
      assert.ok(there.length <= 1, `${guest} runs on ${there.join(' and ')} at ${world.nowMs}`)
    }
  }
}

/** As people stop a service: all of them, one after the other. */
async function stopDaemons(world: World): Promise<void> {
  for (const host of world.hosts) {
    const stopped = host.stopDaemon()
    await play(world, 2_000)
    await stopped
  }
}

/** The store as it was saved, made ready as `vigia cluster restore` does. */
function restore(world: World, saved: readonly { key: string; value: string }[], alone = false): void {
  const { put, remove } = restoredStore(saved, storeKeys, { self: n1, alone, at: wallTime(world.nowMs) })
  const after = new Map(saved.map(({ key, value }) => [key, value]))
  for (const key of remove) after.delete(key)
  for (const { key, value } of put) after.set(key, value)
  const gone = world.store
    .snapshot('')
    .entries.map(({ key }) => key)
    .filter((key) => !after.has(key))
  world.store.apply({ when: [], put: [...after].map(([key, value]) => ({ key, value })), remove: gone })
}

for (const seed of [1, 2, 3]) {
  test(`guests that moved and hosts that went after the store was saved, seed ${seed}`, async () => {
    const world = await running(seed)
    const saved = world.store.snapshot('').entries
    const moved = ownerOf(world, 'web') === n3 ? n2 : n3
    world.operator.move(guestId('web'), moved, 'live')
    await play(world, 60_000)
    assert.equal(ownerOf(world, 'web'), moved, 'the saved store is older than the move')
    await stopDaemons(world)
    const began = new Map(guests.map((guest) => [guest, world.running(guest)[0]?.machine]))
    restore(world, saved)

    world.host(n1).startDaemon()
    await play(world, 900_000)
    for (const guest of guests) assert.deepEqual(world.running(guest)[0]?.machine, began.get(guest))
    assert.equal(ownerOf(world, 'mail') ?? n1, n1)
    world.host(n2).startDaemon()
    await play(world, 300_000)
    world.host(n3).startDaemon()
    await play(world, 300_000)
    for (const guest of guests) {
      const [there] = world.running(guest)
      assert.equal(there?.machine, began.get(guest), `${guest} was never stopped`)
      assert.equal(ownerOf(world, guest), there?.host.id)
    }
    assert.deepEqual(world.fenced, [], 'nobody was fenced for what an old store says')
    assert.deepEqual(world.store.snapshot(storeKeys.restored).entries, [])
  })
}

test('what ran on a host that lost its power meanwhile starts once that host was looked at', async () => {
  const world = await running(7)
  const saved = world.store.snapshot('').entries
  await stopDaemons(world)
  world.host(n2).powerOff()
  restore(world, saved)
  world.host(n1).startDaemon()
  world.host(n3).startDaemon()
  await play(world, 600_000)
  const lost = guests.filter((guest) => world.running(guest).length === 0)
  assert.ok(lost.includes(guestId('web')), 'web ran on n2')
  for (const guest of lost) assert.equal(ownerOf(world, guest), null)
  world.host(n2).powerOn()
  await play(world, 300_000)
  for (const guest of guests) assert.equal(world.running(guest).length, 1, guest)
})

test('sworn alone, the last host starts everything', async () => {
  const world = await running(9)
  const saved = world.store.snapshot('').entries
  await stopDaemons(world)
  for (const id of [n2, n3]) world.host(id).powerOff()
  restore(world, saved, true)
  world.host(n1).startDaemon()
  await play(world, 300_000)
  for (const guest of guests)
    assert.deepEqual(
      world.running(guest).map(({ host }) => host.id),
      [n1],
    )
})
