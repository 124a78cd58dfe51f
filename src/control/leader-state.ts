import { type Decision, takeOver } from '../core/decide.ts'
import { type CompiledCluster, compileCluster } from '../core/graph.ts'
import type { ClusterSnapshot, SeenHost } from '../core/snapshot.ts'
import type { GuestId, HostId, Instant } from '../model/ids.ts'
import type { HostObservation } from '../model/observation.ts'
import type { GuestRecord, HostRecord } from '../model/record.ts'
import type { StoredCluster } from '../model/stored-cluster.ts'
import type { GuestWish, HostWish } from '../model/wish.ts'
import { type Change, type Revision, storeKeys } from '../ports/store.ts'
import type { LeaderPorts } from './ports.ts'

/**
 * What the leader holds in memory: a copy of the store, and the newest observation of each host.
 * Records are written by this leader only; each write compares the revision it was decided from, so a decision
 * made from an old copy writes nothing and the copy is read anew.
 */
export class LeaderState {
  readonly #ports: LeaderPorts
  readonly #changed: () => void
  #loaded = false
  #cluster: CompiledCluster | null = null
  #wishes = new Map<GuestId, GuestWish>()
  #hostWishes = new Map<HostId, HostWish>()
  #records = new Map<GuestId, GuestRecord>()
  #hosts = new Map<HostId, HostRecord>()
  #revisions = new Map<string, Revision>()
  #observations = new Map<HostId, SeenHost>()
  #unwatch: (() => void) | null = null

  constructor(ports: LeaderPorts, changed: () => void) {
    this.#ports = ports
    this.#changed = changed
  }

  get loaded(): boolean {
    return this.#loaded
  }

  get cluster(): CompiledCluster | null {
    return this.#cluster
  }

  snapshot(): ClusterSnapshot {
    return {
      cluster: this.#cluster?.spec ?? null,
      wishes: this.#wishes,
      hostWishes: this.#hostWishes,
      records: this.#records,
      hostRecords: this.#hosts,
      observations: this.#observations,
      now: this.#ports.clock.now(),
      wall: this.#ports.clock.wall(),
    }
  }

  stop(): void {
    this.#unwatch?.()
  }

  /** The copy may be wrong: it is read again before the next decision. */
  forget(): void {
    this.#loaded = false
    this.#unwatch?.()
    this.#unwatch = null
  }

  async load(): Promise<void> {
    const { revision, entries } = await this.#ports.store.read('')
    const known = this.#records
    this.#wishes = new Map()
    this.#hostWishes = new Map()
    this.#records = new Map()
    this.#hosts = new Map()
    this.#revisions = new Map()
    this.#cluster = null
    for (const { key, value, revision: at } of entries) this.#take({ key, value, revision: at })
    this.#keepTimers(known)
    this.#unwatch?.()
    this.#unwatch = this.#ports.store.watch(storeKeys.wishes, revision, {
      changes: (changes) => {
        for (const change of changes) this.#take(change)
        this.#changed()
      },
      gap: () => {
        this.forget()
        this.#changed()
      },
    })
    this.#loaded = true
  }

  /** Timers of records this leader wrote itself go on; those of others start anew, on this leader's clock. */
  #keepTimers(known: ReadonlyMap<GuestId, GuestRecord>): void {
    const now = this.#ports.clock.now()
    for (const record of this.#records.values()) {
      const before = known.get(record.guest)
      const own =
        before !== undefined && before.generation === record.generation && before.phase.kind === record.phase.kind
      const [mine] = own ? [{ ...record, phase: before.phase, enteredAt: before.enteredAt }] : takeOver([record], now)
      this.#records.set(record.guest, mine!)
    }
  }

  /** Takes the newest observations, noting when each verdict changed. */
  observe(): void {
    const now = this.#ports.clock.now()
    const current = this.#ports.observations.current()
    for (const [host, observation] of current) {
      const before = this.#observations.get(host as HostId)
      if (before?.observation === observation) continue
      const verdictSince = changedVerdicts(before, observation, now)
      this.#observations.set(host as HostId, { observation, seenAt: now, verdictSince })
    }
    for (const host of this.#observations.keys()) if (!current.has(host)) this.#observations.delete(host)
  }

  /** False: somebody else wrote meanwhile; nothing was written, the copy will be read anew. */
  async write(decision: Decision): Promise<boolean> {
    const puts = [
      ...decision.records.map((record) => ({
        key: storeKeys.guestRecord(record.guest),
        value: JSON.stringify(record),
      })),
      ...decision.hosts.map((host) => ({ key: storeKeys.hostRecord(host.host), value: JSON.stringify(host) })),
    ]
    const remove = decision.forgotten.map((guest) => storeKeys.guestRecord(guest))
    const keys = [...puts.map((put) => put.key), ...remove]
    const result = await this.#ports.store.transact({
      when: keys.map((key) => ({ key, revision: this.#revisions.get(key) ?? 0 })),
      put: puts,
      remove,
    })
    if (!result.done) {
      this.forget()
      return false
    }
    for (const record of decision.records) this.#records.set(record.guest, record)
    for (const host of decision.hosts) this.#hosts.set(host.host, host)
    for (const guest of decision.forgotten) this.#records.delete(guest)
    for (const put of puts) this.#revisions.set(put.key, result.revision)
    for (const key of remove) this.#revisions.delete(key)
    return true
  }

  #take({ key, value, revision }: Change): void {
    if (key === storeKeys.cluster) {
      this.#cluster = value === null ? null : compileCluster((JSON.parse(value) as StoredCluster).spec)
    } else if (key.startsWith(storeKeys.guestWishes)) {
      const guest = key.slice(storeKeys.guestWishes.length) as GuestId
      if (value === null) this.#wishes.delete(guest)
      else this.#wishes.set(guest, JSON.parse(value) as GuestWish)
    } else if (key.startsWith(storeKeys.hostWishes)) {
      const host = key.slice(storeKeys.hostWishes.length) as HostId
      if (value === null) this.#hostWishes.delete(host)
      else this.#hostWishes.set(host, JSON.parse(value) as HostWish)
    } else if (key.startsWith(storeKeys.guestRecords) && value !== null) {
      const record = JSON.parse(value) as GuestRecord
      this.#records.set(record.guest, record)
      this.#revisions.set(key, revision)
    } else if (key.startsWith(storeKeys.hostRecords) && value !== null) {
      const host = JSON.parse(value) as HostRecord
      this.#hosts.set(host.host, host)
      this.#revisions.set(key, revision)
    }
  }
}

function changedVerdicts(before: SeenHost | undefined, after: HostObservation, now: Instant): Map<string, Instant> {
  const since = new Map<string, Instant>()
  for (const [guest, seen] of after.guests) {
    const earlier = before?.observation.guests.get(guest)
    if (earlier !== undefined && earlier.services === seen.services) {
      for (const key of Object.keys(seen.services)) keep(since, before, `${guest} ${key}`, now)
      continue
    }
    for (const [key, verdict] of Object.entries(seen.services)) {
      if (earlier?.services[key] === verdict) keep(since, before, `${guest} ${key}`, now)
      else since.set(`${guest} ${key}`, now)
    }
  }
  return since
}

function keep(since: Map<string, Instant>, before: SeenHost | undefined, name: string, now: Instant): void {
  since.set(name, before?.verdictSince.get(name) ?? now)
}
