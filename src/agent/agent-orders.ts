import { type CompiledCluster, compileCluster } from '../core/graph.ts'
import { type GuestOwners, ownersIn } from '../core/owners.ts'
import { requireSpoken } from '../core/store-schema.ts'
import type { Assignment } from '../model/assignment.ts'
import { faultData } from '../model/fault.ts'
import type { GuestId } from '../model/ids.ts'
import { assignmentOf, type GuestRecord, type HostRecord } from '../model/record.ts'
import type { StoreSchemaRecord } from '../model/store-schema.ts'
import { readStoredCluster } from '../model/stored-cluster.ts'
import { type Change, type Entry, type Revision, storeKeys } from '../ports/store.ts'
import type { AgentPorts } from './ports.ts'

export interface OrdersHooks {
  readonly cluster: (cluster: CompiledCluster | null, revision: Revision) => void
  readonly assignments: () => void
}

/** A store that does not answer is read again so often; what was ordered before stays in force. */
const retryMs = 1_000

/** What the store tells one agent: the cluster file, its assignments, and whether the leader has named this life of it (S9). */
export class AgentOrders {
  readonly #ports: AgentPorts
  readonly #hooks: OrdersHooks
  readonly #assignments = new Map<GuestId, Assignment>()
  readonly #owners = new Map<GuestId, GuestOwners>()
  #acknowledged = false
  #loaded = false
  #stopped = false
  #unwatch: (() => void) | null = null

  constructor(ports: AgentPorts, hooks: OrdersHooks) {
    this.#ports = ports
    this.#hooks = hooks
  }

  get acknowledged(): boolean {
    return this.#acknowledged
  }

  get loaded(): boolean {
    return this.#loaded
  }

  assignmentOf(guest: GuestId): Assignment | null {
    return this.#assignments.get(guest) ?? null
  }

  ownersOf(guest: GuestId): GuestOwners | null {
    return this.#owners.get(guest) ?? null
  }

  /** Some guest is on its way here. */
  get expectsGuests(): boolean {
    return [...this.#owners.values()].some(({ to }) => to === this.#ports.host)
  }

  /** Guests for which this host shall look again, with the serial of their move. */
  looksAskedFor(): [GuestId, number][] {
    const { host } = this.#ports
    return [...this.#owners].flatMap(([guest, { owner, to, lookAgain }]): [GuestId, number][] =>
      lookAgain !== null && (owner === host || to === host) ? [[guest, lookAgain]] : [],
    )
  }

  /** What the store says now, not what it said when it was last heard. Throws where it cannot be asked. */
  async confirmedOwners(guest: GuestId): Promise<GuestOwners | null> {
    const key = storeKeys.guestRecord(guest)
    const entry = (await this.#ports.store.read(key)).entries.find((one) => one.key === key)
    return entry === undefined ? null : ownersIn(JSON.parse(entry.value) as GuestRecord)
  }

  start(): void {
    void this.#load()
  }

  stop(): void {
    this.#stopped = true
    this.#unwatch?.()
  }

  async #load(): Promise<void> {
    try {
      const { revision, entries } = await this.#ports.store.read('')
      if (this.#stopped) return
      requireSpoken(schemaIn(entries))
      this.#assignments.clear()
      this.#owners.clear()
      const stored = entries.find((entry) => entry.key === storeKeys.cluster)
      this.#loaded = true
      this.#hooks.cluster(clusterFrom(stored?.value ?? null), stored?.revision ?? 0)
      this.#take(entries)
      this.#unwatch?.()
      // Of several hosts' store only what concerns an agent: renewals and observations are many.
      const prefixes = this.#ports.cluster == null ? [''] : [storeKeys.cluster, storeKeys.records]
      const stops = prefixes.map((prefix) =>
        this.#ports.store.watch(prefix, revision, {
          changes: (changes) => this.#changed(changes),
          gap: () => void this.#load(),
        }),
      )
      this.#unwatch = () => {
        for (const stop of stops) stop()
      }
    } catch (error) {
      if (this.#stopped) return
      this.#ports.log.warn('the store cannot be read', { fault: faultData(error).code, ...faultData(error).details })
      this.#ports.clock.after(retryMs, () => void this.#load())
    }
  }

  #changed(changes: readonly Change[]): void {
    if (this.#stopped) return
    const cluster = changes.find((change) => change.key === storeKeys.cluster)
    if (cluster) this.#hooks.cluster(clusterFrom(cluster.value), cluster.revision)
    this.#take(changes)
  }

  #take(changes: readonly { key: string; value: string | null }[]): void {
    for (const { key, value } of changes) {
      if (key.startsWith(storeKeys.guestRecords)) this.#takeRecord(key, value)
      else if (key === storeKeys.hostRecord(this.#ports.host)) {
        this.#acknowledged = value !== null && (JSON.parse(value) as HostRecord).life === this.#ports.life
      }
    }
    this.#hooks.assignments()
  }

  #takeRecord(key: string, value: string | null): void {
    const guest = key.slice(storeKeys.guestRecords.length) as GuestId
    const record = value === null ? null : (JSON.parse(value) as GuestRecord)
    if (record === null) this.#owners.delete(guest)
    else this.#owners.set(guest, ownersIn(record))
    const assignment = record === null ? null : assignmentOf(record)
    if (assignment?.host === this.#ports.host) this.#assignments.set(guest, assignment)
    else this.#assignments.delete(guest)
  }
}

function schemaIn(entries: readonly Entry[]): StoreSchemaRecord | null {
  const entry = entries.find(({ key }) => key === storeKeys.schema)
  return entry === undefined ? null : (JSON.parse(entry.value) as StoreSchemaRecord)
}

function clusterFrom(value: string | null): CompiledCluster | null {
  return value === null ? null : compileCluster(readStoredCluster(value).spec)
}
