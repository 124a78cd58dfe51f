import type { ClusterSnapshot } from '../core/snapshot.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { StoredEvent } from '../model/event.ts'
import type { FaultData } from '../model/fault.ts'
import type { GuestSpec } from '../model/guest.ts'
import type { GuestId, HostId, ServiceKey } from '../model/ids.ts'
import { byName, hostId, wallTime } from '../model/ids.ts'
import type { LeaderRecord, MemberRecord } from '../model/member.ts'
import { storeKeys } from '../ports/store.ts'
import { Dice } from './dice.ts'
import { FakeFencer } from './fakes/fake-fencer.ts'
import { FakeHook } from './fakes/fake-hook.ts'
import { FakeObservations } from './fakes/fake-observations.ts'
import { FakePeerNetwork } from './fakes/fake-peers.ts'
import { FakeStore } from './fakes/fake-store.ts'
import type { CallVerdict } from './gate.ts'
import { type ClusterSurroundings, Host } from './host.ts'
import { Links } from './links.ts'
import type { Machine, MachineSpec } from './machine.ts'
import type { Deed } from './machine-room.ts'
import { Network } from './network.ts'
import { Operator, storedCluster } from './operator.ts'
import type { PretendNeed } from './pretend-need.ts'
import type { GuestFaults, ScenarioHost } from './scenario/scenario.ts'
import type { StoreTroubles } from './store-troubles.ts'
import { storeHooks } from './store-troubles.ts'
import { Timeline } from './timeline.ts'
import { worldClock } from './world-clock.ts'
import type { WorldTimes } from './world-times.ts'

/** What a pretend world is made from. */
export interface WorldSpec {
  readonly hosts: readonly ScenarioHost[]
  readonly cluster: ClusterSpec
  /** What else each guest serves: ports that others need of it. */
  readonly servedForOthers: ReadonlyMap<GuestId, readonly ServiceKey[]>
  readonly guestFaults: ReadonlyMap<GuestId, GuestFaults>
  readonly memoryMib: ReadonlyMap<GuestId, number>
  /** What guests need of memory. Of others their balloons tell nothing. */
  readonly needs?: ReadonlyMap<GuestId, PretendNeed>
  readonly times: WorldTimes
  readonly seed: number
}

/** An event of some host's history, with the true time it was written. */
export interface RecordedEvent {
  readonly atMs: number
  readonly event: StoredEvent
}

const defaultMemoryMib = 256

/** A pretend world: hosts, their machines, the store, and everything that can go wrong with them. */
export class World {
  readonly spec: WorldSpec
  readonly timeline = new Timeline()
  readonly dice: Dice
  readonly store: FakeStore
  readonly storeTroubles: StoreTroubles = { mode: 'on', answersLost: 0 }
  readonly network = new Network()
  /** Null: one host, alone. */
  readonly links: Links | null
  readonly fencer: FakeFencer | null
  /** What the administrator's program was told; it runs only where the cluster file names one. */
  readonly hook: FakeHook
  readonly peers: FakePeerNetwork | null
  readonly hosts: readonly Host[]
  readonly operator: Operator
  readonly events: RecordedEvent[] = []
  /** What daemons threw where nobody catches. */
  readonly thrown: { readonly atMs: number; readonly host: HostId; readonly error: unknown }[] = []
  /** Hosts whose power was taken while it was on, by a watchdog or a fence device. */
  readonly fenced: HostId[] = []
  /** The same, each time it happens. */
  readonly powerTaken: { readonly atMs: number; readonly host: HostId; readonly by: 'watchdog' | 'device' }[] = []
  /** Called when a host's power is taken while it is on. */
  onFenced: (host: HostId, by: 'watchdog' | 'device') => void = () => {}
  /** Called when a host's watchdog takes its power. */
  onWatchdogFired: (host: HostId) => void = () => {}
  /** Decides at each call of a daemon to its world whether it dies there. */
  onCall: (host: HostId, label: string, place: number) => CallVerdict = () => 'go'
  #drops = 0
  readonly #domains = new Map<string, { readonly guest: GuestSpec; readonly index: number }>()

  constructor(spec: WorldSpec) {
    const clock = worldClock(this.timeline)
    this.spec = spec
    this.dice = new Dice(spec.seed)
    this.store = new FakeStore(clock)
    const observations = new FakeObservations(clock)
    for (const [index, guest] of spec.cluster.guests.entries()) this.#domains.set(domainOf(guest), { guest, index })
    const several = spec.hosts.length > 1
    this.links = several
      ? new Links(
          (id) => this.host(id).powered,
          (id) => this.host(id).loseWatches(),
        )
      : null
    this.hook = new FakeHook(clock)
    this.fencer = several ? new FakeFencer(this.timeline, this.dice.fork()) : null
    const links = this.links
    this.peers =
      links === null
        ? null
        : new FakePeerNetwork(this.timeline, this.dice.fork(), { passes: (from, to) => links.passes(from, to) })
    this.hosts = spec.hosts.map((host) => {
      const made = new Host(host, {
        timeline: this.timeline,
        dice: this.dice,
        store: this.store,
        storeTroubles: this.storeTroubles,
        observations,
        network: this.network,
        times: spec.times,
        machineFor: (id, name) => this.#machineFor(id, name),
        onCall: (id, label, place) => this.onCall(id, label, place),
        onThrow: (id, error) => this.thrown.push({ atMs: this.timeline.nowMs, host: id, error }),
        cluster: this.#surroundings(),
      })
      this.network.addRoom(made.room)
      this.#record(made)
      return made
    })
    this.#defineMachines()
    const operatorStore = this.store.connect(storeHooks(this.storeTroubles, this.dice.fork()))
    this.operator = new Operator(this.timeline, clock, operatorStore, () =>
      this.hosts.some((host) => host.life !== null),
    )
    this.store.apply({
      when: [],
      put: [
        { key: storeKeys.cluster, value: JSON.stringify(storedCluster(spec.cluster, clock)) },
        ...(several ? spec.hosts.map(({ id }) => ({ key: storeKeys.member(id), value: memberOf(id) })) : []),
      ],
      remove: [],
    })
  }

  #surroundings(): ClusterSurroundings | null {
    if (this.links === null) return null
    return {
      links: this.links,
      peers: this.peers!,
      fencer: this.fencer!,
      hook: this.hook,
      leaseMs: this.spec.cluster.settings.leaseMs,
      migrationMs: this.spec.times.migrationMs,
      hostNamed: (id) => this.hosts.find((host) => host.id === id) ?? null,
      fenced: (host, by) => {
        this.fenced.push(host)
        this.powerTaken.push({ atMs: this.timeline.nowMs, host, by })
        this.onFenced(host, by)
        if (by === 'watchdog') this.onWatchdogFired(host)
      },
    }
  }

  setDropChance(chance: number): void {
    if (this.links === null || this.peers === null) return
    this.links.dropChance = chance
    this.peers.dropChance = chance
  }

  /** Until its time is over, or messages are lost otherwise. */
  dropMessages(chance: number, forMs: number): void {
    const serial = ++this.#drops
    this.setDropChance(chance)
    this.timeline.after(forMs, () => {
      if (serial === this.#drops) this.setDropChance(0)
    })
  }

  /** A command that a daemon refused, and why: nothing came of it. */
  tellRefusal(guest: GuestId, fault: FaultData): void {
    const nothing = { service: null, because: null, note: null }
    const host = this.leader()?.id ?? hostId('')
    const at = wallTime(this.nowMs)
    this.events.push({
      atMs: this.nowMs,
      event: { id: 0, at, host, actor: 'person', word: 'fault', guest, fault, ...nothing },
    })
  }

  get nowMs(): number {
    return this.timeline.nowMs
  }

  host(id: HostId): Host {
    const host = this.hosts.find((candidate) => candidate.id === id)
    if (host === undefined) throw new Error(`assertion: a host of this world, got ${id}`)
    return host
  }

  /** Where a guest's machine is up; with several, in order of hosts. */
  running(guest: GuestId): { readonly host: Host; readonly machine: Machine }[] {
    const known = this.spec.cluster.guests.find((candidate) => candidate.id === guest)
    const name = known === undefined ? guest : domainOf(known)
    return this.hosts.flatMap((host) => {
      const machine = host.room.get(name)
      return machine?.up ? [{ host, machine }] : []
    })
  }

  onDeed(listener: (deed: Deed) => void): void {
    for (const host of this.hosts) host.room.onDeed(listener)
  }

  /** The host whose daemon leads now; null while none does. */
  leader(): Host | null {
    const alive = this.hosts.filter((candidate) => candidate.life !== null)
    if (this.links === null) return alive[0] ?? null
    const stored = this.store.snapshot(storeKeys.leader).entries[0]
    const record = stored === undefined ? null : (JSON.parse(stored.value) as LeaderRecord)
    return alive.find((host) => host.life === record?.life) ?? null
  }

  /** Some daemon reaches a store that is well: without, nobody can decide anything, whatever happens. */
  get takesDecisions(): boolean {
    if (this.storeTroubles.mode !== 'on') return false
    return this.hosts.some((host) => host.isAwake && (this.links?.reachesStore(host.id) ?? true))
  }

  /** What the leader knows now, or else what some other daemon does; null while there is none. */
  leaderView(): ClusterSnapshot | null {
    const host = this.leader() ?? this.hosts.find((candidate) => candidate.life !== null)
    return host?.daemon?.leader.snapshot() ?? null
  }

  #defineMachines(): void {
    for (const host of this.hosts) {
      for (const [name, { guest }] of [...this.#domains].sort(([a], [b]) => byName(a, b))) {
        this.#giveFaults(host, name, guest.id)
        if (guest.source.kind !== 'existing') continue
        // With several hosts every one of them can run the guest; its disks are shared.
        const spec = this.#machineFor(host.id, name)
        if (spec !== null) host.room.define(spec)
      }
    }
  }

  #giveFaults(host: Host, name: string, guest: GuestId): void {
    const faults = this.spec.guestFaults.get(guest)
    const { troubles } = host.hypervisor
    if (faults === undefined) return
    for (const what of ['failStarts', 'failStops', 'failMigrations'] as const) {
      if (faults.onlyOn === host.id) troubles[what].set(name, faults[what])
      if (faults.onlyOn !== null) continue
      const [first] = this.hosts
      troubles.everywhere[what] = first!.hypervisor.troubles.everywhere[what]
      troubles.everywhere[what].set(name, faults[what])
    }
  }

  #machineFor(host: HostId, name: string): MachineSpec | null {
    const known = this.#domains.get(name)
    if (known === undefined) return null
    const { guest, index } = known
    const place = this.spec.hosts.findIndex((candidate) => candidate.id === host) + 1
    const memoryMib = this.spec.memoryMib.get(guest.id) ?? defaultMemoryMib
    return {
      name,
      guest: guest.id,
      address: guest.address.kind === 'fixed' ? guest.address.address : `10.${place}.${index >> 8}.${index & 255}`,
      serves: [...guest.services.map((service) => service.key), ...(this.spec.servedForOthers.get(guest.id) ?? [])],
      memoryMib: guest.memory.startMib ?? memoryMib,
      memoryMaxMib: guest.memory.maxMib ?? guest.memory.startMib ?? memoryMib,
      persistent: guest.source.kind === 'existing',
      bootMs: this.spec.times.bootMs,
      serviceStartMs: this.spec.times.serviceStartMs,
      stopMs: this.spec.times.stopMs,
      ...needOf(this.spec.needs?.get(guest.id)),
    }
  }

  #record(host: Host): void {
    host.history.connect().subscribe((events) => {
      for (const event of events) this.events.push({ atMs: this.timeline.nowMs, event })
    })
  }
}

function memberOf(id: HostId): string {
  const member: MemberRecord = { id, kind: 'host', addresses: [] }
  return JSON.stringify(member)
}

function needOf(need: PretendNeed | undefined): Pick<MachineSpec, 'need'> {
  return need === undefined ? {} : { need }
}

/** The name of a guest's domain. */
export function domainOf(guest: GuestSpec): string {
  return guest.source.kind === 'existing' ? guest.source.domain : guest.id
}
