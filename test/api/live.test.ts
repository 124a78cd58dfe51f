import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { browserTransport } from '../../src/client/browser-transport.ts'
import { type Client, createClient } from '../../src/client/client.ts'
import type { LivePiece } from '../../src/client/live.ts'
import { csrfHeader } from '../../src/contract/protocol.ts'
import type { Fault } from '../../src/model/fault.ts'
import { type GuestId, hostId, wallTime } from '../../src/model/ids.ts'
import { type FakeDaemon, launchedDaemon } from './fake-daemon.ts'

/** Longer than any answer here takes: it fails the test instead of hanging it. */
const limitMs = 60_000

async function served(t: TestContext, daemon: FakeDaemon) {
  const app = await daemon.api()
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const seen: Headers[] = []
  const client = createClient(
    browserTransport({
      base,
      csrf: () => 'word',
      fetch: (place, init) => {
        seen.push(new Headers(init?.headers))
        return fetch(place, init)
      },
    }),
  )
  t.after(async () => {
    client.close()
    await app.close()
  })
  return { app, client, seen, base }
}

function follow(client: Client, after?: number) {
  const pieces: LivePiece[] = []
  const waiting: (() => void)[] = []
  const end = new AbortController()
  const done = (async () => {
    const query = after === undefined ? {} : { after: String(after) }
    for await (const live of client.live(query, end.signal)) {
      if (live.kind === 'value') pieces.push(live.value)
      for (const wake of waiting.splice(0)) wake()
    }
  })()
  const until = async (holds: () => boolean): Promise<void> => {
    const endsAt = performance.now() + limitMs
    while (!holds()) {
      assert.ok(performance.now() < endsAt, `waited in vain; so far ${JSON.stringify(pieces.map(({ kind }) => kind))}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200)
        waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }
  const stop = (): Promise<void> => {
    end.abort()
    return done
  }
  return { pieces, until, end: stop }
}

function happened(daemon: FakeDaemon, note: string): void {
  const event = { at: wallTime(1), host: hostId('node1'), actor: 'person', word: 'wish' } as const
  daemon.history.append([{ ...event, guest: 'web' as GuestId, service: null, because: null, fault: null, note }])
}

const notes = (pieces: readonly LivePiece[]) => pieces.flatMap((one) => (one.kind === 'event' ? [one.event.note] : []))

test('one stream brings the status, its changes and every event, each once', async (t) => {
  const daemon = launchedDaemon()
  happened(daemon, 'before')
  const { client } = await served(t, daemon)
  const live = follow(client)
  await live.until(() => live.pieces.length > 0)
  assert.equal(live.pieces[0]?.kind, 'status')
  happened(daemon, 'first')
  happened(daemon, 'second')
  daemon.world.see('web', 'running', { '80/tcp': 'silent' })
  daemon.changed()
  await live.until(
    () => live.pieces.filter(({ kind }) => kind === 'status').length > 1 && notes(live.pieces).length > 1,
  )
  await live.end()
  assert.deepEqual(notes(live.pieces), ['first', 'second'])
  const last = live.pieces.findLast((one) => one.kind === 'status')
  assert.equal(last?.status.guests.find(({ id }) => id === 'web')?.services[0]?.verdict, 'silent')
})

test('it resumes after the event that the client has, and begins now with an id from elsewhere', async (t) => {
  const daemon = launchedDaemon()
  for (const note of ['one', 'two', 'three']) happened(daemon, note)
  const { client } = await served(t, daemon)
  const resumed = follow(client, 1)
  await resumed.until(() => notes(resumed.pieces).length === 2)
  assert.deepEqual(notes(resumed.pieces), ['two', 'three'])
  await resumed.end()
  const foreign = follow(client, 4_000)
  await foreign.until(() => foreign.pieces.length > 0)
  happened(daemon, 'four')
  await foreign.until(() => notes(foreign.pieces).length === 1)
  assert.deepEqual(notes(foreign.pieces), ['four'])
  await foreign.end()
})

test('a task is told of as it begins, as it goes on, and to whoever comes later while it runs', async (t) => {
  const daemon = launchedDaemon()
  const { client } = await served(t, daemon)
  const live = follow(client)
  await live.until(() => live.pieces.length > 0)
  const { task } = await client.pause('lone')
  const states = (pieces: readonly LivePiece[]) =>
    pieces.flatMap((one) => (one.kind === 'task' && one.task.id === task ? [one.task.state] : []))
  await live.until(() => states(live.pieces).length === 1)
  const late = follow(client)
  await late.until(() => states(late.pieces).length === 1)
  daemon.readWishes()
  daemon.world.settle()
  daemon.world.see('lone', 'paused', {}, { pauseCause: 'asked' })
  daemon.changed()
  for (const one of [live, late]) await one.until(() => states(one.pieces).includes('done'))
  await live.end()
  await late.end()
  assert.equal(states(live.pieces)[0], 'running')
  assert.equal(states(late.pieces)[0], 'running')
})

test('a lost connection is made again, and what happened meanwhile is not missed', async (t) => {
  const daemon = launchedDaemon()
  const { app, client } = await served(t, daemon)
  const live = follow(client)
  await live.until(() => live.pieces.length > 0)
  happened(daemon, 'one')
  await live.until(() => notes(live.pieces).length === 1)
  app.server.closeAllConnections()
  happened(daemon, 'two')
  await live.until(() => notes(live.pieces).length === 2)
  await live.end()
  assert.deepEqual(notes(live.pieces), ['one', 'two'])
})

test('a browser writes with the word of its session, and reads without', async (t) => {
  const { client, seen } = await served(t, launchedDaemon())
  await client.status()
  assert.deepEqual((await client.pause('lone')).changed, ['lone'])
  assert.deepEqual(
    seen.map((headers) => headers.get(csrfHeader)),
    [null, 'word'],
  )
})

test('a write whose answer is missing may have been done, and a read was not', async () => {
  const nobody = createClient(browserTransport({ base: 'http://127.0.0.1:1', csrf: () => null }))
  const outcomeOf = (ask: Promise<unknown>) =>
    ask.then(
      () => assert.fail('nobody answers'),
      (error: unknown) => (error as Fault).outcome,
    )
  assert.equal(await outcomeOf(nobody.status()), 'not-done')
  assert.equal(await outcomeOf(nobody.pause('web')), 'unknown')
})
