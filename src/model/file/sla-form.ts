import type { DayHours, PromisedHours } from '../promised-hours.ts'
import { defaultWarnAtMillionths, percentText, type SlaSpec, slaName } from '../sla.ts'
import { formatMs } from '../units.ts'
import { type FormMap, unless } from './form.ts'

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

export function calendarForm({ timeZone, days, holidays }: PromisedHours): FormMap {
  const hours = days.flatMap((spans, day) =>
    spans.length === 0 ? [] : [[dayNames[day], spans.map(spanText)] as const],
  )
  return {
    timeZone,
    hours: Object.fromEntries(hours),
    holidays: holidays.length === 0 ? undefined : holidays,
  }
}

function spanText({ from, until }: DayHours): string {
  return `${timeText(from)}-${timeText(until)}`
}

function timeText(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

export function slaForm(sla: SlaSpec): FormMap {
  const { of, window, promised } = sla
  return {
    for: of.kind === 'cluster' ? undefined : slaName(sla),
    target: `${percentText(sla.targetMillionths)}%`,
    window: window.kind === 'rolling' ? formatMs(window.ms) : unless(window.unit, 'month'),
    promised: promised?.name,
    together: unless(sla.together, 'all'),
    seenBy: unless(sla.seenBy, 'users'),
    planned: unless(sla.planned, 'left-out'),
    warnAt: sla.warnAtMillionths === defaultWarnAtMillionths ? undefined : `${percentText(sla.warnAtMillionths)}%`,
  }
}
