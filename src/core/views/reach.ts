import type { GuestId } from '../../model/ids.ts'
import { guestNeeds } from '../graph.ts'
import { placesOfDependents } from '../needs.ts'
import type { GuestSight } from '../sight.ts'
import { replacedBy } from '../standby.ts'
import type { ClusterView } from './cluster-view.ts'

/** Every guest that the given ones need, at any depth, in launch order; the given ones are not among them. */
export function neededBy(view: ClusterView, given: readonly GuestSight[]): GuestSight[] {
  return closure(view, given, (sight) =>
    guestNeeds(sight.compiled.spec).flatMap((need) => placesAsked(view, need.guest)),
  )
}

/** Of a need on this guest: its place, and that of the standby that answers for it now. */
function placesAsked({ compiled, sights }: ClusterView, guest: GuestId): number[] {
  const { index } = compiled.byId.get(guest)!
  const by = replacedBy(sights[index]!)
  return by === null ? [index] : [index, compiled.byId.get(by)!.index]
}

/** Every guest that needs one of the given ones, at any depth, in launch order. `follows` limits which of them pass it on. */
export function dependentsOf(
  view: ClusterView,
  given: readonly GuestSight[],
  follows: (dependent: GuestSight, needed: GuestId) => boolean = () => true,
): GuestSight[] {
  return closure(view, given, (sight) =>
    placesOfDependents(sight).filter((index) => follows(view.sights[index]!, idAskedFor(sight))),
  )
}

/** What those say that need it: of a standby the guest whose place it has. */
function idAskedFor({ compiled, standsIn }: GuestSight): GuestId {
  return standsIn ? compiled.first!.spec.id : compiled.id
}

/** True where the dependent is paused when the needed guest goes silent. */
export function isPausedWith(dependent: GuestSight, needed: GuestId): boolean {
  return guestNeeds(dependent.compiled.spec).some((need) => need.guest === needed && need.onLoss === 'pause')
}

function closure(
  view: ClusterView,
  given: readonly GuestSight[],
  next: (sight: GuestSight) => readonly number[],
): GuestSight[] {
  const start = new Set(given.map((sight) => sight.compiled.index))
  const open = [...start]
  const found = new Set<number>()
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    for (const other of next(view.sights[index]!)) {
      if (start.has(other) || found.has(other)) continue
      found.add(other)
      open.push(other)
    }
  }
  return view.sights.filter((_, index) => found.has(index))
}
