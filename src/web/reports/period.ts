/** Times that a report is asked for. `own`: from one day to another, both whole. */
export const periods = ['7d', '30d', '90d', '365d', 'this-month', 'last-month', 'own'] as const

export type Period = (typeof periods)[number]

export interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

const dayMs = 86_400_000

/** By the clocks of whoever looks. `from`, `to`: days as `2026-03-01`; null: none was chosen. */
export function spanOf(period: Period, from: string | null, to: string | null, nowMs: number): Span {
  const now = new Date(nowMs)
  const month = (ahead: number): number => new Date(now.getFullYear(), now.getMonth() + ahead, 1).getTime()
  switch (period) {
    case 'this-month':
      // In its first minute there is nothing to report of yet.
      return { fromMs: Math.min(month(0), nowMs - 60_000), untilMs: nowMs }
    case 'last-month':
      return { fromMs: month(-1), untilMs: month(0) }
    case 'own': {
      const until = dayOf(to, 1) ?? nowMs
      const begins = dayOf(from, 0) ?? until - 30 * dayMs
      return { fromMs: Math.min(begins, until - dayMs), untilMs: until }
    }
    default:
      return { fromMs: nowMs - Number.parseInt(period, 10) * dayMs, untilMs: nowMs }
  }
}

/** Midnight of that day, or so many days after it. Null: no day. */
function dayOf(text: string | null, after: number): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '')
  if (found === null) return null
  const at = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + after).getTime()
  return Number.isNaN(at) ? null : at
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
