import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import WebSocket from 'ws'
import type { ConsoleTicket } from '../../../src/contract/metrics.ts'
import { paths } from '../../../src/contract/protocol.ts'
import { type Browser, codeOf, type Stage, stage } from './people.ts'

interface Opened {
  readonly socket: WebSocket
  readonly greeted: Promise<void>
  readonly closed: Promise<number>
}

async function ticketOf(browser: Browser, guest: string): Promise<ConsoleTicket> {
  const answer = await browser.ask(paths.consoleTicket(guest), { method: 'POST', body: { kind: 'serial' } })
  assert.equal(answer.status, 200, answer.text)
  return answer.body as ConsoleTicket
}

function open(t: TestContext, { net }: Stage, cookie: string | null, { path, ticket }: ConsoleTicket): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const headers = cookie === null ? {} : { cookie }
    const url = `wss://localhost:${net.port}${path}?ticket=${ticket}`
    const socket = new WebSocket(url, { ca: net.certificate, headers, origin: `https://localhost:${net.port}` })
    t.after(() => socket.terminate())
    const greeted = new Promise<void>((heard) => socket.once('message', () => heard()))
    const closed = new Promise<number>((done) => socket.on('close', (code) => done(code)))
    socket.once('open', () => resolve({ socket, greeted, closed }))
    socket.once('unexpected-response', (_, answer) => reject(new Error(`HTTP ${answer.statusCode}`)))
    socket.once('error', reject)
  })
}

test('a console is for an operator of that guest, in the session that asked', async (t) => {
  const world = await stage(t)
  await world.account('vera', { role: 'viewer' })
  await world.account('otto', { role: 'operator', tags: ['front'] })
  const [viewer, operator, again] = [await world.signIn('vera'), await world.signIn('otto'), await world.signIn('otto')]
  const body = { kind: 'vnc' }
  const denied = await viewer.ask(paths.consoleTicket('web'), { method: 'POST', body })
  assert.equal(codeOf(denied), 'access-denied')
  const foreign = await operator.ask(paths.consoleTicket('mail'), { method: 'POST', body })
  assert.equal(codeOf(foreign), 'access-denied')
  const without = await operator.ask(paths.consoleTicket('web'), {
    method: 'POST',
    body,
    headers: { 'vigia-csrf': '' },
  })
  assert.notEqual(without.status, 200)
  const { greeted } = await open(t, world, operator.cookie, await ticketOf(operator, 'web'))
  await greeted
  await assert.rejects(open(t, world, again.cookie, await ticketOf(operator, 'web')), /HTTP 403/)
  await assert.rejects(open(t, world, viewer.cookie, await ticketOf(operator, 'web')), /HTTP 403/)
  await assert.rejects(open(t, world, null, await ticketOf(operator, 'web')), /HTTP 401/)
})

test('a console ends with its session', async (t) => {
  const world = await stage(t)
  await world.account('otto', { role: 'operator', tags: ['front'] })
  const browser = await world.signIn('otto')
  const { greeted, closed } = await open(t, world, browser.cookie, await ticketOf(browser, 'web'))
  await greeted
  assert.equal((await browser.ask(paths.session, { method: 'DELETE' })).status, 200)
  const code = await closed
  assert.ok(code === 1_006 || code === 1_008, String(code))
})

test('the definition of a guest is for whoever is in', async (t) => {
  const world = await stage(t)
  await world.account('vera', { role: 'viewer' })
  const viewer = await world.signIn('vera')
  assert.equal((await viewer.ask(paths.guestXml('web'))).status, 200)
  assert.equal((await world.net.ask(paths.guestXml('web'))).status, 401)
  assert.equal((await world.net.ask(paths.metricsNow)).status, 401)
  assert.equal((await viewer.ask(`${paths.metricsHistory}?subject=guest:web&range=hour`)).status, 200)
})
