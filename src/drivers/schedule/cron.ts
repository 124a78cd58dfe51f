import { Cron } from 'croner'

/** When a cron pattern is due next after a moment, both by the wall clock; null: never again. `timeZone` null: that of this host. */
export function nextDue(pattern: string, timeZone: string | null, afterMs: number): number | null {
  const cron = new Cron(pattern, { paused: true, ...(timeZone !== null && { timezone: timeZone }) })
  return cron.nextRun(new Date(afterMs))?.getTime() ?? null
}
