import type { ClusterSpec } from '../../model/cluster.ts'
import type { GuestSpec } from '../../model/guest.ts'
import type { AgentLife, GuestId, HostId } from '../../model/ids.ts'
import type { NeedSpec } from '../../model/need.ts'
import { needText } from '../../model/need.ts'
import type { Phase } from '../../model/phase.ts'
import type { GuestRecord, HostRecord } from '../../model/record.ts'
import type { StoredCluster } from '../../model/stored-cluster.ts'
import type { GuestWish, HostWish } from '../../model/wish.ts'
import { noWish } from '../../model/wish.ts'
import { storeKeys } from '../../ports/store.ts'
import { callDeadlineMs } from '../fakes/hypervisor-line.ts'
import type { Deed } from '../machine-room.ts'
import type { World } from '../world.ts'

/** What people want of a guest now, and since when. */
export interface WishInForce {
  /** Null: not in the cluster file any more. */
  readonly spec: GuestSpec | null
  readonly wish: GuestWish
  readonly state: GuestSpec['wish'] | null
  /** When the state, the watch or the file's word on it last changed. */
  readonly sinceMs: number
  /** When it was last launched or shut down, paused or resumed, or given memory by command. */
  readonly commandedAtMs: number
}

/** What is true of a world's guests and of people's wishes, with the times that judging a deed needs. */
export class Truth {
  readonly world: World
  #cluster: ClusterSpec
  readonly #wishes = new Map<GuestId, WishInForce>()
  readonly #hostWishes = new Map<string, { downInBoot: string | null; maintenance: boolean; sinceMs: number }>()
  /** Since when each need, as its text, has answered or not. */
  /** Since when one guest has named another among its needs. */
  readonly #needed = new Map<string, number>()
  readonly #needs = new Map<string, { answers: boolean; sinceMs: number }>()
  readonly #healthy = new Map<GuestId, { healthy: boolean; sinceMs: number }>()
  readonly #lastDownMs = new Map<GuestId, number>()
  readonly #started = new Map<GuestId, { readonly atMs: number; readonly byUs: boolean }>()
  /** Since when each guest is on its way down, and since when as wished. */
  readonly #downDecidedMs = new Map<GuestId, number>()
  readonly #stopDecidedMs = new Map<GuestId, number>()
  /** The newest command of each guest that the leader acted upon, and when. */
  readonly #commandTaken = new Map<GuestId, { serial: number; atMs: number }>()
  readonly #records = new Map<GuestId, GuestRecord>()
  /** When the leader named each life of a daemon. */
  readonly #namedAtMs = new Map<string, number>()

  constructor(world: World) {
    this.world = world
    this.#cluster = world.spec.cluster
    for (const guest of this.#cluster.guests) this.#judge(guest.id, noWish, true)
    this.#needsChanged(0)
    world.store.onCommit((changes) => {
      for (const { key, value } of changes) this.#committed(key, value)
    })
    world.network.watch(() => this.#look())
    world.onDeed((deed) => {
      const { guest } = deed.machine.spec
      if (guest !== null && deed.kind === 'started')
        this.#started.set(guest, { atMs: this.world.nowMs, byUs: deed.by !== null && !isLate(deed, this.world.nowMs) })
      // Until it started it was down.
      if (guest !== null && (deed.kind === 'started' || !this.isUp(guest)))
        this.#lastDownMs.set(guest, this.world.nowMs)
    })
    this.#look()
  }

  /** Simulated milliseconds since when `guest` needs `needed`, by the files so far; infinite: it does not. */
  neededSinceMs(guest: GuestId, needed: GuestId): number {
    return this.#needed.get(`${guest} ${needed}`) ?? Number.POSITIVE_INFINITY
  }

  #needsChanged(nowMs: number): void {
    const pairs = this.#cluster.guests.flatMap(({ id, needs }) =>
      needs.flatMap((need) => (need.kind === 'guest' ? [`${id} ${need.guest}`] : [])),
    )
    const before = new Map(this.#needed)
    this.#needed.clear()
    for (const pair of pairs) this.#needed.set(pair, before.get(pair) ?? nowMs)
  }

  get cluster(): ClusterSpec {
    return this.#cluster
  }

  /** A guest that shall run is to be down while its host goes down. */
  wishOf(guest: GuestId, on: HostId | null = null): WishInForce {
    const own = this.#wishes.get(guest) ?? { spec: null, wish: noWish, state: null, sinceMs: 0, commandedAtMs: 0 }
    if (own.state === 'ignored') return own
    const { down, sinceMs } = this.#hostWish(guest, own, on)
    const changedMs = Math.max(own.sinceMs, sinceMs)
    if (!down) return own.wish.watch ? { ...own, sinceMs: changedMs } : own
    const state = own.state === 'running' ? 'stopped' : own.state
    // Who goes down with the host is watched for it, whoever said otherwise.
    return { ...own, wish: { ...own.wish, watch: true }, state, sinceMs: changedMs }
  }

  /** Whether the host of this guest goes down in its present boot, and since when somebody said so, or took it back. */
  #hostWish(
    guest: GuestId,
    { spec }: WishInForce,
    on: HostId | null,
  ): { readonly down: boolean; readonly sinceMs: number } {
    const several = this.world.links !== null
    const known = several ? (on ?? this.world.running(guest)[0]?.host.id) : spec?.host
    const host = this.world.hosts.find(({ id }) => id === known) ?? (several ? undefined : this.world.hosts[0])
    const wish = host && this.#hostWishes.get(host.id)
    return { down: host !== undefined && wish?.downInBoot === host.bootId, sinceMs: wish?.sinceMs ?? 0 }
  }

  /** Every host is there, reaches all others and the store, and shall not be empty. */
  get everyHostTakesGuests(): boolean {
    const { hosts, links, storeTroubles } = this.world
    if (links?.troubled || storeTroubles.mode !== 'on') return false
    return hosts.every((host) => host.isAwake) && ![...this.#hostWishes.values()].some((wish) => wish.maintenance)
  }

  /** Several hosts: its record has it on its way, or names another host than this one. */
  movesOrBelongsElsewhere(guest: GuestId, host: HostId): boolean {
    const record = this.#records.get(guest)
    return (
      record?.seat !== undefined &&
      (record.seat.move !== null || record.owner !== host || record.seat.triedHosts.length > 0)
    )
  }

  /** Several hosts: a record names others than this one, and somebody manages the guest. */
  belongsElsewhere(guest: GuestId, host: HostId): boolean {
    const record = this.#records.get(guest)
    if (record?.seat === undefined || record.owner === null || record.phase.kind === 'ignored') return false
    return record.owner !== host && record.seat.move?.to !== host
  }

  /** The host that a guest goes down with, whatever its own wish; null: it is stopped for its own sake. */
  goesDownWith(guest: GuestId, host: HostId): HostId | null {
    const own = this.#wishes.get(guest)
    if (this.world.links === null || own === undefined) return null
    return own.state === 'running' || this.#hostWish(guest, own, host).down ? host : null
  }

  isUp(guest: GuestId): boolean {
    return this.world.running(guest).length > 0
  }

  /** Infinity while it is down. What somebody else started is known only after a while. */
  knownUpSinceMs(guest: GuestId, noticedWithinMs: number): number {
    const started = this.#started.get(guest)
    if (!this.isUp(guest)) return Number.POSITIVE_INFINITY
    return started === undefined ? 0 : started.atMs + (started.byUs ? 0 : noticedWithinMs)
  }

  /** When the leader last acted upon a command: one that had to wait may be done after the watch went off. */
  commandTakenMs(guest: GuestId): number {
    return this.#commandTaken.get(guest)?.atMs ?? Number.NEGATIVE_INFINITY
  }

  /** When the leader decided that it shall go down, for whatever follows; null: it did not. */
  downDecidedMs(guest: GuestId): number | null {
    return this.#downDecidedMs.get(guest) ?? null
  }

  /** When the leader decided the stop under way, one that waits for dependents; null: there is none such. */
  stopDecidedMs(guest: GuestId): number | null {
    return this.#stopDecidedMs.get(guest) ?? null
  }

  /** Now, or when it was last down. */
  lastDownMs(guest: GuestId): number {
    return this.isUp(guest) ? (this.#lastDownMs.get(guest) ?? 0) : this.world.nowMs
  }

  needAnswers(need: NeedSpec): boolean {
    if (need.kind === 'external') return this.world.network.outsideAnswers(needText(need))
    const running = this.world
      .running(this.answererOf(need.guest))
      .filter(({ machine }) => machine.state.run === 'running')
    if (need.service === null) return running.length > 0
    const key = need.service
    return running.some(({ machine }) => machine.answer(key) === 'answers')
  }

  /** Who is asked what is needed of this guest: itself, or the standby that the leader gave its place. */
  answererOf(guest: GuestId): GuestId {
    const by = this.#records.get(guest)?.replacedBy
    return by !== undefined && this.standbyOf(guest) === by ? by : guest
  }

  standbyOf(guest: GuestId): GuestId | null {
    return this.#cluster.guests.find(({ id }) => id === guest)?.standby ?? null
  }

  firstOf(standby: GuestId): GuestId | null {
    return this.#cluster.guests.find((guest) => guest.standby === standby)?.id ?? null
  }

  /** What was said of it, whatever becomes of it as a standby. */
  saidOf(guest: GuestId): WishInForce['state'] {
    const { spec, wish } = this.#wishes.get(guest) ?? { spec: null, wish: noWish }
    return spec === null ? null : (wish.state ?? spec.wish)
  }

  /** For how long this need has not answered; 0 while it answers. */
  needSilentForMs(need: NeedSpec): number {
    const known = this.#needs.get(needText(need))
    return known === undefined || known.answers ? 0 : this.world.nowMs - known.sinceMs
  }

  ownServicesAnswer(guest: GuestSpec): boolean {
    const [up] = this.world.running(guest.id)
    if (up?.machine.state.run !== 'running') return false
    return guest.services.every((service) => service.port === null || up.machine.answer(service.key) === 'answers')
  }

  /** For how long the guest has run with all its services answering; 0 while it does not. */
  healthyForMs(guest: GuestId): number {
    const known = this.#healthy.get(guest)
    return known?.healthy ? this.world.nowMs - known.sinceMs : 0
  }

  /** Whether the leader had named this life of a host's daemon at that time. */
  hadNamed(host: HostId, life: AgentLife | null, atMs: number): boolean {
    return (this.#namedAtMs.get(`${host} ${life}`) ?? Number.POSITIVE_INFINITY) <= atMs
  }

  #look(): void {
    const { nowMs } = this.world
    for (const guest of this.#cluster.guests) {
      const healthy = this.ownServicesAnswer(guest)
      if (this.#healthy.get(guest.id)?.healthy !== healthy) this.#healthy.set(guest.id, { healthy, sinceMs: nowMs })
      for (const need of guest.needs) {
        const answers = this.needAnswers(need)
        const text = needText(need)
        if (this.#needs.get(text)?.answers !== answers) this.#needs.set(text, { answers, sinceMs: nowMs })
      }
    }
  }

  #committed(key: string, value: string | null): void {
    if (key === storeKeys.cluster && value !== null) {
      this.#cluster = (JSON.parse(value) as StoredCluster).spec
      this.#needsChanged(this.world.nowMs)
      const ids = new Set([...this.#wishes.keys(), ...this.#cluster.guests.map((guest) => guest.id)])
      for (const id of ids) this.#judge(id, this.#wishes.get(id)?.wish ?? noWish, false)
      // Now that all are known: a standby's wish is that of two.
      for (const { id, standby } of this.#cluster.guests) if (standby !== undefined) this.#placeChanged(id)
      this.#look()
    } else if (key.startsWith(storeKeys.hostWishes) && value !== null) {
      const { downInBoot, maintenance = false } = JSON.parse(value) as HostWish
      const host = key.slice(storeKeys.hostWishes.length)
      this.#hostWishes.set(host, { downInBoot, maintenance, sinceMs: this.world.nowMs })
    } else if (key.startsWith(storeKeys.guestRecords) && value !== null) {
      const record = JSON.parse(value) as GuestRecord
      const { guest, phase, launchSerial } = record
      const before = this.#records.get(guest)?.replacedBy
      this.#records.set(guest, record)
      if (before !== record.replacedBy) this.#placeChanged(guest)
      if (launchSerial > (this.#commandTaken.get(guest)?.serial ?? 0)) {
        this.#commandTaken.set(guest, { serial: launchSerial, atMs: this.world.nowMs })
      }
      this.#decided(guest, phase)
    } else if (key.startsWith(storeKeys.hostRecords) && value !== null) {
      const { host, life } = JSON.parse(value) as HostRecord
      if (!this.#namedAtMs.has(`${host} ${life}`)) this.#namedAtMs.set(`${host} ${life}`, this.world.nowMs)
    } else if (key.startsWith(storeKeys.guestWishes)) {
      const guest = key.slice(storeKeys.guestWishes.length) as GuestId
      this.#judge(guest, value === null ? noWish : (JSON.parse(value) as GuestWish), false)
      this.#placeChanged(guest)
    }
  }

  /** A standby is to run while it has the place of a guest that is to run. */
  #placeChanged(first: GuestId): void {
    const standby = this.standbyOf(first)
    if (standby !== null) this.#judge(standby, this.#wishes.get(standby)?.wish ?? noWish, false)
    this.#look()
  }

  #stateOf(guest: GuestId, said: WishInForce['state']): WishInForce['state'] {
    const first = this.firstOf(guest)
    if (first === null || said !== 'running') return said
    return this.answererOf(first) === guest && this.saidOf(first) === 'running' ? 'running' : 'stopped'
  }

  #decided(guest: GuestId, phase: Phase): void {
    if (phase.kind !== 'stopping') {
      this.#downDecidedMs.delete(guest)
      this.#stopDecidedMs.delete(guest)
    } else if (!this.#downDecidedMs.has(guest)) {
      this.#downDecidedMs.set(guest, this.world.nowMs)
      // One that was being restarted and shall now stay down had been asked already; a forced stop waits for nobody.
      const forced = this.wishOf(guest).wish.ignoreDependents
      if (phase.next === 'stopped' && !forced) this.#stopDecidedMs.set(guest, this.world.nowMs)
    }
  }

  #judge(guest: GuestId, wish: GuestWish, first: boolean): void {
    const before = this.#wishes.get(guest)
    const spec = this.#cluster.guests.find((candidate) => candidate.id === guest) ?? null
    const state = spec === null ? null : this.#stateOf(guest, wish.state ?? spec.wish)
    const same = before !== undefined && before.state === state && before.wish.watch === wish.watch
    const commanded =
      before !== undefined &&
      (before.wish.launchSerial !== wish.launchSerial ||
        before.wish.pausedByHand !== wish.pausedByHand ||
        before.wish.memoryMib !== wish.memoryMib)
    const { nowMs } = this.world
    this.#wishes.set(guest, {
      spec,
      wish,
      state,
      sinceMs: first ? 0 : same ? before.sinceMs : nowMs,
      commandedAtMs: commanded ? nowMs : (before?.commandedAtMs ?? Number.NEGATIVE_INFINITY),
    })
  }
}

/** Whoever asked for it was told that nobody knows, and so was the leader: that it came about is found out like what others do. */
function isLate({ askedAtMs }: Deed, nowMs: number): boolean {
  return nowMs - askedAtMs > callDeadlineMs
}
