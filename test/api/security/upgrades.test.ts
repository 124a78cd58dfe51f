import assert from 'node:assert/strict'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type TestContext, test } from 'node:test'
import { networkHeaders } from '../../../src/api/network-headers.ts'
import { maxConsoles } from '../../../src/api/upgrades.ts'
import type { ConsoleTicket } from '../../../src/contract/metrics.ts'
import { consoleProtocol, paths } from '../../../src/contract/protocol.ts'
import { served } from '../../cli/terminal.ts'
import { launchedDaemon } from '../fake-daemon.ts'
import { stage } from './people.ts'

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

type Way = { readonly port: number; readonly ca: string } | { readonly socketPath: string }

const webSocket = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
}

/** What a request for another protocol is answered with, whichever it is. A connection that was taken is left open until the test ends. */
function upgraded(t: TestContext, way: Way, path: string, headers: Record<string, string>): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', ...way, path, headers, agent: false as const }
    const sent = 'port' in way ? httpsRequest(options) : httpRequest(options)
    sent.on('error', reject)
    sent.on('upgrade', ({ statusCode = 0, headers }, socket) => {
      t.after(() => socket.destroy())
      resolve({ status: statusCode, headers, text: '' })
    })
    sent.on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    sent.end()
  })
}

function assertProblem({ status, headers, text }: Answered, wanted: number, code: string): void {
  assert.equal(status, wanted, text)
  assert.equal(headers['content-type'], 'application/problem+json')
  assert.equal(headers.connection, 'close')
  const body = JSON.parse(text) as { status: number; fault: { code: string } }
  assert.deepEqual([body.status, body.fault.code], [wanted, code])
}

test('each refused upgrade is a problem document, with the headers of every answer over the network', async (t) => {
  const { net, account, signIn } = await stage(t)
  await account('vera', { role: 'viewer' })
  await account('otto', { role: 'operator' })
  const way = { port: net.port, ca: net.certificate }
  const [viewer, operator] = [await signIn('vera'), await signIn('otto')]
  const ticket = async () => {
    const { body } = await operator.ask(paths.consoleTicket('web'), { method: 'POST', body: { kind: 'serial' } })
    const made = body as ConsoleTicket
    return `${made.path}?ticket=${made.ticket}`
  }
  const of = (cookie: string, more: Record<string, string> = {}) => ({ ...webSocket, cookie, ...more })
  const serial = { connection: 'Upgrade', upgrade: consoleProtocol }
  const cases: [number, string, string, Record<string, string>][] = [
    [400, 'bad-request', '/chat', webSocket],
    [400, 'bad-request', paths.status, { connection: 'Upgrade', upgrade: 'h2c' }],
    [401, 'sign-in-wanted', await ticket(), webSocket],
    [401, 'sign-in-wanted', paths.console('web', false), serial],
    [403, 'access-denied', await ticket(), of(viewer.cookie)],
    [403, 'access-denied', paths.console('web', false), { ...serial, cookie: viewer.cookie }],
    [403, 'access-denied', await ticket(), of(operator.cookie, { origin: 'https://elsewhere.example' })],
    [403, 'access-denied', `${paths.consoleSocket('web')}?ticket=${'x'.repeat(43)}`, of(operator.cookie)],
    [404, 'guest-unknown', paths.console('wbe', false), { ...serial, cookie: operator.cookie }],
    [400, 'bad-request', await ticket(), of(operator.cookie, { 'sec-websocket-key': 'short' })],
    [400, 'bad-request', await ticket(), of(operator.cookie, { 'sec-websocket-version': '7' })],
    [400, 'bad-request', await ticket(), of(operator.cookie, { 'sec-websocket-protocol': 'no;such' })],
  ]
  for (const [status, code, path, headers] of cases) {
    const answer = await upgraded(t, way, path, headers)
    assertProblem(answer, status, code)
    for (const [name, value] of Object.entries(networkHeaders)) assert.equal(answer.headers[name], value, name)
    const ofWebSocket = answer.text.includes('Sec-WebSocket')
    assert.equal(answer.headers['sec-websocket-version'], ofWebSocket ? '13, 8' : undefined, answer.text)
  }
  const open = await ticket()
  for (let count = 0; count < maxConsoles; count += 1) {
    const { status } = await upgraded(t, way, await ticket(), of(operator.cookie))
    assert.equal(status, 101)
  }
  assertProblem(await upgraded(t, way, open, of(operator.cookie)), 503, 'limit-reached')
})

test('an upgraded connection says what of the headers binds a browser beyond it, and nothing of pages', async (t) => {
  const { net, account, signIn } = await stage(t)
  await account('otto', { role: 'operator' })
  const { ask, cookie } = await signIn('otto')
  const made = await ask(paths.consoleTicket('web'), { method: 'POST', body: { kind: 'serial' } })
  const { path, ticket } = made.body as ConsoleTicket
  const way = { port: net.port, ca: net.certificate }
  for (const [place, headers] of [
    [`${path}?ticket=${ticket}`, webSocket],
    [paths.console('web', true), { connection: 'Upgrade', upgrade: consoleProtocol }],
  ] as const) {
    const answer = await upgraded(t, way, place, { ...headers, cookie })
    assert.equal(answer.status, 101, answer.text)
    for (const name of ['strict-transport-security', 'x-content-type-options', 'referrer-policy', 'cache-control']) {
      assert.equal(answer.headers[name], networkHeaders[name], name)
    }
    for (const name of ['content-security-policy', 'x-frame-options']) assert.equal(answer.headers[name], undefined)
  }
})

test('through the socket of the host refusals are the same, without what is said over the network', async (t) => {
  const way = { socketPath: await served(t, launchedDaemon()) }
  const answer = await upgraded(t, way, '/chat', webSocket)
  assertProblem(answer, 400, 'bad-request')
  assert.equal(answer.headers['strict-transport-security'], undefined)
  const taken = await upgraded(t, way, paths.console('web', false), { connection: 'Upgrade', upgrade: consoleProtocol })
  assert.equal(taken.status, 101)
  assert.equal(taken.headers['strict-transport-security'], undefined)
})
