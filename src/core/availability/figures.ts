import type { Cause, Span, Stretch, Timeline } from './timeline.ts'
import { within } from './timeline.ts'

/** One failure. */
export interface Incident {
  readonly openedAt: number
  /** When it was up again, or was taken down on purpose, or was last seen down before nobody looked. Null: it goes on. */
  readonly closedAt: number | null
  /** Of the promised time, seen down. */
  readonly downMs: number
  /** Of its first moment. */
  readonly cause: Cause
  /** It had begun before the span. */
  readonly carriedOver: boolean
}

/** Sums over the promised part of a span, in milliseconds; whole numbers, so that they add up exactly. */
export interface Totals {
  readonly promisedMs: number
  readonly upMs: number
  readonly downMs: number
  readonly plannedMs: number
  readonly notObservedMs: number
}

export interface Figures extends Totals {
  /** up / (up + down): what was seen, planned work left out. Null: nothing was seen. */
  readonly availability: number | null
  /** up / (up + down + planned). */
  readonly withPlanned: number | null
  /** -log10(1 - availability), two digits, rounded down. Null: no downtime was seen, or nothing at all. */
  readonly nines: number | null
  /** Incidents that began within the span. */
  readonly failures: number
  /** Mean time between the openings of consecutive incidents. Null: fewer than two. */
  readonly mtbfMs: number | null
  /** Mean uptime to a failure: up / failures. Null: none. */
  readonly mttfMs: number | null
  /** Mean downtime of incidents that have ended. Null: none has. */
  readonly mttrMs: number | null
  /** As the documents reckon: MTBF / (MTBF + MTTR). Null where one of them is. */
  readonly byTickets: number | null
  /** Promised downtime by cause, largest first. */
  readonly causes: readonly { readonly cause: Cause; readonly downMs: number; readonly incidents: number }[]
  readonly plannedWork: readonly { readonly cause: Cause; readonly plannedMs: number; readonly times: number }[]
}

/**
 * Figures of one subject. `spans`: the promised time from `fromMs` on; what lies outside of it counts nowhere. The timeline may begin
 * earlier: what was down already is no failure of this time, its downtime counts.
 */
export function figuresOf(
  timeline: Timeline,
  fromMs: number,
  spans: readonly Span[],
): Figures & { readonly incidents: readonly Incident[] } {
  const promised = within(timeline, spans)
  const totals = totalsOf(promised)
  const incidents = incidentsOf(timeline, promised, fromMs)
  const opened = incidents.filter(({ carriedOver }) => !carriedOver)
  const ended = incidents.filter(({ closedAt }) => closedAt !== null)
  const mtbfMs = opened.length < 2 ? null : (opened.at(-1)!.openedAt - opened[0]!.openedAt) / (opened.length - 1)
  const mttrMs = ended.length === 0 ? null : sum(ended.map(({ downMs }) => downMs)) / ended.length
  const { upMs, downMs, plannedMs } = totals
  return {
    ...totals,
    availability: ratio(upMs, upMs + downMs),
    withPlanned: ratio(upMs, upMs + downMs + plannedMs),
    nines: ninesOf(upMs, downMs),
    failures: opened.length,
    mtbfMs,
    mttfMs: opened.length === 0 ? null : upMs / opened.length,
    mttrMs,
    byTickets: mtbfMs === null || mttrMs === null ? null : ratio(mtbfMs, mtbfMs + mttrMs),
    causes: causesOf(incidents),
    plannedWork: plannedWorkOf(timeline, promised),
    incidents,
  }
}

export function totalsOf(stretches: readonly Stretch[]): Totals {
  const totals = { up: 0, down: 0, planned: 0, 'not-observed': 0 }
  for (const { fromMs, untilMs, condition } of stretches) totals[condition] += untilMs - fromMs
  const { up, down, planned } = totals
  const notObservedMs = totals['not-observed']
  return { promisedMs: up + down + planned + notObservedMs, upMs: up, downMs: down, plannedMs: planned, notObservedMs }
}

export function ninesOf(upMs: number, downMs: number): number | null {
  if (downMs === 0) return null
  // The tiny addend keeps 0.999 at three nines: the logarithm of a ratio that is exact in tenths is not.
  return Math.floor(-Math.log10(downMs / (upMs + downMs)) * 100 + 1e-9) / 100
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

/**
 * A failure lasts from its first moment down until it is seen up or taken down on purpose. Nobody looking in between does not end it,
 * where it is down afterwards; that time counts nowhere. One that touches no promised time is none.
 */
function incidentsOf(timeline: Timeline, promised: readonly Stretch[], firstMs: number): readonly Incident[] {
  const raw = rawIncidents(timeline)
  const incidents: Incident[] = []
  let place = 0
  for (const { openedAt, lastDownAt, closedAt, cause } of raw) {
    while (place < promised.length && promised[place]!.untilMs <= openedAt) place++
    let downMs = 0
    for (let at = place; at < promised.length && promised[at]!.fromMs < lastDownAt; at++) {
      const { condition, fromMs, untilMs } = promised[at]!
      if (condition === 'down') downMs += untilMs - fromMs
    }
    if (downMs > 0) incidents.push({ openedAt, closedAt, downMs, cause, carriedOver: openedAt < firstMs })
  }
  return incidents
}

interface RawIncident {
  openedAt: number
  lastDownAt: number
  closedAt: number | null
  cause: Cause
}

function rawIncidents(timeline: Timeline): readonly RawIncident[] {
  const found: RawIncident[] = []
  let open: RawIncident | null = null
  for (const { fromMs, untilMs, condition, cause } of timeline) {
    if (condition === 'down') {
      if (open === null) {
        open = { openedAt: fromMs, lastDownAt: untilMs, closedAt: null, cause: cause! }
        found.push(open)
      }
      open.lastDownAt = untilMs
    } else if (open !== null && condition !== 'not-observed') {
      open.closedAt = open.lastDownAt
      open = null
    }
  }
  const last = timeline.at(-1)
  // What was down when nobody looked any more may have been repaired since.
  if (open !== null && last?.condition === 'not-observed') open.closedAt = open.lastDownAt
  return found
}

function causesOf(incidents: readonly Incident[]): Figures['causes'] {
  const found = new Map<Cause, { downMs: number; incidents: number }>()
  for (const { cause, downMs } of incidents) {
    const before = found.get(cause) ?? { downMs: 0, incidents: 0 }
    found.set(cause, { downMs: before.downMs + downMs, incidents: before.incidents + 1 })
  }
  return [...found].map(([cause, one]) => ({ cause, ...one })).sort((a, b) => b.downMs - a.downMs)
}

/** A work that goes on over several promised days is one. */
function plannedWorkOf(timeline: Timeline, promised: readonly Stretch[]): Figures['plannedWork'] {
  const found = new Map<Cause, { plannedMs: number; times: number }>()
  let place = 0
  for (const { condition, cause, fromMs, untilMs } of timeline) {
    if (condition !== 'planned' || cause === null) continue
    while (place < promised.length && promised[place]!.untilMs <= fromMs) place++
    let plannedMs = 0
    for (let at = place; at < promised.length && promised[at]!.fromMs < untilMs; at++) {
      plannedMs += promised[at]!.untilMs - promised[at]!.fromMs
    }
    if (plannedMs === 0) continue
    const before = found.get(cause) ?? { plannedMs: 0, times: 0 }
    found.set(cause, { plannedMs: before.plannedMs + plannedMs, times: before.times + 1 })
  }
  return [...found].map(([cause, one]) => ({ cause, ...one })).sort((a, b) => b.plannedMs - a.plannedMs)
}
