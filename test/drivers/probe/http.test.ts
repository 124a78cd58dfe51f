import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import type { ProbeSpec } from '../../../src/model/service.ts'
import { until } from '../../until.ts'
import { Cleanup, passed, patientMs, portOf, refusingPort, sure, targetOf, tcpServer, testProber } from './support.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.run())

type HttpProbe = ProbeSpec & { readonly kind: 'http' }

const page: HttpProbe = {
  kind: 'http',
  scheme: 'http',
  path: '/',
  hostHeader: null,
  statusFrom: 200,
  statusTo: 399,
  body: null,
  verifyCertificate: true,
}

/** Asks a server that answers every connection in the given way once it has heard something. */
async function ask(
  onRequest: (socket: Socket, heard: string) => void,
  probe: Partial<HttpProbe> = {},
  timeoutMs = patientMs,
) {
  const port = await tcpServer(cleanup, (socket) => socket.on('data', (chunk) => onRequest(socket, chunk.toString())))
  return await sure(() => testProber().ask(targetOf(port, { ...page, ...probe }), timeoutMs))
}

const says = (text: string) => (socket: Socket) => socket.write(text)

test('a status in range is an answer, one outside is a no that names it', async () => {
  assert.equal((await ask(says('HTTP/1.1 204 No Content\r\n\r\n'))).kind, 'answered')
  assert.equal((await ask(says('HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n'))).kind, 'answered')
  assert.deepEqual(await ask(says('HTTP/1.1 503 Busy\r\n\r\n')), { kind: 'refused', detail: 'status 503' })
  assert.deepEqual(await ask(says('HTTP/1.1 101 Up\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')), {
    kind: 'refused',
    detail: 'status 101',
  })
})

test('the request is what a server expects: path, host, close', async () => {
  let request = ''
  const answer = (socket: Socket, heard: string) => {
    request += heard
    socket.end('HTTP/1.1 200 OK\r\n\r\n')
  }
  assert.equal((await ask(answer, { path: '/up?now=1', hostHeader: 'shop.example' })).kind, 'answered')
  assert.match(request, /^GET \/up\?now=1 HTTP\/1\.1\r\n/)
  assert.match(request, /\r\nhost: shop\.example\r\n/i)
  assert.match(request, /\r\nconnection: close\r\n/i)
})

test('the wanted text is found across chunks, and missed when it is not there', async () => {
  const body = 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n'
  const inTwo = (socket: Socket) => {
    socket.write(`${body}all is w`)
    setTimeout(() => socket.write('ell!'), 20)
  }
  assert.equal((await ask(inTwo, { body: 'is well' })).kind, 'answered')
  assert.deepEqual(await ask(inTwo, { body: 'is ill' }), { kind: 'refused', detail: 'text not found' })
})

test('an endless body is not read to its end', async () => {
  let sent = 0
  const pour = (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const more = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x'))) sent += 65_536
    }
    socket.on('drain', more)
    more()
  }
  assert.deepEqual(await ask(pour, { body: 'y' }), { kind: 'refused', detail: 'text not found' })
  assert.ok(sent < 64 * 1024 * 1024)
})

test('headers without end are a no; headers that come too slowly are silence', async () => {
  const flood = (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x: why not\r\n'.repeat(8_000)}`)
  assert.equal((await ask(flood)).kind, 'refused')
  const drip = (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket.write('a: b\r\n'), 20)
    socket.on('close', () => clearInterval(timer))
  }
  assert.deepEqual(await ask(drip, {}, 200), { kind: 'silent', detail: 'no answer' })
})

test('what is not HTTP, or hangs up, is a no', async () => {
  assert.equal((await ask(says('SSH-2.0-OpenSSH\r\n'))).kind, 'refused')
  assert.equal((await ask((socket) => socket.end())).kind, 'refused')
  assert.equal((await ask((socket) => socket.resetAndDestroy())).kind, 'refused')
  assert.equal((await testProber().ask(targetOf((await refusingPort(cleanup)).port, page), patientMs)).kind, 'refused')
})

test('a path or a header that cannot be sent is impossible', async () => {
  assert.equal((await ask(says(''), { path: '/a b\r\nx: y' })).kind, 'impossible')
  assert.equal((await ask(says(''), { hostHeader: 'a\r\nb: c' })).kind, 'impossible')
})

async function tlsPort(): Promise<number> {
  const folder = new URL('fixtures/', import.meta.url)
  const server = createTlsServer(
    { key: readFileSync(new URL('self-signed.key', folder)), cert: readFileSync(new URL('self-signed.crt', folder)) },
    (_request, response) => response.end('fine'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanup.add(() => {
    server.closeAllConnections()
    server.close()
  })
  return portOf(server)
}

test('https: an unknown certificate is a no, unless it is not to be checked', async () => {
  const port = await tlsPort()
  const secure = { ...page, scheme: 'https', body: 'fine', hostHeader: 'probe.example' } as const
  assert.deepEqual(await testProber().ask(targetOf(port, secure), patientMs), {
    kind: 'refused',
    detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  const unchecked = { ...secure, verifyCertificate: false }
  assert.equal((await testProber().ask(targetOf(port, unchecked), patientMs)).kind, 'answered')
})

test('https to a port that speaks no TLS is a no', async () => {
  assert.equal((await ask(says('HTTP/1.1 400 Bad\r\n\r\n'), { scheme: 'https' })).kind, 'refused')
})

test('waiting: a page that begins to be served is noticed soon, errors before it do not end the wait', async () => {
  const prober = testProber()
  let status = 503
  let told = 0
  const port = await tcpServer(cleanup, (socket) => socket.on('data', () => socket.end(`HTTP/1.1 ${status} X\r\n\r\n`)))
  prober.untilAnswered(targetOf(port, page), () => {
    told += 1
  })
  await passed(150)
  assert.equal(told, 0)
  status = 200
  await until(() => told > 0)
  await passed(100)
  assert.equal(told, 1)
  await prober.close()
})
