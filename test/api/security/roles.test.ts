import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { guardRoutes } from '../../../src/api/access/guard.ts'
import { paths } from '../../../src/contract/protocol.ts'
import { admission } from '../../../src/core/access.ts'
import type { Access, Caller, Role } from '../../../src/model/access.ts'
import { roles } from '../../../src/model/access.ts'
import { codeOf, stage } from './people.ts'

const nobody = 'nobody'
type Who = Role | typeof nobody

function callerOf(role: Role): Caller {
  return { name: role, role, tags: null, by: 'session', id: 'one' }
}

/** What a role gets of a route, said once more and in another way than the code says it. */
function expected(who: Who, access: Access): 'allowed' | 401 | 403 {
  if (access === 'public') return 'allowed'
  if (who === nobody) return 401
  const enough: Record<Exclude<Access, 'public'>, readonly Role[]> = {
    viewer: ['viewer', 'operator', 'administrator'],
    operator: ['operator', 'administrator'],
    administrator: ['administrator'],
  }
  return enough[access].includes(who) ? 'allowed' : 403
}

test('a role may do what a lesser one may, and no more', () => {
  for (const access of ['public', ...roles] as const) {
    for (const who of [nobody, ...roles] as const) {
      const verdict = { allowed: 'allowed', unknown: 401, denied: 403 }
      const got = verdict[admission(who === nobody ? null : callerOf(who), access)]
      assert.equal(got, expected(who, access), `${who} on ${access}`)
    }
  }
})

test('a route that does not say who may use it is not served', () => {
  const app = Fastify()
  guardRoutes(app, { of: async () => null, now: () => null, holds: () => false })
  assert.throws(() => app.get('/open', () => 'secret'), /config\.access/)
})

/** What everybody may see and do. A route more is a decision: it belongs here, with its reason. */
const open: ReadonlySet<string> = new Set([
  'GET /healthz',
  'GET /readyz',
  'GET /api/openapi.json',
  'GET /api/docs',
  'GET /api/docs/style.css',
  `GET ${paths.signIn}`,
  `POST ${paths.session}`,
  `POST ${paths.sessionLink}`,
  // Files of the console, which show nothing before somebody is in.
  'GET /',
  'GET /*',
  // The way to a provider and back: what comes back proves itself.
  `GET ${paths.openIdBegin}`,
  `GET ${paths.openIdReturn}`,
])

/** Whoever would get an answer without an end is only asked what the others get. */
const endless = /\/(stream|live)$/

test('each role against each route of the app, over the network: nobody and the lesser ones stay out', async (t) => {
  const { app, table, account, signIn, net } = await stage(t)
  assert.ok(app.server && table.length > 40, `${table.length}`)
  for (const role of roles) await account(role, { role })
  const browsers = new Map(await Promise.all(roles.map(async (role) => [role, await signIn(role)] as const)))
  let asked = 0
  for (const { method, url, access } of table) {
    // Signing out would end the asking, and what is removed is asked for no more.
    if (`${method} ${url}` === `DELETE ${paths.session}`) continue
    const name = `${method} ${url}`
    if (access === 'public') assert.ok(open.has(name.replace('HEAD', 'GET')), `${name} is open to everybody`)
    const path = url.replace(/:[a-zA-Z]+/g, 'nothing-like-this').replace('*', 'nothing')
    for (const who of [nobody, ...roles] as const) {
      const wanted = expected(who, access)
      if (wanted === 'allowed' && (endless.test(url) || access === 'public')) continue
      const ask = { method, ...(['POST', 'PATCH'].includes(method) ? { body: {} } : {}) }
      const answer = who === nobody ? await net.ask(path, ask) : await browsers.get(who)!.ask(path, ask)
      asked += 1
      if (wanted === 'allowed' && url === paths.consoleLink) {
        // Whoever asks over the network is in already, and hands nobody else a key without a name.
        assert.equal(answer.status, 403)
        continue
      }
      if (wanted === 'allowed') {
        assert.ok(![401, 403].includes(answer.status) && answer.status < 600, `${who}: ${name} ${answer.text}`)
        continue
      }
      assert.equal(answer.status, wanted, `${who}: ${name} ${answer.text}`)
      if (method !== 'HEAD') assert.equal(codeOf(answer), wanted === 401 ? 'sign-in-wanted' : 'access-denied', name)
    }
  }
  assert.ok(asked > 100, `${asked}`)
})
