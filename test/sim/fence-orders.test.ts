import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId, hostId } from '../../src/model/ids.ts'
import type { FencingRecord } from '../../src/model/member.ts'
import type { HostWish } from '../../src/model/wish.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { readScenarioOrThrow } from '../../src/sim/scenario/read.ts'
import { worldOf } from '../../src/sim/scenario-world.ts'
import type { World } from '../../src/sim/world.ts'

const n1 = hostId('n1')
const n3 = hostId('n3')

const scenario = `
claim: a world for orders
hosts: { n1: { fence: device }, n2: { fence: device }, n3: { fence: device } }
guests: { web: { host: n3 }, db: { host: n1 } }
script:
  - { at: 1s, do: [power n1 on, power n2 on, power n3 on] }
runFor: 60s
expect: { guests: { web: { state: running } } }
`

async function running(): Promise<World> {
  const world = worldOf(readScenarioOrThrow(scenario, 'orders.yaml'), 1)
  for (const host of world.hosts) host.powerOn()
  await world.timeline.playUntil(60_000)
  return world
}

function order(world: World, host = n3, fenceBoot: string | null = world.host(host).bootId): void {
  const old = world.store.snapshot(storeKeys.hostWish(host)).entries[0]
  const before = old === undefined ? 0 : ((JSON.parse(old.value) as HostWish).fenceSerial ?? 0)
  world.operator.sayOfHost(host, () => ({ fenceSerial: before + 1, fenceBoot }))
}

function record(world: World): FencingRecord {
  return JSON.parse(world.store.snapshot(storeKeys.fencing).entries[0]!.value) as FencingRecord
}

const words = (world: World) =>
  world.events
    .filter(({ event }) => event.actor === 'leader')
    .map(({ event }) => `${event.word} ${event.guest ?? event.host}`)

test('a host is fenced by order though it is not silent, once, and its guests start elsewhere', async () => {
  const world = await running()
  order(world)
  await world.timeline.playUntil(120_000)
  assert.deepEqual(world.fenced, [n3])
  assert.deepEqual(record(world).hosts, [n3])
  assert.notEqual(world.running(guestId('web'))[0]?.host.id, n3)
  const told = words(world)
  assert.ok(told.indexOf('fenced n3') < told.indexOf('proven n3'))
  assert.ok(told.indexOf('proven n3') < told.indexOf('recover web'))

  world.host(n3).powerOn()
  await world.timeline.playUntil(240_000)
  assert.deepEqual(world.fenced, [n3], 'not again when it is back')
  assert.deepEqual(record(world).hosts, [], 'all are back: the count begins anew (S6)')
})

test('an order beyond the count is answered with why not, and a reset makes room (S6)', async () => {
  const world = await running()
  order(world, n3)
  await world.timeline.playUntil(90_000)
  order(world, hostId('n2'))
  await world.timeline.playUntil(120_000)
  assert.deepEqual(world.fenced, [n3])
  const fault = world.events.find(({ event }) => event.word === 'fault' && event.host === 'n2')?.event.fault
  assert.deepEqual(fault?.details, { why: 'fence-limit', host: 'n2' })
  const wish = { resetSerial: 1, by: 'ana', at: 0 }
  world.store.apply({ when: [], put: [{ key: storeKeys.fencingWish, value: JSON.stringify(wish) }], remove: [] })
  await world.timeline.playUntil(130_000)
  assert.deepEqual(record(world).hosts, [])
})

test('an order about another boot fences nobody', async () => {
  const world = await running()
  order(world, n3, 'n3.boot0')
  await world.timeline.playUntil(120_000)
  assert.deepEqual(world.fenced, [])
  assert.ok(world.events.some(({ event }) => event.fault?.details.why === 'booted-since'))
})

test('a device that fails is told, and proves nothing', async () => {
  const world = await running()
  world.fencer?.modes.set(n3, 'dead')
  order(world)
  await world.timeline.playUntil(150_000)
  assert.deepEqual(world.fenced, [])
  assert.ok(world.events.some(({ event }) => event.fault?.code === 'fence-failed'))
  assert.equal(world.running(guestId('web'))[0]?.host.id, n3)
})

test('a disarming for a time holds for so long and no longer', async () => {
  const world = await running()
  const wish = { armed: false, forMs: 60_000, by: 'ana', at: 0 }
  world.store.apply({ when: [], put: [{ key: storeKeys.armed, value: JSON.stringify(wish) }], remove: [] })
  await world.timeline.playUntil(62_000)
  world.host(n3).powerOff()
  await world.timeline.playUntil(115_000)
  assert.ok(!words(world).includes('proven n3'))
  await world.timeline.playUntil(150_000)
  assert.ok(words(world).includes('recover web'))
  assert.equal(world.running(guestId('db'))[0]?.host.id, n1)
})
