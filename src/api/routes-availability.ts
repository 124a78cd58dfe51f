import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  AvailabilityQuery,
  AvailabilityView,
  ForesightPlayRequest,
  ForesightPlayView,
  ForesightQuery,
  ForesightView,
  mostIncidents,
  usualIncidents,
} from '../contract/availability.ts'
import { paths, reckonMs } from '../contract/protocol.ts'
import { isZone } from '../core/availability/zone.ts'
import type { GivenDesign } from '../core/foresight/assumed.ts'
import { mostHosts } from '../core/foresight/foresight-data.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import { Fault } from '../model/fault.ts'
import type { AvailabilityQuestion } from './reckoner.ts'
import { described, typed } from './route.ts'
import type { Serving } from './serving.ts'
import { tellingEvents } from './telling-events.ts'

const usualMs = 30 * 86_400_000

/** Reports of what the history says, and of what is to be expected: reckoned on a thread beside the daemon's own. */
export function availabilityRoutes(app: FastifyInstance, serving: Serving): void {
  const routes = typed(app)
  const { powers } = serving

  const report = described(
    {
      access: 'viewer',
      tag: 'views',
      summary: 'How available everything was: figures, failures with their causes, promises, what would make it better',
      about:
        'For the cluster, each tag, host, guest and service, from the history of all members. With `format=csv`, or where `accept` asks for ' +
        '`text/csv`, the figures as a table. Promises are looked at now, whatever time the report is of.',
    },
    {
      querystring: AvailabilityQuery,
      response: {
        200: {
          content: { 'application/json': { schema: AvailabilityView }, 'text/csv': { schema: { type: 'string' } } },
        },
      },
    },
  )
  routes.get(paths.availability, report, async (request, reply) => {
    const question = questionOf(serving, request.query, wantsCsv(request) ? 'csv' : 'json')
    return sent(reply, question.format, await reckoned(serving, request, question))
  })

  const foresight = described(
    {
      access: 'viewer',
      tag: 'views',
      summary: 'What availability is to be expected of the cluster as it is, or with a change, and of each change',
      about:
        'Reckoned exactly from how often things failed and how long they took, as far as the history tells; each assumption is part of the answer.',
    },
    { querystring: ForesightQuery, response: { 200: ForesightView } },
  )
  routes.get(paths.foresight, foresight, async (request, reply) => {
    const cluster = clusterOf(serving)
    const given = givenOf(request.query, cluster)
    const question = { kind: 'foresight', cluster, given, nowMs: powers.clock.wall(), plays: null } as const
    return sent(reply, 'json', await reckoned(serving, request, question))
  })

  const play = described(
    {
      access: 'operator',
      tag: 'cluster',
      summary: 'The same, and played several times with the real core',
      about: 'Takes seconds for each play. One at a time: another is told that the daemon is busy.',
    },
    { body: ForesightPlayRequest, response: { 200: ForesightPlayView } },
  )
  routes.post(paths.foresightPlay, play, async (request, reply) => {
    const cluster = clusterOf(serving)
    const given = givenOf(request.body.change ?? {}, cluster)
    const { plays } = request.body
    const question = { kind: 'foresight', cluster, given, nowMs: powers.clock.wall(), plays } as const
    return sent(reply, 'json', await reckoned(serving, request, question))
  })
}

/** A text that is sent as it is. */
export function sent(reply: FastifyReply, format: 'json' | 'csv', text: string): never {
  reply
    .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json')
    .serializer((one: unknown) => String(one))
  return text as never
}

/** Who asks says so in the address, or as a program does. */
function wantsCsv({ query, headers }: FastifyRequest<{ Querystring: AvailabilityQuery }>): boolean {
  if (query.format !== undefined) return query.format === 'csv'
  return /(?:^|,)\s*text\/csv\s*(?:;|,|$)/i.test(String(headers.accept ?? ''))
}

async function reckoned(
  { powers }: Serving,
  request: FastifyRequest,
  question: Parameters<NonNullable<Serving['powers']['reckon']>>[0],
): Promise<string> {
  if (powers.reckon === undefined) throw new Fault('not-supported', 'not-done', { action: question.kind })
  request.raw.socket?.setTimeout?.(reckonMs)
  const answer = await powers.reckon(question, tellingEvents(powers.history))
  if (answer.kind === 'text') return answer.text
  throw new Fault('internal', 'not-done', { text: question.kind })
}

function clusterOf({ powers }: Serving): ClusterSpec {
  const { cluster } = powers.snapshot()
  if (cluster === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
  return cluster
}

function questionOf(serving: Serving, query: AvailabilityQuery, format: 'json' | 'csv'): AvailabilityQuestion {
  const cluster = clusterOf(serving)
  const nowMs = serving.powers.clock.wall()
  const untilMs = query.to === undefined ? nowMs : Math.min(nowMs, Number(query.to))
  const fromMs = query.from === undefined ? untilMs - usualMs : Number(query.from)
  if (fromMs >= untilMs) throw refused('from', String(query.from))
  const { group, guest, promised, zone = 'UTC' } = query
  if (!isZone(zone)) throw refused('zone', zone)
  const calendar = promised === undefined ? null : cluster.calendars?.find(({ name }) => name === promised)
  if (calendar === undefined) throw refused('promised', promised ?? '')
  if (guest !== undefined) serving.guest(guest)
  const chosen = cluster.guests.filter(
    ({ id, tags }) => (guest === undefined || id === guest) && (group === undefined || tags.includes(group)),
  )
  if (chosen.length === 0 && group !== undefined) throw refused('group', group)
  const isAll = guest === undefined && group === undefined
  return {
    ...{ kind: 'availability', cluster, nowMs, format, timeZone: zone },
    wish: { fromMs, untilMs, promised: calendar, guests: isAll ? null : chosen.map(({ id }) => id) },
    mostIncidents: Math.min(mostIncidents, query.incidents === undefined ? usualIncidents : Number(query.incidents)),
  }
}

function givenOf(query: ForesightQuery, cluster: ClusterSpec): GivenDesign {
  const { hosts, needed, standby, ...times } = query
  const now = Math.max(1, cluster.hosts.length)
  const count = hosts === undefined ? undefined : Number(hosts) + (hosts.startsWith('+') ? now : 0)
  if (count !== undefined && (count < 1 || count > mostHosts)) throw refused('hosts', hosts ?? '')
  if (needed !== undefined && Number(needed) < 1) throw refused('needed', needed)
  const given: Record<string, number | boolean> = {}
  if (count !== undefined) given.hosts = count
  if (needed !== undefined) given.hostsNeeded = Number(needed)
  if (standby !== undefined) given.standby = true
  for (const [name, text] of Object.entries(times)) {
    if (text === undefined) continue
    // A time between failures of nothing is none at all.
    if (Number(text) === 0) throw refused(name, text)
    given[name] = Number(text)
  }
  return given
}

function refused(field: string, text: string): Fault {
  return new Fault('bad-request', 'not-done', { field, text })
}
