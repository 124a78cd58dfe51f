import { nearest as nearestName } from '../../model/file/nearest.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import { noWish } from '../../model/wish.ts'
import type { HostView } from '../hosts.ts'
import type { Place } from '../placement.ts'
import type { GuestSight } from '../sight.ts'
import { runs } from '../sight.ts'
import type { ClusterView } from './cluster-view.ts'
import { type Supposed, suppose, type WideView } from './suppose.ts'
import type { GuestReason, PlannedMove, Refusal, WishChange, WishPlan } from './wish-plan.ts'
import { changedWish, refusal, refusedBecause, selectGuests } from './wish-plan.ts'

export interface MoveOrder {
  /** Names and `@tags`. */
  readonly guests: readonly string[]
  /** Null: the best place for each. */
  readonly to: string | null
  readonly cold: boolean
}

/** `migrate`: all the named guests or none; what the rules of placement would refuse is refused here, with its reason. */
export function planMigrate(view: ClusterView, order: MoveOrder): WishPlan | Refusal {
  if (!isWide(view)) return refusal('needs-several-hosts', {})
  if (order.to !== null && !view.hosts.has(order.to as HostId)) return unknownHost(view, order.to)
  const selection = selectGuests(view, order.guests)
  if (selection.kind === 'refused') return selection
  const to = order.to as HostId | null
  const already = selection.guests.filter((sight) => to !== null && ownerOf(sight) === to && !moveOf(sight))
  const movers = selection.guests.filter((sight) => !already.includes(sight))
  const stuck = movers.flatMap((sight) => reasonsToStay(sight, view.hosts))
  if (stuck.length > 0) return cannotMove(stuck)
  const goals = to === null ? bestPlaces(view, movers) : new Map(movers.map((sight) => [sight.compiled.id, to]))
  if ('kind' in goals) return goals
  return planMoves(view, goals, order.cold ? 'cold' : 'live', already.map(idOf))
}

/** Wishes that bring each guest to its goal, or why that cannot be. */
export function planMoves(
  view: WideView,
  goals: ReadonlyMap<GuestId, HostId>,
  how: 'live' | 'cold',
  already: readonly GuestId[] = [],
): WishPlan | Refusal {
  const changes = new Map<GuestId, WishChange>([...goals].map(([guest, to]) => [guest, { move: { to, how } }]))
  const supposed = suppose(view, { wishes: withChanges(view, changes) })
  const refused = [...goals].flatMap(([guest, to]) => refusedMove(guest, to, supposed))
  if (refused.length > 0) return cannotMove(refused)
  const moves = movesIn(supposed, how).filter(({ guest, cause }) => goals.has(guest) || cause === 'with-group')
  const also = moves.map(({ guest }) => guest).filter((guest) => !goals.has(guest))
  return { kind: 'planned', changes, already, also, skipped: [], affects: [], moves }
}

/** Every guest that would go elsewhere, in launch order. */
export function movesIn({ sights, places }: Supposed, how: 'live' | 'cold' = 'live'): PlannedMove[] {
  return sights.flatMap((sight): PlannedMove[] => {
    const place = places.get(idOf(sight))
    const from = ownerOf(sight)
    if (place?.kind !== 'at' || place.host === from || place.cause === null) return []
    return [{ guest: idOf(sight), from, to: place.host, how: wayOf(sight, how), cause: place.cause }]
  })
}

/** Why a guest is not moved at all now, whatever its goal: empty = it may be. */
export function reasonsToStay(sight: GuestSight, hosts: ReadonlyMap<HostId, HostView>): GuestReason[] {
  const guest = idOf(sight)
  const owner = ownerOf(sight)
  const host = owner === null ? undefined : hosts.get(owner)
  const move = moveOf(sight)
  if (sight.ownWish === 'ignored') return [{ guest, because: { code: 'wish-ignored' } }]
  if (move) return [{ guest, because: { code: 'moving', to: move.to, how: move.how, cause: move.cause } }]
  if (!sight.wish.watch) return [{ guest, because: { code: 'watch-off' } }]
  if (host === undefined || host.gone || host.standing === 'online') return []
  return [{ guest, because: { code: 'host-silent', host: host.id, lacks: host.lacks } }]
}

export function isWide(view: ClusterView): view is WideView {
  return view.hosts !== null
}

/** The host of this name, or why there is none. */
export function requireHost(view: ClusterView, name: string): HostView | Refusal {
  if (!isWide(view)) return refusal('needs-several-hosts', {})
  return view.hosts.get(name as HostId) ?? unknownHost(view, name)
}

export function unknownHost(view: WideView, name: string): Refusal {
  const nearest = nearestName(name, [...view.hosts.keys()])
  return refusal('host-unknown', { host: name.slice(0, 100), ...(nearest === null ? {} : { nearest }) })
}

export const idOf = (sight: GuestSight): GuestId => sight.compiled.id

export function ownerOf(sight: GuestSight): HostId | null {
  return sight.record?.owner ?? sight.compiled.spec.host
}

/** Elsewhere than now, as if it had failed where it is; the best of what is left. */
function bestPlaces(view: WideView, movers: readonly GuestSight[]): ReadonlyMap<GuestId, HostId> | Refusal {
  const named = new Set(movers.map(idOf))
  const { places } = suppose(view, {
    guest: (guest) =>
      named.has(guest.id) && guest.at !== null ? { ...guest, avoid: [...guest.avoid, guest.at] } : guest,
  })
  const goals = new Map<GuestId, HostId>()
  const stuck: GuestReason[] = []
  for (const sight of movers) {
    const place = places.get(idOf(sight))
    if (place?.kind === 'at' && place.host !== ownerOf(sight)) goals.set(idOf(sight), place.host)
    else stuck.push(stuckReason(sight, place, ownerOf(sight)))
  }
  return stuck.length > 0 ? cannotMove(stuck) : goals
}

/** What keeps a guest where it is: the hosts that cannot take it, or what it is doing. */
export function stuckReason(sight: GuestSight, place: Place | undefined, without: HostId | null): GuestReason {
  const guest = idOf(sight)
  if (place?.kind !== 'nowhere') return { guest, because: sight.record?.because ?? { code: 'no-host' } }
  const hosts = place.refusals.filter(({ host }) => host !== without)
  return { guest, because: hosts.length === 0 ? { code: 'no-host' } : { code: 'no-place', hosts } }
}

function refusedMove(guest: GuestId, to: HostId, { sights, places }: Supposed): GuestReason[] {
  const place = places.get(guest)
  if (place?.kind === 'at' && place.host === to) return []
  if (place?.refused !== undefined) {
    return [{ guest, because: { code: 'move-refused', to, why: place.refused.why } }]
  }
  return [stuckReason(sights.find((sight) => idOf(sight) === guest)!, place, null)]
}

function withChanges(view: WideView, changes: ReadonlyMap<GuestId, WishChange>) {
  const { wishes, wall } = view.snapshot
  const changed = [...changes].map(([guest, change]) => {
    return [guest, changedWish(wishes.get(guest) ?? noWish, change, '', wall)] as const
  })
  return new Map([...wishes, ...changed])
}

function cannotMove(reasons: readonly GuestReason[]): Refusal {
  const guests = [...new Set(reasons.map(({ guest }) => guest))]
  return { ...refusedBecause('cannot-move', { guests }), reasons }
}

function moveOf(sight: GuestSight) {
  return sight.record?.seat?.move ?? null
}

function wayOf(sight: GuestSight, how: 'live' | 'cold'): 'live' | 'cold' {
  return runs(sight.seen) && sight.compiled.spec.liveMigration ? how : 'cold'
}
