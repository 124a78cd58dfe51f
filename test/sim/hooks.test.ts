import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId, hostId } from '../../src/model/ids.ts'
import type { StoredCluster } from '../../src/model/stored-cluster.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { readScenarioOrThrow } from '../../src/sim/scenario/read.ts'
import { worldOf } from '../../src/sim/scenario-world.ts'
import type { World } from '../../src/sim/world.ts'

const n3 = hostId('n3')

const scenario = `
claim: a world with a hook
hosts: { n1: { fence: device }, n2: { fence: device }, n3: { fence: device } }
guests: { web: { host: n3 }, db: { host: n3 } }
script:
  - { at: 1s, do: [power n1 on, power n2 on, power n3 on] }
runFor: 60s
expect: { guests: { web: { state: running } } }
`

async function running(seed: number): Promise<World> {
  const world = worldOf(readScenarioOrThrow(scenario, 'hooks.yaml'), seed)
  const [entry] = world.store.snapshot(storeKeys.cluster).entries
  const stored = JSON.parse(entry!.value) as StoredCluster
  const spec = { ...stored.spec, settings: { ...stored.spec.settings, hook: '/etc/vigia/hook' } }
  world.store.apply({
    ...{ when: [], remove: [] },
    put: [{ key: storeKeys.cluster, value: JSON.stringify({ ...stored, spec }) }],
  })
  for (const host of world.hosts) host.powerOn()
  await world.timeline.playUntil(60_000)
  assert.deepEqual(world.hook.calls, [], 'all is well')
  return world
}

/** Events in the order in which they were told, each id once. */
const told = (world: World): string[] => [...new Set(world.hook.calls.map(({ call }) => call.id.replace(/ \d+$/, '')))]
const isUp = (world: World, guest: string): boolean => world.running(guestId(guest)).length === 1

test('a host that loses its power: its fencing and both failovers are told, once each', async () => {
  const world = await running(1)
  world.host(n3).powerOff()
  await world.timeline.playUntil(300_000)
  assert.ok(isUp(world, 'web') && isUp(world, 'db'))
  const ids = told(world).filter((id) => !id.startsWith('waiting'))
  assert.deepEqual(ids, ['fence n3', 'failover db n3', 'failover web n3'])
  assert.equal(new Set(world.hook.calls.map(({ call }) => call.id)).size, world.hook.calls.length)
  assert.equal(world.hook.mostAtOnce, 1)
})

for (const mode of ['hangs', 'fails', 'absent'] as const) {
  test(`a program that ${mode} stands in nobody's way, and is told of`, async () => {
    const world = await running(2)
    world.hook.mode = mode
    world.host(n3).powerOff()
    await world.timeline.playUntil(120_000)
    assert.ok(isUp(world, 'web') && isUp(world, 'db'))
    await world.timeline.playUntil(600_000)
    const faults = world.events.filter(({ event }) => event.fault?.code === 'hook-failed')
    assert.ok(faults.length >= 3, `${faults.length} faults`)
    if (mode !== 'absent') assert.deepEqual(told(world).slice(-3), ['fence n3', 'failover db n3', 'failover web n3'])
  })
}

test('a leader that dies while the program runs leaves the call to the next one: at least once', async () => {
  const world = await running(3)
  world.hook.mode = 'hangs'
  world.host(n3).powerOff()
  for (let tries = 0; world.hook.calls.length === 0; tries++) {
    assert.ok(tries < 1_000)
    await world.timeline.playUntil(world.nowMs + 100)
  }
  const [first] = world.hook.calls
  const leader = world.leader()!
  world.hook.mode = 'works'
  leader.killDaemon()
  await world.timeline.playUntil(world.nowMs + 300_000)
  const again = world.hook.calls.filter(({ call }) => call.id === first!.call.id)
  assert.equal(again.length, 2)
  assert.ok(told(world).includes('failover web n3'))
})
