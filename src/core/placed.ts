import type { GuestId, HostId } from '../model/ids.ts'
import type { HostRefusal, MoveCause } from '../model/member.ts'

/** A guest that shall run somewhere, as placement sees it. */
export interface PlacedGuest {
  readonly id: GuestId
  readonly priority: number
  /** Where it is, or was last, or shall be first; null: nowhere in particular. */
  readonly at: HostId | null
  /** Where it is on its way to; counts there as well. */
  readonly alsoAt: HostId | null
  /** It may not be decided about now: its host is silent, or it is on its way. */
  readonly fixed: boolean
  /** Down for certain: to start it elsewhere is no move. */
  readonly free: boolean
  /** Asked for by a person. */
  readonly wants: HostId | null
  /** Where it goes back to once that host takes guests. */
  readonly home: HostId | null
  readonly failback: boolean
  /** Null: not known before the host it is at has looked. */
  readonly memoryMib: number | null
  /** What it can be brought down to where it runs, so that another can come. Absent: all of it stays. */
  readonly keptMib?: number
  /** Where it was tried in vain. */
  readonly avoid: readonly HostId[]
  /** Nowhere else: the rest of its group is there, or on its way there. */
  readonly onlyAt?: HostId | null
  /** Nobody touches it: no strict `together` binds others to it. */
  readonly alone?: true
}

export interface PlacementHost {
  readonly id: HostId
  /** Guests may come. */
  readonly accepts: boolean
  /** Guests that are there may stay. */
  readonly keeps: boolean
  /** Why they may neither come nor stay. */
  readonly refusal: HostRefusal | null
  readonly cause: MoveCause
  /** Null: not known, nothing is refused. */
  readonly usableMib: number | null
}

export type Place = (
  | { readonly kind: 'at'; readonly host: HostId; readonly cause: MoveCause | null }
  | { readonly kind: 'nowhere'; readonly refusals: readonly RefusedHost[] }
) & {
  /** What a person asked for, and why it cannot be (S11). */
  readonly refused?: RefusedHost
}

export interface RefusedHost {
  readonly host: HostId
  readonly why: HostRefusal
}
