import type { Cause } from '../model/availability.ts'
import type { SlaWindow } from '../model/sla.ts'
import type { ReportText } from './report-text.ts'

/** Five digits, as many as tell five nines from six; rounded down, so that less than all is never 100. */
export function percent(text: ReportText, availability: number | null): string {
  if (availability === null) return '-'
  const sign = text.number(0.5).charAt(1)
  return `${String(Math.floor(availability * 1e7 + 1e-6) / 1e5).replace('.', sign)} %`
}

export function causeText(text: ReportText, cause: Cause): string {
  return text.cli(`cause-${cause}`)
}

export function windowText(text: ReportText, window: SlaWindow): string {
  return window.kind === 'rolling'
    ? text.cli('window-rolling', { duration: text.duration(window.ms) })
    : text.cli(`window-${window.unit}`)
}

/** How fast a budget burns: 1 spends it exactly. */
export function burnText(text: ReportText, rate: number | null): string {
  return rate === null ? '-' : text.number(Math.round(rate * 10) / 10)
}
