import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { guardRoutes } from '../../../src/api/access/guard.ts'
import { admission } from '../../../src/core/access.ts'
import type { Access, Caller, Role } from '../../../src/model/access.ts'
import { roles } from '../../../src/model/access.ts'

const nobody = 'nobody'

function callerOf(role: Role): Caller {
  return { name: role, role, tags: null, by: 'session', id: 'one' }
}

/** What a role gets of a route, said once more and in another way than the code says it. */
function expected(who: Role | typeof nobody, access: Access): 'allowed' | 401 | 403 {
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
