import type { FastifyInstance, FastifyReply } from 'fastify'
import Type from 'typebox'
import { DoctorResult, HealthView } from '../contract/doctor.ts'
import { EventsQuery, EventsView } from '../contract/events.ts'
import { GuestView, WhyView } from '../contract/guest.ts'
import { paths, patterns, schemaVersion } from '../contract/protocol.ts'
import { GuestParams } from '../contract/schema.ts'
import { SnapshotView, StatusView } from '../contract/status.ts'
import { snapshotText } from '../core/snapshot-text.ts'
import { guestData } from '../core/views/status.ts'
import { whyChain } from '../core/views/why.ts'
import type { StoredEvent } from '../model/event.ts'
import { historyFilter } from './history-filter.ts'
import { hasTag } from './recent-status.ts'
import { described, typed } from './route.ts'
import type { Serving } from './serving.ts'

const MatchHeaders = Type.Object({
  'if-none-match': Type.Optional(Type.String({ description: 'The `ETag` of the status that the client has.' })),
})

const nothingNew = { description: 'What the client has is what there is.', content: {} }

/** Newest events shown with one guest. */
const historyTail = 20

export function viewRoutes(app: FastifyInstance, serving: Serving): void {
  guestRoutes(app, serving)
  daemonRoutes(app, serving)
  const { powers } = serving
  const routes = typed(app)

  const status = described(
    {
      access: 'viewer',
      tag: 'views',
      summary: 'The whole cluster: hosts, guests in launch order, and why each is as it is',
      about:
        'Asked again with `If-None-Match`, it is answered with 304 where nothing but the time (`at`) would be another.',
    },
    { headers: MatchHeaders, response: { 200: StatusView, 304: nothingNew } },
  )
  routes.get(paths.status, status, async (request, reply) => {
    const { view, tag } = serving.recentStatus()
    reply.header('etag', tag)
    if (!hasTag(request.headers['if-none-match'], tag)) return view
    return (reply as FastifyReply).code(304).send()
  })

  const events = described(
    { access: 'viewer', tag: 'views', summary: 'What happened, by guest, word and time' },
    { querystring: EventsQuery, response: { 200: EventsView } },
  )
  routes.get(paths.events, events, async (request) => ({
    schemaVersion,
    events: await powers.history.query(historyFilter(request.query)),
  }))

  const snapshot = described(
    {
      access: 'administrator',
      tag: 'views',
      summary: 'All that the leader knows, for a simulation or a report of a fault',
    },
    { response: { 200: SnapshotView } },
  )
  routes.get(paths.snapshot, snapshot, async (_, reply) => {
    reply.type('application/json').serializer((text: unknown) => String(text))
    return snapshotText(powers.snapshot()) as unknown as SnapshotView
  })
}

function guestRoutes(app: FastifyInstance, serving: Serving): void {
  const { powers } = serving
  const routes = typed(app)
  const tailOf = (guest: string): Promise<readonly StoredEvent[]> =>
    powers.history.query({ guest, newestFirst: true, limit: historyTail })

  const one = described(
    { access: 'viewer', tag: 'views', summary: 'One guest, who needs it, and what happened to it last' },
    { params: GuestParams, response: { 200: GuestView } },
  )
  routes.get(patterns.guest, one, async (request) => {
    const { view, sight } = serving.guest(request.params.guest)
    const { id, dependents } = sight.compiled
    return {
      schemaVersion,
      guest: guestData(view, sight, serving.expectedMs),
      neededBy: dependents.map((index) => view.compiled.order[index]!.id),
      history: await tailOf(id),
    }
  })

  const why = described(
    { access: 'viewer', tag: 'views', summary: 'Why a guest is as it is, down to the guests that are the cause' },
    { params: GuestParams, response: { 200: WhyView } },
  )
  routes.get(patterns.why, why, async (request) => {
    const { view, sight } = serving.guest(request.params.guest)
    const { id } = sight.compiled
    return {
      schemaVersion,
      guest: guestData(view, sight, serving.expectedMs),
      chain: whyChain(view, id),
      history: await tailOf(id),
    }
  })
}

function daemonRoutes(app: FastifyInstance, { powers }: Serving): void {
  const routes = typed(app)

  // It puts every host to work.
  const doctor = described(
    { access: 'operator', tag: 'daemon', summary: 'The checks of "vigia doctor" that the daemon makes' },
    { response: { 200: DoctorResult } },
  )
  routes.get(paths.doctor, doctor, async () => ({ schemaVersion, checks: await powers.examine() }))

  const alive = described(
    { access: 'public', tag: 'daemon', summary: 'Whether the daemon answers' },
    { response: { 200: HealthView } },
  )
  routes.get(paths.alive, alive, async () => ({ schemaVersion, ok: true, faults: [] }))

  const ready = described(
    {
      access: 'public',
      tag: 'daemon',
      summary: 'Whether the daemon can do its work; 503 with what keeps it from that',
    },
    { response: { 200: HealthView, 503: HealthView } },
  )
  routes.get(paths.ready, ready, async ({ maybeCaller }, reply) => {
    const troubles = powers.troubles()
    // Names of hosts and paths are for those who are in.
    const faults = maybeCaller === null ? troubles.map((fault) => ({ ...fault, details: {} })) : troubles
    reply.code(faults.length === 0 ? 200 : 503)
    return { schemaVersion, ok: faults.length === 0, faults }
  })
}
