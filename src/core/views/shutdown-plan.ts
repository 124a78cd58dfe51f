import type { GuestId } from '../../model/ids.ts'
import type { GuestSight } from '../sight.ts'
import type { ClusterView } from './cluster-view.ts'
import { isUp, phaseKind } from './cluster-view.ts'
import { dependentsOf } from './reach.ts'
import type { Refusal, WishChange, WishPlan } from './wish-plan.ts'
import { idsOf, refusal, refusedBecause, selectGuests, stateToSay } from './wish-plan.ts'

export interface ShutdownOrder {
  /** Names and `@tags`; none = every guest. */
  readonly guests: readonly string[]
  /** Takes down the running guests that need the named ones, too. */
  readonly dependents: boolean
  /** Takes the named ones down although others need them; what becomes of those is said by their `onLoss`. */
  readonly force: boolean
}

/** `shutdown [NAME…]`: refused while running guests that stay up need what would go down. */
export function planShutdown(view: ClusterView, order: ShutdownOrder): WishPlan | Refusal {
  const selection = selectGuests(view, order.guests)
  if (selection.kind === 'refused') return selection
  const ignored = selection.guests.filter((sight) => sight.wishState === 'ignored')
  if (order.guests.length > 0 && ignored[0]) return refusedBecause('ignored', { guest: ignored[0].compiled.id })
  const chosen = new Set(selection.guests.map((sight) => sight.compiled.id))
  // A standby goes down with the guest whose place it has.
  const following = selection.guests.filter((sight) => sight.standsIn)
  const alone = following.find(({ compiled }) => !chosen.has(compiled.first!.spec.id))?.compiled
  if (alone !== undefined) return refusedBecause('is-standby', { guest: alone.id, first: alone.first!.spec.id })
  const down = selection.guests.filter((sight) => sight.wishState !== 'ignored' && !sight.standsIn)
  const left = dependentsOf(view, down).filter((sight) => isUp(sight) && sight.wishState === 'running')
  if (left.length > 0 && !order.dependents && !order.force) {
    return refusal('needs-force', { named: idsOf(down), guests: idsOf(left) })
  }
  const also = order.dependents ? left : []
  const changes = new Map<GuestId, WishChange>()
  const already: GuestId[] = idsOf(following)
  for (const sight of [...down, ...also]) {
    if (isDown(sight)) already.push(sight.compiled.id)
    else changes.set(sight.compiled.id, downChange(sight, order.force))
  }
  return {
    kind: 'planned',
    changes,
    already,
    also: idsOf(also),
    skipped: ignored.map((sight) => ({ guest: sight.compiled.id, why: 'ignored' })),
    affects: order.dependents ? [] : idsOf(left),
  }
}

function isDown(sight: GuestSight): boolean {
  const wished = sight.ownWish === 'stopped' || sight.ownWish === 'disabled'
  return wished && phaseKind(sight) === 'stopped'
}

function downChange(sight: GuestSight, force: boolean): WishChange {
  return {
    state: stateToSay(sight.compiled.spec, 'stopped'),
    command: true,
    pausedByHand: false,
    ignoreDependents: force,
  }
}
