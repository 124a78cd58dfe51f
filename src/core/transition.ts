import type { Wanted } from '../model/assignment.ts'
import type { GuestPolicy } from '../model/guest.ts'
import type { HostId, Instant } from '../model/ids.ts'
import type { Phase } from '../model/phase.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import type { MemoryBudget } from './capacity.ts'
import type { HostView } from './hosts.ts'
import type { NeedsView } from './needs.ts'
import type { Seat } from './seating.ts'
import type { GuestSight } from './sight.ts'

/** Everything one guest's next phase is decided from. */
export interface GuestRound {
  readonly sight: GuestSight
  readonly needs: NeedsView
  readonly host: HostId | null
  readonly policy: GuestPolicy
  readonly now: Instant
  /** Several hosts: since when what its host sees has reached the leader without a break. Null: it always does. */
  readonly heardSince: Instant | null
  readonly budget: MemoryBudget
  /** Null: nobody that needs it is up. */
  readonly dependentsUp: readonly GuestSight['compiled']['id'][]
  /** The host was booted anew since it was last seen. */
  readonly rebooted: boolean
  /** This very decision names a new life of the host's agent: it has tried nothing, and what an earlier one was told is void. */
  readonly newLife: boolean
  /** Several hosts: the owner, and what placement came to. Null: there is one host. */
  readonly place: GuestPlace | null
  /** Of a guest its standby, of a standby its guest. Null: it has none and is none. */
  readonly counterpart: Counterpart | null
}

/** Another guest of the same round. */
export interface Counterpart {
  readonly sight: GuestSight
  /** As decided in this round, where it comes earlier in it; else as it was before. */
  readonly record: GuestRecord | null
}

export interface GuestPlace {
  readonly host: HostView | null
  readonly seat: Seat
  /** It may still be tried on another host. */
  readonly mayLeave: boolean
  readonly hosts: ReadonlyMap<HostId, HostView>
}

/** What a guest shall be next. `null` from a decision = stay as you are. */
export interface Next {
  readonly phase: Phase
  readonly because: Reason
  readonly wanted: Wanted
  /** A new try to start: the record's generation grows by one. */
  readonly newGeneration?: boolean
  readonly tries?: number
  readonly relapses?: number
  /** The command behind this is acted upon. */
  readonly commandTaken?: boolean
  /** Tried here for good: another host is next. */
  readonly leaveHost?: boolean
  /** No other host can take it: it is tried here once more. */
  readonly tryAgainHere?: boolean
  /** Its standby takes its place by this. */
  readonly replacedBy?: GuestSight['compiled']['id']
  /** The timer of the phase starts anew although its kind stays. */
  readonly again?: boolean
}

export function kindOf(round: GuestRound): Phase['kind'] | 'none' {
  return round.sight.record?.phase.kind ?? 'none'
}

/**
 * For how long a phase has been seen to last. S7: while the store was gone, or the host cut off from it, its guests may have become
 * ready, and what was seen last is no reason to restart them now.
 */
export function seenForMs(round: GuestRound): number {
  const { record } = round.sight
  return record === null ? 0 : round.now - seenFrom(record, round)
}

/** The instant that the limits of a phase are counted from. */
export function seenFrom(record: GuestRecord, { heardSince }: Pick<GuestRound, 'heardSince'>): number {
  return heardSince === null ? record.enteredAt : Math.max(record.enteredAt, heardSince)
}

/** How long this phase has lasted on this leader's clock. */
export function elapsedMs(record: GuestRecord | null, now: Instant): number {
  return record === null ? 0 : now - record.enteredAt
}

/** Wait before the next restart in a row: none before the first, then doubling up to the limit. */
export function backOffMs(policy: GuestPolicy, inARow: number): number {
  if (inARow <= 1) return 0
  return Math.min(policy.backoffMaxMs, policy.backoffInitialMs * 2 ** Math.min(inARow - 2, 20))
}

export const stay = null
