import type { FastifyInstance } from 'fastify'
import { AuditQuery, AuditView } from '../../contract/access.ts'
import { paths, schemaVersion } from '../../contract/protocol.ts'
import { described, typed } from '../route.ts'
import type { AccessDesk } from './desk.ts'

const usualLimit = 100
const maxLimit = 1_000

export function auditRoutes(app: FastifyInstance, { powers }: AccessDesk): void {
  const route = described(
    {
      access: 'administrator',
      tag: 'access',
      summary: 'Who did what, or tried to, through this daemon; newest first',
      about: 'Each daemon keeps what was asked of it.',
    },
    { querystring: AuditQuery, response: { 200: AuditView } },
  )
  typed(app).get(paths.audit, route, async (request) => {
    const { limit, before, since, who } = request.query
    const wanted = Math.max(1, Math.min(Number(limit ?? usualLimit), maxLimit))
    const entries = await powers.audit.query({
      limit: wanted,
      ...(before !== undefined && { beforeId: Number(before) }),
      ...(since !== undefined && { fromMs: Number(since) }),
      ...(who !== undefined && { who }),
    })
    const last = entries.at(-1)?.number ?? null
    return { schemaVersion, entries, next: entries.length < wanted ? null : last }
  })
}
