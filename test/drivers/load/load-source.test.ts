import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createLoadSource } from '../../../src/drivers/load/load-source.ts'
import { loadSourceConformance } from '../../conformance/load-source.ts'
import { until } from '../../until.ts'

const chunk = Buffer.alloc(64 * 1024)
const chunks = 60

/** A second or two long, whatever the machine. */
function site(): Server {
  return createServer((request, answer) => {
    if (request.url === '/page') {
      answer.end('hello')
      return
    }
    answer.writeHead(200, { 'content-length': chunk.length * chunks })
    let left = chunks
    const timer = setInterval(() => {
      answer.write(chunk)
      if (--left > 0) return
      clearInterval(timer)
      answer.end()
    }, 20)
    answer.on('close', () => clearInterval(timer))
  })
}

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

loadSourceConformance('load source', async () => {
  let server = site()
  const port = await listen(server)
  return {
    source: createLoadSource(null),
    ...{ address: '127.0.0.1', port, transferPath: '/file', loadPath: '/page' },
    silence: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    wake: async () => {
      server = site()
      await listen(server, port)
    },
    cut: async () => server.closeAllConnections(),
    nowMs: () => performance.now(),
    pass: (ms) => delay(ms),
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
})

test('an answer that nobody asked for counts as duplicated', async () => {
  const page = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  let asked = 0
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write(++asked === 3 ? page + page : page))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const wish = { kind: 'load', address: '127.0.0.1', port, path: '/', connections: 1, requests: 10 } as const
  const outcome = await (await createLoadSource(null).measure(wish)).ended
  server.close()
  assert.ok(outcome.kind === 'load')
  assert.deepEqual([outcome.answered + outcome.lost, outcome.duplicated >= 1], [10, true])
})

test('a server that closes after each answer is asked anew at once, by one connection each', async () => {
  let made = 0
  const server = createServer((_request, answer) => answer.writeHead(200, { connection: 'close' }).end('hello'))
  server.on('connection', () => made++)
  const port = await listen(server)
  const wish = { kind: 'load', address: '127.0.0.1', port, path: '/', connections: 1, requests: 20 } as const
  const outcome = await (await createLoadSource(null).measure(wish)).ended
  server.close()
  assert.ok(outcome.kind === 'load')
  assert.deepEqual([outcome.answered, outcome.lost, outcome.broken, made], [20, 0, 0, 20])
})

test('a small page that repeats is no load; an answer that is none breaks it, once one was there', async () => {
  const asked: number[] = []
  const server = createServer((_request, answer) => {
    asked.push(performance.now())
    answer.writeHead(asked.length === 6 ? 503 : 200).end('hello')
  })
  const port = await listen(server)
  const began = performance.now()
  const measurement = await createLoadSource(null).measure({
    ...{ kind: 'transfer', address: '127.0.0.1', port, path: '/', repeats: true },
  })
  const outcome = await measurement.ended
  const wholeMs = performance.now() - began
  server.close()
  assert.ok(outcome.kind === 'transfer')
  assert.deepEqual([outcome.downloads, outcome.bytes, outcome.broken], [6, 25, true])
  const spreadMs = asked.at(-1)! - asked[0]!
  // Half a second where they are seen as they come; at once, if nothing held them back.
  assert.ok(spreadMs > 200, `six in ${spreadMs} ms`)
  assert.ok(outcome.tookMs < wholeMs - 300, `${outcome.tookMs} of ${wholeMs} ms: what lies between does not count`)
})

test('the generator ends with its daemon: no measurement outlives whoever wanted it', async () => {
  const server = site()
  const port = await listen(server)
  const wish = { kind: 'load', address: '127.0.0.1', port, path: '/page', connections: 2, requests: 1_000_000 } as const
  const measurement = await createLoadSource(null).measure(wish)
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
  await until(async () => (await open()) === 2, 'two connections')
  await measurement.stop()
  await until(async () => (await open()) === 0, 'no connection any more')
  server.close()
})

test('at a client by ssh the program travels as text, with nothing beside it', async () => {
  // In the place of ssh: a shell that runs, in an empty folder, what ssh would hand to the shell of the other host.
  const folder = mkdtempSync(join(tmpdir(), 'vigia-ssh-'))
  const program = join(folder, 'ssh')
  writeFileSync(
    program,
    `#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\ncd "$(mktemp -d)" && echo Welcome && exec sh -c "$*"\n`,
  )
  chmodSync(program, 0o755)
  const server = site()
  const port = await listen(server)
  const source = createLoadSource({ host: 'client', options: [], node: process.execPath }, program)
  const outcome = await (
    await source.measure({ kind: 'transfer', address: '127.0.0.1', port, path: '/file', repeats: false })
  ).ended
  assert.ok(outcome.kind === 'transfer')
  assert.deepEqual([outcome.bytes, outcome.broken], [chunk.length * chunks, false])
  server.close()
  rmSync(folder, { recursive: true })
})

test('a client that cannot be reached is a fault with what ssh said, or that there is none', async () => {
  const source = createLoadSource({ host: 'nobody@127.0.0.1', options: ['-p', '1'], node: 'node' })
  await assert.rejects(
    source.measure({ kind: 'transfer', address: '127.0.0.1', port: 1, path: '/', repeats: false }),
    (error: { code?: string; details?: { text?: string } }) =>
      error.code === 'peer-lost' && /refused|ssh ENOENT/i.test(error.details?.text ?? ''),
  )
})
