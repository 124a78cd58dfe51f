import type { GuestId, HostId, WallTime } from './ids.ts'
import type { Proof } from './member.ts'
import type { Reason } from './reason.ts'

/** What the administrator's own program is told of. */
export type HookEvent =
  /** A host is proven dead, however: its power was taken, or read off, or its watchdog fired, or somebody swore it. */
  | { readonly event: 'fence'; readonly host: HostId; readonly proof: Proof['kind'] }
  /** A guest of a dead host is another host's now. */
  | { readonly event: 'failover'; readonly guest: GuestId; readonly from: HostId; readonly host: HostId }
  /** A guest waits for a host: its own is silent, or none can take it. */
  | { readonly event: 'waiting'; readonly guest: GuestId; readonly host: HostId | null; readonly because: Reason }

/** One call of the program. */
export type HookCall = HookEvent & {
  /** The same in each repetition of this call, and in no other. */
  readonly id: string
  readonly at: WallTime
}

/** What the leader has told of, and what it still has to. Stored under `record/hook`, so that the next leader carries on. */
export interface HookRecord {
  /** Ids of what was told and is still so: told once. */
  readonly told: readonly string[]
  /** In order; the first is under way. */
  readonly pending: readonly HookCall[]
}
