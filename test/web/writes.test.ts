import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { idempotencyHeader } from '../../src/contract/protocol.ts'
import { type FakeDaemon, launchedDaemon } from '../api/fake-daemon.ts'

interface Sent {
  readonly path: string
  readonly key: string | null
}

/** The console's own calls, as a page of this daemon makes them. The first write of each is done, and its answer never arrives. */
async function page(t: TestContext, daemon: FakeDaemon, { breaks = false } = {}) {
  const app = await daemon.api()
  let broken = 0
  app.server.prependListener('request', (request, response) => {
    if (!breaks || request.method !== 'POST' || broken > 0) return
    broken += 1
    response.end = () => {
      request.socket.destroy()
      return response
    }
  })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const sent: Sent[] = []
  const real = globalThis.fetch
  // A page's addresses are of the daemon that it came from.
  t.mock.method(globalThis, 'fetch', (place: string, init?: RequestInit) => {
    if (init?.method !== 'GET') sent.push({ path: place, key: new Headers(init?.headers).get(idempotencyHeader) })
    return real(new URL(place, base), init)
  })
  t.after(() => app.close())
  const { api } = await import('../../src/web/api/api.ts')
  return { api, sent, broken: () => broken }
}

test('each write of the console has a key of its own', async (t) => {
  const daemon = launchedDaemon()
  const { api, sent } = await page(t, daemon)
  await api.pause('lone')
  await api.resume('lone')
  const { task } = await api.shutdown({ guests: ['lone'] })
  await api.cancelTask(task ?? '')
  await api.consoleTicket('web', 'serial', false)
  assert.equal(sent.length, 5)
  for (const { path, key } of sent) assert.match(key ?? '', /^[\da-f-]{36}$/, path)
  assert.equal(new Set(sent.map(({ key }) => key)).size, 5)
})

test('a write of the console whose connection breaks is sent again with its key, and done once', async (t) => {
  const daemon = launchedDaemon()
  const { api, sent, broken } = await page(t, daemon, { breaks: true })
  assert.deepEqual((await api.shutdown({ guests: ['lone'] })).changed, ['lone'])
  assert.deepEqual([broken(), sent.length], [1, 2])
  assert.equal(sent[0]?.key, sent[1]?.key)
  assert.ok(sent[0]?.key)
  assert.equal(daemon.wish('lone').launchSerial, 1)
  assert.equal(daemon.history.events.filter(({ word }) => word === 'wish').length, 1)
})
