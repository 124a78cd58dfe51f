import { type CompiledCluster, compileCluster } from '../core/graph.ts'
import type { Assignment } from '../model/assignment.ts'
import { faultData } from '../model/fault.ts'
import type { GuestId } from '../model/ids.ts'
import { assignmentOf, type GuestRecord, type HostRecord } from '../model/record.ts'
import type { StoredCluster } from '../model/stored-cluster.ts'
import { type Change, storeKeys } from '../ports/store.ts'
import type { AgentPorts } from './ports.ts'

export interface OrdersHooks {
  readonly cluster: (cluster: CompiledCluster | null) => void
  readonly assignments: () => void
}

/** A store that does not answer is read again so often; what was ordered before stays in force. */
const retryMs = 1_000

/** What the store tells one agent: the cluster file, its assignments, and whether the leader has named this life of it (S9). */
export class AgentOrders {
  readonly #ports: AgentPorts
  readonly #hooks: OrdersHooks
  readonly #assignments = new Map<GuestId, Assignment>()
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
      this.#assignments.clear()
      const stored = entries.find((entry) => entry.key === storeKeys.cluster)
      this.#loaded = true
      this.#hooks.cluster(clusterFrom(stored?.value ?? null))
      this.#take(entries)
      this.#unwatch?.()
      this.#unwatch = this.#ports.store.watch('', revision, {
        changes: (changes) => this.#changed(changes),
        gap: () => void this.#load(),
      })
    } catch (error) {
      if (this.#stopped) return
      this.#ports.log.warn('the store cannot be read', { fault: faultData(error).code })
      this.#ports.clock.after(retryMs, () => void this.#load())
    }
  }

  #changed(changes: readonly Change[]): void {
    if (this.#stopped) return
    const cluster = changes.find((change) => change.key === storeKeys.cluster)
    if (cluster) this.#hooks.cluster(clusterFrom(cluster.value))
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
    const assignment = value === null ? null : assignmentOf(JSON.parse(value) as GuestRecord)
    if (assignment?.host === this.#ports.host) this.#assignments.set(guest, assignment)
    else this.#assignments.delete(guest)
  }
}

function clusterFrom(value: string | null): CompiledCluster | null {
  return value === null ? null : compileCluster((JSON.parse(value) as StoredCluster).spec)
}
