import type { FaultData } from './fault.ts'
import type { GuestId, HostId, ServiceKey } from './ids.ts'
import type { HostRefusal, MoveCause, Proof } from './member.ts'
import type { MemoryPress } from './memory-use.ts'
import type { MoveLimitDeed } from './migration.ts'
import type { PauseCause } from './observation.ts'

/** One need and why it does not count as answering. `text` as `needText` writes it. */
export interface UnmetNeed {
  readonly text: string
  readonly guest: GuestId | null
  readonly state:
    | 'not-running'
    | 'going-down'
    | 'not-answering-yet'
    | 'refused'
    | 'silent'
    | 'paused'
    | 'failed'
    | 'host-unseen'
}

/** Why a decision was taken: data; the sentence is made in `src/text`, in the reader's language. */
export type Reason =
  | { readonly code: 'wish-running' }
  | { readonly code: 'wish-stopped' }
  | { readonly code: 'wish-disabled' }
  | { readonly code: 'host-shutdown'; readonly host: HostId }
  | { readonly code: 'wish-ignored' }
  | { readonly code: 'watch-off' }
  | { readonly code: 'not-in-file' }
  | { readonly code: 'needs-answer' }
  | { readonly code: 'waiting-for-needs'; readonly needs: readonly UnmetNeed[] }
  | { readonly code: 'needs-lost'; readonly needs: readonly UnmetNeed[] }
  | { readonly code: 'need-restarted'; readonly needs: readonly string[] }
  | { readonly code: 'stopped-with-need'; readonly needs: readonly string[] }
  | { readonly code: 'waiting-for-dependents'; readonly guests: readonly GuestId[] }
  | { readonly code: 'waiting-for-services'; readonly services: readonly ServiceKey[] }
  | { readonly code: 'services-answer' }
  | { readonly code: 'runs' }
  | { readonly code: 'services-lost'; readonly services: readonly ServiceKey[]; readonly graceMs: number }
  | { readonly code: 'grace-over'; readonly services: readonly ServiceKey[]; readonly graceMs: number }
  | { readonly code: 'boot-limit'; readonly limitMs: number; readonly services: readonly ServiceKey[] }
  | { readonly code: 'start-failed'; readonly attempt: number; readonly fault: FaultData }
  | { readonly code: 'crashed'; readonly times: number }
  | { readonly code: 'powered-off-inside' }
  | { readonly code: 'back-off'; readonly waitMs: number; readonly attempt: number }
  | { readonly code: 'tries-exhausted'; readonly tries: number; readonly last: Reason }
  /** Given up, and its standby stands in for it. */
  | { readonly code: 'replaced'; readonly by: GuestId; readonly last: Reason }
  /** A standby, kept down until the guest is given up. */
  | { readonly code: 'standby'; readonly first: GuestId }
  /** A standby, in the place of the guest. */
  | { readonly code: 'stands-in'; readonly first: GuestId }
  /** A guest and its standby never run at once: this other one is not down for certain. */
  | { readonly code: 'not-beside'; readonly guest: GuestId }
  | { readonly code: 'stop-failed'; readonly fault: FaultData }
  | { readonly code: 'not-enough-memory'; readonly neededMib: number; readonly freeMib: number; readonly host: HostId }
  /** Why a guest has the memory that it has, where that goes by its need. */
  | { readonly code: 'memory-fits' }
  | {
      readonly code: 'memory-grows'
      readonly neededMib: number
      readonly press: MemoryPress | null
    }
  | { readonly code: 'memory-idle'; readonly peakMib: number; readonly forMs: number }
  /** What it does not use now went to others at once. */
  | { readonly code: 'memory-lent'; readonly to: readonly GuestId[] }
  /** Down to its least, so that these can start, or come. */
  | { readonly code: 'memory-makes-room'; readonly guests: readonly GuestId[] }
  | { readonly code: 'memory-short'; readonly neededMib: number; readonly freeMib: number; readonly host: HostId }
  /** Its balloon tells nothing, or nothing new: it is left as it is. */
  | { readonly code: 'memory-unknown' }
  | { readonly code: 'memory-by-hand'; readonly by: string }
  | { readonly code: 'paused-by-hand'; readonly by: string }
  | { readonly code: 'paused-outside'; readonly cause: PauseCause }
  | { readonly code: 'resume-failed'; readonly fault: FaultData | null }
  | { readonly code: 'adopted' }
  | { readonly code: 'host-unseen'; readonly host: HostId }
  | { readonly code: 'no-host' }
  | { readonly code: 'hypervisor-down'; readonly host: HostId }
  | { readonly code: 'not-at-boot' }
  /** S7: its host is silent and not proven dead; `lacks` says what a proof lacks. */
  | { readonly code: 'host-silent'; readonly host: HostId; readonly lacks: ProofLack }
  | { readonly code: 'host-lost'; readonly host: HostId; readonly proof: Proof['kind'] }
  | { readonly code: 'no-place'; readonly hosts: readonly { readonly host: HostId; readonly why: HostRefusal }[] }
  /** S15 */
  | { readonly code: 'cold-start'; readonly hosts: readonly HostId[] }
  /** It may run on one of these: the store is older than what they may have done since. */
  | { readonly code: 'store-restored'; readonly hosts: readonly HostId[] }
  /** S13: found on several when adopted, touched on none. */
  | { readonly code: 'runs-on-several'; readonly hosts: readonly HostId[] }
  | { readonly code: 'moving'; readonly to: HostId; readonly how: 'live' | 'cold'; readonly cause: MoveCause }
  | { readonly code: 'moved'; readonly from: HostId | null; readonly cause: MoveCause }
  | { readonly code: 'move-failed'; readonly to: HostId; readonly fault: FaultData | null }
  /** It had begun to run on over there, and the rest of its memory could not follow: it is lost, and starts anew. */
  | { readonly code: 'move-broken'; readonly to: HostId }
  /** The time limit of a move is over, and this was done about it. `refused`: the hypervisor did not take what was to be done. */
  | {
      readonly code: 'move-limit'
      readonly limitMs: number
      readonly done: MoveLimitDeed
      readonly refused?: MoveLimitDeed
    }
  /** Somebody took it back while it was under way. */
  | { readonly code: 'move-cancelled'; readonly to: HostId }
  | { readonly code: 'move-refused'; readonly to: HostId; readonly why: HostRefusal }

/** What keeps a silent host from counting as dead. */
export type ProofLack =
  | 'lease-not-over'
  | 'no-device-and-no-watchdog'
  | 'fencing'
  | 'quorum'
  | 'disarmed'
  | 'fence-limit'

export type ReasonCode = Reason['code']
