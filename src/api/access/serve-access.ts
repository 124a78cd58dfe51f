import type { FastifyInstance } from 'fastify'
import type { Log } from '../../ports/log.ts'
import { auditRequests } from './audit-log.ts'
import type { AccessDesk } from './desk.ts'
import type { Guard } from './guard.ts'
import { auditRoutes } from './routes-audit.ts'
import { openIdRoutes } from './routes-open-id.ts'
import { sessionRoutes } from './routes-session.ts'
import { tokenRoutes } from './routes-tokens.ts'
import { userRoutes } from './routes-users.ts'

/** Connections of those whose session ended by the clock are looked for so often. */
const recheckEachMs = 60_000

/** After a change: long enough for the answer to whoever signs out to go its way. */
const recheckAfterMs = 1_000

/** Everything about who may come in. */
export function serveAccess(app: FastifyInstance, desk: AccessDesk, guard: Guard, log: Log): void {
  auditRequests(app, desk.powers.audit, desk.clock, log)
  for (const routes of [sessionRoutes, openIdRoutes, userRoutes, tokenRoutes, auditRoutes]) routes(app, desk)
  cutOff(app, desk, guard)
}

/** Who is signed out, or whose token is revoked, is cut off from what is open, too. */
function cutOff(app: FastifyInstance, { records, clock }: AccessDesk, guard: Guard): void {
  let cancelEach = (): void => {}
  let cancelSoon: (() => void) | null = null
  const each = (): void => {
    guard.recheck()
    cancelEach = clock.after(recheckEachMs, each)
  }
  cancelEach = clock.after(recheckEachMs, each)
  records.onChanged(() => {
    cancelSoon ??= clock.after(recheckAfterMs, () => {
      cancelSoon = null
      guard.recheck()
    })
  })
  app.addHook('onClose', async () => {
    cancelEach()
    cancelSoon?.()
    records.stop()
  })
}
