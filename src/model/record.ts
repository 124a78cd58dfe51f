import type { Assignment } from './assignment.ts'
import type { AgentLife, GuestId, HostId, Instant, WallTime } from './ids.ts'
import type { LossRecord, SeatRecord } from './member.ts'
import type { Phase } from './phase.ts'
import type { Reason } from './reason.ts'

/** What the leader remembers of one guest; stored under `record/guest/<id>`, written only by the leader in a transaction. */
export interface GuestRecord {
  readonly guest: GuestId
  /** The host it may run on (S1); null until first placed. */
  readonly owner: HostId | null
  readonly epoch: number
  readonly generation: number
  readonly phase: Phase
  readonly because: Reason
  /** Failed tries of the present start, on this host. */
  readonly tries: number
  /** Restarts in a row without a stable time between; the back-off grows with it. */
  readonly relapses: number
  /** The newest `launchSerial` acted upon. */
  readonly launchSerial: number
  readonly wanted: Assignment['wanted']
  readonly memoryMib: number | null
  /** Why it has what it has. Only of one whose memory goes by its need. */
  readonly memoryBecause?: Reason
  /** Its standby has its place, from the moment that `enteredAtWall` tells until somebody gives it back. Only of a failed guest. */
  readonly replacedBy?: GuestId
  /** Several hosts only. */
  readonly seat?: SeatRecord
  /** When this phase was entered, on the present leader's clock; set anew when a leader takes over (a timer then starts again, which only delays). */
  readonly enteredAt: Instant
  readonly enteredAtWall: WallTime
}

/** The leader's word to one agent; stored under `record/host/<id>`. An agent starts nothing before its own life is named here (S9). */
export interface HostRecord {
  readonly host: HostId
  readonly life: AgentLife
  /** The boot this host was in when last seen: a new one means that all its guests went down with it. */
  readonly bootId: string
  /** It is proven dead (S2), as long as its own record stays as it was then. */
  readonly loss?: LossRecord
}

export function assignmentOf(record: GuestRecord): Assignment | null {
  if (record.owner === null) return null
  const { guest, owner, wanted, epoch, generation, memoryMib, because, seat } = record
  const move = seat?.move ?? null
  const more = { ...(move !== null && { move }), ...(seat?.unsettled && { settle: generation }) }
  return { guest, host: owner, wanted, epoch, generation, memoryMib, because, ...more }
}
