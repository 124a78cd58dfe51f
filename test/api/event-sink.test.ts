import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { createEventSink, slowClientMs } from '../../src/api/event-sink.ts'
import { streamHistory } from '../../src/api/history-stream.ts'
import { createStatusFeed, gatherMs } from '../../src/api/status-feed.ts'
import { instant, wallTime } from '../../src/model/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { launchedDaemon } from './fake-daemon.ts'

/** A client that takes nothing once it is full, and a clock that moves when told. */
class SlowClient extends EventEmitter {
  readonly written: string[] = []
  full = false
  destroyed = false
  writeHead(): void {}
  write(text: string | Buffer): boolean {
    this.written.push(String(text))
    return !this.full
  }
  end(): void {
    this.emit('close')
  }
  destroy(): void {
    this.destroyed = true
    this.emit('close')
  }
}

class ManualClock implements Clock {
  #now = 0
  #timers: { at: number; run: () => void }[] = []
  now = () => instant(this.#now)
  wall = () => wallTime(this.#now)
  after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + delayMs, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }
  pass(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter((timer) => timer.at <= this.#now)
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now)
    for (const timer of due) timer.run()
  }
}

function connected() {
  const client = new SlowClient()
  const clock = new ManualClock()
  const sink = createEventSink(client as unknown as ServerResponse, clock)
  return { client, clock, sink }
}

test('a client that takes nothing for half a minute is let go', () => {
  const { client, clock, sink } = connected()
  client.full = true
  sink.send({ event: 'x', id: null, data: '1' })
  clock.pass(slowClientMs - 1)
  assert.equal(client.destroyed, false)
  clock.pass(1)
  assert.equal(client.destroyed, true)
})

test('a client that catches up in time stays, and is told that we are still here', () => {
  const { client, clock, sink } = connected()
  client.full = true
  sink.send({ event: 'x', id: null, data: '1' })
  client.full = false
  client.emit('drain')
  clock.pass(slowClientMs)
  assert.equal(client.destroyed, false)
  assert.ok(client.written.includes(': still here\n\n'))
})

test('many changes become one message, and a slow client gets the newest when it is ready', () => {
  const { client, clock, sink } = connected()
  const daemon = launchedDaemon()
  const powers = { ...daemon.powers(), clock }
  const view = () => {
    const snapshot = daemon.snapshot()
    const guests = daemon.world.cluster.order.map(({ id }) => ({
      id,
      seen: snapshot.observations.size && daemon.world.seen.get(id)?.services,
    }))
    return { at: 0, hosts: [], guests } as never
  }
  createStatusFeed(powers, view).join(sink)
  const messages = () => client.written.filter((text) => text.startsWith('event: change'))
  const verdict = (word: 'refused' | 'answering' | 'silent') => {
    daemon.world.see('web', 'running', { '80/tcp': word })
    daemon.changed()
  }
  verdict('refused')
  verdict('silent')
  clock.pass(gatherMs)
  assert.equal(messages().length, 1)
  assert.match(messages()[0]!, /silent/)
  client.full = true
  verdict('answering')
  clock.pass(gatherMs)
  verdict('refused')
  verdict('silent')
  clock.pass(gatherMs)
  assert.equal(messages().length, 2)
  client.full = false
  client.emit('drain')
  clock.pass(gatherMs)
  assert.equal(messages().length, 3)
  assert.match(messages()[2]!, /silent/)
  client.end()
  verdict('answering')
  clock.pass(gatherMs)
  assert.equal(messages().length, 3)
})

test('the cluster is looked at once for all that listen, and not at all for nobody', () => {
  const daemon = launchedDaemon()
  const clock = new ManualClock()
  let looks = 0
  const feed = createStatusFeed({ ...daemon.powers(), clock }, () => {
    looks += 1
    return { at: looks, hosts: [], guests: [{ id: 'web', tries: looks }] } as never
  })
  const clients = Array.from({ length: 20 }, () => new SlowClient())
  for (const client of clients) feed.join(createEventSink(client as unknown as ServerResponse, clock))
  assert.equal(looks, 1)
  daemon.changed()
  clock.pass(gatherMs)
  assert.equal(looks, 2)
  for (const { written } of clients) assert.match(written.at(-1)!, /^event: change\ndata: .*"tries":2/)
  for (const client of clients) client.end()
  daemon.changed()
  clock.pass(gatherMs)
  assert.equal(looks, 2)
})

test('a client that joins late, or was behind when guests came, is told all of it', () => {
  const daemon = launchedDaemon()
  const clock = new ManualClock()
  let names = ['web']
  const feed = createStatusFeed({ ...daemon.powers(), clock }, () => {
    return { at: 0, hosts: [], guests: names.map((id) => ({ id })) } as never
  })
  const [slow, late] = [new SlowClient(), new SlowClient()]
  const sink = createEventSink(slow as unknown as ServerResponse, clock)
  feed.join(sink)
  slow.full = true
  sink.send({ event: 'x', id: null, data: '1' })
  names = ['db', 'web']
  daemon.changed()
  clock.pass(gatherMs)
  feed.join(createEventSink(late as unknown as ServerResponse, clock))
  slow.full = false
  slow.emit('drain')
  for (const { written } of [slow, late]) assert.match(written.at(-1)!, /^event: status\ndata: .*"db".*"web"/)
})

test('a history that fails ends the stream instead of the daemon', async () => {
  const { client, sink } = connected()
  const daemon = launchedDaemon()
  const { Fault } = await import('../../src/model/fault.ts')
  const history = daemon.history.connect({ fail: () => new Fault('store-lost', 'not-done') })
  const ended = new Promise((resolve) => client.once('close', resolve))
  streamHistory({ ...daemon.powers(), history }, sink, {}, 0)
  await ended
})
