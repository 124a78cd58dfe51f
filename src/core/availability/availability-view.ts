import type { ClusterSpec } from '../../model/cluster.ts'
import type { GuestId } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'
import { slaName } from '../../model/sla.ts'
import { type Better, betterOf } from './better.ts'
import type { Budget } from './budget.ts'
import type { Figures, Incident, Totals } from './figures.ts'
import { byMonth, monthSpans } from './months.ts'
import { promisedSpans } from './promised.ts'
import type { AvailabilityFigures, AvailabilityReport, SubjectAvailability } from './report.ts'
import { figuresIn } from './report.ts'
import { type Strip, stripOf } from './strip.ts'
import { combine, type Span, type Timeline } from './timeline.ts'

type Known = Pick<ClusterSpec, 'guests' | 'calendars'>

/** A report as a page shows it: pictures in place of timelines, and the newest failures of all in one list. */
export interface AvailabilityPicture extends Span {
  readonly cluster: string
  /** Null: all hours count. */
  readonly promised: { readonly name: string; readonly timeZone: string } | null
  /** What may be asked for. */
  readonly calendars: readonly string[]
  readonly groups: readonly string[]
  readonly subjects: readonly PicturedSubject[]
  readonly promises: readonly PicturedPromise[]
  /** Newest first. */
  readonly incidents: readonly PicturedIncident[]
  /** So many more, older ones. */
  readonly incidentsLeftOut: number
}

type ShownFigures = Omit<AvailabilityFigures, 'incidents'>

export interface PicturedSubject extends Omit<SubjectAvailability, 'own' | 'perceived' | 'timeline'> {
  readonly own: ShownFigures | null
  readonly perceived: ShownFigures | null
  readonly strip: Strip
  /** Of a time longer than a month; else empty. */
  readonly months: readonly (Span & Totals)[]
  readonly better: readonly Better[]
}

export interface PicturedIncident extends Incident {
  readonly kind: 'host' | 'guest' | 'service'
  readonly name: string
}

/** `calendar`: hours that count. */
export interface PicturedPromise
  extends Omit<Budget, 'sla' | 'window'>,
    Span,
    Pick<Budget['sla'], 'targetMillionths' | 'together' | 'seenBy' | 'planned' | 'warnAtMillionths'> {
  readonly name: string
  readonly calendar: string | null
  readonly span: Budget['sla']['window']
}

/** `timeZone`: whose months are meant where no promised hours say so. `mostIncidents`: listed at most. */
export function pictured(
  spec: Known,
  report: AvailabilityReport,
  budgets: readonly Budget[],
  { timeZone, mostIncidents }: { readonly timeZone: string; readonly mostIncidents: number },
): AvailabilityPicture {
  const { cluster, fromMs, untilMs, promised, subjects } = report
  const spans = promisedSpans(promised, report)
  const months = monthSpans(report, promised?.timeZone ?? timeZone)
  const guests = new Map(subjects.filter(({ kind }) => kind === 'guest').map((one) => [one.name as GuestId, one]))
  const downOf = (guest: GuestId): number => guests.get(guest)?.own?.downMs ?? 0
  const incidents = subjects.flatMap(({ kind, name, own }) =>
    kind === 'host' || kind === 'guest' || kind === 'service'
      ? (own?.incidents ?? []).map((one): PicturedIncident => ({ kind, name, ...one }))
      : [],
  )
  incidents.sort((a, b) => b.openedAt - a.openedAt || byName(a.name, b.name))
  return {
    ...{ cluster, fromMs, untilMs },
    promised: promised === null ? null : { name: promised.name, timeZone: promised.timeZone },
    calendars: (spec.calendars ?? []).map(({ name }) => name),
    groups: [...new Set(spec.guests.flatMap(({ tags }) => tags))].sort(byName),
    subjects: subjects.map(({ own, perceived, timeline, ...subject }) => ({
      ...subject,
      own: withoutIncidents(own),
      perceived: withoutIncidents(perceived),
      strip: own === null ? [] : stripOf(timeline, report),
      months: own === null ? [] : byMonth(timeline, spans, months),
      better: betterOf({
        ...{ own, perceived },
        needs: subject.needs.map((guest) => ({ guest, downMs: downOf(guest) })),
        without: withoutWorst(subject, spec, guests, report, spans),
      }),
    })),
    promises: budgets.map(promiseOf),
    incidents: incidents.slice(0, mostIncidents),
    incidentsLeftOut: Math.max(0, incidents.length - mostIncidents),
  }
}

function withoutIncidents(figures: AvailabilityFigures | null): ShownFigures | null {
  if (figures === null) return null
  const { incidents: _, ...rest } = figures
  return rest
}

function promiseOf({ sla, window, ...figures }: Budget): PicturedPromise {
  const { targetMillionths, together, seenBy, planned, warnAtMillionths } = sla
  return {
    ...{ name: slaName(sla), targetMillionths, together, seenBy, planned, warnAtMillionths },
    ...{ calendar: sla.promised?.name ?? null, span: sla.window, ...window, ...figures },
  }
}

/** All guests at once are as good as the worst of them lets them be. */
function withoutWorst(
  { kind, name }: Pick<SubjectAvailability, 'kind' | 'name'>,
  spec: Known,
  guests: ReadonlyMap<GuestId, SubjectAvailability>,
  report: Span,
  spans: readonly Span[],
): { readonly guest: GuestId; readonly downMs: number; readonly figures: Figures | null } | null {
  if (kind !== 'group' && kind !== 'cluster') return null
  const members = spec.guests.filter(
    ({ id, tags }) => guests.has(id) && (kind === 'cluster' || tags.includes(name.slice(1))),
  )
  const known = members.flatMap(({ id }) => {
    const subject = guests.get(id)!
    return subject.own === null ? [] : [{ id, downMs: subject.own.downMs, timeline: subject.timeline }]
  })
  if (known.length < 2) return null
  const worst = known.reduce((a, b) => (b.downMs > a.downMs ? b : a))
  const others: Timeline[] = known.filter((one) => one !== worst).map(({ timeline }) => timeline)
  return { guest: worst.id, downMs: worst.downMs, figures: figuresIn(combine(others, 'all'), report, spans) }
}
