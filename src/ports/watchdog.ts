import type { Instant } from '../model/ids.ts'

/** What was opened: `hardware` stands outside the kernel it guards, `softdog` does not (second best), `none` there is none. */
export interface WatchdogState {
  readonly kind: 'hardware' | 'softdog' | 'unknown' | 'none'
  readonly identity: string
  /** Read back from the device, never what was asked for (S14). Null: not armed. */
  readonly timeoutMs: number | null
}

/**
 * The watchdog of this host: takes its power when it is not fed in time. Called by the host's agent only.
 *
 * Feeding is a process of its own (S14), which feeds as long as it is allowed to and ends allowed time by itself: an agent that is frozen
 * or dead allows nothing more, and one that is restarted finds the watchdog armed as it left it.
 * Faults: `watchdog-absent` (no device, or it cannot be opened), `watchdog-refused` (it does not take the timeout), both `not-done`.
 */
export interface Watchdog {
  /** Opens the device with this timeout and reads it back. Armed already: answers with what is in force. Allows nothing yet. */
  arm(timeoutMs: number): Promise<WatchdogState>
  /**
   * Takes over what an earlier daemon of this boot left armed, and opens nothing: from now on this one allows. `timeoutMs` null: nothing
   * was left armed. What was allowed before goes on.
   */
  inherit(): Promise<WatchdogState>
  /** Feeding is allowed until then (this process's monotonic clock), and not a moment longer unless it is allowed anew. Never throws. */
  allow(until: Instant): void
  /** Closes it so that it takes no power. Harmless if repeated. */
  disarm(): Promise<void>
  state(): Promise<WatchdogState>
  /** Lets go of the feeding process without disarming: it goes on for as long as it was allowed to. */
  close(): Promise<void>
}
