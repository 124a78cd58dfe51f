import type { DrillResult } from '../../model/drill.ts'
import type { DrillSchedule } from '../../model/drill-settings.ts'

/** Who a scheduled drill is by. */
export function scheduleName({ name }: Pick<DrillSchedule, 'name'>): string {
  return `schedule ${name}`
}

/** A window that is open now. */
export interface OpenWindow {
  readonly schedule: DrillSchedule
  readonly fromMs: number
  readonly untilMs: number
}

/**
 * The first window that is open and in which the drill was not done yet. `opensAfter`: when the window opens next after a moment (wall clock, both);
 * null: never. A drill that was begun in its window is not begun again, also where it was stopped.
 */
export function dueWindow(
  schedules: readonly DrillSchedule[],
  results: readonly Pick<DrillResult, 'by' | 'at'>[],
  nowMs: number,
  opensAfter: (schedule: DrillSchedule, afterMs: number) => number | null,
): OpenWindow | null {
  for (const schedule of schedules) {
    // The newest opening whose window has not closed.
    let fromMs: number | null = null
    for (let at = opensAfter(schedule, nowMs - schedule.windowMs); at !== null && at <= nowMs; ) {
      fromMs = at
      at = opensAfter(schedule, at)
    }
    if (fromMs === null) continue
    const opened = fromMs
    const by = scheduleName(schedule)
    if (!results.some((one) => one.by === by && one.at >= opened))
      return { schedule, fromMs: opened, untilMs: opened + schedule.windowMs }
  }
  return null
}
