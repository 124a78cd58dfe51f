import type { FaultData, FaultDetails } from '../../model/fault.ts'
import { nearest as nearestName } from '../../model/file/nearest.ts'
import type { GuestSpec } from '../../model/guest.ts'
import type { GuestId, HostId, WallTime } from '../../model/ids.ts'
import type { MoveCause } from '../../model/member.ts'
import type { Reason } from '../../model/reason.ts'
import type { GuestWish } from '../../model/wish.ts'
import type { GuestSight } from '../sight.ts'
import type { ApplyRefusal } from './apply-diff.ts'
import type { ClusterView } from './cluster-view.ts'

/** What a command changes in one guest's wish; absent = left as it is. */
export interface WishChange {
  readonly state?: GuestWish['state']
  /** A launch or shutdown: the serial grows, so that a guest given up is tried again. */
  readonly command?: true
  /** With a command: failures are forgotten even of a guest that is to be down. */
  readonly clears?: true
  readonly watch?: boolean
  readonly pausedByHand?: boolean
  readonly memoryMib?: number | null
  readonly ignoreDependents?: boolean
  /** Where it shall go; its serial grows. */
  readonly move?: NonNullable<GuestWish['move']>
  /** The move under way that shall come to nothing. */
  readonly moveCancel?: number
}

/** Why a guest was left out of a command that names no guests, or of what a named one needs. */
export type SkipCode = 'watch-off' | 'ignored' | 'disabled' | 'wished-stopped' | 'standby' | 'replaced'

/** What a command changes of one host. */
export interface HostChange {
  /** The boot in which its guests shall be down; null: taken back. */
  readonly downInBoot: string | null
  /** What follows. Absent: not said. */
  readonly downFor?: 'reboot' | 'power-off'
  /** Those that go down by it, in launch order; their own wishes stay as they are. */
  readonly guests: readonly GuestId[]
}

/** What a command changes in one host's wish, beside its going down; absent = left as it is. */
export interface HostWishChange {
  readonly maintenance?: boolean
  /** The oath holds for the record as it is: it is void, and not written, when the host's record has changed meanwhile. */
  readonly sworn?: { readonly aliveRevision: number }
  /** The serial of the order grows; the boot that is meant. */
  readonly fence?: { readonly bootId: string | null }
}

/** A move that a command brings about. */
export interface PlannedMove {
  readonly guest: GuestId
  readonly from: HostId | null
  readonly to: HostId
  readonly how: 'live' | 'cold'
  readonly cause: MoveCause
}

/** A guest, and why it is, or would be, as it is. */
export interface GuestReason {
  readonly guest: GuestId
  readonly because: Reason
}

/** What a command comes to. */
export interface WishPlan {
  readonly kind: 'planned'
  readonly changes: ReadonlyMap<GuestId, WishChange>
  /** Absent: none. */
  readonly hosts?: ReadonlyMap<HostId, HostChange>
  readonly hostChanges?: ReadonlyMap<HostId, HostWishChange>
  /** Whether hosts may be fenced and guests taken from them; `forMs`: only for so long. */
  readonly armed?: { readonly armed: boolean; readonly forMs: number | null }
  /** S6: the count of fenced hosts begins anew. */
  readonly resetFencing?: true
  /** Guests that go elsewhere by it. */
  readonly moves?: readonly PlannedMove[]
  /** Guests that do not, and why. */
  readonly stays?: readonly GuestReason[]
  /** Nothing to change: already so. */
  readonly already: readonly GuestId[]
  /** Those that were not named: needed by one that was, or in need of it. */
  readonly also: readonly GuestId[]
  readonly skipped: readonly { readonly guest: GuestId; readonly why: SkipCode }[]
  /** Not changed, but paused or stopped as a consequence. */
  readonly affects: readonly GuestId[]
  /** With `survivePolicy: warn`, what the cluster does not bear any more. Absent: nothing. */
  readonly risks?: readonly ApplyRefusal[]
}

export interface Refusal {
  readonly kind: 'refused'
  readonly fault: FaultData
  /** Where the fault alone does not say it: of each guest. */
  readonly reasons?: readonly GuestReason[]
}

/** Why something asked for cannot be done, where the fault's code alone does not say it. The sentences are in `src/text`. */
export type RefusalCode =
  | 'no-cluster-file'
  | 'ignored'
  | 'need-disabled'
  | 'not-running'
  | 'memory-above-maximum'
  | 'memory-too-small'
  | 'cannot-move'
  | 'cannot-empty'
  | 'cannot-unmanage'
  | 'is-standby'
  | 'host-online'
  | 'oath-without-name'
  | 'fence-limit'
  | 'disarmed'
  | 'no-proof'
  | 'autostart'
  | 'would-not-survive'
  | 'too-many-losses'
  | 'task-over'
  | 'task-under-way'

export function refusal(code: FaultData['code'], details: FaultDetails): Refusal {
  return { kind: 'refused', fault: { code, outcome: 'not-done', details } }
}

export function refusedBecause(why: RefusalCode, details: FaultDetails = {}): Refusal {
  return refusal('refused', { why, ...details })
}

export interface Selection {
  readonly kind: 'selected'
  /** In launch order. */
  readonly guests: readonly GuestSight[]
}

/** The guests that names and `@tags` stand for; no names = all of them. */
export function selectGuests(view: ClusterView, names: readonly string[]): Selection | Refusal {
  if (names.length === 0) return { kind: 'selected', guests: view.sights }
  const chosen = new Set<number>()
  for (const name of names) {
    const found = view.compiled.order.filter((guest) =>
      name.startsWith('@') ? guest.spec.tags.includes(name.slice(1)) : guest.id === name,
    )
    if (found.length === 0) return unknownGuest(view, name)
    for (const guest of found) chosen.add(guest.index)
  }
  return { kind: 'selected', guests: view.sights.filter((_, index) => chosen.has(index)) }
}

export function unknownGuest(view: ClusterView, name: string): Refusal {
  const known = name.startsWith('@')
    ? new Set(view.compiled.order.flatMap((guest) => guest.spec.tags.map((tag) => `@${tag}`)))
    : view.compiled.order.map((guest) => guest.id)
  const nearest = nearestName(name, known)
  return refusal('guest-unknown', { guest: name.slice(0, 100), ...(nearest === null ? {} : { nearest }) })
}

/** The wish after a change. */
export function changedWish(old: GuestWish, change: WishChange, by: string, at: WallTime): GuestWish {
  const { command, move, clears, ...rest } = change
  const { clears: cleared, moveCancel, ...kept } = old
  // What was said of an earlier move is over with the next.
  const cancels = moveCancel === undefined ? {} : { moveCancel }
  const moved = move === undefined ? cancels : { move, moveSerial: (old.moveSerial ?? 0) + 1 }
  // Only the newest command tells whether it clears.
  const clearing = command ? clears : cleared
  return {
    ...{ ...kept, ...moved, ...rest, ...(clearing && { clears: true }) },
    launchSerial: old.launchSerial + (command ? 1 : 0),
    ...{ by, at },
  }
}

/** The wish `running` or `stopped`, said only where the cluster file does not say it already. */
export function stateToSay(guest: GuestSpec, state: 'running' | 'stopped'): GuestWish['state'] {
  if (guest.wish === state) return null
  return state === 'stopped' && guest.wish === 'disabled' ? null : state
}

export const idsOf = (sights: readonly GuestSight[]): GuestId[] => sights.map((sight) => sight.compiled.id)
