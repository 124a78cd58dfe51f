import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { listenOn } from '../../src/api/listen.ts'
import { maxStreams } from '../../src/api/routes-streams.ts'
import { type Client, createClient, RemoteFault } from '../../src/client/client.ts'
import type { Live } from '../../src/client/live.ts'
import { unixTransport } from '../../src/client/unix-transport.ts'
import { Fault } from '../../src/model/fault.ts'
import { guestId } from '../../src/model/ids.ts'
import { type FakeDaemon, launchedDaemon } from '../api/fake-daemon.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'vigia-client-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function served(
  t: TestContext,
  daemon: FakeDaemon,
): Promise<{ client: Client; socket: string; stop: () => Promise<void> }> {
  const socket = join(folder(t), 'run', 'vigia.sock')
  const app = await daemon.api()
  await listenOn(app, socket)
  const client = createClient(unixTransport(socket), 'ana')
  let stopped = false
  const stop = async (): Promise<void> => {
    if (stopped) return
    stopped = true
    await app.close()
  }
  t.after(async () => {
    client.close()
    await stop()
  })
  return { client, socket, stop }
}

test('the socket is for its owner and group only', async (t) => {
  const { socket, client } = await served(t, launchedDaemon())
  assert.equal((statSync(socket).mode & 0o777).toString(8), '660')
  assert.equal((await client.status()).guests.length, 4)
})

test('commands and views travel as typed data', async (t) => {
  const daemon = launchedDaemon()
  const { client } = await served(t, daemon)
  assert.deepEqual((await client.shutdown({ guests: ['lone'] })).changed, ['lone'])
  assert.equal(daemon.wish('lone').by, 'ana')
  assert.deepEqual((await client.memory('dns', 256)).changed, ['dns'])
  assert.deepEqual((await client.watch('dns', false)).changed, ['dns'])
  assert.deepEqual((await client.pause('mail')).affects, ['web'])
  assert.deepEqual((await client.resume('mail')).changed, ['mail'])
  assert.equal((await client.why('web')).chain[0]?.guest, 'web')
  assert.deepEqual((await client.guest('mail')).neededBy, ['web'])
  assert.equal((await client.doctor()).checks[0]?.id, 'socket')
  assert.equal((await client.ready()).ok, true)
})

test('a refusal arrives with all its details', async (t) => {
  const { client } = await served(t, launchedDaemon())
  await assert.rejects(client.launch({ guests: ['wbe'] }), (error: unknown) => {
    assert.ok(error instanceof RemoteFault)
    assert.equal(error.code, 'guest-unknown')
    assert.deepEqual(error.details, { guest: 'wbe', nearest: 'web' })
    return true
  })
})

test('not ready is an answer, not an error', async (t) => {
  const daemon = launchedDaemon()
  daemon.troubles = [{ code: 'store-lost', outcome: 'not-done', details: {} }]
  const { client } = await served(t, daemon)
  assert.deepEqual(
    (await client.ready()).faults.map(({ code }) => code),
    ['store-lost'],
  )
})

test('the live status starts whole and follows each change', async (t) => {
  const daemon = launchedDaemon()
  const { client } = await served(t, daemon)
  const stop = new AbortController()
  const seen: string[] = []
  for await (const live of client.liveStatus(stop.signal)) {
    if (live.kind === 'lost') throw live.fault
    const web = live.value.guests.find(({ id }) => id === 'web')
    seen.push(`${live.value.guests.length} ${web?.services[0]?.verdict}`)
    if (seen.length === 2) stop.abort()
    daemon.world.see('web', 'running', { '80/tcp': 'refused' })
    daemon.changed()
  }
  assert.deepEqual(seen, ['4 answering', '4 refused'])
})

test('live events go on from the last one after the daemon was gone', async (t) => {
  const daemon = launchedDaemon()
  const happened = (guest: string): void =>
    daemon.history.append([
      {
        at: daemon.clock.wall(),
        host: daemon.powers().host,
        actor: 'leader',
        word: 'ready',
        guest: guestId(guest),
        service: null,
        because: null,
        fault: null,
        note: null,
      },
    ])
  happened('dns')
  const first = await served(t, daemon)
  const stop = new AbortController()
  const seen: string[] = []
  for await (const live of first.client.liveEvents({ after: '0' }, stop.signal)) {
    seen.push(told(live))
    if (seen.length === 1) {
      happened('mail')
    } else if (seen.length === 2) {
      await first.stop()
      happened('web')
      const app = await daemon.api()
      await listenOn(app, first.socket)
      t.after(() => app.close())
    } else if (live.kind === 'value') {
      stop.abort()
    }
  }
  assert.deepEqual(seen, ['1 dns', '2 mail', 'lost daemon-absent', '3 web'])
})

function told(live: Live<{ readonly id: number; readonly guest: string | null }>): string {
  return live.kind === 'lost' ? `lost ${live.fault.code}` : `${live.value.id} ${live.value.guest}`
}

test('a stream is bounded in number', async (t) => {
  const { client } = await served(t, launchedDaemon())
  const stop = new AbortController()
  t.after(() => stop.abort())
  for (let count = 0; count < maxStreams; count++) {
    const first = await client.liveStatus(stop.signal)[Symbol.asyncIterator]().next()
    assert.equal(first.done, false)
  }
  await assert.rejects(client.liveStatus(stop.signal)[Symbol.asyncIterator]().next(), { code: 'limit-reached' })
  assert.equal((await client.status()).cluster, 'test')
})

test('what keeps a client from the daemon is told apart', async (t) => {
  const path = folder(t)
  const notSocket = join(path, 'file')
  writeFileSync(notSocket, '')
  for (const socket of [join(path, 'none.sock'), notSocket, join(path, 'x'.repeat(200))]) {
    const client = createClient(unixTransport(socket))
    await assert.rejects(client.status(), (error: unknown) => {
      assert.ok(error instanceof Fault, String(error))
      assert.equal(error.code, 'daemon-absent', socket)
      return true
    })
  }
})

test('a daemon that answers nothing, or nonsense, is a fault and not a wait', async (t) => {
  const path = folder(t)
  const dumb = createServer()
  const silly = createServer((socket) => socket.end('hello\r\n\r\n'))
  await new Promise<void>((resolve) => dumb.listen(join(path, 'dumb'), resolve))
  await new Promise<void>((resolve) => silly.listen(join(path, 'silly'), resolve))
  t.after(() => {
    dumb.close()
    silly.close()
  })
  const slow = createClient(unixTransport(join(path, 'dumb'), { answerMs: 50 }))
  await assert.rejects(slow.launch({}), { code: 'timeout', outcome: 'unknown' })
  slow.close()
  const odd = createClient(unixTransport(join(path, 'silly')))
  await assert.rejects(odd.status(), { name: 'Fault', outcome: 'unknown' })
})

test('a socket left over is replaced; one that answers is left alone', async (t) => {
  const daemon = launchedDaemon()
  const { socket } = await served(t, daemon)
  const second = await daemon.api()
  t.after(() => second.close())
  await assert.rejects(listenOn(second, socket, 200), { code: 'store-busy' })
  const stale = join(folder(t), 'stale.sock')
  writeFileSync(stale, '')
  await listenOn(second, stale)
  assert.equal((await createClient(unixTransport(stale)).status()).cluster, 'test')
})

test('a socket that a killed daemon lets go of late is waited for', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  const socket = join(folder(t), 'vigia.sock')
  // As a program that was being started holds it: it takes connections and says nothing.
  const held = createServer().listen(socket)
  await once(held, 'listening')
  setTimeout(() => held.close(), 400)
  await listenOn(app, socket)
  assert.equal((await createClient(unixTransport(socket)).status()).cluster, 'test')
})

test('a write whose connection breaks is sent again, and done once', async (t) => {
  const daemon = launchedDaemon()
  const socket = join(folder(t), 'vigia.sock')
  const app = await daemon.api()
  let broken = 0
  // Done, and its answer never arrives.
  app.server.prependListener('request', (request, response) => {
    if (request.method !== 'POST' || broken > 0) return
    broken += 1
    response.end = () => {
      request.socket.destroy()
      return response
    }
  })
  await listenOn(app, socket)
  const client = createClient(unixTransport(socket), 'ana')
  t.after(async () => {
    client.close()
    await app.close()
  })
  assert.deepEqual((await client.shutdown({ guests: ['lone'] })).changed, ['lone'])
  assert.equal(broken, 1)
  assert.equal(daemon.wish('lone').launchSerial, 1)
  assert.equal(daemon.history.events.filter(({ word }) => word === 'wish').length, 1)
})
