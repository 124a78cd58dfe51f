import type { Instant, ServiceKey } from './ids.ts'

/**
 * Where a guest stands, as the leader sees it. Data lives on the phase that owns it.
 *
 *   stopped -> waiting -> starting -> ready <-> silent -> stopping -> waiting …
 *                          |   ^        |
 *                          v   |        v
 *                         failed      paused -> starting (resumed)
 */
export type Phase =
  /** At rest, as wished. */
  | { readonly kind: 'stopped' }
  /** Shall run and cannot yet; `because` says what for. `notBefore`: end of a back-off, on the leader's clock. */
  | { readonly kind: 'waiting'; readonly notBefore: Instant | null }
  /** Being started or resumed, until all its services answer. */
  | {
      readonly kind: 'starting'
      readonly resumed: boolean
      /** Resumed, and not ready since its start: it has the time a boot has. */
      readonly booting?: boolean
    }
  | { readonly kind: 'ready' }
  /** Runs, but own services are lost; restarted when the grace is over. */
  | { readonly kind: 'silent'; readonly services: readonly ServiceKey[] }
  | {
      readonly kind: 'paused'
      /** Paused before it was ready. */
      readonly booting?: boolean
    }
  /** Going down; `next` is what follows once it is gone. */
  | { readonly kind: 'stopping'; readonly next: 'stopped' | 'start' | 'fail' | 'held-down' }
  /** Down because a need with `onLoss: stop` was lost, or powered off from inside and left; until somebody launches it. */
  | { readonly kind: 'held-down' }
  /** Given up after its tries; left as it is until somebody launches or disables it. */
  | { readonly kind: 'failed' }
  /** Not touched at all. */
  | { readonly kind: 'ignored' }

export type PhaseKind = Phase['kind']

/** The five states people and scenario files know. */
export type GuestState = 'running' | 'stopped' | 'failed' | 'waiting' | 'paused'
