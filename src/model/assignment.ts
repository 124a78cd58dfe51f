import type { GuestId, HostId } from './ids.ts'
import type { GuestMove } from './member.ts'
import type { Reason } from './reason.ts'

/** `as-is`: the agent does nothing to the guest, whatever its state. */
export type Wanted = 'running' | 'paused' | 'stopped' | 'as-is'

/** What the leader wants of one guest. Written only by the leader, in the guest's record; obeyed only by the agent of `host`. */
export interface Assignment {
  readonly guest: GuestId
  readonly host: HostId
  readonly wanted: Wanted
  /** Ownership: grows when the guest changes hosts; an agent refuses one lower than it has seen (S1). */
  readonly epoch: number
  /** Grows with each wished start: an agent tries a generation once and reports, it never retries by itself. */
  readonly generation: number
  /** Balloon target; null: leave it. */
  readonly memoryMib: number | null
  /** S8: to be moved; both hosts are named as long as it is here. */
  readonly move?: GuestMove
  /** S7: whatever was tried up to this generation shall not come about any more. */
  readonly settle?: number
  readonly because: Reason
}
