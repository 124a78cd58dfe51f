import type { HostChange, WishChange } from '../core/views/wish-plan.ts'
import { changedWish } from '../core/views/wish-plan.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { GuestId, HostId } from '../model/ids.ts'
import type { StoredCluster } from '../model/stored-cluster.ts'
import type { ArmedWish, GuestWish, HostWish } from '../model/wish.ts'
import { noHostWish, noWish } from '../model/wish.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entry, Store } from '../ports/store.ts'
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
    this.sayAll(new Map([[guest, change]]))
  }

  /** Nothing is written of what the daemon that is asked refuses (S11). */
  sayIfAdmitted(guest: GuestId, change: WishChange, isAdmitted: () => boolean): void {
    this.sayAll(new Map([[guest, change]]), new Map(), isAdmitted)
  }

  /** One command: all of it in one transaction. */
  sayAll(
    changes: ReadonlyMap<GuestId, WishChange>,
    hosts: ReadonlyMap<HostId, HostChange> = new Map(),
    isAdmitted: () => boolean = () => true,
  ): void {
    this.#enqueue(async () => {
      if (!isAdmitted()) return true
      const stored = await this.#read(storeKeys.wishes)
      const [by, at] = ['operator', this.#clock.wall()]
      const ofGuests = [...changes].map(([guest, change]) => {
        const key = storeKeys.guestWish(guest)
        const value = stored.get(key)?.value
        const old = value === undefined ? noWish : (JSON.parse(value) as GuestWish)
        return { key, value: JSON.stringify(changedWish(old, change, by, at)) }
      })
      const ofHosts = [...hosts].map(([host, { downInBoot, downFor }]) => {
        const key = storeKeys.hostWish(host)
        const wish: HostWish = { ...hostWishIn(stored.get(key)), downInBoot, ...(downFor && { downFor }), by, at }
        return { key, value: JSON.stringify(wish) }
      })
      return this.#write([...ofGuests, ...ofHosts], stored)
    })
  }

  /** Something about one host; `change` is told the revision of its own record, as it is when the word is written. */
  sayOfHost(host: HostId, change: (aliveRevision: number) => Partial<HostWish>): void {
    this.#enqueue(async () => {
      const key = storeKeys.hostWish(host)
      const stored = await this.#read(key)
      const alive = (await this.#read(storeKeys.alive(host))).get(storeKeys.alive(host))
      const wish: HostWish = {
        ...hostWishIn(stored.get(key)),
        ...change(alive?.revision ?? 0),
        ...{ by: 'operator', at: this.#clock.wall() },
      }
      return this.#write([{ key, value: JSON.stringify(wish) }], stored)
    })
  }

  move(guest: GuestId, to: HostId, how: 'live' | 'cold'): void {
    this.#enqueue(async () => {
      const key = storeKeys.guestWish(guest)
      const stored = await this.#read(key)
      const value = stored.get(key)?.value
      const old = value === undefined ? noWish : (JSON.parse(value) as GuestWish)
      const wish: GuestWish = {
        ...old,
        ...{ move: { to, how }, moveSerial: (old.moveSerial ?? 0) + 1 },
        ...{ by: 'operator', at: this.#clock.wall() },
      }
      return this.#write([{ key, value: JSON.stringify(wish) }], stored)
    })
  }

  arm(armed: boolean): void {
    this.#enqueue(async () => {
      const key = storeKeys.armed
      const stored = await this.#read(key)
      const wish: ArmedWish = { armed, by: 'operator', at: this.#clock.wall() }
      return this.#write([{ key, value: JSON.stringify(wish) }], stored)
    })
  }

  /** Applies another cluster file, made from the one in force. */
  apply(change: (spec: ClusterSpec) => ClusterSpec): void {
    this.#enqueue(async () => {
      const key = storeKeys.cluster
      const stored = await this.#read(key)
      const value = stored.get(key)?.value
      if (value === undefined) return true
      const spec = change((JSON.parse(value) as StoredCluster).spec)
      return this.#write([{ key, value: JSON.stringify(storedCluster(spec, this.#clock)) }], stored)
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

  async #read(prefix: string): Promise<ReadonlyMap<string, Entry>> {
    const { entries } = await this.#store.read(prefix)
    return new Map(entries.map((entry) => [entry.key, entry]))
  }

  async #write(put: readonly { key: string; value: string }[], stored: ReadonlyMap<string, Entry>): Promise<boolean> {
    const when = put.map(({ key }) => ({ key, revision: stored.get(key)?.revision ?? 0 }))
    const result = await this.#store.transact({ when, put, remove: [] })
    if (result.done) for (const { key, value } of put) this.confirmed.set(key, value)
    return result.done
  }
}

function hostWishIn(entry: Entry | undefined): HostWish {
  return entry === undefined ? noHostWish : (JSON.parse(entry.value) as HostWish)
}

export function storedCluster(spec: ClusterSpec, clock: Clock): StoredCluster {
  const source = { path: 'pretend.yaml', format: 'vigia' as const, text: '' }
  return { spec, source, appliedBy: 'operator', appliedAt: clock.wall() }
}
