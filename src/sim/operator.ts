import type { WishChange } from '../core/views/wish-plan.ts'
import { changedWish } from '../core/views/wish-plan.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { GuestId } from '../model/ids.ts'
import type { StoredCluster } from '../model/stored-cluster.ts'
import type { GuestWish } from '../model/wish.ts'
import { noWish } from '../model/wish.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { storeKeys } from '../ports/store.ts'
import type { Timeline } from './timeline.ts'

/** What is said while no daemon can take it is said again so often, until it is taken. */
const sayAgainMs = 1_000

/** A person with a command line: says one thing after the other and insists on each, written as the API writes it. */
export class Operator {
  readonly #timeline: Timeline
  readonly #clock: Clock
  readonly #store: Store
  readonly #reachable: () => boolean
  /** What was confirmed, by key of the store: it must not be lost (S12). */
  readonly confirmed = new Map<string, string>()
  #said: Promise<void> = Promise.resolve()

  /** `reachable`: some daemon takes commands now. */
  constructor(timeline: Timeline, clock: Clock, store: Store, reachable: () => boolean) {
    this.#timeline = timeline
    this.#clock = clock
    this.#store = store
    this.#reachable = reachable
  }

  say(guest: GuestId, change: WishChange): void {
    this.#enqueue(async () => {
      const key = storeKeys.guestWish(guest)
      const { value, revision } = await this.#read(key)
      const old = value === null ? noWish : (JSON.parse(value) as GuestWish)
      return this.#write(key, revision, JSON.stringify(changedWish(old, change, 'operator', this.#clock.wall())))
    })
  }

  /** Applies another cluster file, made from the one in force. */
  apply(change: (spec: ClusterSpec) => ClusterSpec): void {
    this.#enqueue(async () => {
      const { value, revision } = await this.#read(storeKeys.cluster)
      if (value === null) return true
      const spec = change((JSON.parse(value) as StoredCluster).spec)
      return this.#write(storeKeys.cluster, revision, JSON.stringify(storedCluster(spec, this.#clock)))
    })
  }

  /** `attempt` is made until it is true. */
  #enqueue(attempt: () => Promise<boolean>): void {
    this.#said = this.#said.then(async () => {
      for (;;) {
        const done = this.#reachable() && (await attempt().catch(() => false))
        if (done) return
        await this.#timeline.sleep(sayAgainMs)
      }
    })
  }

  async #read(key: string): Promise<{ value: string | null; revision: number }> {
    const { entries } = await this.#store.read(key)
    const entry = entries.find((candidate) => candidate.key === key)
    return { value: entry?.value ?? null, revision: entry?.revision ?? 0 }
  }

  async #write(key: string, revision: number, value: string): Promise<boolean> {
    const result = await this.#store.transact({ when: [{ key, revision }], put: [{ key, value }], remove: [] })
    if (result.done) this.confirmed.set(key, value)
    return result.done
  }
}

export function storedCluster(spec: ClusterSpec, clock: Clock): StoredCluster {
  const source = { path: 'pretend.yaml', format: 'vigia' as const, text: '' }
  return { spec, source, appliedBy: 'operator', appliedAt: clock.wall() }
}
