import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SessionView } from '../../contract/access.ts'
import { schemaVersion, sessionCookie } from '../../contract/protocol.ts'
import { sessionLifeMs } from '../../core/access-rules.ts'
import type { Caller } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import type { AccessDesk } from './desk.ts'
import { cookieOf } from './identity.ts'
import { csrfOf } from './secrets.ts'
import type { SignedIn } from './sign-in.ts'

/** The browser holds a new session from now on; one that it held before is over. */
export async function welcome(
  desk: AccessDesk,
  request: FastifyRequest,
  reply: FastifyReply,
  { secret }: SignedIn,
): Promise<SessionView> {
  const before = cookieOf(request.headers.cookie, sessionCookie)
  if (before !== null) await desk.signIn.out(before)
  const caller = desk.identity.ofSecret(secret)
  if (caller === null) throw new Fault('sign-in-refused', 'not-done')
  request.audited = { ...request.audited, who: caller.name, id: caller.id }
  const seconds = Math.floor(sessionLifeMs / 1000)
  reply.header(
    'set-cookie',
    `${sessionCookie}=${secret}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=${seconds}`,
  )
  return sessionView(caller, secret)
}

export function sessionView({ name, role, tags, by }: Caller, secret: string | null): SessionView {
  const csrf = by === 'session' && secret !== null ? csrfOf(secret) : ''
  return { schemaVersion, user: { name, role, tags }, csrf }
}
