import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { RouteAccess } from '../../../src/api/access/guard.ts'
import type { SessionView } from '../../../src/contract/access.ts'
import { csrfHeader, paths, sessionCookie } from '../../../src/contract/protocol.ts'
import type { Rights } from '../../../src/model/access.ts'
import { checkedApi } from '../checked-api.ts'
import { type FakeDaemon, launchedDaemon } from '../fake-daemon.ts'
import { type Answer, type Ask, type Network, network } from './network.ts'

export const goodPassword = 'a lookout on the hill'

/** A browser that is in: its cookie, and the word that goes along with changes. */
export interface Browser {
  readonly cookie: string
  readonly csrf: string
  ask(path: string, ask?: Ask): Promise<Answer>
}

export interface Stage {
  readonly daemon: FakeDaemon
  readonly app: FastifyInstance
  /** Every route, with who may use it. */
  readonly table: readonly RouteAccess[]
  readonly net: Network
  /** Through the socket: an administrator. */
  local(method: string, path: string, body?: unknown): Promise<Answer>
  account(name: string, rights?: Partial<Rights>): Promise<void>
  signIn(name: string, more?: object): Promise<Browser>
}

/** A daemon with a pretend world, whose API is behind TLS; each answer is held against its schema. */
export async function stage(t: TestContext, daemon: FakeDaemon = launchedDaemon()): Promise<Stage> {
  const { app, broken, table } = await checkedApi(daemon.powers())
  const net = await network(t, app)
  t.after(() => assert.deepEqual(broken, []))
  const local: Stage['local'] = async (method, path, body) => {
    const payload = body === undefined ? {} : { payload: body as object }
    const headers = { 'vigia-by': 'root' }
    const answer = await app.inject({ method: method as 'GET', url: path, headers, ...payload })
    const text = answer.body
    return { status: answer.statusCode, headers: answer.headers as Answer['headers'], text, body: JSON.parse(text) }
  }
  return {
    ...{ daemon, app, table, net, local },
    async account(name, { role = 'administrator', tags = null } = {}) {
      const { status, text } = await local('POST', paths.users, { name, password: goodPassword, role, tags })
      assert.equal(status, 200, text)
    },
    async signIn(name, more = {}) {
      const answer = await net.ask(paths.session, { method: 'POST', body: { name, password: goodPassword, ...more } })
      assert.equal(answer.status, 200, answer.text)
      return browserOf(net, answer)
    },
  }
}

export function browserOf(net: Network, answer: Answer): Browser {
  const cookie = cookieIn(answer) ?? ''
  const { csrf } = answer.body as SessionView
  return {
    ...{ cookie, csrf },
    ask: (path, { headers = {}, ...ask } = {}) =>
      net.ask(path, { ...ask, headers: { cookie, [csrfHeader]: csrf, ...headers } }),
  }
}

/** `NAME=VALUE`, as a browser sends it back. */
export function cookieIn({ headers }: Answer): string | null {
  const [set] = [headers['set-cookie'] ?? []].flat()
  const pair = set?.split(';')[0] ?? ''
  return pair.startsWith(`${sessionCookie}=`) && pair.length > sessionCookie.length + 1 ? pair : null
}

export function codeOf(answer: Answer): string {
  return (answer.body as { fault?: { code?: string } }).fault?.code ?? `HTTP ${answer.status}`
}
