import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FencingPlan, fencingPlan } from '../../src/core/fencing.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { type HostId, hostId, instant } from '../../src/model/ids.ts'
import type { FencingRecord } from '../../src/model/member.ts'
import { goodWatchdog, n1, n2, n3, Several } from './several.ts'

interface Stage {
  readonly devices?: readonly string[]
  readonly fenced?: FencingRecord['hosts']
  readonly fencing?: HostId | null
}

/** `web` runs on n2, `app` on n3. */
function cluster(hosts = ['n1', 'n2', 'n3']): Several {
  const rules = [
    { kind: 'hosts', guests: ['web'], hosts: { n2: 1 }, strict: false },
    { kind: 'hosts', guests: ['app'], hosts: { n3: 1 }, strict: false },
  ] as never
  return new Several({ web: {}, app: {} }, { hosts, rules }).play()
}

function plan(world: Several, { devices = [], fenced = [], fencing = null }: Stage = {}): FencingPlan {
  return fencingPlan({
    ...{
      snapshot: world.snapshot(),
      hosts: world.views(),
      times: leaseTimes(10_000),
      fenced: { hosts: fenced },
      fencing,
    },
    devices: (host) => (devices.includes(host) ? ['ipmi'] : []),
  })
}

interface Row {
  readonly claim: string
  readonly world: (world: Several) => unknown
  readonly stage?: Stage
  readonly steps: readonly string[]
  readonly lack: string | null
}

const unarmed = (world: Several, id: string) =>
  world.member(id, { alive: { ...world.sights.get(hostId(id))!.alive!, armed: null } })

const table: readonly Row[] = [
  { claim: 'a host that renews is left alone', world: () => {}, stage: { devices: ['n2'] }, steps: [], lack: null },
  {
    claim: 'S2 (b): not before the lease is over',
    world: (world) => world.silent('n2', 9_999),
    ...{ steps: [], lack: 'lease-not-over' },
  },
  {
    claim: 'S2 (b), S5: with the lease over, half of the members, rounded up, are asked whether they renewed',
    world: (world) => world.silent('n2', 10_000),
    ...{ steps: ['quorum 2'], lack: 'quorum' },
  },
  {
    claim: 'S2 (b): only what this process watched while it renewed itself counts',
    world: (world) => {
      world.silent('n2', 60_000).renewingSinceMs = world.nowMs - 9_999
    },
    ...{ steps: [], lack: 'lease-not-over' },
  },
  {
    claim: 'S3: a watchdog that was not armed proves nothing',
    world: (world) => unarmed(world.silent('n2', 60_000), 'n2'),
    ...{ steps: [], lack: 'no-device-and-no-watchdog' },
  },
  {
    claim: 'S3: nor one that may fire after the lease is over',
    world: (world) => {
      const { alive } = world.silent('n2', 60_000).sights.get(n2)!
      world.member('n2', { alive: { ...alive!, armed: { ...goodWatchdog, timeoutMs: 60_000 } } })
    },
    ...{ steps: [], lack: 'no-device-and-no-watchdog' },
  },
  {
    claim: 'S3: nor that of a host whose record nobody knows',
    world: (world) => world.silent('n2', 60_000).member('n2', { alive: null }),
    ...{ steps: [], lack: 'no-device-and-no-watchdog' },
  },
  {
    claim: 'S2 (a): a device is asked as soon as the host is silent on both paths',
    world: (world) => unarmed(world.silent('n2', 2_001), 'n2'),
    ...{ stage: { devices: ['n2'] }, steps: ['fence'], lack: 'fencing' },
  },
  {
    claim: 'S2 (a): a host that is silent in the store and answers directly has until its lease is over',
    world: (world) => unarmed(world.silent('n2', 10_000), 'n2').member('n2', { heardAt: instant(world.nowMs - 2_000) }),
    ...{ stage: { devices: ['n2'] }, steps: [], lack: 'lease-not-over' },
  },
  {
    claim: 'S1, S2 (a): then it may run its guests no longer, and is fenced whatever it answers',
    world: (world) => unarmed(world.silent('n2', 10_001), 'n2').member('n2', { heardAt: instant(world.nowMs - 500) }),
    ...{ stage: { devices: ['n2'] }, steps: ['fence'], lack: 'fencing' },
  },
  {
    claim:
      'S5: unless fewer than half of the members renew: then the store may be what is lost, and that is what it lacks',
    world: (world) => {
      unarmed(world.silent('n2', 60_000), 'n2').member('n2', { heardAt: instant(world.nowMs - 500) })
      unarmed(world.silent('n3', 60_000), 'n3')
    },
    ...{ stage: { devices: ['n2'] }, steps: [], lack: 'quorum' },
  },
  {
    claim: 'S2 (a): a process that has listened for too short a time fences nobody',
    world: (world) => {
      unarmed(world.silent('n2', 60_000), 'n2').renewingSinceMs = world.nowMs - 2_000
    },
    ...{ stage: { devices: ['n2'] }, steps: [], lack: null },
  },
  {
    claim: 'S2: device and watchdog are tried side by side',
    world: (world) => world.silent('n2', 60_000),
    ...{ stage: { devices: ['n2'] }, steps: ['fence', 'quorum 2'], lack: 'fencing' },
  },
  {
    claim: 'S6: one command at a time',
    world: (world) => unarmed(world.silent('n2', 60_000), 'n2'),
    ...{ stage: { devices: ['n2'], fencing: n3 }, steps: [], lack: 'fencing' },
  },
  {
    claim: 'S6: no more than half of the members by command',
    world: (world) => unarmed(world.silent('n2', 60_000), 'n2'),
    ...{ stage: { devices: ['n2'], fenced: [n3] }, steps: [], lack: 'fence-limit' },
  },
  {
    claim: 'S6: the limit does not bind watchdogs',
    world: (world) => world.silent('n2', 60_000),
    ...{ stage: { devices: ['n2'], fenced: [n3] }, steps: ['quorum 2'], lack: 'quorum' },
  },
  {
    claim: 'S6: one that was counted already may be tried again',
    world: (world) => unarmed(world.silent('n2', 60_000), 'n2'),
    ...{ stage: { devices: ['n2'], fenced: [n2] }, steps: ['fence'], lack: 'fencing' },
  },
  {
    claim: 'a cluster that was disarmed takes nothing from any host',
    world: (world) => {
      world.silent('n2', 60_000).armed = false
    },
    ...{ stage: { devices: ['n2'] }, steps: [], lack: 'disarmed' },
  },
  {
    claim: 'S2 (d): what was sworn of the record as it is counts, even of a cluster that was disarmed',
    world: (world) => {
      world.silent('n2', 60_000).armed = false
      world.wishHost('n2', { sworn: { aliveRevision: world.sights.get(n2)!.revision, by: 'ana' } })
    },
    ...{ steps: ['swear ana'], lack: 'quorum' },
  },
  {
    claim: 'S2 (d): what was sworn of another time does not',
    world: (world) =>
      unarmed(world.silent('n2', 60_000), 'n2').wishHost('n2', { sworn: { aliveRevision: 1, by: 'ana' } }),
    ...{ steps: [], lack: 'no-device-and-no-watchdog' },
  },
  {
    claim: 'a host whose guests are all released needs no proof',
    world: (world) => world.silent('n2', 60_000).seat('web', { released: true }),
    ...{ stage: { devices: ['n2'] }, steps: [], lack: null },
  },
  {
    claim: 'nor one that has left on purpose',
    world: (world) => world.leave('n2').silent('n2', 60_000),
    ...{ stage: { devices: ['n2'] }, steps: [], lack: null },
  },
  {
    claim: 'S8: a host that a guest is on its way to is named as well',
    world: (world) => {
      world.seat('web', { released: true }).silent('n2', 60_000)
      world.seat('app', { move: { to: n2, how: 'live', cause: 'operator', serial: 1 } })
    },
    ...{ steps: ['quorum 2'], lack: 'quorum' },
  },
  {
    claim: 'S8: that it left says nothing of a guest that was on its way there',
    world: (world) => {
      world.seat('web', { released: true }).leave('n2').silent('n2', 60_000)
      world.seat('app', { move: { to: n2, how: 'live', cause: 'operator', serial: 1 } })
    },
    ...{ steps: ['quorum 2'], lack: 'quorum' },
  },
  {
    claim: 'for a guest that is moved by stop and start it does',
    world: (world) => {
      world.seat('web', { released: true }).leave('n2').silent('n2', 60_000)
      world.seat('app', { move: { to: n2, how: 'cold', cause: 'operator', serial: 1 } })
    },
    ...{ steps: [], lack: null },
  },
  {
    claim: 'a guest that is not touched is no reason to fence',
    world: (world) => world.silent('n2', 60_000).wish('web', { state: 'ignored' }).settle(),
    ...{ stage: { devices: ['n2'] }, steps: [], lack: null },
  },
]

for (const { claim, world: change, stage, steps, lack } of table) {
  test(claim, () => {
    const world = cluster()
    change(world)
    const { steps: planned, lacks } = plan(world, stage)
    const words = planned.map((step) => {
      assert.equal(step.host, n2)
      const more = step.kind === 'quorum' ? ` ${step.needed}` : step.kind === 'swear' ? ` ${step.by}` : ''
      return `${step.kind}${more}`
    })
    assert.deepEqual(words, steps)
    assert.equal(lacks.get(n2) ?? null, lack)
  })
}

test('S6: of two silent hosts the first by name is fenced first, the other waits for it', () => {
  const world = unarmed(unarmed(cluster(['n1', 'n2', 'n3', 'n4', 'n5']), 'n2'), 'n3')
  world.silent('n2', 60_000).silent('n3', 60_000)
  const { steps, lacks } = plan(world, { devices: ['n2', 'n3'] })
  assert.deepEqual(steps, [{ kind: 'fence', host: n2 }])
  assert.deepEqual(
    [...lacks],
    [
      [n2, 'fencing'],
      [n3, 'fencing'],
    ],
  )
})

test('S5: the quorum is of all members, witnesses among them, whoever is there', () => {
  for (const [count, needed] of [
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
  ] as const) {
    const world = cluster(['n1', 'n2', 'n3', 'n4', 'n5'].slice(0, count)).silent('n2', 60_000)
    world.member(`n${count}`, { kind: count > 3 ? 'witness' : 'host' })
    const step = plan(world).steps.find((one) => one.host === n2)
    assert.deepEqual(step, { kind: 'quorum', host: n2, needed })
  }
})

test('S6: the count begins anew when every lost host is back, not before', () => {
  const world = cluster()
  assert.equal(plan(world, { fenced: [n2] }).resetCount, true)
  assert.equal(plan(world, { fenced: [] }).resetCount, false)
  world.silent('n3', 2_001)
  assert.equal(plan(world, { fenced: [n2] }).resetCount, false)
  world.silent('n3', 60_000).lose('n3')
  assert.equal(plan(world, { fenced: [n2] }).resetCount, false)
  world.back('n3')
  assert.equal(plan(world, { fenced: [n2, n1] }).resetCount, true)
})

test('of a host that is proven dead nothing more is to be done', () => {
  const world = cluster().silent('n2', 60_000).lose('n2')
  assert.deepEqual(plan(world, { devices: ['n2'] }).steps, [])
})
