import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Audit, AuditEntry } from '../../ports/audit.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { placeOf } from './guard.ts'

/** What is no wish: it is answered and forgotten. */
const looks = ['GET', 'HEAD', 'OPTIONS']

/** What of a body is told. All that is not named here is left out: passwords, codes, tickets and whole files are among it. */
const told: ReadonlySet<string> = new Set([
  ...['guests', 'guest', 'force', 'dependents', 'untilBoot', 'on', 'memoryMib', 'to', 'cold', 'dryRun', 'isDead'],
  ...['takePower', 'armed', 'forMs', 'path', 'name', 'role', 'tags', 'totp', 'signOut', 'kind'],
])

const maxDetailUnits = 1_000
const maxPathUnits = 300

/** Writes down every wish, and every try at one, of somebody known; and every try to come in. */
export function auditRequests(app: FastifyInstance, audit: Audit, clock: Clock, log: Log): void {
  app.addHook('onResponse', async (request, reply) => {
    if (!isAudited(request)) return
    const { maybeCaller: caller, audited } = request
    const entry: AuditEntry = {
      at: clock.wall(),
      who: audited?.who ?? caller?.name ?? '',
      by: caller?.by ?? 'none',
      id: audited?.id ?? caller?.id ?? null,
      from: placeOf(request),
      what: audited?.what ?? `${request.method} ${pathOf(request)}`,
      details: detailsOf(request.body),
      outcome: request.faultCode ?? (reply.statusCode < 400 ? 'done' : `HTTP ${reply.statusCode}`),
    }
    // It holds nobody up, and its loss undoes nothing: the daemon's log says so.
    audit.append(entry).catch((error: unknown) => {
      log.warn('a wish is not in the audit', { what: entry.what, who: entry.who, error: String(error) })
    })
  })
}

/** Who is nobody and asks for what they may not have is not written down: they could fill it. Who is locked out tried before. */
function isAudited({ method, maybeCaller, audited, faultCode }: FastifyRequest): boolean {
  if (audited !== null) return faultCode !== 'locked-out'
  return maybeCaller !== null && !looks.includes(method)
}

function pathOf({ url }: FastifyRequest): string {
  return (url.split('?', 1)[0] ?? '').slice(0, maxPathUnits)
}

function detailsOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const fields = Object.entries(body).filter(([name]) => told.has(name))
  if (fields.length === 0) return null
  const text = JSON.stringify(Object.fromEntries(fields))
  return text.length <= maxDetailUnits ? text : `${text.slice(0, maxDetailUnits)}…`
}
