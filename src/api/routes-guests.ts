import type { FastifyInstance } from 'fastify'
import { ConsoleTicket, ConsoleTicketRequest } from '../contract/metrics.ts'
import { paths, patterns, schemaVersion } from '../contract/protocol.ts'
import { GuestParams } from '../contract/schema.ts'
import { Fault } from '../model/fault.ts'
import type { ConsoleTickets } from './console-tickets.ts'
import { sessionMark } from './console-tickets.ts'
import { commandedPlace, guestPlace } from './guest-place.ts'
import { described, plain, typed } from './route.ts'
import type { Serving } from './serving.ts'

/** What is asked of the host that a guest is on, whichever daemon is asked. */
export function guestRoutes(app: FastifyInstance, serving: Serving, tickets: ConsoleTickets): void {
  const xml = described(
    {
      access: 'viewer',
      tag: 'guests',
      summary: 'The definition of a guest as its hypervisor has it now, without secrets',
    },
    { params: GuestParams, response: { 200: plain('application/xml', { type: 'string' }) } },
  )
  app.get<{ Params: GuestParams }>(patterns.guestXml, xml, async (request, reply) => {
    const { host, domain } = guestPlace(serving, request.params.guest)
    const definition = await serving.powers.guestsOf(host).definition(domain)
    if (definition === null) throw new Fault('domain-missing', 'not-done', { domain })
    reply.type('application/xml; charset=utf-8')
    return definition
  })

  const ticket = described(
    {
      access: 'operator',
      tag: 'guests',
      summary: 'A ticket for one console of a guest: its screen (VNC) or its serial line',
      about:
        'A WebSocket to `path?ticket=…` at this same daemon, within 60 s, in the session that asked for it. Its messages carry the bytes of the line. ' +
        'Closed with 1000: the line ended; 1008: the session did; 4000: it could not be opened, the reason is JSON with the code of the fault.',
    },
    { params: GuestParams, body: ConsoleTicketRequest, response: { 200: ConsoleTicket } },
  )
  typed(app).post(patterns.consoleTicket, ticket, async (request) => {
    const { guest } = commandedPlace(serving, request.caller, request.params.guest)
    const { kind, force = false } = request.body
    const mark = sessionMark(request.caller, request.headers)
    return { schemaVersion, ticket: tickets.issue({ guest, kind, force, mark }), path: paths.consoleSocket(guest) }
  })
}
