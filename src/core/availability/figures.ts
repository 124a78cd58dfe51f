import type { Cause } from '../../model/availability.ts'
import type { Span, Stretch, Timeline } from './timeline.ts'
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
  let [upMs, downMs, plannedMs, notObservedMs] = [0, 0, 0, 0]
  for (const { fromMs, untilMs, condition } of stretches) {
    const ms = untilMs - fromMs
    if (condition === 'up') upMs += ms
    else if (condition === 'down') downMs += ms
    else if (condition === 'planned') plannedMs += ms
    else notObservedMs += ms
  }
  return { promisedMs: upMs + downMs + plannedMs + notObservedMs, upMs, downMs, plannedMs, notObservedMs }
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
  const incidents: Incident[] = []
  const isAll = promised === timeline
  let place = 0
  let openedAt = Number.NaN
  let lastDownAt = 0
  let downMs = 0
  let cause: Cause | null = null
  const close = (closedAt: number | null): void => {
    if (!isAll) downMs = promisedDown()
    if (downMs > 0) incidents.push({ openedAt, closedAt, downMs, cause: cause!, carriedOver: openedAt < firstMs })
    openedAt = Number.NaN
  }
  const promisedDown = (): number => {
    while (place < promised.length && promised[place]!.untilMs <= openedAt) place++
    let sumMs = 0
    for (let at = place; at < promised.length && promised[at]!.fromMs < lastDownAt; at++) {
      const { condition, fromMs, untilMs } = promised[at]!
      if (condition === 'down') sumMs += untilMs - fromMs
    }
    return sumMs
  }
  for (const one of timeline) {
    if (one.condition === 'down') {
      if (Number.isNaN(openedAt)) {
        openedAt = one.fromMs
        cause = one.cause
        downMs = 0
      }
      lastDownAt = one.untilMs
      downMs += one.untilMs - one.fromMs
    } else if (one.condition !== 'not-observed' && !Number.isNaN(openedAt)) close(lastDownAt)
  }
  // What was down when nobody looked any more may have been repaired since.
  if (!Number.isNaN(openedAt)) close(timeline[timeline.length - 1]?.condition === 'not-observed' ? lastDownAt : null)
  return incidents
}

function causesOf(incidents: readonly Incident[]): Figures['causes'] {
  const found = new Map<Cause, { cause: Cause; downMs: number; incidents: number }>()
  for (const { cause, downMs } of incidents) {
    const sum = found.get(cause)
    if (sum === undefined) found.set(cause, { cause, downMs, incidents: 1 })
    else {
      sum.downMs += downMs
      sum.incidents++
    }
  }
  return [...found.values()].sort((a, b) => b.downMs - a.downMs)
}

/** A work that goes on over several promised days is one. */
function plannedWorkOf(timeline: Timeline, promised: readonly Stretch[]): Figures['plannedWork'] {
  const found = new Map<Cause, { cause: Cause; plannedMs: number; times: number }>()
  let place = 0
  for (const { condition, cause, fromMs, untilMs } of timeline) {
    if (condition !== 'planned' || cause === null) continue
    while (place < promised.length && promised[place]!.untilMs <= fromMs) place++
    let plannedMs = 0
    for (let at = place; at < promised.length && promised[at]!.fromMs < untilMs; at++) {
      plannedMs += promised[at]!.untilMs - promised[at]!.fromMs
    }
    if (plannedMs === 0) continue
    const sum = found.get(cause)
    if (sum === undefined) found.set(cause, { cause, plannedMs, times: 1 })
    else {
      sum.plannedMs += plannedMs
      sum.times++
    }
  }
  return [...found.values()].sort((a, b) => b.plannedMs - a.plannedMs)
}
