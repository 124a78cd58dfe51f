import type { WallTime } from '../model/ids.ts'
import type { Sample, Subject, TierPlace } from '../model/metric.ts'

/**
 * Figures of this host over time, in bounded space. 10 s for an hour, 1 min for a day, 1 h for two years; each coarser step is the mean of what the finer
 * knew. What was not measured is not there, whatever the reason: a daemon that was down, a clock that jumped, a disk that was full.
 */
export interface Metrics {
  /**
   * Takes the figures of the step that `at` lies in; several for one step: the last counts. Returns at once, never throws: what cannot be written is
   * lost, and the next is tried. Up to a minute of it is lost in a crash.
   */
  record(at: WallTime, samples: readonly Sample[]): void
  /**
   * Codes (`model/figure-code`) of a subject at these steps of a tier, `count * series` of them, step by step. At most 8760 steps. Faults as of the store;
   * a subject that is not known is a stretch of nothing.
   */
  read(subject: Subject, tier: TierPlace, from: number, count: number): Promise<Uint16Array>
  close(): Promise<void>
}
