import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { listenNetwork } from '../../../src/api/listen-network.ts'
import { networkHeaders } from '../../../src/api/network-headers.ts'
import { usualPatience } from '../../../src/api/server-limits.ts'
import { makeOwnCertificate } from '../../../src/drivers/ca/certificate-maker.ts'
import { givenCertificate } from '../../../src/drivers/listener/given-certificate.ts'
import { ownCertificate } from '../../../src/drivers/listener/own-certificate.ts'
import { RenewableCertificate } from '../../../src/drivers/listener/renewable-certificate.ts'
import { localClock } from '../../../src/drivers/local/clock.ts'
import { wallTime } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { until } from '../../until.ts'
import { launchedDaemon } from '../fake-daemon.ts'
import { folder, network } from './network.ts'

type Settings = ConnectionOptions

/** What a handshake with these settings comes to: the socket, or why not. */
function handshake(t: TestContext, settings: Settings): Promise<TLSSocket | string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', ...settings }, () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    t.after(() => socket.destroy())
  })
}

test('old protocols and weak ciphers are refused, the newest is taken', async (t) => {
  const { port, certificate: ca } = await network(t, await launchedDaemon().api())
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  assert.equal(typeof (await handshake(t, { port, ca, ...old })), 'string')
  for (const ciphers of ['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-SHA256']) {
    assert.equal(typeof (await handshake(t, { port, ca, maxVersion: 'TLSv1.2', ciphers })), 'string', ciphers)
  }
  const good = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const
  const older = await handshake(t, { port, ca, ...good })
  assert.ok(typeof older !== 'string', String(older))
  assert.equal(older.getProtocol(), 'TLSv1.2')
  const newest = await handshake(t, { port, ca })
  assert.ok(typeof newest !== 'string' && newest.getProtocol() === 'TLSv1.3')
})

test('every answer has the headers: of a route, of none, of what is refused before any route, of what is no HTTP', async (t) => {
  const { port, certificate: ca, ask } = await network(t, await launchedDaemon().api())
  const answers = [
    await ask('/healthz'),
    await ask('/api/v1/status'),
    await ask('/api/v1/nothing-like-this'),
    await ask('/%zz'),
    await ask('/api/v1/launch', { method: 'POST', raw: '{' }),
    await ask('/healthz', { method: 'OPTIONS' }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401, 404, 400, 401, 404],
  )
  for (const { headers } of answers) {
    for (const [name, value] of Object.entries(networkHeaders)) assert.equal(headers[name], value, name)
  }
  const socket = await handshake(t, { port, ca })
  assert.ok(typeof socket !== 'string')
  socket.write('no such protocol\r\n\r\n')
  let text = ''
  for await (const piece of socket) text += String(piece)
  assert.match(text, /^HTTP\/1\.1 400 /)
  for (const name of Object.keys(networkHeaders)) assert.ok(text.includes(`\r\n${name}: `), name)
})

test('the policy lets nothing in from outside, and nothing written into the page run', () => {
  const policy = networkHeaders['content-security-policy'] ?? ''
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.doesNotMatch(policy.replace("style-src-attr 'unsafe-inline'", ''), /unsafe|\*|https?:/)
})

test('a newer certificate is shown without a restart, and one that does not fit its key is not', async (t) => {
  const path = folder(t)
  const files = { certificate: join(path, 'a.crt'), key: join(path, 'a.key') }
  const now = wallTime(Date.now())
  const [first, second] = [await makeOwnCertificate(['localhost'], now), await makeOwnCertificate(['localhost'], now)]
  writeFileSync(files.certificate, first.certificate)
  writeFileSync(files.key, first.key)
  // The same clock, faster: what waits half a minute waits a twentieth of a second.
  const clock = { ...localClock(), after: (ms: number, run: () => void) => localClock().after(ms / 600, run) }
  const { port } = await network(t, await launchedDaemon().api(), await givenCertificate(files, clock, silentLog))
  const shown = async (): Promise<string> => {
    const socket = await handshake(t, { port, rejectUnauthorized: false })
    assert.ok(typeof socket !== 'string')
    return socket.getPeerX509Certificate()?.fingerprint256 ?? ''
  }
  const [one, two] = [first, second].map(({ certificate }) => new X509Certificate(certificate).fingerprint256)
  assert.equal(await shown(), one)
  writeFileSync(files.certificate, second.certificate)
  await delay(200)
  assert.equal(await shown(), one)
  writeFileSync(files.key, second.key)
  await until(async () => (await shown()) === two, 'the newer one is shown')
})

test('a host’s own certificate stays through restarts, and is made anew for another name', async (t) => {
  const path = folder(t)
  const made = async (...needed: [string, ...string[]]) => {
    const source = await ownCertificate(path, () => ({ needed, also: [] }), localClock(), silentLog)
    source.stop()
    return source.current.certificate
  }
  const first = await made('node1', '192.0.2.1', '::1')
  assert.equal(await made('node1', '192.0.2.1', '::1'), first)
  assert.notEqual(await made('node1', '192.0.2.1', '192.0.2.2'), first)
  const other = await made('node1')
  rmSync(join(path, 'listener.key'))
  assert.notEqual(await made('node1'), other)
})

test('one address has so many connections and no more; a path is reached with the same rights: none', async (t) => {
  const app = await launchedDaemon().api()
  const { port, certificate: ca } = await network(t, app)
  const sockets = Array.from({ length: 80 }, () => connectPlain({ host: '127.0.0.1', port }))
  for (const socket of sockets) {
    socket.on('error', () => {})
    t.after(() => socket.destroy())
  }
  const open = () => sockets.filter(({ closed }) => !closed).length
  await until(() => open() <= 64, 'the others are refused')
  await delay(100)
  assert.equal(open(), 64)
  for (const socket of sockets) socket.destroy()
  await until(async () => typeof (await handshake(t, { port, ca })) !== 'string', 'there is room again')

  const path = join(folder(t), 'console.sock')
  const made = await makeOwnCertificate(['localhost'], wallTime(Date.now()))
  const listener = await listenNetwork(app, { kind: 'path', path }, new RenewableCertificate(made), silentLog)
  t.after(() => listener.close())
  const socket = await new Promise<TLSSocket>((resolve) => {
    const open = connect({ path, ca: made.certificate, servername: 'localhost' }, () => resolve(open))
  })
  socket.write('GET /api/v1/status HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  let text = ''
  for await (const piece of socket) text += String(piece)
  assert.match(text, /^HTTP\/1\.1 401 /)
})

test('who dawdles over the headers is cut off, and others are answered meanwhile', async (t) => {
  // The same with a quarter of the patience: what is told is that there is an end to it.
  const patience = { ...usualPatience, headersMs: usualPatience.headersMs / 4, checkEachMs: 200 }
  const { port, certificate: ca, ask } = await network(t, await launchedDaemon().api(), undefined, patience)
  const socket = await handshake(t, { port, ca })
  assert.ok(typeof socket !== 'string')
  const began = performance.now()
  socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n')
  const dripping = setInterval(() => socket.write('x: y\r\n'), 50)
  t.after(() => clearInterval(dripping))
  assert.equal((await ask('/healthz')).status, 200)
  let text = ''
  try {
    for await (const piece of socket) text += String(piece)
  } catch {
    // Cut off in the middle of a line: as good.
  }
  clearInterval(dripping)
  const ms = performance.now() - began
  assert.ok(ms >= patience.headersMs && ms < 3 * usualPatience.headersMs, `${ms}`)
  assert.match(text, /^HTTP\/1\.1 (400|408) |^$/)
})
