import type { RuleSpec } from '../model/cluster.ts'
import type { GuestId, HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { HostRefusal, MoveCause } from '../model/member.ts'
import type { Place, PlacedGuest, PlacementHost, RefusedHost } from './placed.ts'
import { type ApartRule, apartRulesOf, type Group, groupsOf, type HostRule, hostRulesOf } from './placement-groups.ts'

export type { Place, PlacedGuest, PlacementHost, RefusedHost } from './placed.ts'

/** Rank of a host that a loose rule does not list: below a listed 0. */
const unlisted = -1_000_000_000

/**
 * Where each guest shall be. Strict rules first, then loose `hosts` rules, then the fewest moves, then balance (fewer guests,
 * then the host's id). A guest that is well where it is stays. Pure; guests and hosts are taken in an order of their own, so
 * every host that decides decides the same.
 */
export function place(
  guests: readonly PlacedGuest[],
  hosts: readonly PlacementHost[],
  rules: readonly RuleSpec[],
): ReadonlyMap<GuestId, Place> {
  return new Placement(guests, hosts, rules).run()
}

class Placement {
  readonly #hosts: readonly PlacementHost[]
  readonly #hostById: ReadonlyMap<HostId, PlacementHost>
  readonly #groups: readonly Group[]
  readonly #groupOf = new Map<GuestId, Group>()
  readonly #hostRules: ReadonlyMap<GuestId, readonly HostRule[]>
  readonly #apart: ReadonlyMap<GuestId, readonly ApartRule[]>
  /** By host: who is there, or is on the way. */
  readonly #there = new Map<HostId, Set<PlacedGuest>>()
  readonly #heldMib = new Map<HostId, number>()
  readonly #places = new Map<GuestId, Place>()
  readonly #hostOf = new Map<Group, HostId>()
  readonly #settled = new Set<GuestId>()
  readonly #refused = new Map<GuestId, RefusedHost>()

  constructor(guests: readonly PlacedGuest[], hosts: readonly PlacementHost[], rules: readonly RuleSpec[]) {
    this.#hosts = [...hosts].sort((a, b) => byName(a.id, b.id))
    this.#hostById = new Map(hosts.map((host) => [host.id, host]))
    this.#hostRules = hostRulesOf(rules)
    this.#apart = apartRulesOf(rules)
    this.#groups = groupsOf(guests, rules)
    for (const group of this.#groups) for (const guest of group.guests) this.#groupOf.set(guest.id, group)
  }

  run(): ReadonlyMap<GuestId, Place> {
    const fixed = this.#groups.filter((group) => group.fixed)
    for (const group of fixed) for (const guest of group.guests) this.#stay(guest)
    // Until it is gone from where it is, nobody whom it must not meet may come there.
    for (const group of this.#groups) if (!group.fixed) this.#occupyPresent(group)
    const movers: { group: Group; cause: MoveCause }[] = []
    for (const group of this.#groups) {
      if (group.fixed) continue
      const cause = this.#reasonToMove(group)
      if (cause === null) this.#settle(group, group.guests[0]!.at!, null)
      else movers.push({ group, cause })
    }
    // Whoever has least choice first, among equals in priority: the others find room more easily.
    const order = movers
      .map((mover) => ({ ...mover, choices: this.#candidates(mover.group).length }))
      .sort((a, b) => b.group.priority - a.group.priority || a.choices - b.choices || byName(a.group.id, b.group.id))
    for (const { group, cause } of order) this.#putAsWanted(group, cause)
    for (const [guest, refused] of this.#refused) this.#places.set(guest, { ...this.#places.get(guest)!, refused })
    return this.#places
  }

  /** What a person wants goes first; where it cannot be, it is as if nothing had been said. */
  #putAsWanted(group: Group, cause: MoveCause): void {
    const refused = cause === 'operator' && this.#refuse(group)
    const left = refused ? this.#reasonToMove(group) : cause
    if (left === null) this.#settle(group, group.guests[0]!.at!, null)
    else this.#put(group, left, 0)
  }

  #refuse(group: Group): boolean {
    const wanting = group.guests.filter((guest) => guest.wants !== null && guest.wants !== guest.at)
    const refusals = wanting.flatMap((guest) => {
      const why = this.#whyNot(group, guest.wants!)
      return why === null ? [] : [[guest.id, { host: guest.wants!, why }] as const]
    })
    for (const [guest, refusal] of refusals) this.#refused.set(guest, refusal)
    if (refusals.length === 0) return false
    this.#vacate(group)
    group.guests = group.guests.map((guest) => ({ ...guest, wants: null }))
    this.#occupyPresent(group)
    return true
  }

  /** Why a group cannot or shall not stay as it is; null: it is well where it is. */
  #reasonToMove(group: Group): MoveCause | null {
    const [first] = group.guests
    const at = first!.at
    const wanting = group.guests.find((guest) => guest.wants !== null && guest.wants !== guest.at)
    if (wanting !== undefined) return 'operator'
    if (at === null) return 'first'
    const host = this.#hostById.get(at)
    if (group.guests.some((guest) => guest.at !== at)) return 'rule'
    if (host === undefined || !host.keeps) return host?.cause ?? 'host-lost'
    if (!host.accepts && group.guests.every((guest) => guest.free)) return host.cause
    if (group.guests.some((guest) => guest.avoid.includes(at))) return 'start-failed'
    if (!this.#allowed(group, at)) return 'rule'
    if (this.#hasRoomOnlyElsewhere(group, host)) return 'no-room'
    if (this.#contradictions(group).length > 0) return 'rule'
    // Of two that must not meet and both run here, the one that was looked at first stays; what is down does not come to it.
    const free = group.guests.filter((guest) => guest.free)
    if (this.#apartFrom(group, at, free).length > 0) return 'rule'
    if (this.#apartFrom(group, at).some((other) => this.#settled.has(other.id))) return 'rule'
    // It may have come here because there was no room where it would rather be.
    if (group.guests.some((guest) => guest.free && guest.memoryMib === null)) return null
    const home = homeOf(group, at)
    if (home !== null && this.#whyNot(group, home) === null) return 'home'
    return this.#isBetterElsewhere(group, at) ? 'failback' : null
  }

  /** S10: what is down and cannot start where it was need not wait there. */
  #hasRoomOnlyElsewhere(group: Group, host: PlacementHost): boolean {
    if (!group.guests.every((guest) => guest.free) || this.#memoryShort(group, host) === null) return false
    return this.#hosts.some((other) => other !== host && this.#whyNot(group, other.id) === null)
  }

  #isBetterElsewhere(group: Group, at: HostId): boolean {
    if (!group.guests.every((guest) => guest.failback)) return false
    if (!group.guests.some((guest) => this.#hostRules.has(guest.id))) return false
    const here = this.#rank(group, at)
    return this.#hosts.some((host) => this.#rank(group, host.id) > here && this.#whyNot(group, host.id) === null)
  }

  #put(group: Group, cause: MoveCause, depth: number): boolean {
    const [best] = this.#candidates(group)
    if (best !== undefined) {
      this.#settle(group, best, group.guests.some((guest) => guest.at !== best) ? cause : null)
      return true
    }
    if (depth < mostDisplacements && !hasFailed(group) && this.#makeRoom(group, cause, depth)) return true
    return this.#nowhere(group)
  }

  /** Nobody can take it as things stand: somebody who is in the way, and could be elsewhere, goes there. */
  #makeRoom(group: Group, cause: MoveCause, depth: number): boolean {
    for (const host of this.#hosts) {
      if (!this.#allowed(group, host.id) || !this.#reachable(group, host)) continue
      const inTheWay = this.#apartFrom(group, host.id)
      const others = [...new Set(inTheWay.map((guest) => this.#groupOf.get(guest.id)!))]
      if (others.length !== 1 || others[0]!.fixed || this.#hostOf.get(others[0]!) === undefined) continue
      const [other] = others
      const from = this.#hostOf.get(other!)!
      const before = other!.guests.map((guest) => this.#places.get(guest.id)!)
      this.#unsettle(other!)
      const elsewhere = this.#candidates(other!).filter((candidate) => candidate !== host.id)
      if (elsewhere[0] !== undefined) {
        this.#settle(other!, elsewhere[0], 'rule')
        if (this.#put(group, cause, depth + 1)) return true
        // What runs in the way must be gone first: this one waits, and has a place then.
        if (this.#couldComeWithout(other!, group, host.id)) return true
        this.#unsettle(other!)
      }
      this.#settle(other!, from, null)
      for (const [index, guest] of other!.guests.entries()) this.#places.set(guest.id, before[index]!)
    }
    return false
  }

  #couldComeWithout(other: Group, group: Group, host: HostId): boolean {
    const goal = this.#hostOf.get(other)!
    this.#vacate(other)
    const could = this.#whyNot(group, host) === null
    this.#settle(other, goal, 'rule')
    return could
  }

  /** It has no place: what is up stays where it is, if only because nothing better can be done. */
  #nowhere(group: Group): false {
    const refusals = this.#hosts.map((host) => ({ host: host.id, why: this.#whyNot(group, host.id) ?? tried }))
    for (const guest of group.guests) this.#places.set(guest.id, { kind: 'nowhere', refusals })
    return false
  }

  /** Hosts that can take the whole group, best first. */
  #candidates(group: Group): HostId[] {
    const wanted = group.guests.find((guest) => guest.wants !== null && guest.wants !== guest.at)?.wants ?? null
    if (wanted !== null && this.#whyNot(group, wanted) === null) return [wanted]
    const possible = this.#hosts.filter((host) => this.#whyNot(group, host.id) === null).map((host) => host.id)
    const home = homeOf(group, null)
    const keyed = possible.map((host) => ({
      host,
      rank: this.#rank(group, host),
      stays: group.guests.filter((guest) => guest.at === host && !guest.free).length,
      last: group.guests.filter((guest) => guest.at === host).length,
      home: host === home ? 1 : 0,
      load: this.#there.get(host)?.size ?? 0,
    }))
    keyed.sort(
      (a, b) =>
        b.rank - a.rank ||
        b.home - a.home ||
        b.stays - a.stays ||
        b.last - a.last ||
        a.load - b.load ||
        byName(a.host, b.host),
    )
    return keyed.map(({ host }) => host)
  }

  /** What keeps a host from taking the group, or from keeping it; null: nothing. */
  #whyNot(group: Group, host: HostId): HostRefusal | null {
    const known = this.#hostById.get(host)
    if (known === undefined) return { code: 'not-there' }
    if (!this.#reachable(group, known)) return known.refusal ?? { code: 'not-there' }
    if (!this.#allowed(group, host)) return { code: 'rule-hosts' }
    const others = this.#apartFrom(group, host)
    if (others.length > 0) {
      return { code: 'rule-apart', guests: [...new Set(others.map((guest) => guest.id))].sort(byName) }
    }
    if (group.guests.some((guest) => guest.avoid.includes(host))) return tried
    return this.#memoryShort(group, known)
  }

  #reachable(group: Group, host: PlacementHost): boolean {
    if (host.accepts) return true
    return host.keeps && group.guests.every((guest) => guest.at === host.id && !guest.free)
  }

  #memoryShort(group: Group, host: PlacementHost): HostRefusal | null {
    if (host.usableMib === null) return null
    const there = this.#there.get(host.id)
    const neededMib = group.guests.reduce((sum, guest) => sum + (there?.has(guest) ? 0 : (guest.memoryMib ?? 0)), 0)
    const freeMib = host.usableMib - (this.#heldMib.get(host.id) ?? 0)
    // What runs there already fits, whatever the arithmetic says.
    if (neededMib <= freeMib || group.guests.every((guest) => guest.at === host.id && !guest.free)) return null
    return { code: 'memory', neededMib, freeMib: Math.max(0, Math.floor(freeMib)) }
  }

  #allowed(group: Group, host: HostId): boolean {
    return group.guests.every(
      (guest) =>
        (guest.onlyAt == null || guest.onlyAt === host) &&
        (this.#hostRules.get(guest.id) ?? []).every((rule) => !rule.strict || host in rule.hosts),
    )
  }

  #rank(group: Group, host: HostId): number {
    let rank = 0
    for (const guest of group.guests) {
      for (const rule of this.#hostRules.get(guest.id) ?? []) rank += rule.hosts[host] ?? unlisted
    }
    return rank
  }

  /** Guests of other groups there, or on their way there, that a strict rule keeps apart from one of these. */
  #apartFrom(group: Group, host: HostId, ones: readonly PlacedGuest[] = group.guests): PlacedGuest[] {
    const found: PlacedGuest[] = this.#contradictions(group)
    const there = this.#there.get(host)
    if (there === undefined || there.size === 0) return found
    for (const guest of ones) {
      const rules = this.#apart.get(guest.id)
      if (rules === undefined) continue
      for (const other of there) {
        if (other === guest || group.guests.includes(other)) continue
        if (rules.some((rule) => rule.members.has(other.id))) found.push(other)
      }
    }
    return found
  }

  /** Rules that want the same guests together and apart let neither run. */
  #contradictions(group: Group): PlacedGuest[] {
    if (group.guests.length < 2) return []
    return group.guests.filter((guest) =>
      group.guests.some(
        (other) => other !== guest && this.#apart.get(guest.id)?.some((rule) => rule.members.has(other.id)),
      ),
    )
  }

  #settle(group: Group, host: HostId, cause: MoveCause | null): void {
    this.#hostOf.set(group, host)
    for (const guest of group.guests) {
      this.#settled.add(guest.id)
      this.#occupy(guest, host)
      const moved = guest.at !== host
      const led = guest.onlyAt != null || (cause === 'operator' && guest.wants === null)
      const own = led ? 'with-group' : cause
      this.#places.set(guest.id, { kind: 'at', host, cause: moved ? (own ?? 'rule') : null })
    }
    this.#occupyPresent(group)
  }

  #unsettle(group: Group): void {
    this.#hostOf.delete(group)
    for (const guest of group.guests) this.#settled.delete(guest.id)
    this.#vacate(group)
    this.#occupyPresent(group)
  }

  #vacate(group: Group): void {
    for (const [host, there] of this.#there) {
      for (const guest of group.guests) if (there.delete(guest)) this.#free(guest, host)
    }
  }

  #occupyPresent(group: Group): void {
    for (const guest of group.guests) if (!guest.free && guest.at !== null) this.#occupy(guest, guest.at)
  }

  #stay(guest: PlacedGuest): void {
    this.#settled.add(guest.id)
    if (guest.at !== null) {
      this.#occupy(guest, guest.at)
      this.#places.set(guest.id, { kind: 'at', host: guest.at, cause: null })
    }
    if (guest.alsoAt !== null) this.#occupy(guest, guest.alsoAt)
  }

  #occupy(guest: PlacedGuest, host: HostId): void {
    let there = this.#there.get(host)
    if (there === undefined) {
      there = new Set()
      this.#there.set(host, there)
    }
    if (there.has(guest)) return
    there.add(guest)
    this.#heldMib.set(host, (this.#heldMib.get(host) ?? 0) + amountAt(guest, host))
  }

  #free(guest: PlacedGuest, host: HostId): void {
    this.#heldMib.set(host, (this.#heldMib.get(host) ?? 0) - amountAt(guest, host))
  }
}

/** Elsewhere it needs what it has; where it runs it keeps the least of it. */
function amountAt(guest: PlacedGuest, host: HostId): number {
  return (guest.at === host && !guest.free ? guest.keptMib : undefined) ?? guest.memoryMib ?? 0
}

const tried: HostRefusal = { code: 'tried' }

/** It could not start where it may be: nobody who runs well is sent away so that it can try elsewhere. */
function hasFailed(group: Group): boolean {
  return group.guests.some((guest) => guest.avoid.length > 0)
}

/** Where it goes back to, other than `at`; null: nowhere. */
function homeOf(group: Group, at: HostId | null): HostId | null {
  return group.guests.find((guest) => guest.failback && guest.home !== null && guest.home !== at)?.home ?? null
}

/** How many guests may be sent elsewhere, one because of the other, so that one more finds a place. */
const mostDisplacements = 2
