import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { EventsQuery } from '../contract/events.ts'
import { LiveQuery } from '../contract/live.ts'
import { paths } from '../contract/protocol.ts'
import { Fault } from '../model/fault.ts'
import { createDrillFeed } from './drill-feed.ts'
import type { EventSink } from './event-sink.ts'
import { createEventSink } from './event-sink.ts'
import { historyFilter } from './history-filter.ts'
import { streamHistory } from './history-stream.ts'
import { described, plain, typed } from './route.ts'
import type { Serving } from './serving.ts'
import { createStatusFeed } from './status-feed.ts'
import { createTaskFeed } from './task-feed.ts'

/** Live streams at once: each costs a connection, and memory while its client reads slowly. */
export const maxStreams = 256

/** Server-Sent Events, for as long as the client listens. */
export const eventStream = plain('text/event-stream', { type: 'string' })

export function streamRoutes(app: FastifyInstance, serving: Serving): void {
  const { powers } = serving
  const open = new Set<EventSink>()
  serving.countLiveClients(() => open.size)
  const feed = createStatusFeed(powers, serving.status)
  const drills = createDrillFeed(powers)
  const tasks = createTaskFeed(serving.tasks, powers.clock)

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
    feed.join(sinkFor(reply))
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
    streamHistory(powers, sinkFor(reply), filter, await placeToBegin(serving, request.headers, afterId))
  })

  const live = described(
    {
      access: 'viewer',
      tag: 'live',
      summary: 'All that is live, in one stream: what a console needs one connection for',
      about:
        'Events `status` (Status), `change` (StatusChange), `event` (Event; its id is that of the stream), `task` (Task), ' +
        '`drill` (whose `running` is the drill under way, as DrillsView has it, or null). It resumes after `Last-Event-ID`, or after the event that `after` names; without them it begins now.',
    },
    { querystring: LiveQuery, response: { 200: eventStream } },
  )
  routes.get(paths.live, live, async (request, reply) => {
    const { after } = request.query
    const from = await placeToBegin(serving, request.headers, after === undefined ? undefined : Number(after))
    const sink = sinkFor(reply)
    feed.join(sink)
    tasks.join(sink)
    drills.join(sink)
    streamHistory(powers, sink, {}, from)
  })

  app.addHook('preClose', async () => {
    for (const sink of open) sink.close()
  })
}

function lastEventId(header: string | readonly string[] | undefined): number | null {
  return typeof header === 'string' && /^[0-9]{1,15}$/.test(header) ? Number(header) : null
}

/** The id before the first event wanted. Without one, or with one that was never given here, a stream begins now. */
async function placeToBegin(
  { powers }: Serving,
  headers: IncomingHttpHeaders,
  after: number | undefined,
): Promise<number> {
  const [newest] = await powers.history.query({ newestFirst: true, limit: 1 })
  const now = newest?.id ?? 0
  return Math.min(now, lastEventId(headers['last-event-id']) ?? after ?? now)
}
