import type { ClusterSpec } from '../../model/cluster.ts'
import type { GuestSpec } from '../../model/guest.ts'
import type { GuestId, ServiceKey } from '../../model/ids.ts'
import type { Observed } from './observe.ts'
import type { Timeline } from './timeline.ts'
import { combine } from './timeline.ts'

/** What answers for a need; a service of a guest, or (null) the guest. */
interface Asked {
  readonly guest: GuestId
  readonly service: ServiceKey | null
}

/**
 * As users see it: a service is down for them when a need of its guest is, at any depth. A need with `onLoss: keep` only orders launch and
 * shutdown, and does not count; one outside the cluster is watched by nobody's history. Where a guest has a standby, either answers.
 */
export class Perceived {
  readonly #guests: ReadonlyMap<GuestId, GuestSpec>
  readonly #observed: Observed
  readonly #found = new Map<string, Timeline | null>()
  readonly #neededOf = new Map<GuestId, Timeline | null>()
  readonly #needs = new Map<GuestId, readonly GuestId[]>()

  constructor(spec: Pick<ClusterSpec, 'guests'>, observed: Observed) {
    this.#guests = new Map(spec.guests.map((guest) => [guest.id, guest]))
    this.#observed = observed
  }

  /** Null: it was never observed itself. */
  of(guest: GuestId, service: ServiceKey | null): Timeline | null {
    const name = `${guest} ${service ?? ''}`
    let found = this.#found.get(name)
    if (found === undefined) {
      const own = this.#own({ guest, service })
      const needs = this.#needed(guest)
      found = own === null || needs === null ? own : combine([own, needs], 'all')
      this.#found.set(name, found)
    }
    return found
  }

  /** Guests whose failure it fails by, at any depth; by name. */
  needsOf(guest: GuestId): readonly GuestId[] {
    const known = this.#needs.get(guest)
    if (known !== undefined) return known
    const found = new Set<GuestId>()
    for (const need of this.#asked(guest)) for (const one of [need.guest, ...this.needsOf(need.guest)]) found.add(one)
    const all = [...found].sort()
    this.#needs.set(guest, all)
    return all
  }

  /** All that it needs, together. Null: nothing, or nothing that was ever observed. */
  #needed(guest: GuestId): Timeline | null {
    let needed = this.#neededOf.get(guest)
    if (needed === undefined) {
      const all = this.#asked(guest).map((need) => this.#answer(need))
      const known = all.filter((timeline) => timeline !== null)
      needed = known.length === 0 ? null : combine(known, 'all')
      this.#neededOf.set(guest, needed)
    }
    return needed
  }

  /** A service of which nothing was ever heard answers as its guest does. */
  #own({ guest, service }: Asked): Timeline | null {
    const { guests, services } = this.#observed
    const found = (service === null ? undefined : services.get(guest)?.get(service)) ?? guests.get(guest)
    return found === undefined || found.length === 0 ? null : found
  }

  /** With all that it needs in turn: the cluster file allows no cycles. */
  #answer({ guest, service }: Asked): Timeline | null {
    const standby = this.#guests.get(guest)?.standby
    const first = this.of(guest, service)
    const second = standby === undefined ? null : this.of(standby, service)
    return first === null ? second : second === null ? first : combine([first, second], 'any')
  }

  /** What it asks of other guests itself. */
  #asked(guest: GuestId): readonly Asked[] {
    return (this.#guests.get(guest)?.needs ?? []).flatMap((need) =>
      need.kind === 'guest' && need.onLoss !== 'keep' ? [{ guest: need.guest, service: need.service }] : [],
    )
  }
}
