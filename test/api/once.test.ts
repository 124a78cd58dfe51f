import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { receiptsAtMost } from '../../src/api/receipts.ts'
import { createApi } from '../../src/api/server.ts'
import type { ErrorBody } from '../../src/contract/error.ts'
import { idempotencyHeader, paths, replayedHeader, speakerHeader } from '../../src/contract/protocol.ts'
import type { WishResult } from '../../src/contract/wishes.ts'
import { Fault } from '../../src/model/fault.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { launchedDaemon } from './fake-daemon.ts'

async function send(app: FastifyInstance, url: string, payload: object, key: string, by = 'ana') {
  const headers = { [idempotencyHeader]: key, [speakerHeader]: by }
  const response = await app.inject({ method: 'POST', url, payload, headers })
  return {
    status: response.statusCode,
    body: response.json() as WishResult & ErrorBody,
    replayed: response.headers[replayedHeader] === 'true',
  }
}

const down = paths.guestDo('lone', 'shutdown')
const up = paths.guestDo('lone', 'launch')

test('the same write with the same key is done once, and answered as it was then', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  const first = await send(app, down, {}, 'k1')
  assert.deepEqual([first.status, first.body.changed, first.replayed], [200, ['lone'], false])
  const serial = daemon.wish('lone').launchSerial
  await send(app, up, {}, 'k2')
  const again = await send(app, down, {}, 'k1')
  assert.deepEqual([again.status, again.replayed], [200, true])
  assert.deepEqual(again.body, first.body)
  assert.equal(daemon.wish('lone').launchSerial, serial + 1, 'only the launch between them counts')
  assert.equal(daemon.wish('lone').state, null)
  assert.equal(daemon.history.events.filter(({ note }) => note?.startsWith('shutdown')).length, 1)
})

test('another daemon of the same store honours it, and other people have other keys', async (t) => {
  const daemon = launchedDaemon()
  const [here, there] = [await daemon.api(), await daemon.api()]
  t.after(() => Promise.all([here.close(), there.close()]))
  const first = await send(here, down, {}, 'k1')
  const again = await send(there, down, {}, '"k1"')
  assert.deepEqual([again.replayed, again.body], [true, first.body])
  assert.equal((await send(there, down, {}, 'k1', 'bia')).replayed, false)
})

test('the same key with another request is refused, and nothing is done', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  await send(app, down, {}, 'k1')
  for (const [url, body] of [
    [down, { force: true }],
    [up, {}],
  ] as const) {
    const refused = await send(app, url, body, 'k1')
    assert.deepEqual([refused.status, refused.body.fault?.code], [422, 'key-reused'])
  }
  assert.equal(daemon.wish('lone').launchSerial, 1)
  assert.equal((await send(app, down, {}, 'a b')).status, 400)
})

test('while the first is in work the second is told so', async (t) => {
  const daemon = launchedDaemon()
  const store = daemon.store.connect({ delay: () => 30 } as never)
  const app = await createApi({ ...daemon.powers(), store })
  t.after(() => app.close())
  const [first, second] = await Promise.all([send(app, down, {}, 'k1'), send(app, down, {}, 'k1')])
  assert.deepEqual([first.status, second.status], [200, 409])
  assert.equal(second.body.fault.code, 'still-in-work')
  assert.equal((await send(app, down, {}, 'k1')).replayed, true)
})

test('two daemons that are asked at the same time do it once', async (t) => {
  const daemon = launchedDaemon()
  const apps = await Promise.all([daemon.api(), daemon.api(), daemon.api()])
  t.after(() => Promise.all(apps.map((app) => app.close())))
  const answers = await Promise.all(apps.map((app) => send(app, down, {}, 'k1')))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
  for (const { body } of answers) assert.deepEqual(body, answers[0]!.body)
  assert.equal(daemon.wish('lone').launchSerial, 1)
})

test('a write whose answer from the store is lost is found done by the next try', async (t) => {
  const daemon = launchedDaemon()
  const store = daemon.store.connect()
  let lose = true
  const lossy = {
    read: (prefix: string) => store.read(prefix),
    watch: store.watch.bind(store),
    close: () => store.close(),
    async transact(transaction: Parameters<typeof store.transact>[0]) {
      const written = await store.transact(transaction)
      if (!lose) return written
      lose = false
      throw new Fault('store-lost', 'unknown')
    },
  }
  const app = await createApi({ ...daemon.powers(), store: lossy })
  t.after(() => app.close())
  assert.equal((await send(app, down, {}, 'k1')).status, 503)
  const again = await send(app, down, {}, 'k1')
  assert.deepEqual([again.status, again.replayed, again.body.changed], [200, true, ['lone']])
  assert.equal(daemon.wish('lone').launchSerial, 1)
})

test('a refusal leaves no receipt: the same key may try again', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  const dns = paths.guestDo('dns', 'shutdown')
  assert.equal((await send(app, dns, {}, 'k1')).status, 409)
  await send(app, paths.guestDo('mail', 'shutdown'), { dependents: true }, 'k2')
  daemon.readWishes()
  daemon.world.settle()
  for (const guest of ['web', 'mail']) {
    daemon.world.see(guest, 'stopped', {}, { stopCause: 'shutdown' })
    daemon.world.settle()
  }
  assert.equal((await send(app, dns, {}, 'k1')).status, 200)
})

test('receipts do not fill the store', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  const count = () => daemon.store.snapshot(storeKeys.receipts).entries.length
  let most = 0
  for (let turn = 0; turn < receiptsAtMost + 100; turn++) {
    await send(app, paths.guestDo('lone', 'watch'), { on: turn % 2 === 0 }, `k${turn}`)
    most = Math.max(most, count())
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.ok(most <= receiptsAtMost + 40, `${most} receipts`)
  assert.equal(
    (await send(app, paths.guestDo('lone', 'watch'), { on: false }, `k${receiptsAtMost + 99}`)).replayed,
    true,
  )
})
