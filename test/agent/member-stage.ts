import { MemberLease } from '../../src/agent/membership.ts'
import { Fault } from '../../src/model/fault.ts'
import { agentLife, type HostId, hostId, type Instant, instant, wallTime } from '../../src/model/ids.ts'
import type { AliveRecord } from '../../src/model/member.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Store, storeKeys } from '../../src/ports/store.ts'
import type { Watchdog } from '../../src/ports/watchdog.ts'
import { Dice } from '../../src/sim/dice.ts'
import { FakePeerNetwork } from '../../src/sim/fakes/fake-peers.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { FakeWatchdog } from '../../src/sim/fakes/fake-watchdog.ts'
import { Timeline } from '../../src/sim/timeline.ts'

export const leaseMs = 10_000

/** One member of a pretend cluster: its lease, and what it did to the world. */
export interface StagedMember {
  readonly id: HostId
  readonly lease: MemberLease
  readonly watchdog: FakeWatchdog
  /** Its way to the store: whole, cut, slow, or one that loses answers. */
  store: 'on' | 'off' | 'hangs' | 'loses-answers'
  /** Sending times of renewals it knows to have succeeded. */
  readonly sentAt: number[]
  /** Until when it allowed its watchdog to be fed, each time with the moment it said so. */
  readonly allowed: { readonly atMs: number; readonly untilMs: number }[]
  readonly deeds: string[]
  readonly diedAt: number[]
  alive(): AliveRecord | null
}

export interface Stage {
  readonly timeline: Timeline
  readonly store: FakeStore
  readonly members: readonly StagedMember[]
  /** One way each, as `a>b`. */
  readonly cuts: Set<string>
  pass(ms: number): Promise<void>
}

/** A store that hangs answers what it was sent when it goes on again, or fails the call at last. */
export const hangMs = 4_000

export function stage(count: number, { watchdogs = true, seed = 1 } = {}): Stage {
  const timeline = new Timeline()
  const clock: Clock = {
    now: () => instant(timeline.nowMs),
    wall: () => wallTime(timeline.nowMs),
    after: (delayMs, run) => timeline.after(Math.max(1, delayMs), run),
  }
  const store = new FakeStore(clock)
  const cuts = new Set<string>()
  const network = new FakePeerNetwork(timeline, new Dice(seed), { passes: (from, to) => !cuts.has(`${from}>${to}`) })
  const ids = Array.from({ length: count }, (_, place) => hostId(`n${place + 1}`))
  const put = ids.map((id) => ({
    ...{ key: storeKeys.member(id), value: JSON.stringify({ id, kind: 'host', addresses: [] }) },
  }))
  store.apply({ when: [], put, remove: [] })
  const members = ids.map((id) => member(id, { timeline, clock, store, network, watchdogs }))
  for (const { lease } of members) lease.start()
  return { timeline, store, members, cuts, pass: (ms) => timeline.playUntil(timeline.nowMs + ms) }
}

interface World {
  readonly timeline: Timeline
  readonly clock: Clock
  readonly store: FakeStore
  readonly network: FakePeerNetwork
  readonly watchdogs: boolean
}

function member(id: HostId, { timeline, clock, store, network, watchdogs }: World): StagedMember {
  const life = agentLife(`life-${id}`)
  const ways: { -readonly [K in 'store']: StagedMember[K] } = { store: 'on' }
  const [sentAt, allowed, deeds, diedAt]: [number[], StagedMember['allowed'], string[], number[]] = [[], [], [], []]
  const lost = (outcome: 'not-done' | 'unknown') => new Fault('store-lost', outcome, { what: 'store' })
  const connection = store.connect({
    latencyMs: () => (ways.store === 'hangs' ? hangMs : 4),
    fail: () => (ways.store === 'off' ? lost('not-done') : null),
    failAfter: () => (ways.store === 'loses-answers' ? lost('unknown') : null),
  })
  const told: Store = {
    read: (prefix) => connection.read(prefix),
    transact: async (transaction) => {
      const at = timeline.nowMs
      const result = await connection.transact(transaction)
      if (transaction.put.some(({ key }) => key === storeKeys.alive(id))) sentAt.push(at)
      const record = JSON.parse(transaction.put[0]!.value) as AliveRecord
      deeds.push(`commit ${record.left ? 'left' : record.armed === null ? 'unarmed' : 'armed'}`)
      return result
    },
    watch: (prefix, from, listener) => connection.watch(prefix, from, listener),
    close: () => connection.close(),
  }
  const device = new FakeWatchdog(timeline, { kind: 'hardware', fired: () => diedAt.push(timeline.nowMs) })
  const port = device.port(() => clock.now())
  const watchdog: Watchdog = {
    ...port,
    arm: async (timeoutMs) => {
      const state = await port.arm(timeoutMs)
      deeds.push('open')
      return state
    },
    allow: (until: Instant) => {
      allowed.push({ atMs: timeline.nowMs, untilMs: until })
      port.allow(until)
    },
    disarm: async () => {
      deeds.push('close')
      await port.disarm()
    },
  }
  const peers = network.connect(id, life)
  const ports = { host: id, life, bootId: `boot-${id}`, clock, store: told, peers, log: silentLog }
  const lease = new MemberLease({ ...ports, watchdog: watchdogs ? watchdog : null }, leaseMs)
  return Object.assign(ways, {
    ...{ id, lease, watchdog: device, sentAt, allowed, deeds, diedAt },
    alive: () => {
      const entry = store.snapshot(storeKeys.alive(id)).entries[0]
      return entry === undefined ? null : (JSON.parse(entry.value) as AliveRecord)
    },
  })
}
