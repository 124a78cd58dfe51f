import { windowAt } from './budget.ts'
import { type Totals, totalsOf } from './figures.ts'
import { type Span, type Stretch, stretch, type Timeline, within } from './timeline.ts'

/** More months than this are not shown one by one. */
const mostMonths = 120

/** The parts of a span that lie in one month each, by the clocks of a zone. Empty: it lies in a single one, or in too many. */
export function monthSpans(span: Span, timeZone: string): readonly Span[] {
  const months: Span[] = []
  for (let atMs = span.fromMs; atMs < span.untilMs; ) {
    const { untilMs } = windowAt({ kind: 'calendar', unit: 'month' }, timeZone, atMs)
    months.push({ fromMs: atMs, untilMs: Math.min(untilMs, span.untilMs) })
    if (months.length > mostMonths) return []
    atMs = untilMs
  }
  return months.length === 1 ? [] : months
}

/** Sums of each month, of its promised time. */
export function byMonth(
  timeline: Timeline,
  spans: readonly Span[],
  months: readonly Span[],
): readonly (Span & Totals)[] {
  const promised = within(timeline, spans)
  let place = 0
  return months.map((month) => {
    const parts: Stretch[] = []
    while (place < promised.length && promised[place]!.untilMs <= month.fromMs) place++
    for (let at = place; at < promised.length && promised[at]!.fromMs < month.untilMs; at++) {
      const one = promised[at]!
      const fromMs = Math.max(one.fromMs, month.fromMs)
      parts.push(stretch(fromMs, Math.min(one.untilMs, month.untilMs), one.condition, one.cause))
    }
    return { ...month, ...totalsOf(parts) }
  })
}
