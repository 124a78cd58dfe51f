import type { PromisedHours } from '../../model/promised-hours.ts'
import type { Span } from './timeline.ts'
import { dayMs, zonePieces } from './zone.ts'

const minuteMs = 60_000

/**
 * The promised time within a span, as the clocks on the wall of that zone show it: an hour that is passed twice counts twice, one that is
 * skipped not at all. Exact to the millisecond, leap days included. Null hours: always.
 */
export function promisedSpans(hours: PromisedHours | null, span: Span): readonly Span[] {
  if (hours === null) return span.fromMs < span.untilMs ? [span] : []
  const holidays = new Set(hours.holidays)
  const spans: Span[] = []
  for (const { fromMs, untilMs, offsetMs } of zonePieces(hours.timeZone, span)) {
    const lastDay = Math.floor((untilMs + offsetMs - 1) / dayMs)
    for (let day = Math.floor((fromMs + offsetMs) / dayMs); day <= lastDay; day++) {
      const date = dateOf(day)
      if (holidays.has(date) || holidays.has(date.slice(5))) continue
      for (const { from, until } of hours.days[weekdayOf(day)] ?? []) {
        const begins = day * dayMs - offsetMs
        add(spans, Math.max(fromMs, begins + from * minuteMs), Math.min(untilMs, begins + until * minuteMs))
      }
    }
  }
  return spans
}

function add(spans: Span[], fromMs: number, untilMs: number): void {
  if (fromMs >= untilMs) return
  const last = spans.at(-1)
  if (last?.untilMs === fromMs) spans[spans.length - 1] = { fromMs: last.fromMs, untilMs }
  else spans.push({ fromMs, untilMs })
}

/** 0 = Sunday. Days since 1970-01-01, a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

/** `2028-02-29`, of days since 1970. */
export function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}
