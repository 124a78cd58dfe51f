import { MemberLease } from '../../src/agent/membership.ts'
import { Fault } from '../../src/model/fault.ts'
import { agentLife, type HostId, hostId, type Instant, instant, wallTime } from '../../src/model/ids.ts'
import type { AliveRecord } from '../../src/model/member.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { type Store, storeKeys } from '../../src/ports/store.ts'
import type { Watchdog } from '../../src/ports/watchdog.ts'
import { Dice } from '../../src/sim/dice.ts'
import { FakeArmingMemory } from '../../src/sim/fakes/fake-arming-memory.ts'
import { FakePeerNetwork } from '../../src/sim/fakes/fake-peers.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { FakeWatchdog } from '../../src/sim/fakes/fake-watchdog.ts'
import { Timeline } from '../../src/sim/timeline.ts'

export const leaseMs = 10_000

/** One member of a pretend cluster: its lease, and what it did to the world. */
export interface StagedMember {
  readonly id: HostId
  /** Of its present process. */
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
  readonly arming: FakeArmingMemory
  /** Its disk takes nothing. */
  readonly disk: { diskFull: boolean }
  alive(): AliveRecord | null
  /** Its daemon is killed; the next process begins when told to. */
  kill(): void
  /** Its power is taken. */
  die(): void
  /** Of a host without power: in another boot. */
  begin(): void
  readonly bootId: string
  readonly powered: boolean
}

export interface Stage {
  readonly timeline: Timeline
  readonly store: FakeStore
  readonly members: readonly StagedMember[]
  /** One way each, as `a>b`. */
  readonly cuts: Set<string>
  join(id: HostId): void
  pass(ms: number): Promise<void>
}

/** A store that hangs answers what it was sent when it goes on again, or fails the call at last. */
export const hangMs = 4_000

/** `recorded`: so many of them are members from the first; `join` makes one of the others a member. */
export function stage(count: number, { watchdogs = true, seed = 1, recorded = count } = {}): Stage {
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
  const join = (id: HostId): void => {
    const value = JSON.stringify({ id, kind: 'host', addresses: [] })
    store.apply({ when: [], put: [{ key: storeKeys.member(id), value }], remove: [] })
  }
  for (const id of ids.slice(0, recorded)) join(id)
  const members = ids.map((id) => member(id, { timeline, clock, store, network, watchdogs }))
  for (const { begin } of members) begin()
  return { timeline, store, members, cuts, join, pass: (ms) => timeline.playUntil(timeline.nowMs + ms) }
}

interface World {
  readonly timeline: Timeline
  readonly clock: Clock
  readonly store: FakeStore
  readonly network: FakePeerNetwork
  readonly watchdogs: boolean
}

function member(id: HostId, { timeline, clock, store, network, watchdogs }: World): StagedMember {
  let [lives, boots] = [0, 1]
  const [sentAt, allowed, deeds, diedAt]: [number[], StagedMember['allowed'], string[], number[]] = [[], [], [], []]
  const lost = (outcome: 'not-done' | 'unknown') => new Fault('store-lost', outcome, { what: 'store' })
  const connection = store.connect({
    latencyMs: () => (own.store === 'hangs' ? hangMs : 4),
    fail: () => (own.store === 'off' ? lost('not-done') : null),
    failAfter: () => (own.store === 'loses-answers' ? lost('unknown') : null),
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
  const disk = { diskFull: false }
  const arming = new FakeArmingMemory(timeline, disk)
  const device = new FakeWatchdog(timeline, { kind: 'hardware', fired: () => own.die() })
  const watchdogOf = (port: Watchdog): Watchdog => ({
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
  })
  const newLease = (): MemberLease => {
    lives += 1
    const life = agentLife(`life-${id}-${lives}`)
    const peers = network.connect(id, life)
    const ports = { host: id, life, bootId: own.bootId, clock, store: told, peers, arming, log: silentLog }
    const watchdog = watchdogs ? watchdogOf(device.port(() => clock.now())) : null
    return new MemberLease({ ...ports, watchdog }, leaseMs)
  }
  let lease: MemberLease | null = null
  const own: { -readonly [K in keyof StagedMember]: StagedMember[K] } = {
    get lease() {
      lease ??= newLease()
      return lease
    },
    ...{ id, store: 'on' as const, watchdog: device, sentAt, allowed, deeds, diedAt, arming, disk },
    get bootId() {
      return `boot-${id}-${boots}`
    },
    powered: true,
    kill: () => own.lease.stop(),
    die: () => {
      diedAt.push(timeline.nowMs)
      own.powered = false
      own.kill()
    },
    begin: () => {
      if (!own.powered) boots += 1
      own.powered = true
      lease = newLease()
      lease.start()
    },
    alive: () => {
      const entry = store.snapshot(storeKeys.alive(id)).entries[0]
      return entry === undefined ? null : (JSON.parse(entry.value) as AliveRecord)
    },
  }
  return own
}

export function isolate({ cuts, members }: Stage, one: StagedMember): void {
  one.store = 'off'
  for (const { id } of members) {
    cuts.add(`${id}>${one.id}`)
    cuts.add(`${one.id}>${id}`)
  }
}
