import assert from 'node:assert/strict'
import { request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import WebSocket from 'ws'
import { closeCodes } from '../../src/api/console-socket.ts'
import type { ApiPowers } from '../../src/api/powers.ts'
import type { ConsoleTicket } from '../../src/contract/metrics.ts'
import { paths } from '../../src/contract/protocol.ts'
import { served } from '../cli/terminal.ts'
import { until } from '../until.ts'
import { type FakeDaemon, launchedDaemon } from './fake-daemon.ts'
import { threeHosts } from './wide-daemon.ts'

interface Stage {
  ticket(guest: string, body?: object, headers?: Record<string, string>): Promise<ConsoleTicket>
  open(ticket: ConsoleTicket, headers?: Record<string, string>): Promise<Opened>
}

interface Opened {
  readonly socket: WebSocket
  /** Waits for this text. */
  reading(wanted: string): Promise<void>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

async function stage(t: TestContext, daemon: FakeDaemon): Promise<Stage> {
  const path = await served(t, daemon)
  const post = (guest: string, body: object, headers: Record<string, string>): Promise<ConsoleTicket> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ socketPath: path, method: 'POST', path: paths.consoleTicket(guest) },
          headers: { 'content-type': 'application/json', ...headers },
        },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (piece: string) => {
            text += piece
          })
          answer.on('end', () => (answer.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))))
        },
      )
      sent.on('error', reject)
      sent.end(JSON.stringify(body))
    })
  return {
    ticket: (guest, body = { kind: 'serial' }, headers = {}) => post(guest, body, headers),
    open: ({ path: place, ticket }, headers = {}) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws+unix:${path}:${place}?ticket=${ticket}`, { headers })
        t.after(() => socket.terminate())
        let text = ''
        let heard = (): void => {}
        socket.on('message', (bytes) => {
          text += String(bytes)
          heard()
        })
        const closed = new Promise<{ code: number; reason: string }>((done) => {
          socket.on('close', (code, reason) => done({ code, reason: String(reason) }))
        })
        const reading = async (wanted: string): Promise<void> => {
          while (!text.includes(wanted)) await new Promise<void>((done) => (heard = done))
        }
        socket.once('open', () => resolve({ socket, reading, closed }))
        socket.once('unexpected-response', (_, answer) => reject(new Error(`HTTP ${answer.statusCode}`)))
        socket.once('error', reject)
      }),
  }
}

test('bytes go both ways, the history says who sat there, and closing closes the guest’s end', async (t) => {
  const daemon = launchedDaemon()
  const { ticket, open } = await stage(t, daemon)
  const { socket, reading } = await open(await ticket('web'), { 'vigia-by': '' })
  await reading('web login: ')
  socket.send('typed as text, ')
  socket.send(Buffer.from('and as bytes'))
  await reading('typed as text, and as bytes')
  socket.close()
  await until(() => daemon.consolesClosed > 0, 'the console is closed')
  const events = await daemon.history.connect().query({ limit: 10 })
  assert.ok(events.some(({ guest, note }) => guest === 'web' && note === 'console'))
})

test('the screen of a guest comes from the host that it is on', async (t) => {
  const daemon = threeHosts()
  const { ticket, open } = await stage(t, daemon)
  const { reading } = await open(await ticket('mail', { kind: 'vnc' }))
  await reading('RFB 003.008\nn2 mail ')
})

test('the guest’s end ends the browser’s', async (t) => {
  const { ticket, open } = await stage(t, launchedDaemon())
  const { socket, closed, reading } = await open(await ticket('web'))
  await reading('login')
  socket.send('bye')
  assert.equal((await closed).code, closeCodes.normal)
})

test('a ticket opens one console, for the session that asked, on a page of this daemon', async (t) => {
  const { ticket, open } = await stage(t, launchedDaemon())
  const used = await ticket('web')
  await open(used)
  await assert.rejects(open(used), /HTTP 403/)
  const cookie = (value: string) => ({ cookie: `__Host-vigia=${value}` })
  await assert.rejects(open(await ticket('web', { kind: 'serial' }, cookie('one')), cookie('two')), /HTTP 403/)
  await open(await ticket('web', { kind: 'serial' }, cookie('one')), cookie('one'))
  const other = await ticket('mail')
  await assert.rejects(open({ ...other, path: paths.consoleSocket('web') }), /HTTP 403/)
  await assert.rejects(open(await ticket('web'), { origin: 'https://elsewhere.example' }), /HTTP 403/)
  await assert.rejects(open({ ...used, ticket: 'x'.repeat(43) }), /HTTP 403/)
  await assert.rejects(open({ ...used, ticket: '' }), /HTTP 400/)
})

test('a console that cannot be opened says why in its close', async (t) => {
  const daemon = threeHosts()
  const { ticket, open } = await stage(t, daemon)
  daemon.withoutVnc = true
  const { closed } = await open(await ticket('mail', { kind: 'vnc' }))
  assert.deepEqual(await closed, { code: closeCodes.notOpened, reason: '{"code":"refused","why":"no-vnc"}' })
  daemon.silentHosts = ['n2']
  const lost = await open(await ticket('mail'))
  assert.deepEqual(await lost.closed, { code: closeCodes.notOpened, reason: '{"code":"peer-lost"}' })
})

test('no ticket for a guest that is not there, or for what is no console', async (t) => {
  const { ticket } = await stage(t, launchedDaemon())
  await assert.rejects(ticket('wbe'), /guest-unknown/)
  await assert.rejects(ticket('web', { kind: 'spice' }), /bad-request/)
  await assert.rejects(ticket('web', { kind: 'vnc', more: 1 }), /bad-request/)
})

/** As `launchedDaemon`, looking after its consoles much more often. */
function hasty(): FakeDaemon {
  const daemon = launchedDaemon()
  const powers = daemon.powers.bind(daemon)
  daemon.powers = (): ApiPowers => {
    const { clock, ...more } = powers()
    return { ...more, clock: { ...clock, after: (ms, run) => clock.after(ms === 10_000 ? 250 : ms, run) } }
  }
  return daemon
}

test('it ends when whoever opened it may have it no longer', async (t) => {
  const daemon = hasty()
  const { ticket, open } = await stage(t, daemon)
  const { reading, closed } = await open(await ticket('web'))
  await reading('login')
  // Three looks: whoever answers is not taken for gone.
  await delay(800)
  daemon.hasCluster = false
  assert.equal((await closed).code, closeCodes.sessionOver)
  await until(() => daemon.consolesClosed > 0, 'the console is closed')
})

test('a browser that is silent for two looks is gone', async (t) => {
  const daemon = hasty()
  const { ticket, open } = await stage(t, daemon)
  const { socket, reading } = await open(await ticket('web'))
  await reading('login')
  // It reads nothing any more, pings included, as one whose machine was put to sleep.
  socket.pause()
  await until(() => daemon.consolesClosed > 0, 'the console is closed')
})
