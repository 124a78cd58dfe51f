import type { Instant, WallTime } from '../model/ids.ts'
import { instant, wallTime } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Gate } from './gate.ts'
import type { Timeline } from './timeline.ts'

/** When every pretend world begins, by the wall clock: 2026-01-01T00:00:00Z. */
export const worldBeginsAtMs = 1_767_225_600_000

/**
 * Simulated time as one daemon sees it. Its monotonic clock begins with it, so that an instant of an earlier life means nothing here;
 * its wall clock is its host's, which may jump.
 */
export class DaemonClock implements Clock {
  readonly #timeline: Timeline
  readonly #gate: Gate
  readonly #wallOffsetMs: () => number
  readonly #bornAtMs: number

  constructor(timeline: Timeline, gate: Gate, wallOffsetMs: () => number) {
    this.#timeline = timeline
    this.#gate = gate
    this.#wallOffsetMs = wallOffsetMs
    this.#bornAtMs = timeline.nowMs
  }

  now(): Instant {
    return instant(this.#timeline.nowMs - this.#bornAtMs)
  }

  wall(): WallTime {
    return wallTime(worldBeginsAtMs + this.#timeline.nowMs + this.#wallOffsetMs())
  }

  after(delayMs: number, run: () => void): () => void {
    if (this.#gate.dead) return () => {}
    let cancelled = false
    // Real timers count whole milliseconds, and wait for one at least.
    const cancel = this.#timeline.after(Math.max(1, Math.ceil(delayMs)), () => {
      this.#gate.deliver(() => {
        // A frozen daemon's timer may have been cancelled by one that ran before it at the thaw.
        if (!cancelled) run()
      })
    })
    return () => {
      cancelled = true
      cancel()
    }
  }
}
