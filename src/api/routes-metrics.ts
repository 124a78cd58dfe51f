import type { FastifyInstance } from 'fastify'
import { MetricsHistoryQuery, MetricsHistoryView, MetricsNowView } from '../contract/metrics.ts'
import { paths, schemaVersion } from '../contract/protocol.ts'
import { fourDigits, merged, stretchOf, stretchStepMs, unknownFigures } from '../core/metrics/range.ts'
import { Fault } from '../model/fault.ts'
import { byName, type GuestId, type HostId } from '../model/ids.ts'
import { guestOfSubject, parseSubject, type Subject, type SubjectKind, seriesOf, tiers } from '../model/metric.ts'
import { guestPlace } from './guest-place.ts'
import { askedOf, hostsOf } from './hosts-asked.ts'
import { described, typed } from './route.ts'
import type { Serving } from './serving.ts'

/** Figures of the whole cluster: each host has what it measured itself, and is asked for it. */
export function metricRoutes(app: FastifyInstance, serving: Serving): void {
  const routes = typed(app)

  const history = described(
    {
      access: 'viewer',
      tag: 'views',
      summary: 'Figures of a guest, host or service over time',
      about:
        'Processor, memory, disk and network; of a service how long its probes took. Means over each step; null: not known. ' +
        'A guest that moved has its parts on several hosts, put together here.',
    },
    { querystring: MetricsHistoryQuery, response: { 200: MetricsHistoryView } },
  )
  routes.get(paths.metricsHistory, history, async (request): Promise<MetricsHistoryView> => {
    const { subject: text, range } = request.query
    const subject = parseSubject(text)
    if (subject === null) throw new Fault('bad-request', 'not-done', { field: 'subject', text })
    const stretch = stretchOf(range, serving.powers.clock.wall())
    const { told, absent } = await askedOf(serving, hostsFor(serving, subject), (guests) =>
      guests.figures(subject, stretch),
    )
    const parts = told.map(({ value }) => value)
    const values = merged([...parts, unknownFigures(subject, stretch)])
    return {
      ...{ schemaVersion, subject: text, range, step: stretchStepMs(stretch) },
      from: stretch.from * tiers[stretch.tier].stepMs,
      series: seriesOf[subject.kind].map(({ name, unit }, which) => ({ name, unit, values: values[which] ?? [] })),
      absent,
    }
  })

  const now = described(
    { access: 'viewer', tag: 'views', summary: 'The newest figures of all hosts and guests' },
    { response: { 200: MetricsNowView } },
  )
  routes.get(paths.metricsNow, now, async (): Promise<MetricsNowView> => {
    const { told, absent } = await askedOf(serving, hostsOf(serving), (guests) => guests.newest())
    const owner = (guest: GuestId): HostId | null => serving.powers.snapshot().records.get(guest)?.owner ?? null
    const guests = told.flatMap(({ host, value }) =>
      Object.entries(value?.guests ?? {}).map(([guest, values]) => ({ guest, host, figures: named('guest', values) })),
    )
    // At the moment of its migration two hosts have it.
    const elsewhere = (guest: string, host: HostId): boolean =>
      owner(guest as GuestId) !== host && guests.some((other) => other.guest === guest && other.host !== host)
    return {
      ...{ schemaVersion, at: serving.powers.clock.wall() },
      hosts: told.map(({ host, value }) => ({
        host,
        measuredAt: value?.measuredAt ?? null,
        figures: value?.host ? named('host', value.host) : null,
      })),
      guests: guests.filter(({ guest, host }) => !elsewhere(guest, host)).sort((a, b) => byName(a.guest, b.guest)),
      absent,
    }
  })
}

function named(kind: SubjectKind, values: readonly (number | null)[]): Record<string, number | null> {
  const figure = (value: number | null | undefined): number | null => (value == null ? null : fourDigits(value))
  return Object.fromEntries(seriesOf[kind].map(({ name }, which) => [name, figure(values[which])]))
}

/** Of a guest: all hosts, as it may have been on any; the one that it is on first. */
function hostsFor(serving: Serving, subject: Subject): readonly HostId[] {
  const all = hostsOf(serving)
  const guest = guestOfSubject(subject)
  if (guest === null) {
    const host = all.find((one) => one === subject.name)
    if (host === undefined) throw new Fault('host-unknown', 'not-done', { host: subject.name })
    return [host]
  }
  const { host } = guestPlace(serving, guest)
  return [...all].sort((a, b) => Number(b === host) - Number(a === host))
}
