import type { HostId } from '../model/ids.ts'
import type { ArmedWatchdog } from '../model/member.ts'

/** How a member's watchdog was armed, and by whose words it may be fed while the member cannot renew: what its next process must know. */
export interface KeptArming {
  /** Another boot has armed nothing yet. */
  readonly bootId: string
  readonly leaseMs: number
  readonly armed: Omit<ArmedWatchdog, 'members'>
  /** Every list of members that its record may name (`ArmedWatchdog.members`); the last one is what it says from now on. */
  readonly lists: readonly (readonly HostId[])[]
}

/**
 * A small place on this host that outlives the daemon. It need not outlive the boot. Written by the member's own process only, one call at
 * a time. Faults: those of the file system, `not-done` or `unknown` alike.
 */
export interface ArmingMemory {
  /** Null: nothing was kept, or nothing that can be read. Never throws. */
  read(): Promise<KeptArming | null>
  /** Whole, or as it was before: after a failure it may be either. */
  keep(arming: KeptArming): Promise<void>
  /** Harmless if repeated. After a failure it may still be there. */
  forget(): Promise<void>
}
