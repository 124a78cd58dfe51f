import type { MeasuredOutcome } from '../model/drill.ts'

/** What is to be measured of a guest, from where its users are. */
export type LoadWish =
  /** `by`: one ping an interval, or one connect to a TCP port. */
  | {
      readonly kind: 'downtime'
      readonly address: string
      readonly intervalMs: number
      readonly by: { readonly kind: 'ping' } | { readonly kind: 'connect'; readonly port: number }
    }
  /** `repeats`: when it is there it is fetched again, by a new connection, until nobody wants another. */
  | {
      readonly kind: 'transfer'
      readonly address: string
      readonly port: number
      readonly path: string
      readonly repeats: boolean
    }
  | {
      readonly kind: 'load'
      readonly address: string
      readonly port: number
      readonly path: string
      readonly connections: number
      readonly requests: number
    }

/**
 * Measures a guest from a client's place. Called by one drill at a time.
 *
 * `measure` resolves when the guest has answered for the first time: what happens from then on is measured. It gives up after
 * `answerLimitMs` with `timeout` (`not-done`). Faults, all `not-done`: `not-supported` (a program is missing at the client), `peer-lost` (the
 * client's host is not reached), `refused` (the guest speaks no HTTP there).
 */
export interface LoadSource {
  measure(wish: LoadWish): Promise<Measurement>
}

export interface Measurement {
  /**
   * Resolves when it is over: a download that is there or broke, a load whose requests are all spent, and anything that was stopped. Rejects
   * with `peer-lost` when the client is gone: then nothing is known.
   */
  readonly ended: Promise<MeasuredOutcome>
  /** No download is begun any more: the one under way is the last. Harmless if repeated, and for anything else. */
  enough(): void
  /** Ends it now, with what was measured so far. A download that is not there yet counts as broken. Harmless if repeated. */
  stop(): Promise<MeasuredOutcome>
}

/** A guest that was ready a moment ago answers sooner. */
export const answerLimitMs = 20_000
