import type { FastifyInstance, FastifyReply } from 'fastify'
import { EventsQuery } from '../contract/events.ts'
import { paths } from '../contract/protocol.ts'
import { Fault } from '../model/fault.ts'
import type { EventSink } from './event-sink.ts'
import { createEventSink } from './event-sink.ts'
import { historyFilter } from './history-filter.ts'
import { streamHistory } from './history-stream.ts'
import { described, plain, typed } from './route.ts'
import type { Serving } from './serving.ts'
import { streamStatus } from './status-stream.ts'

/** Live streams at once: each costs memory and a look at the cluster for every change. */
export const maxStreams = 32

/** Server-Sent Events, for as long as the client listens. */
export const eventStream = plain('text/event-stream', { type: 'string' })

export function streamRoutes(app: FastifyInstance, serving: Serving): void {
  const { powers } = serving
  const open = new Set<EventSink>()

  const sinkFor = (reply: FastifyReply): EventSink => {
    if (open.size >= maxStreams)
      throw new Fault('limit-reached', 'not-done', { limit: maxStreams, what: 'live streams' })
    reply.hijack()
    const sink = createEventSink(reply.raw, powers.clock)
    open.add(sink)
    sink.onClose(() => open.delete(sink))
    return sink
  }

  const routes = typed(app)
  const status = described(
    {
      access: 'viewer',
      tag: 'live',
      summary: 'The status, whole, and then what changes of it',
      about: 'Events `status` (Status), then `change` (StatusChange).',
    },
    { response: { 200: eventStream } },
  )
  routes.get(paths.statusStream, status, (_, reply) => {
    streamStatus(powers, sinkFor(reply), serving.status)
  })

  const events = described(
    {
      access: 'viewer',
      tag: 'live',
      summary: 'What happens, as it happens; resumes by Last-Event-ID',
      about: 'Events `event` (Event); the id of each is that of the event.',
    },
    { querystring: EventsQuery, response: { 200: eventStream } },
  )
  routes.get(paths.eventsStream, events, async (request, reply) => {
    const { limit: _, newestFirst: __, afterId, ...filter } = historyFilter(request.query)
    const from = lastEventId(request.headers['last-event-id']) ?? afterId ?? (await newestId(serving))
    streamHistory(powers, sinkFor(reply), filter, from)
  })

  app.addHook('preClose', async () => {
    for (const sink of open) sink.close()
  })
}

function lastEventId(header: string | readonly string[] | undefined): number | null {
  return typeof header === 'string' && /^[0-9]{1,15}$/.test(header) ? Number(header) : null
}

/** Without a place to begin, a stream begins now. */
async function newestId({ powers }: Serving): Promise<number> {
  const [newest] = await powers.history.query({ newestFirst: true, limit: 1 })
  return newest?.id ?? 0
}
