import type { FastifyInstance } from 'fastify'
import {
  AccessDone,
  ConsoleLinkResult,
  LinkRequest,
  NewPasswordRequest,
  SessionView,
  SignInRequest,
  SignInView,
} from '../../contract/access.ts'
import { consoleLinkPath, paths, schemaVersion, sessionCookie } from '../../contract/protocol.ts'
import { Fault } from '../../model/fault.ts'
import { described, typed } from '../route.ts'
import type { AccessDesk } from './desk.ts'
import { placeOf } from './guard.ts'
import { cookieOf, requireOwnOrigin } from './identity.ts'
import { sessionView, welcome } from './welcome.ts'

/** A name, a password, a code: what is larger is not read. */
export const smallBodyBytes = 16 * 1024

/** To come in, to see who one is, and to go. */
export function sessionRoutes(app: FastifyInstance, desk: AccessDesk): void {
  const routes = typed(app)
  const { powers, signIn } = desk

  const ways = described(
    { access: 'public', tag: 'access', summary: 'How one may sign in' },
    { response: { 200: SignInView } },
  )
  routes.get(paths.signIn, ways, async () => {
    const openid = powers.openId === null ? null : { name: powers.openId.name, path: paths.openIdBegin }
    return { schemaVersion, password: true, openid }
  })

  const who = described(
    { access: 'viewer', tag: 'access', summary: 'Who is in, and the word that changes have to carry' },
    { response: { 200: SessionView } },
  )
  routes.get(paths.session, who, async (request) =>
    sessionView(request.caller, cookieOf(request.headers.cookie, sessionCookie)),
  )

  const begin = described(
    {
      access: 'public',
      tag: 'access',
      summary: 'Signs in with name and password',
      about:
        'Sets the cookie of the session. 401 `code-wanted`: the same once more, with the code of the authenticator.',
    },
    { body: SignInRequest, response: { 200: SessionView } },
  )
  routes.post(paths.session, { ...begin, bodyLimit: smallBodyBytes }, async (request, reply) => {
    requireOwnOrigin(request.raw, powers.urls())
    request.audited = { who: request.body.name.slice(0, 64), what: 'sign-in' }
    return welcome(desk, request, reply, await signIn.byPassword(request.body, placeOf(request)))
  })

  const link = described(
    { access: 'public', tag: 'access', summary: 'Signs in with the ticket of a one-time link' },
    { body: LinkRequest, response: { 200: SessionView } },
  )
  routes.post(paths.sessionLink, { ...link, bodyLimit: smallBodyBytes }, async (request, reply) => {
    requireOwnOrigin(request.raw, powers.urls())
    request.audited = { who: '', what: 'sign-in by link' }
    return welcome(desk, request, reply, await signIn.byLink(request.body.ticket, placeOf(request)))
  })

  const end = described({ access: 'viewer', tag: 'access', summary: 'Signs out' }, { response: { 200: AccessDone } })
  routes.delete(paths.session, end, async (request, reply) => {
    const secret = cookieOf(request.headers.cookie, sessionCookie)
    if (secret !== null && request.caller.by === 'session') await signIn.out(secret)
    reply.header('set-cookie', `${sessionCookie}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`)
    return { schemaVersion }
  })

  const password = described(
    {
      access: 'viewer',
      tag: 'access',
      summary: 'Changes the own password',
      about: 'Wherever else the account is in, it is so no longer.',
    },
    { body: NewPasswordRequest, response: { 200: SessionView } },
  )
  routes.post(paths.sessionPassword, { ...password, bodyLimit: smallBodyBytes }, async (request, reply) => {
    const { caller, body } = request
    if (caller.by !== 'session') throw new Fault('not-supported', 'not-done', { action: 'password' })
    const account = await signIn.confirm(caller.name, body.password, placeOf(request))
    await desk.accounts.setPassword(account, body.newPassword)
    const { role, tags, serial } = desk.accounts.required(caller.name).value
    const rights = { role, tags }
    return welcome(desk, request, reply, await signIn.again(caller.name, rights, serial, placeOf(request)))
  })

  const oneTime = described(
    {
      access: 'administrator',
      tag: 'access',
      summary: 'Makes a one-time link into the console',
      about: 'Only through the socket of a host. It is good for ten minutes, and once.',
    },
    { response: { 200: ConsoleLinkResult } },
  )
  routes.post(paths.consoleLink, oneTime, async (request) => {
    if (request.caller.by !== 'local') throw new Fault('access-denied', 'not-done', { text: 'only on a host itself' })
    const { ticket, expiresAt } = await signIn.newLink(request.caller.name || 'administrator')
    const urls = powers.urls().map((url) => `${url}${consoleLinkPath}#${ticket}`)
    return { schemaVersion, ticket, urls, expiresAt }
  })
}
