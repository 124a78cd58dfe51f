import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LeaderState } from '../../src/control/leader-state.ts'
import { Proofs } from '../../src/control/proofs.ts'
import { compileCluster } from '../../src/core/graph.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { LocalObservations } from '../../src/drivers/local/observations.ts'
import type { HistoryEvent } from '../../src/model/event.ts'
import { Fault } from '../../src/model/fault.ts'
import { agentLife, guestId, type HostId, hostId, type Instant, instant, wallTime } from '../../src/model/ids.ts'
import type { AliveRecord, FencingRecord, LossRecord, MemberSight } from '../../src/model/member.ts'
import { firstSeat } from '../../src/model/member.ts'
import type { GuestRecord, HostRecord } from '../../src/model/record.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Fencer, Power } from '../../src/ports/fencer.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Heard, Membership } from '../../src/ports/membership.ts'
import type { Statement } from '../../src/ports/peers.ts'
import { type Store, storeKeys } from '../../src/ports/store.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { storedCluster } from '../../src/sim/operator.ts'
import { Timeline } from '../../src/sim/timeline.ts'
import { clusterOf } from '../core/world.ts'

const [h1, h2, h3] = [hostId('h1'), hostId('h2'), hostId('h3')]
const me = { host: h1, life: agentLife('life-h1') }
const { feedMs, watchdogMs: timeoutMs, marginMs } = leaseTimes(10_000)

interface Draft {
  /** Of h2. Null: it was never armed, so only its devices prove anything. */
  readonly armed?: boolean
  readonly devices?: readonly string[]
  readonly says?: Readonly<Record<string, Statement>>
}

/** h1 leads; h2 has been silent for a minute and owns `web`. What happens in between is told by hooks. */
async function stage({ armed = true, devices = [], says = { h1: 'renews', h3: 'renews' } }: Draft = {}) {
  const timeline = new Timeline()
  await timeline.playUntil(100_000)
  /** Our own loop was held up for so long. */
  const late = { byMs: 0 }
  const clock: Clock = {
    now: () => instant(timeline.nowMs + late.byMs),
    wall: () => wallTime(timeline.nowMs),
    after: (delayMs, run) => timeline.after(delayMs, run),
  }
  const store = new FakeStore(clock)
  const write = (key: string, value: unknown) =>
    store.apply({ when: [], put: [{ key, value: JSON.stringify(value) }], remove: [] })
  const aliveOf = (member: HostId, more: Partial<AliveRecord> = {}): AliveRecord => ({
    ...{ member, life: agentLife(`life-${member}`), bootId: `boot-${member}`, serial: 1, left: false },
    armed: armed ? { feedMs, timeoutMs, marginMs } : null,
    ...more,
  })
  write(storeKeys.cluster, storedCluster(compileCluster(clusterOf({ web: {} })).spec, clock))
  write(storeKeys.leader, { ...me, term: 1 })
  write(storeKeys.guestRecord('web'), recordOf(h2))
  for (const member of [h1, h2, h3]) write(storeKeys.alive(member), aliveOf(member))
  const sights = new Map<HostId, MemberSight>(
    [h1, h2, h3].map((member) => {
      const [entry] = store.snapshot(storeKeys.alive(member)).entries
      const unchangedSince = instant(member === h2 ? timeline.nowMs - 60_000 : timeline.nowMs)
      const known = { alive: JSON.parse(entry!.value) as AliveRecord, revision: entry!.revision }
      return [
        member,
        { member, kind: 'host', ...known, unchangedSince, renewed: true, askedSince: instant(0), heardAt: null },
      ]
    }),
  )
  const hooks = { asked: () => {}, read: () => {}, looked: () => {}, switched: () => {} }
  const connection = store.connect()
  const watched: Store = {
    read: async (prefix) => {
      const found = await connection.read(prefix)
      if (prefix === storeKeys.alive(h2)) hooks.read()
      return found
    },
    transact: (transaction) => connection.transact(transaction),
    watch: (prefix, from, listener) => connection.watch(prefix, from, listener),
    close: () => connection.close(),
  }
  const membership = {
    ...{ members: () => sights, loaded: true, begunAt: instant(0), renewingSince: (): Instant | null => instant(0) },
    askAll: async () => {
      const askedAt = clock.now()
      hooks.asked()
      return new Map<HostId, Heard>(
        Object.entries(says).map(([id, statement]) => {
          const member = hostId(id)
          return [member, { answer: { member, life: agentLife(`life-${id}`), nonce: '', statement }, askedAt }]
        }),
      )
    },
    ...{ statement: () => 'renews', listen: () => {}, subscribe: () => () => {} },
  } as Membership
  const power: Record<string, Power> = { h2: 'on' }
  const calls: string[] = []
  const moods = new Map<string, 'lies' | 'errs' | 'dead'>()
  const failed = () => new Fault('fence-failed', 'unknown', {})
  const fencer: Fencer = {
    devices: (host) => (host === h2 ? devices : []),
    read: async (host, device) => {
      calls.push(`read ${device}`)
      hooks.looked()
      if (moods.get(device) === 'dead') throw failed()
      return power[host] ?? 'on'
    },
    off: async (host, device) => {
      calls.push(`off ${device}`)
      const mood = moods.get(device)
      if (mood !== 'lies' && mood !== 'dead') power[host] = 'off'
      hooks.switched()
      if (mood === 'errs' || mood === 'dead') throw failed()
    },
    on: async () => {},
    check: async () => {},
  }
  const events: string[] = []
  const history = {
    append: async (told: readonly HistoryEvent[]) => {
      events.push(...told.map(({ word, host }) => `${word} ${host}`))
    },
  } as never
  const ports = { host: h1, clock, store: watched, observations: new LocalObservations(), history, log: silentLog }
  const hook = { run: async () => assert.fail('no hook is named') }
  const cluster = { life: me.life, membership, fencer, hook }
  const state = new LeaderState({ ...ports, cluster }, () => {})
  const load = async (): Promise<void> => {
    const loading = state.load()
    await timeline.playUntil(timeline.nowMs + 1)
    await loading
  }
  await load()
  const proofs = new Proofs(ports, cluster, state, () => {})
  const stored = <T>(key: string): T | null => {
    const entry = store.snapshot(key).entries.find((one) => one.key === key)
    return entry === undefined ? null : (JSON.parse(entry.value) as T)
  }
  return {
    ...{ timeline, late, store, write, aliveOf, sights, hooks, power, calls, moods, events, proofs, load },
    fenced: () => stored<FencingRecord>(storeKeys.fencing)?.hosts ?? [],
    /** Plays one step to its end. */
    step: async (): Promise<LossRecord | null> => {
      proofs.step()
      await timeline.playUntil(timeline.nowMs + 1_000)
      await new Promise((resolve) => setImmediate(resolve))
      return stored<HostRecord>(storeKeys.hostRecord(h2))?.loss ?? null
    },
  }
}

function recordOf(owner: HostId): GuestRecord {
  return {
    ...{ guest: guestId('web'), owner, epoch: 1, generation: 1, wanted: 'running', memoryMib: null, seat: firstSeat },
    ...{ tries: 0, relapses: 0, launchSerial: 0, because: { code: 'services-answer' }, phase: { kind: 'ready' } },
    ...{ enteredAt: instant(0), enteredAtWall: wallTime(0) },
  }
}

type Staged = Awaited<ReturnType<typeof stage>>

/** The lost host renews after all. */
const renews = (world: Staged) => world.write(storeKeys.alive(h2), world.aliveOf(h2, { serial: 2 }))
/** Another host has begun to lead. */
const othersLead = (world: Staged) => world.write(storeKeys.leader, { host: h3, life: 'life-h3', term: 2 })

test('S2 (b): with the quorum, and its record unchanged to the end, a host is proven dead by its watchdog', async () => {
  const world = await stage()
  const loss = await world.step()
  assert.deepEqual(loss?.proof, { kind: 'watchdog', renewing: [h1, h3] })
  assert.equal(loss?.aliveRevision, world.sights.get(h2)?.revision)
  assert.equal(loss?.bootId, 'boot-h2')
  assert.deepEqual(world.events, ['power-lost h2', 'proven h2'])
})

const refusals: readonly { claim: string; draft?: Draft; happens?: (world: Staged) => void }[] = [
  { claim: 'too few members say that they renew', draft: { says: { h1: 'renews', h3: 'neither' } } },
  { claim: 'the leader itself does not say so', draft: { says: { h1: 'neither', h2: 'renews', h3: 'renews' } } },
  {
    claim: 'a member that cannot renew is no witness',
    draft: { says: { h1: 'renews', h3: 'cannot-renew' } },
  },
  {
    claim: 'the host renews while the others are asked',
    happens: (world) => {
      world.hooks.asked = () => renews(world)
    },
  },
  {
    claim: 'the host renews after its record was read',
    happens: (world) => {
      world.hooks.read = () => renews(world)
    },
  },
  {
    claim: 'another has begun to lead while the others are asked',
    happens: (world) => {
      world.hooks.asked = () => othersLead(world)
    },
  },
  {
    claim: 'another has begun to lead at the last moment',
    happens: (world) => {
      world.hooks.read = () => othersLead(world)
    },
  },
  {
    claim: 'asking took longer than D / 2',
    happens: (world) => {
      world.hooks.asked = () => {
        world.late.byMs = marginMs / 2 + 1
      }
    },
  },
]

for (const { claim, draft, happens } of refusals) {
  test(`S2 (b): no proof is written when ${claim}`, async () => {
    const world = await stage(draft)
    happens?.(world)
    assert.equal(await world.step(), null)
    assert.deepEqual(world.events, [])
  })
}

test('S6: the count is written before the command is given', async () => {
  const world = await stage({ armed: false, devices: ['ipmi'] })
  let counted: readonly string[] = []
  world.hooks.switched = () => {
    counted = world.fenced()
  }
  const loss = await world.step()
  assert.deepEqual(counted, [h2])
  assert.deepEqual(loss?.proof, { kind: 'fence-device', device: 'ipmi', commanded: true })
  assert.deepEqual(world.events, ['fenced h2', 'power-lost h2', 'proven h2'])
})

test('S6: a device that answers late takes no power of a host that renews again, or was proven dead meanwhile', async () => {
  const world = await stage({ armed: false, devices: ['ipmi', 'pdu'] })
  world.hooks.looked = () => {
    const sight = world.sights.get(h2)!
    world.sights.set(h2, { ...sight, revision: sight.revision + 1 })
  }
  assert.equal(await world.step(), null)
  assert.deepEqual(world.calls, ['read ipmi'])
  assert.deepEqual(world.fenced(), [])
})

test('S6: who does not lead any more gives no command', async () => {
  const world = await stage({ armed: false, devices: ['ipmi'] })
  othersLead(world)
  assert.equal(await world.step(), null)
  assert.deepEqual(world.calls, ['read ipmi'])
  assert.deepEqual(world.fenced(), [])
})

const devices: readonly {
  claim: string
  happens: (world: Staged) => void
  proven: boolean
  calls: readonly string[]
}[] = [
  {
    claim: 'a host whose power reads off already is proven dead without a command, and not counted',
    happens: ({ power }) => {
      power.h2 = 'off'
    },
    ...{ proven: true, calls: ['read a'] },
  },
  {
    claim: 'a command that errs while the power reads off afterwards has proven it',
    happens: ({ moods }) => moods.set('a', 'errs'),
    ...{ proven: true, calls: ['read a', 'off a', 'read a'] },
  },
  {
    claim: 'one that reports success while the power reads on has not: the next device is tried',
    happens: ({ moods }) => moods.set('a', 'lies'),
    ...{ proven: true, calls: ['read a', 'off a', 'read a', 'read b', 'off b', 'read b'] },
  },
  {
    claim: 'nor have all of them together, if none reads off',
    happens: ({ moods }) => moods.set('a', 'dead').set('b', 'lies'),
    ...{ proven: false, calls: ['read a', 'off a', 'read a', 'read b', 'off b', 'read b'] },
  },
  {
    claim: 'a host that booted meanwhile is not what lost its power',
    happens: (world) => {
      world.hooks.switched = () => world.write(storeKeys.alive(h2), world.aliveOf(h2, { bootId: 'boot-2' }))
    },
    ...{ proven: false, calls: ['read a', 'off a', 'read a'] },
  },
]

for (const { claim, happens, proven, calls } of devices) {
  test(`S2 (a): ${claim}`, async () => {
    const world = await stage({ armed: false, devices: ['a', 'b'] })
    happens(world)
    assert.equal((await world.step()) !== null, proven)
    assert.deepEqual(world.calls, calls)
    assert.deepEqual(world.fenced(), calls.length > 1 ? [h2] : [])
  })
}

test('S6: one command at a time, and none twice while it is under way', async () => {
  const world = await stage({ armed: false, devices: ['a'] })
  world.proofs.step()
  world.proofs.step()
  await world.step()
  assert.deepEqual(
    world.calls.filter((call) => call.startsWith('off')),
    ['off a'],
  )
})

test('S2 (d): what was sworn of the record as it is proves; of one that has changed since, nothing', async () => {
  for (const changed of [false, true]) {
    const world = await stage({ armed: false })
    const aliveRevision = world.sights.get(h2)!.revision
    world.write(storeKeys.hostWish(h2), { downInBoot: null, by: 'ana', at: 0, sworn: { aliveRevision, by: 'ana' } })
    await world.load()
    if (changed) renews(world)
    const loss = await world.step()
    assert.deepEqual(loss?.proof ?? null, changed ? null : { kind: 'sworn', by: 'ana' })
  }
})

test('S6: with every host back the count begins anew', async () => {
  const world = await stage({ armed: false })
  world.write(storeKeys.fencing, { hosts: [h2] })
  await world.load()
  world.sights.set(h2, { ...world.sights.get(h2)!, unchangedSince: instant(world.timeline.nowMs) })
  await world.step()
  assert.deepEqual(world.fenced(), [])
})

test('who has stopped proves nothing more', async () => {
  const world = await stage()
  world.hooks.asked = () => world.proofs.stop()
  assert.equal(await world.step(), null)
})
