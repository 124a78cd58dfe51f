import type { RuleSpec } from '../model/cluster.ts'
import type { GuestId, HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import { firstSeat, type MoveCause, type SeatRecord } from '../model/member.ts'
import { goesByNeed, heldMib, isShared, memoryBudget, startMib } from './capacity.ts'
import type { CompiledCluster } from './graph.ts'
import type { HostView } from './hosts.ts'
import type { AwaitsRoom } from './memory-round.ts'
import { type PlacedGuest, type PlacementHost, place, type RefusedHost } from './placement.ts'
import { type GuestSight, hasLookedForAll, isDown, runs } from './sight.ts'
import type { ClusterSnapshot } from './snapshot.ts'

/** What placement comes to for one guest in this round. */
export type Seat =
  | { readonly kind: 'stay' }
  /** It is down for certain: another host owns it from now on. */
  | { readonly kind: 'take'; readonly host: HostId; readonly cause: MoveCause }
  | { readonly kind: 'move'; readonly to: HostId; readonly how: 'live' | 'cold'; readonly cause: MoveCause }
  | { readonly kind: 'nowhere'; readonly refusals: readonly RefusedHost[] }
  /** S15: these hosts are waited for; after the store was restored, without end. */
  | { readonly kind: 'too-early'; readonly code: 'cold-start' | 'store-restored'; readonly hosts: readonly HostId[] }
  /** S13 */
  | { readonly kind: 'runs-on-several'; readonly hosts: readonly HostId[] }

export interface Seating {
  readonly seats: ReadonlyMap<GuestId, Seat>
  /** Moves asked for by a person that cannot be, and why (S11). */
  readonly refused: ReadonlyMap<GuestId, RefusedHost>
  /** Up, on a host that goes down, and nowhere else to go. */
  readonly stranded: ReadonlySet<GuestId>
  /** Would move, once others there have given back what they can do without. */
  readonly awaiting: readonly AwaitsRoom[]
  /** Have room there, and come when other moves have ended. */
  readonly keeping: readonly AwaitsRoom[]
}

/** Moves under way a host, in and out: more would only share its network and delay each other. */
const movesAtOnce = 2

/** A move by the leader that failed is tried again so much later. */
const moveAgainMs = 10_000

const stay: Seat = { kind: 'stay' }

/** What placement is asked in one round. */
export interface PlacementQuestion {
  readonly guests: readonly PlacedGuest[]
  readonly hosts: readonly PlacementHost[]
  readonly rules: readonly RuleSpec[]
  /** Guests that have their answer already. */
  readonly seats: ReadonlyMap<GuestId, Seat>
}

export function placementQuestion(
  cluster: CompiledCluster,
  sights: readonly GuestSight[],
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
  ended: ReadonlySet<GuestId> = new Set(),
): PlacementQuestion {
  const seats = new Map<GuestId, Seat>()
  const placed: PlacedGuest[] = []
  const waitedFor = notLookedYet(hosts, snapshot)
  const unknown = notLookedSinceRestored(hosts, snapshot)
  const found = whoRunsWhere(snapshot)
  for (const sight of sights) {
    if (sight.ownWish === 'ignored') {
      const one = untouched(sight, found.get(sight.compiled.id) ?? [], hosts)
      seats.set(sight.compiled.id, stay)
      if (one !== null) placed.push(one)
      continue
    }
    const settled = settledSeat(sight, found.get(sight.compiled.id) ?? [], waitedFor, unknown)
    if (settled !== null) seats.set(sight.compiled.id, settled)
    const guest = settled === null || settled.kind === 'take' ? placedGuest(sight, hosts, settled) : null
    if (guest !== null) placed.push(ended.has(guest.id) ? { ...guest, fixed: true } : guest)
  }
  return { guests: placed, hosts: placementHosts(hosts), rules: cluster.spec.rules, seats }
}

/** Where every guest shall be, one step further than it is. Pure. */
export function seating(
  cluster: CompiledCluster,
  sights: readonly GuestSight[],
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
  ended: ReadonlySet<GuestId> = new Set(),
): Seating {
  const question = placementQuestion(cluster, sights, hosts, snapshot, ended)
  const seats = new Map(question.seats)
  const placements = place(question.guests, question.hosts, question.rules)
  const refused = new Map<GuestId, RefusedHost>()
  const stranded = new Set<GuestId>()
  const limits = new MoveLimits(sights)
  const rooms = new Rooms(cluster, sights, snapshot)
  const awaiting: AwaitsRoom[] = []
  const keeping: AwaitsRoom[] = []
  for (const sight of sights) {
    const id = sight.compiled.id
    const at = placements.get(id)
    if (at?.refused !== undefined) refused.set(id, at.refused)
    if (seats.has(id) || at === undefined || ended.has(id)) continue
    const owner = ownerOf(sight)
    const host = owner === null ? undefined : hosts.get(owner)
    if (at.kind === 'nowhere') {
      seats.set(id, isFree(sight, hosts) ? at : stay)
      if (host?.goingDown && runs(sight.seen)) stranded.add(id)
    } else if (at.host === sight.record?.owner) {
      if (host?.goingDown && host.leaving === 'evacuate' && runs(sight.seen) && !isMoving(sight)) stranded.add(id)
    } else if (isFree(sight, hosts)) {
      seats.set(id, { kind: 'take', host: at.host, cause: at.cause ?? 'first' })
    } else if (rooms.lack(sight, at.host)) {
      seats.set(id, stay)
      awaiting.push({ guest: id, host: at.host, mib: heldMib(sight) })
    } else {
      const seat = moveSeat(sight, at.host, at.cause ?? 'rule', limits, snapshot)
      seats.set(id, seat)
      if (seat.kind === 'move') rooms.take(sight, at.host)
      // It comes a little later: the room that it has there is not given away meanwhile.
      else keeping.push({ guest: id, host: at.host, mib: heldMib(sight) })
    }
  }
  return { seats, refused, stranded, awaiting, keeping }
}

export function seatOf(sight: GuestSight): SeatRecord {
  return sight.record?.seat ?? firstSeat
}

function ownerOf(sight: GuestSight): HostId | null {
  return sight.record?.owner ?? sight.compiled.spec.host
}

function isMoving(sight: GuestSight): boolean {
  return seatOf(sight).move !== null
}

/** S13: a guest that nothing was decided about is taken where it runs; nothing of it is started before all have looked (S15). */
function settledSeat(
  sight: GuestSight,
  running: readonly HostId[],
  waitedFor: readonly HostId[],
  unknown: readonly HostId[],
): Seat | null {
  const { record } = sight
  const unowned = record === null || record.owner === null || record.because.code === 'runs-on-several'
  if (!unowned) return null
  if (running.length > 1) return { kind: 'runs-on-several', hosts: running }
  if (running.length === 1) return { kind: 'take', host: running[0]!, cause: 'first' }
  if (unknown.length > 0) return { kind: 'too-early', code: 'store-restored', hosts: unknown }
  if (waitedFor.length === 0 || sight.ownWish !== 'running') return null
  return { kind: 'too-early', code: 'cold-start', hosts: waitedFor }
}

/**
 * Hosts whose guests nobody knows since the store was restored. A host's record is written with the decision that takes its first whole look
 * into account, or with the proof that it is dead; restoring removes them all. One that is no member any more was sworn dead before (S2 d).
 */
export function notLookedSinceRestored(hosts: ReadonlyMap<HostId, unknown>, snapshot: ClusterSnapshot): HostId[] {
  const restored = snapshot.members?.restored ?? []
  return restored.filter((id) => hosts.has(id) && !snapshot.hostRecords.has(id)).sort(byName)
}

/** Hosts that may run something nobody knows of: not seen, or not looked through, and still waited for. */
function notLookedYet(hosts: ReadonlyMap<HostId, HostView>, snapshot: ClusterSnapshot): HostId[] {
  return [...hosts.values()]
    .filter((host) => {
      if (host.standing === 'unseen' || host.refusal?.code === 'not-seen-yet') return true
      const seen = snapshot.observations.get(host.id)
      return host.standing === 'online' && (seen === undefined || !hasLookedForAll(seen, snapshot))
    })
    .map((host) => host.id)
    .sort(byName)
}

function whoRunsWhere(snapshot: ClusterSnapshot): Map<GuestId, HostId[]> {
  const found = new Map<GuestId, HostId[]>()
  for (const [host, { observation }] of snapshot.observations) {
    for (const [guest, seen] of observation.guests) {
      if (!runs(seen)) continue
      const list = found.get(guest)
      if (list === undefined) found.set(guest, [host])
      else list.push(host)
    }
  }
  for (const list of found.values()) list.sort(byName)
  return found
}

/** Null: it needs no place now. */
function placedGuest(sight: GuestSight, hosts: ReadonlyMap<HostId, HostView>, taken: Seat | null): PlacedGuest | null {
  const { record, compiled, wish } = sight
  const seat = seatOf(sight)
  const owner = taken?.kind === 'take' ? taken.host : ownerOf(sight)
  const host = owner === null ? undefined : hosts.get(owner)
  const free = taken === null && isFree(sight, hosts)
  const asked = (wish.moveSerial ?? 0) > seat.moveSerial ? (wish.move?.to ?? null) : null
  const kind = record?.phase.kind
  const given = (kind === 'failed' || kind === 'held-down') && !sight.commanded
  if (free && (sight.ownWish !== 'running' || given) && asked === null) return null
  return {
    id: compiled.id,
    priority: compiled.spec.priority,
    at: owner,
    alsoAt: seat.move?.to ?? null,
    fixed: taken !== null || isFixed(sight, host, free),
    free,
    wants: asked,
    home: seat.home,
    failback: compiled.spec.failback,
    // Of one that is nobody's yet nothing can have been seen; it is no reason to stay anywhere.
    memoryMib: amountOf(sight) ?? (record?.owner == null ? 0 : null),
    ...keptOf(sight, free),
    avoid: sight.commanded ? [] : seat.triedHosts,
  }
}

/** Nobody moves it, and it moves nobody; but others keep apart from where it runs, or may run, and do without its memory. Null: it runs nowhere. */
function untouched(
  sight: GuestSight,
  running: readonly HostId[],
  hosts: ReadonlyMap<HostId, HostView>,
): PlacedGuest | null {
  const owner = sight.record?.owner ?? null
  const perhaps = owner !== null && sight.seen.run === 'unknown' ? [owner] : []
  const [at, alsoAt = null] = [...new Set([...running, ...perhaps])].filter((host) => !hosts.get(host)?.gone)
  if (at === undefined) return null
  return {
    ...{ id: sight.compiled.id, priority: sight.compiled.spec.priority, at, alsoAt, fixed: true, free: false },
    ...{ wants: null, home: null, failback: false, memoryMib: amountOf(sight), avoid: [], alone: true },
  }
}

/** What goes by need moves with what it has. */
function amountOf(sight: GuestSight): number | null {
  const startsWith = startMib(sight)
  if (!goesByNeed(sight) || !runs(sight.seen)) return startsWith
  return Math.max(startsWith ?? 0, heldMib(sight))
}

function keptOf(sight: GuestSight, free: boolean): { keptMib?: number } {
  const { minMib } = sight.compiled.spec.memory
  const kind = sight.record?.phase.kind
  const givesBack = (kind === 'ready' || kind === 'silent') && !isMoving(sight) && isShared(sight)
  return minMib === undefined || free || !givesBack ? {} : { keptMib: minMib }
}

/** It stays where it is in this round, whatever would be better. */
function isFixed(sight: GuestSight, host: HostView | undefined, free: boolean): boolean {
  if (isMoving(sight) || host?.frozen) return true
  // Nobody's yet: it waits for no host, and where it is only meant to be gives it no place there.
  if (free && sight.record?.owner == null) return false
  if (free) return host !== undefined && !host.gone && waitsForHost(host)
  if (!runs(sight.seen)) return true
  const kind = sight.record?.phase.kind
  if (kind === 'stopping' || kind === 'ignored' || kind === 'failed') return true
  return sight.wishState !== 'running' || !sight.wish.watch
}

/** A host that was there a moment ago, or that is still waited for, may take its guests up again. */
function waitsForHost(host: HostView): boolean {
  if (host.leaving !== 'no') return false
  return host.standing === 'unseen' || host.standing === 'silent' || (host.standing === 'online' && !host.accepts)
}

/** S2 (e), (f) or proven: it runs nowhere, and may be started anywhere. */
export function isFree(sight: GuestSight, hosts: ReadonlyMap<HostId, HostView>): boolean {
  const { record } = sight
  if (record === null || record.owner === null) return true
  if (seatOf(sight).move !== null) return false
  if (hosts.get(record.owner)?.gone) return true
  return seatOf(sight).released && (isDown(sight.seen) || sight.seen.run === 'unknown')
}

function moveSeat(
  sight: GuestSight,
  to: HostId,
  cause: MoveCause,
  limits: MoveLimits,
  snapshot: ClusterSnapshot,
): Seat {
  const { moveFailedAt } = seatOf(sight)
  if (cause !== 'operator' && moveFailedAt !== null && snapshot.now - moveFailedAt < moveAgainMs) return stay
  if (!limits.take(ownerOf(sight)!, to)) return stay
  const asked = cause === 'operator' ? sight.wish.move?.how : undefined
  return { kind: 'move', to, how: sight.compiled.spec.liveMigration ? (asked ?? 'live') : 'cold', cause }
}

function placementHosts(hosts: ReadonlyMap<HostId, HostView>): PlacementHost[] {
  return [...hosts.values()].map(({ id, accepts, keeps, refusal, cause, usableMib }) => ({
    ...{ id, accepts, keeps, refusal, cause, usableMib },
  }))
}

/** Counts the moves under way, and those begun in this round. */
class MoveLimits {
  readonly #moves = new Map<HostId, number>()

  constructor(sights: readonly GuestSight[]) {
    for (const sight of sights) {
      const { move } = seatOf(sight)
      if (move !== null) this.#count(sight.record!.owner!, move.to)
    }
  }

  take(from: HostId, to: HostId): boolean {
    if ((this.#moves.get(from) ?? 0) >= movesAtOnce || (this.#moves.get(to) ?? 0) >= movesAtOnce) return false
    this.#count(from, to)
    return true
  }

  #count(from: HostId, to: HostId): void {
    this.#moves.set(from, (this.#moves.get(from) ?? 0) + 1)
    this.#moves.set(to, (this.#moves.get(to) ?? 0) + 1)
  }
}

/**
 * What hosts can give at this very moment. Placement reckons with the least that guests can be brought down to; where memory goes by need,
 * a guest comes only when they have been.
 */
class Rooms {
  readonly #cluster: CompiledCluster
  readonly #sights: readonly GuestSight[]
  readonly #snapshot: ClusterSnapshot
  readonly #byNeed: boolean
  readonly #freeMib = new Map<HostId, number | null>()

  constructor(cluster: CompiledCluster, sights: readonly GuestSight[], snapshot: ClusterSnapshot) {
    this.#cluster = cluster
    this.#sights = sights
    this.#snapshot = snapshot
    this.#byNeed = sights.some(goesByNeed)
  }

  lack(sight: GuestSight, host: HostId): boolean {
    const freeMib = this.#free(host)
    const concerned = goesByNeed(sight) || this.#sights.some((one) => goesByNeed(one) && ownerOf(one) === host)
    return freeMib !== null && concerned && runs(sight.seen) && heldMib(sight) > freeMib
  }

  take(sight: GuestSight, host: HostId): void {
    const freeMib = this.#free(host)
    if (freeMib !== null) this.#freeMib.set(host, freeMib - heldMib(sight))
  }

  /** Null: not known, or nothing there goes by need. */
  #free(host: HostId): number | null {
    const known = this.#freeMib.get(host)
    if (known !== undefined) return known
    const seen = this.#byNeed ? this.#snapshot.observations.get(host) : undefined
    const freeMib =
      seen === undefined ? null : memoryBudget(this.#cluster.spec, host, seen.observation, this.#sights).freeMib
    this.#freeMib.set(host, freeMib)
    return freeMib
  }
}
