import type { FaultData } from './fault.ts'
import type { GuestId, HostId, ServiceKey } from './ids.ts'
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
  | { readonly code: 'stop-failed'; readonly fault: FaultData }
  | { readonly code: 'not-enough-memory'; readonly neededMib: number; readonly freeMib: number; readonly host: HostId }
  | { readonly code: 'paused-by-hand'; readonly by: string }
  | { readonly code: 'paused-outside'; readonly cause: PauseCause }
  | { readonly code: 'resume-failed'; readonly fault: FaultData | null }
  | { readonly code: 'adopted' }
  | { readonly code: 'host-unseen'; readonly host: HostId }
  | { readonly code: 'no-host' }
  | { readonly code: 'hypervisor-down'; readonly host: HostId }
  | { readonly code: 'not-at-boot' }

export type ReasonCode = Reason['code']
