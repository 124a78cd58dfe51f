import type { ClassName } from '../../model/availability.ts'
import type { ClusterSpec } from '../../model/cluster.ts'
import type { StoredEvent } from '../../model/event.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'
import type { PromisedHours } from '../../model/promised-hours.ts'
import { classesOf2009, classesOf2016, classOf } from './classes.ts'
import { type Figures, figuresOf, type Incident } from './figures.ts'
import { type Observed, observe } from './observe.ts'
import { Perceived } from './perceived.ts'
import { promisedSpans } from './promised.ts'
import { combine, type Span, stretch, type Timeline } from './timeline.ts'

/** Figures of one subject, as they are shown and written out. */
export interface AvailabilityFigures extends Figures {
  readonly class2009: ClassName | null
  readonly class2016: ClassName | null
  readonly incidents: readonly Incident[]
}

export interface SubjectAvailability {
  readonly kind: 'cluster' | 'group' | 'host' | 'guest' | 'service'
  /** `web`, `web:80/tcp`, `@shop`; of the cluster its name. */
  readonly name: string
  /** Null: the history says nothing of it in this time. */
  readonly own: AvailabilityFigures | null
  /** Of guests and services: down for their users when a need is. Null: as `own`, it needs nothing. */
  readonly perceived: AvailabilityFigures | null
  /** Of groups and the cluster: `own` is all guests at once; this is up / (up + down) over the guest-hours of all. */
  readonly mean: number | null
  readonly needs: readonly GuestId[]
  /** For a picture; of the whole span. */
  readonly timeline: Timeline
}

export interface AvailabilityReport extends Span {
  readonly cluster: string
  readonly promised: PromisedHours | null
  readonly subjects: readonly SubjectAvailability[]
}

export interface AvailabilityWish extends Span {
  /** Null: always. */
  readonly promised: PromisedHours | null
  /** Only these guests, and what is made of them. Null: all. */
  readonly guests: readonly GuestId[] | null
}

/**
 * The whole report of a time, from the history of the cluster as its file is now. `events`: all that the history has from its beginning
 * until then, in any order: what was up when the time began is only known from what was said before. `observed`: they were read already.
 */
export function reportAvailability(
  spec: Pick<ClusterSpec, 'name' | 'guests' | 'hosts'>,
  events: readonly StoredEvent[],
  wish: AvailabilityWish,
  observed: Observed = observe(events, wish.untilMs),
): AvailabilityReport {
  const spans = promisedSpans(wish.promised, wish)
  const perceived = new Perceived(spec, observed)
  const figures = (timeline: Timeline | null): AvailabilityFigures | null => figuresIn(timeline, wish, spans)
  const chosen = spec.guests.filter(({ id }) => wish.guests === null || wish.guests.includes(id))
  const guests = [...chosen].sort((a, b) => byName(a.id, b.id))

  const subjectOf = (guest: GuestId, service: ServiceKey | null): SubjectAvailability => {
    const own = (service === null ? observed.guests.get(guest) : observed.services.get(guest)?.get(service)) ?? null
    const needs = perceived.needsOf(guest)
    return {
      kind: service === null ? 'guest' : 'service',
      name: service === null ? guest : `${guest}:${service}`,
      own: figures(own),
      perceived: needs.length === 0 ? null : figures(perceived.of(guest, service)),
      mean: null,
      needs,
      timeline: shown(own, wish),
    }
  }
  const guestSubjects = guests.map(({ id }) => subjectOf(id, null))
  const byGuest = new Map(guestSubjects.map((subject) => [subject.name, subject]))
  const groupOf = (kind: 'group' | 'cluster', name: string, members: readonly GuestId[]): SubjectAvailability => {
    const timelines = members.map((id) => observed.guests.get(id)).filter((one) => one !== undefined)
    const together =
      timelines.length === 0
        ? null
        : combine(
            timelines.map((one) => padded(one, wish)),
            'all',
          )
    const mean = meanOf(members.map((id) => byGuest.get(id)?.own ?? null))
    return { kind, name, own: figures(together), perceived: null, mean, needs: [], timeline: shown(together, wish) }
  }
  const tags = [...new Set(guests.flatMap(({ tags }) => tags))].sort(byName)
  const ids = guests.map(({ id }) => id)
  const hosts = wish.guests === null ? hostNames(spec, observed.hosts) : []
  return {
    ...{ cluster: spec.name, fromMs: wish.fromMs, untilMs: wish.untilMs, promised: wish.promised },
    subjects: [
      groupOf('cluster', spec.name, ids),
      ...tags.map((tag) =>
        groupOf(
          'group',
          `@${tag}`,
          guests.filter((guest) => guest.tags.includes(tag)).map(({ id }) => id),
        ),
      ),
      ...hosts.map((host): SubjectAvailability => {
        const timeline = observed.hosts.get(host) ?? null
        const own = figures(timeline)
        return {
          kind: 'host',
          name: host,
          own,
          perceived: null,
          mean: null,
          needs: [],
          timeline: shown(timeline, wish),
        }
      }),
      ...guestSubjects,
      ...guests.flatMap(({ id, services }) => services.map(({ key }) => subjectOf(id, key))),
    ],
  }
}

/** Null where nothing was ever said of it before the end of the time. */
export function figuresIn(timeline: Timeline | null, span: Span, spans: readonly Span[]): AvailabilityFigures | null {
  if (timeline === null || timeline.length === 0) return null
  const figures = figuresOf(padded(timeline, span), span.fromMs, spans)
  const { upMs, downMs } = figures
  return {
    ...figures,
    class2009: classOf(classesOf2009, upMs, downMs),
    class2016: classOf(classesOf2016, upMs, downMs),
  }
}

/** Before its first word nothing is known of it. */
function padded(timeline: Timeline, { fromMs }: Span): Timeline {
  const first = timeline[0]?.fromMs ?? fromMs
  if (first <= fromMs) return timeline
  return [stretch(fromMs, first, 'not-observed', 'no-history'), ...timeline]
}

function shown(timeline: Timeline | null, span: Span): Timeline {
  if (timeline === null) return []
  const all = padded(timeline, span)
  const first = all.findIndex(({ untilMs }) => untilMs > span.fromMs)
  return first === 0 ? all : first < 0 ? [] : all.slice(first)
}

function meanOf(all: readonly (Figures | null)[]): number | null {
  const seen = all.filter((one) => one !== null)
  const up = seen.reduce((sum, { upMs }) => sum + upMs, 0)
  const down = seen.reduce((sum, { downMs }) => sum + downMs, 0)
  return up + down === 0 ? null : up / (up + down)
}

/** Those of the file, and others that the history names. */
function hostNames({ hosts }: Pick<ClusterSpec, 'hosts'>, observed: ReadonlyMap<HostId, Timeline>): readonly HostId[] {
  return [...new Set([...hosts.map(({ id }) => id), ...observed.keys()])].filter((host) => host !== '').sort(byName)
}
