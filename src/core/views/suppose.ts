import type { GuestId, HostId } from '../../model/ids.ts'
import type { GuestWish, HostWish } from '../../model/wish.ts'
import { type HostView, hostViews } from '../hosts.ts'
import { type Place, type PlacedGuest, place } from '../placement.ts'
import { type PlacementQuestion, placementQuestion } from '../seating.ts'
import { type GuestSight, sightOf } from '../sight.ts'
import type { ClusterSnapshot } from '../snapshot.ts'
import type { ClusterView } from './cluster-view.ts'

/** A view of several hosts. */
export type WideView = ClusterView & { readonly hosts: ReadonlyMap<HostId, HostView> }

/** What is taken to be otherwise than it is; absent = as it is. */
export interface Supposition {
  readonly wishes?: ReadonlyMap<GuestId, GuestWish>
  readonly hostWishes?: ReadonlyMap<HostId, HostWish>
  /** Changes what placement is told of a guest. */
  readonly guest?: (guest: PlacedGuest) => PlacedGuest
}

export interface Supposed {
  readonly hosts: ReadonlyMap<HostId, HostView>
  readonly sights: readonly GuestSight[]
  readonly question: PlacementQuestion
  readonly places: ReadonlyMap<GuestId, Place>
}

/** Where every guest would be in the end, by the very rules that the leader decides with. Pure. */
export function suppose({ compiled, snapshot }: WideView, supposition: Supposition): Supposed {
  const { wishes = snapshot.wishes, hostWishes = snapshot.hostWishes, guest: changed } = supposition
  const supposed: ClusterSnapshot = { ...snapshot, wishes, hostWishes }
  const hosts = hostViews(compiled.spec, supposed)!
  const sights = compiled.order.map((one) => sightOf(one, supposed, hosts))
  const asked = placementQuestion(compiled, sights, hosts, supposed)
  const question = changed === undefined ? asked : { ...asked, guests: asked.guests.map(changed) }
  return { hosts, sights, question, places: place(question.guests, question.hosts, question.rules) }
}
