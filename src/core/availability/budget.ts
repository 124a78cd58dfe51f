import type { ClusterSpec } from '../../model/cluster.ts'
import type { GuestId } from '../../model/ids.ts'
import type { SlaSpec, SlaWindow } from '../../model/sla.ts'
import { allowedDownMs } from './classes.ts'
import { totalsOf } from './figures.ts'
import type { Observed } from './observe.ts'
import { Perceived } from './perceived.ts'
import { promisedSpans } from './promised.ts'
import { combine, type Span, type Timeline, within } from './timeline.ts'
import { dayMs, zonePieces } from './zone.ts'

/** How fast a budget burns is looked at over so long: an outage that goes on, and one that comes and goes. */
const burnWindowsMs = [3_600_000, 21_600_000] as const

export interface Budget {
  readonly sla: SlaSpec
  readonly window: Span
  /** Promised in the whole window, and of that until now. */
  readonly promisedMs: number
  readonly elapsedMs: number
  /** Downtime that the target allows in the whole window. */
  readonly allowedMs: number
  readonly spentMs: number
  /** Of the time until now, nobody looked. */
  readonly notObservedMs: number
  /** Less than nothing: it is broken. */
  readonly leftMs: number
  /** Spent of what is allowed, in millionths. Null: nothing is allowed. */
  readonly spentMillionths: number | null
  /** 1 = as fast as would spend the budget exactly; over the last hour and the last six. Null: nothing was promised or seen then. */
  readonly burnHour: number | null
  readonly burnSixHours: number | null
  /** At the pace of the last hour. Null: never within the window. */
  readonly exhaustedAt: number | null
  readonly state: 'kept' | 'warning' | 'broken'
}

/** How each promise of the file stands now. */
export function budgetsOf(spec: ClusterSpec, observed: Observed, nowMs: number): readonly Budget[] {
  const perceived = new Perceived(spec, observed)
  return (spec.slas ?? []).map((sla) => budgetOf(sla, slaTimeline(sla, spec, observed, perceived), nowMs))
}

/** Null: nothing was ever seen of it. */
function slaTimeline(sla: SlaSpec, spec: ClusterSpec, observed: Observed, perceived: Perceived): Timeline | null {
  const timelines = slaGuests(sla, spec)
    .map((guest) => (sla.seenBy === 'users' ? perceived.of(guest, null) : (observed.guests.get(guest) ?? null)))
    .filter((timeline) => timeline !== null && timeline.length > 0)
  return timelines.length === 0 ? null : combine(timelines as Timeline[], sla.together)
}

/** Guests that a promise is about. A standby is there for its guest's sake. */
export function slaGuests({ of }: SlaSpec, { guests }: Pick<ClusterSpec, 'guests'>): readonly GuestId[] {
  if (of.kind === 'guest') return [of.guest]
  const standbys = new Set(guests.map(({ standby }) => standby))
  const meant = guests.filter(({ id, tags }) => !standbys.has(id) && (of.kind === 'cluster' || tags.includes(of.tag)))
  return meant.filter(({ wish }) => wish === 'running').map(({ id }) => id)
}

export function budgetOf(sla: SlaSpec, timeline: Timeline | null, nowMs: number): Budget {
  const window = windowAt(sla.window, sla.promised?.timeZone ?? 'UTC', nowMs)
  const promisedMs = lengthOf(promisedSpans(sla.promised, window))
  const allowedMs = allowedDownMs(sla.targetMillionths, promisedMs)
  const past = seen(sla, timeline, { fromMs: window.fromMs, untilMs: nowMs })
  const leftMs = allowedMs - past.spentMs
  const [burnHour, burnSixHours] = burnWindowsMs.map((ms) => {
    const last = seen(sla, timeline, { fromMs: Math.max(window.fromMs, nowMs - ms), untilMs: nowMs })
    const observedMs = last.elapsedMs - last.notObservedMs
    const allowed = (1_000_000 - sla.targetMillionths) / 1_000_000
    return observedMs <= 0 || allowed === 0 ? null : last.spentMs / observedMs / allowed
  }) as [number | null, number | null]
  return {
    ...{ sla, window, promisedMs, allowedMs, ...past, leftMs },
    spentMillionths: allowedMs === 0 ? null : Math.floor((past.spentMs * 1_000_000) / allowedMs),
    ...{ burnHour, burnSixHours },
    exhaustedAt: exhaustion(leftMs, burnHour, sla, window, nowMs),
    state: stateOf(sla, allowedMs, past.spentMs),
  }
}

function stateOf({ warnAtMillionths }: SlaSpec, allowedMs: number, spentMs: number): Budget['state'] {
  if (spentMs > allowedMs) return 'broken'
  const warnsFrom = Math.floor((allowedMs * warnAtMillionths) / 1_000_000)
  return spentMs > 0 && spentMs >= warnsFrom ? 'warning' : 'kept'
}

function seen(
  sla: SlaSpec,
  timeline: Timeline | null,
  span: Span,
): { readonly elapsedMs: number; readonly spentMs: number; readonly notObservedMs: number } {
  const spans = promisedSpans(sla.promised, span)
  const elapsedMs = lengthOf(spans)
  const { upMs, downMs, plannedMs } = totalsOf(within(timeline ?? [], spans))
  const spentMs = downMs + (sla.planned === 'counted' ? plannedMs : 0)
  return { elapsedMs, spentMs, notObservedMs: elapsedMs - upMs - downMs - plannedMs }
}

/** Null where it would not come about within the window. Of promised time only: nights do not burn. */
function exhaustion(leftMs: number, burn: number | null, sla: SlaSpec, window: Span, nowMs: number): number | null {
  if (leftMs <= 0 || burn === null || burn === 0) return null
  const neededMs = leftMs / (burn * ((1_000_000 - sla.targetMillionths) / 1_000_000))
  let passedMs = 0
  for (const span of promisedSpans(sla.promised, { fromMs: nowMs, untilMs: window.untilMs })) {
    const lengthMs = span.untilMs - span.fromMs
    if (passedMs + lengthMs >= neededMs) return Math.ceil(span.fromMs + neededMs - passedMs)
    passedMs += lengthMs
  }
  return null
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0)
}

/** The window that a moment lies in, by the clocks of a zone. */
export function windowAt(window: SlaWindow, timeZone: string, nowMs: number): Span {
  if (window.kind === 'rolling') return { fromMs: nowMs - window.ms, untilMs: nowMs }
  const [piece] = zonePieces(timeZone, { fromMs: nowMs, untilMs: nowMs + 1 })
  const local = new Date(nowMs + piece!.offsetMs)
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth()]
  const today = Math.floor((nowMs + piece!.offsetMs) / dayMs)
  const bounds = {
    week: () => [(today - ((today + 3) % 7)) * dayMs, (today - ((today + 3) % 7) + 7) * dayMs],
    month: () => [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)],
    quarter: () => [Date.UTC(year, month - (month % 3), 1), Date.UTC(year, month - (month % 3) + 3, 1)],
    year: () => [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)],
  }
  const [fromMs, untilMs] = bounds[window.unit]() as [number, number]
  return { fromMs: instantOf(fromMs, timeZone), untilMs: instantOf(untilMs, timeZone) }
}

/** The first moment at which the clocks of a zone show this local time (milliseconds as if it were UTC), or one after it where it is skipped. */
export function instantOf(localMs: number, timeZone: string): number {
  for (const { fromMs, untilMs, offsetMs } of zonePieces(timeZone, {
    fromMs: localMs - 2 * dayMs,
    untilMs: localMs + 2 * dayMs,
  })) {
    if (localMs - offsetMs < untilMs) return Math.max(fromMs, localMs - offsetMs)
  }
  return localMs
}
