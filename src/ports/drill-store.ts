import type { DrillId, DrillResult, RunningDrill } from '../model/drill.ts'
import type { Revision } from './store.ts'

/** The drill under way, as it was read or written: what it is compared with at the next write. */
export interface HeldDrill {
  readonly drill: RunningDrill
  readonly revision: Revision
}

/** Results that are kept; the oldest make room. A result of a hundred runs takes some 40 kB. */
export const keptResults = 50

/**
 * The drills of a cluster. D1: at most one is under way: `begin` is the lock, `finish` frees it. D2: whoever holds it is the only one that acts;
 * a daemon whose `keep` or `finish` says no has been taken over, and must not touch anything more.
 *
 * Each write is durable before it is answered (S12). Faults: those of the store; after `unknown`, read `running` before acting.
 */
export interface DrillStore {
  /** Null: none is under way. */
  running(): Promise<HeldDrill | null>
  /** Null: another one is under way. */
  begin(drill: RunningDrill): Promise<HeldDrill | null>
  /** Writes how far it is, or (as another daemon) takes it over. Null: it is no longer what `held` says. */
  keep(held: HeldDrill, drill: RunningDrill): Promise<HeldDrill | null>
  /** Stores the result and frees the lock, at once. False: it is no longer what `held` says. */
  finish(held: HeldDrill, result: DrillResult): Promise<boolean>
  /** Asks whoever runs it to end it. False: it is not under way. Harmless if repeated. */
  askStop(id: DrillId, by: string): Promise<boolean>
  /** Who asked for its end; null: nobody. */
  stopAsked(id: DrillId): Promise<string | null>
  /** Newest first. */
  results(): Promise<readonly DrillResult[]>
}
