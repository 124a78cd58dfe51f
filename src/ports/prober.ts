import type { FaultData } from '../model/fault.ts'
import type { Instant } from '../model/ids.ts'
import type { ProbeSpec, Protocol } from '../model/service.ts'

export interface ProbeTarget {
  readonly address: string
  readonly port: number | null
  readonly protocol: Protocol | null
  readonly probe: ProbeSpec
  /** The domain's name, for probes through the guest agent. */
  readonly domain: string | null
}

/**
 * What one question brought.
 * `void`: our own event loop was late, so nothing can be said; ask again.
 * `impossible`: the probe cannot be made (a command that does not exist); says nothing of the service.
 */
export type ProbeOutcome =
  | { readonly kind: 'answered'; readonly latencyMs: number }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'silent'; readonly detail: string }
  | { readonly kind: 'void' }
  | { readonly kind: 'impossible'; readonly fault: FaultData }

/** Asks services. Never throws; never leaves a socket behind. At most a bounded number of questions is under way at once; the rest wait. */
export interface Prober {
  /** One question, answered within `timeoutMs` of being sent. */
  ask(target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome>
  /**
   * Tries in short overlapping attempts (each 50 ms or less apart, a new socket each time) until the service answers;
   * then calls `answered` once, with the instant of the answer. For services that are waited for. Returns a cancel, harmless to repeat.
   */
  untilAnswered(target: ProbeTarget, answered: (at: Instant) => void): () => void
  close(): Promise<void>
}
