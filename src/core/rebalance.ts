import type { GuestId, HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import { type Place, type PlacedGuest, place } from './placement.ts'
import type { PlacementQuestion } from './seating.ts'

export interface Rebalancing {
  readonly moves: readonly { readonly guest: GuestId; readonly to: HostId }[]
  /** Guests of each host that takes any, before and after, by host. */
  readonly before: ReadonlyMap<HostId, number>
  readonly after: ReadonlyMap<HostId, number>
}

/** Guests placed in all tries together: each try places them all twice, and more would hold up whoever asks. */
const mostPlaced = 500_000

/**
 * The fewest moves that make the hosts as even as the rules allow, by number of guests as placement counts them. A step is the
 * shortest chain of moves from a fuller host to an emptier one (a guest of the first to the second, one of the second to the
 * third, …), so that a guest which may go to few hosts gets out of the way of one that may go anywhere. Placement itself judges
 * each step: it must refuse nothing, and must be content with what has become. Pure.
 */
export function rebalance(question: PlacementQuestion): Rebalancing {
  const search = new Search(question)
  const before = search.counts()
  while (search.step()) {
    // One chain a turn, until no chain makes the hosts more even.
  }
  return { moves: search.moves(), before, after: search.counts() }
}

class Search {
  readonly #question: PlacementQuestion
  readonly #hosts: readonly HostId[]
  #goals = new Map<GuestId, HostId>()
  #triesLeft: number

  constructor(question: PlacementQuestion) {
    this.#question = question
    this.#triesLeft = Math.ceil(mostPlaced / Math.max(1, question.guests.length))
    this.#hosts = question.hosts
      .filter((host) => host.accepts)
      .map((host) => host.id)
      .sort(byName)
  }

  counts(): ReadonlyMap<HostId, number> {
    const counts = new Map(this.#hosts.map((host) => [host, 0]))
    for (const guest of this.#question.guests) {
      const host = this.#hostOf(guest)
      if (host !== null && counts.has(host)) counts.set(host, counts.get(host)! + 1)
    }
    return counts
  }

  moves(): Rebalancing['moves'] {
    const before = new Map(this.#question.guests.map((guest) => [guest.id, guest.at]))
    return [...this.#goals]
      .filter(([guest, to]) => before.get(guest) !== to)
      .map(([guest, to]) => ({ guest, to }))
      .sort((a, b) => byName(a.guest, b.guest))
  }

  /** False: nothing makes the hosts more even. */
  step(): boolean {
    const counts = this.counts()
    const fullest = [...this.#hosts].sort((a, b) => counts.get(b)! - counts.get(a)! || byName(a, b))
    for (const from of fullest) if (this.#relieve(from, counts)) return true
    return false
  }

  /** Breadth first over hosts: the first emptier one that is reached is reached by the fewest moves. */
  #relieve(from: HostId, counts: ReadonlyMap<HostId, number>): boolean {
    const ways = new Map<HostId, ReadonlyMap<GuestId, HostId>>([[from, this.#goals]])
    const open = [from]
    for (let at = open.shift(); at !== undefined; at = open.shift()) {
      const emptiestFirst = this.#hosts
        .filter((host) => !ways.has(host))
        .sort((a, b) => counts.get(a)! - counts.get(b)! || byName(a, b))
      for (const to of emptiestFirst) {
        const way = this.#oneMove(at, to, ways.get(at)!)
        if (way === null) continue
        if (unevenness(this.#countsWith(way)) < unevenness([...counts.values()])) {
          this.#goals = new Map(way)
          return true
        }
        ways.set(to, way)
        open.push(to)
      }
    }
    return false
  }

  /** The goals with one more guest from here to there; null: none may go. */
  #oneMove(from: HostId, to: HostId, goals: ReadonlyMap<GuestId, HostId>): ReadonlyMap<GuestId, HostId> | null {
    for (const guest of this.#question.guests) {
      if (guest.fixed || guest.free || (goals.get(guest.id) ?? guest.at) !== from) continue
      const judged = this.#judged(new Map([...goals, [guest.id, to] as const]))
      if (judged !== null) return judged
    }
    return null
  }

  /** Where all are then; null: placement refuses some of it, or would undo it. */
  #judged(goals: ReadonlyMap<GuestId, HostId>): ReadonlyMap<GuestId, HostId> | null {
    if (this.#triesLeft <= 0) return null
    this.#triesLeft -= 1
    const { guests, hosts, rules } = this.#question
    const wanting = guests.map((guest) => ({ ...guest, wants: goals.get(guest.id) ?? null }))
    const places = place(wanting, hosts, rules)
    const moved = new Map<GuestId, HostId>()
    for (const guest of guests) {
      const found = places.get(guest.id)
      if (found?.refused !== undefined || !isOurs(guest, found, goals)) return null
      if (found?.kind === 'at' && found.host !== guest.at && !guest.free) moved.set(guest.id, found.host)
    }
    const there = guests.map((guest) => ({ ...guest, wants: null, home: null, at: moved.get(guest.id) ?? guest.at }))
    const again = place(there, hosts, rules)
    const isContent = there.every((guest) => guest.free || again.get(guest.id)?.kind !== 'at' || isAt(again, guest))
    return isContent ? moved : null
  }

  #countsWith(goals: ReadonlyMap<GuestId, HostId>): number[] {
    const counts = new Map(this.#hosts.map((host) => [host, 0]))
    for (const guest of this.#question.guests) {
      const host = goals.get(guest.id) ?? guest.at
      if (host !== null && counts.has(host)) counts.set(host, counts.get(host)! + 1)
    }
    return [...counts.values()]
  }

  #hostOf(guest: PlacedGuest): HostId | null {
    return this.#goals.get(guest.id) ?? guest.at
  }
}

/** It goes where it is wanted, or with its group; nobody else is sent anywhere. */
function isOurs(guest: PlacedGuest, found: Place | undefined, goals: ReadonlyMap<GuestId, HostId>): boolean {
  if (guest.free || found?.kind !== 'at' || found.host === guest.at) return true
  return goals.has(guest.id) || found.cause === 'with-group'
}

function isAt(places: ReadonlyMap<GuestId, Place>, guest: PlacedGuest): boolean {
  const found = places.get(guest.id)
  return found?.kind === 'at' && found.host === guest.at
}

/** The sum of squares: smallest where all are as even as can be. */
function unevenness(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count * count, 0)
}
