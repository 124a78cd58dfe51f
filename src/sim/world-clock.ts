import { instant, wallTime } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import { worldBeginsAtMs } from './clock.ts'
import type { Timeline } from './timeline.ts'

/** The world's own clock: for what outlives daemons. */
export function worldClock(timeline: Timeline): Clock {
  return {
    now: () => instant(timeline.nowMs),
    wall: () => wallTime(worldBeginsAtMs + timeline.nowMs),
    after: (delayMs, run) => timeline.after(delayMs, run),
  }
}
