import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { paths } from '../../contract/protocol.ts'
import { Fault } from '../../model/fault.ts'
import type { OpenId, OpenIdAttempt } from '../../ports/directory.ts'
import { described, plain, typed } from '../route.ts'
import type { AccessDesk } from './desk.ts'
import { placeOf } from './guard.ts'
import { newSecret } from './secrets.ts'
import { welcome } from './welcome.ts'

/** Which attempt is this browser's. Lax: it comes along when the provider's page leads back here. */
const attemptCookie = '__Host-vigia-openid'

/** Somebody looks for their password, and their telephone. */
const attemptMs = 10 * 60_000

/** Under way at once; the oldest go. Each is a few hundred bytes, and anybody may begin one. */
const maxAttempts = 1_000

interface Begun {
  readonly attempt: OpenIdAttempt
  readonly until: number
}

/** The way to an OpenID provider, and back. An attempt is of the daemon that began it, and of the browser that did. */
export function openIdRoutes(app: FastifyInstance, desk: AccessDesk): void {
  const { powers, clock, signIn } = desk
  const begun = new Map<string, Begun>()
  const provider = (): Promise<OpenId> => {
    if (powers.openId === null) throw new Fault('not-supported', 'not-done', { action: 'sign-in' })
    return powers.openId.load()
  }
  const routes = typed(app)

  const begin = described(
    { access: 'public', tag: 'access', summary: 'Sends a browser to the OpenID provider' },
    { response: { 302: Type.Null() } },
  )
  routes.get(paths.openIdBegin, begin, async (_, reply) => {
    const { url, attempt } = await (await provider()).begin()
    const key = newSecret()
    begun.set(key, { attempt, until: clock.now() + attemptMs })
    const [oldest] = begun.keys()
    if (begun.size > maxAttempts && oldest !== undefined) begun.delete(oldest)
    const seconds = attemptMs / 1000
    reply.header('set-cookie', `${attemptCookie}=${key}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`)
    return reply.redirect(url, 302)
  })

  const end = described(
    { access: 'public', tag: 'access', summary: 'Where the OpenID provider sends a browser back to' },
    { response: { 200: plain('text/html', { type: 'string' }) } },
  )
  routes.get(paths.openIdReturn, end, async (request, reply) => {
    request.audited = { who: '', what: 'sign-in by OpenID' }
    const key = attemptKey(request.headers.cookie)
    const known = key === null ? undefined : begun.get(key)
    // Good once, whatever comes of it.
    if (key !== null) begun.delete(key)
    if (known === undefined || clock.now() >= known.until) throw new Fault('sign-in-refused', 'not-done')
    const returned = new URL(request.url, 'https://here').searchParams
    const person = await (await provider()).finish(known.attempt, returned)
    if (person === null) throw new Fault('sign-in-refused', 'not-done')
    await welcome(desk, request, reply, await signIn.vouched(person.name, person, 'openid', placeOf(request)))
    reply.type('text/html; charset=utf-8')
    // Not a redirect: a browser would not send the new cookie along with one that another site began.
    return '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>Vigia</title><a href="/">Vigia</a>\n'
  })
}

function attemptKey(header: string | undefined): string | null {
  const pattern = new RegExp(`(?:^|;\\s*)${attemptCookie}=([A-Za-z0-9_-]{43})(?:;|$)`)
  return pattern.exec(header?.slice(0, 8_192) ?? '')?.[1] ?? null
}
