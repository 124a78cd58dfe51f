import type { GuestOwners } from '../core/owners.ts'
import type { EventWord } from '../model/event.ts'
import type { FaultData } from '../model/fault.ts'
import type { GuestId, ServiceKey } from '../model/ids.ts'
import type { Reason } from '../model/reason.ts'
import type { ProbeOutcome } from '../ports/prober.ts'

/** What an event tells besides its word. */
export interface EventDetails {
  readonly service?: string
  readonly fault?: FaultData
  readonly because?: Reason
}

export interface KeeperHooks {
  /** Something observed has changed: publish soon. */
  readonly changed: () => void
  readonly tell: (word: EventWord, guest: GuestId, details: EventDetails) => void
  /** Each answer to a probe, for measuring. */
  readonly probed: (guest: GuestId, service: ServiceKey, outcome: ProbeOutcome) => void
  /** The hypervisor could not be asked: look at everything when it is back. */
  readonly lost: (error: unknown) => void
  /** Whom the guest's record names, as last heard; null: there is no record, or one host alone. */
  readonly owners: () => GuestOwners | null
  /** Whom the store names now. */
  readonly confirmedOwners: () => Promise<GuestOwners | null>
}
