import { disarmed, type SeenArmedWish } from '../core/armed.ts'
import { type Decision, takeOver } from '../core/decide.ts'
import { type CompiledCluster, compileCluster } from '../core/graph.ts'
import { standingOf } from '../core/hosts.ts'
import { leaseTimes } from '../core/lease-times.ts'
import type { ClusterSnapshot, MembersSnapshot, SeenHost } from '../core/snapshot.ts'
import { requireSpoken } from '../core/store-schema.ts'
import { faultData } from '../model/fault.ts'
import type { HookRecord } from '../model/hook.ts'
import type { GuestId, HostId, Instant } from '../model/ids.ts'
import type { FencingRecord, LeaderRecord, RestoredRecord } from '../model/member.ts'
import type { HostObservation } from '../model/observation.ts'
import type { ProofLack } from '../model/reason.ts'
import type { GuestRecord, HostRecord } from '../model/record.ts'
import type { StoreSchemaRecord } from '../model/store-schema.ts'
import { readStoredCluster } from '../model/stored-cluster.ts'
import type { ArmedWish, FencingWish, GuestWish, HostWish } from '../model/wish.ts'
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
  #fileRevision: Revision = 0
  #armed: SeenArmedWish | null = null
  #fencing: FencingRecord = { hosts: [] }
  #fencingReset = 0
  #restored: RestoredRecord | null = null
  #hooks: HookRecord | null = null
  #term: Term | null = null
  #schema: StoreSchemaRecord | null = null
  /** What each silent host's proof lacks, as the fencing last found. */
  lacks: ReadonlyMap<HostId, ProofLack> = new Map()
  #unwatch: (() => void) | null = null
  /** A decision whose write was not answered: it has taken effect, or it never will; the next read tells. */
  #unsure: { readonly decision: Decision; readonly key: string; readonly value: string } | null = null
  #tookEffect: Decision | null = null

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

  /** Who leads, with the revision that every write of a leader compares; null: nobody does. One host: always null. */
  get term(): Term | null {
    return this.#term
  }

  /** Null: nobody wrote it yet. */
  get schema(): StoreSchemaRecord | null {
    return this.#schema
  }

  /** Null: nothing was told or is to be. */
  get hooks(): HookRecord | null {
    return this.#hooks
  }

  get fencing(): FencingRecord {
    return this.#fencing
  }

  revisionOf(key: string): Revision {
    return this.#revisions.get(key) ?? 0
  }

  /** From now on this process decides: instants that another leader wrote mean nothing here. */
  takeOffice(): void {
    const now = this.#ports.clock.now()
    for (const record of takeOver([...this.#records.values()], now)) this.#records.set(record.guest, record)
  }

  snapshot(): ClusterSnapshot {
    return {
      cluster: this.#cluster?.spec ?? null,
      wishes: this.#wishes,
      hostWishes: this.#hostWishes,
      records: this.#records,
      hostRecords: this.#hosts,
      observations: this.#observations,
      members: this.#members(),
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
    const schema = entries.find(({ key }) => key === storeKeys.schema)
    this.#schema = schema === undefined ? null : (JSON.parse(schema.value) as StoreSchemaRecord)
    requireSpoken(this.#schema)
    const known = this.#records
    this.#wishes = new Map()
    this.#hostWishes = new Map()
    this.#records = new Map()
    this.#hosts = new Map()
    this.#revisions = new Map()
    this.#cluster = null
    this.#fileRevision = 0
    const armed = this.#armed
    this.#armed = null
    this.#fencing = { hosts: [] }
    this.#fencingReset = 0
    this.#restored = null
    this.#hooks = null
    this.#term = null
    for (const { key, value, revision: at } of entries) this.#take({ key, value, revision: at })
    this.#armed = sameWord(armed, this.#armed)
    const unsure = this.#unsure
    this.#unsure = null
    const written = entries.some(({ key, value }) => key === unsure?.key && value === unsure.value)
    if (unsure !== null && written) this.#tookEffect = unsure.decision
    this.#keepTimers(known)
    this.#unwatch?.()
    // Alone, a leader writes all records itself; of several, each follows what the one that leads writes.
    const prefixes =
      this.#ports.cluster == null
        ? [storeKeys.wishes]
        : [storeKeys.wishes, storeKeys.records, storeKeys.leader, storeKeys.schema]
    const unwatch = prefixes.map((prefix) => this.#watch(prefix, revision))
    this.#unwatch = () => {
      for (const stop of unwatch) stop()
    }
    this.#loaded = true
  }

  #watch(prefix: string, from: Revision): () => void {
    return this.#ports.store.watch(prefix, from, {
      changes: (changes) => {
        for (const change of changes) this.#take(change)
        this.#changed()
      },
      gap: () => {
        this.forget()
        this.#changed()
      },
    })
  }

  #members(): MembersSnapshot | null {
    const membership = this.#ports.cluster?.membership
    if (membership === undefined) return null
    return {
      sights: membership.members(),
      fileRevision: this.#fileRevision,
      renewingSince: membership.renewingSince(),
      begunAt: membership.begunAt,
      ...disarmed(this.#armed, this.#ports.clock.now()),
      leader: this.#term?.host ?? null,
      fenced: this.#fencing,
      fencingReset: this.#fencingReset,
      lacks: this.lacks,
      ...(this.#restored !== null && { restored: this.#restored.hosts }),
    }
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
      if (!this.#counts(observation)) continue
      const before = this.#observations.get(host as HostId)
      if (before?.observation === observation) continue
      const verdictSince = changedVerdicts(before, observation, now)
      const heardSince = before?.heardSince ?? now
      this.#observations.set(host as HostId, { observation, seenAt: now, heardSince, verdictSince })
    }
    for (const [host, { observation }] of this.#observations) {
      if (!current.has(host) || !this.#counts(observation)) this.#observations.delete(host)
    }
  }

  /** Of several hosts only the word of those counts that are there now, and of their present life. */
  #counts(observation: HostObservation): boolean {
    const membership = this.#ports.cluster?.membership
    const settings = this.#cluster?.spec.settings
    if (membership === undefined || settings === undefined) return true
    const sight = membership.members().get(observation.host)
    if (sight?.alive?.life !== observation.life) return false
    const times = leaseTimes(settings.leaseMs)
    const now = this.#ports.clock.now()
    // While this process itself could not hear, no host was silent, and none said anything that is still true.
    if (now - sight.unchangedSince > times.suspectMs) return false
    const standing = standingOf(
      sight,
      this.#hosts.get(observation.host),
      times,
      { renewingSince: membership.renewingSince(), begunAt: membership.begunAt },
      settings.coldStartWaitMs,
      now,
    )
    return standing === 'online'
  }

  /** A decision whose write was not answered and that turned out to be made; told once. */
  takeMade(): Decision | null {
    const made = this.#tookEffect
    this.#tookEffect = null
    return made
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
    const over = decision.restoredOver ? [storeKeys.restored] : []
    const remove = [...decision.forgotten.map((guest) => storeKeys.guestRecord(guest)), ...over]
    const keys = [...puts.map((put) => put.key), ...remove]
    const transaction = {
      when: [...keys.map((key) => ({ key, revision: this.#revisions.get(key) ?? 0 })), ...this.#guards(decision)],
      put: puts,
      remove,
    }
    const result = await this.#ports.store.transact(transaction).catch((error: unknown) => {
      const [first] = puts
      if (first !== undefined && faultData(error).outcome === 'unknown') this.#unsure = { decision, ...first }
      throw error
    })
    if (!result.done) {
      this.forget()
      return false
    }
    for (const record of decision.records) this.#records.set(record.guest, record)
    for (const host of decision.hosts) this.#hosts.set(host.host, host)
    for (const guest of decision.forgotten) this.#records.delete(guest)
    if (decision.restoredOver) this.#restored = null
    for (const put of puts) this.#revisions.set(put.key, result.revision)
    for (const key of remove) this.#revisions.delete(key)
    return true
  }

  /** S1: the leader's term, and for a takeover the records of the hosts that were lost. */
  #guards({ takenFrom }: Decision): { key: string; revision: Revision }[] {
    const term = this.#term === null ? [] : [{ key: storeKeys.leader, revision: this.#term.revision }]
    const lost = takenFrom.map((host) => ({
      key: storeKeys.alive(host),
      revision: this.#hosts.get(host)?.loss?.aliveRevision ?? 0,
    }))
    return [...term, ...lost]
  }

  #take({ key, value, revision }: Change): void {
    // What this leader wrote itself comes back by the watch, late.
    if (revision < (this.#revisions.get(key) ?? 0)) return
    if (key === storeKeys.leader) {
      this.#term = value === null ? null : { ...(JSON.parse(value) as LeaderRecord), revision }
    } else if (key === storeKeys.schema) {
      this.#schema = value === null ? null : (JSON.parse(value) as StoreSchemaRecord)
      this.#revisions.set(key, revision)
    } else if (key === storeKeys.armed) {
      const seenAt = this.#ports.clock.now()
      this.#armed = value === null ? null : { wish: JSON.parse(value) as ArmedWish, revision, seenAt }
    } else if (key === storeKeys.fencingWish) {
      this.#fencingReset = value === null ? 0 : (JSON.parse(value) as FencingWish).resetSerial
    } else if (key === storeKeys.fencing) {
      this.#fencing = value === null ? { hosts: [] } : (JSON.parse(value) as FencingRecord)
      this.#revisions.set(key, revision)
    } else if (key === storeKeys.hook) {
      this.#hooks = value === null ? null : (JSON.parse(value) as HookRecord)
      this.#revisions.set(key, value === null ? 0 : revision)
    } else if (key === storeKeys.restored) {
      this.#restored = value === null ? null : (JSON.parse(value) as RestoredRecord)
      this.#revisions.set(key, value === null ? 0 : revision)
    } else if (key === storeKeys.cluster) {
      this.#fileRevision = revision
      this.#cluster = value === null ? null : compileCluster(readStoredCluster(value).spec)
    } else if (key.startsWith(storeKeys.guestWishes)) {
      const guest = key.slice(storeKeys.guestWishes.length) as GuestId
      if (value === null) this.#wishes.delete(guest)
      else this.#wishes.set(guest, JSON.parse(value) as GuestWish)
    } else if (key.startsWith(storeKeys.hostWishes)) {
      const host = key.slice(storeKeys.hostWishes.length) as HostId
      if (value === null) this.#hostWishes.delete(host)
      else this.#hostWishes.set(host, JSON.parse(value) as HostWish)
    } else if (key.startsWith(storeKeys.guestRecords)) {
      this.#takeRecord(key.slice(storeKeys.guestRecords.length) as GuestId, value, revision)
    } else if (key.startsWith(storeKeys.hostRecords) && value !== null) {
      const host = JSON.parse(value) as HostRecord
      this.#hosts.set(host.host, host)
      this.#revisions.set(key, revision)
    }
  }

  #takeRecord(guest: GuestId, value: string | null, revision: Revision): void {
    const key = storeKeys.guestRecord(guest)
    if (value === null) {
      this.#records.delete(guest)
      this.#revisions.delete(key)
      return
    }
    if (revision === this.#revisions.get(key) && this.#records.has(guest)) return
    this.#records.set(guest, JSON.parse(value) as GuestRecord)
    this.#revisions.set(key, revision)
  }
}

/** The leader's key and the revision that wrote it. */
export interface Term extends LeaderRecord {
  readonly revision: Revision
}

/** Read again, a word that was seen before is no new one. */
function sameWord(before: SeenArmedWish | null, now: SeenArmedWish | null): SeenArmedWish | null {
  return before !== null && before.revision === now?.revision ? before : now
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
