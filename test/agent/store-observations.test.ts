import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreObservations } from '../../src/agent/store-observations.ts'
import { Fault } from '../../src/model/fault.ts'
import { guestId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import { absentGuest, type HostObservation } from '../../src/model/observation.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { FakeStore, type StoreOperation } from '../../src/sim/fakes/fake-store.ts'
import type { FakeHooks } from '../../src/sim/fakes/fake-wire.ts'
import { Timeline } from '../../src/sim/timeline.ts'
import { observation, observationsConformance } from '../conformance/observations.ts'

function stage() {
  const timeline = new Timeline()
  const clock: Clock = {
    now: () => instant(timeline.nowMs),
    wall: () => wallTime(timeline.nowMs),
    after: (delayMs, run) => timeline.after(Math.max(1, delayMs), run),
  }
  const store = new FakeStore(clock)
  const writes: string[] = []
  store.onCommit((changes) => writes.push(...changes.map(({ key }) => key)))
  const connect = (host: string, hooks: FakeHooks<StoreOperation> = {}) =>
    new StoreObservations({ ...{ store: store.connect(hooks), clock, log: silentLog }, host: hostId(host) })
  const pass = (ms: number) => timeline.playUntil(timeline.nowMs + ms)
  return { timeline, store, writes, connect, pass }
}

const lifeOf = (observations: StoreObservations, host: string) => observations.current().get(host)?.life

observationsConformance('store', () => {
  const { connect, pass } = stage()
  return { observations: connect('host'), settle: () => pass(100) }
})

test('what one host publishes every other reads, as it was', async () => {
  const { connect, pass } = stage()
  const [a, b] = [connect('a'), connect('b')]
  const seen: HostObservation = {
    ...observation('a', 'first'),
    guests: new Map([[guestId('web'), { ...absentGuest, run: 'running', services: { '80/tcp': 'answering' } }]]),
    ...{ fileRevision: 4, looks: { web: 2 } },
  }
  await pass(10)
  a.publish(seen)
  await pass(100)
  assert.deepEqual(b.current().get('a'), seen)
})

test('one that comes later reads what was published before', async () => {
  const { connect, pass } = stage()
  connect('a').publish(observation('a', 'first'))
  await pass(100)
  const late = connect('b')
  await pass(100)
  assert.equal(lifeOf(late, 'a'), 'first')
})

test('one write at a time, always of the newest, and none of what is written already', async () => {
  const { connect, pass, writes } = stage()
  const a = connect('a', { latencyMs: () => 100 })
  for (let count = 0; count < 50; count++) {
    a.publish(observation('a', String(count)))
    await pass(10)
  }
  await pass(1_000)
  assert.ok(writes.length <= 6, `${writes.length} writes`)
  assert.equal(lifeOf(a, 'a'), '49')
  const before = writes.length
  a.publish(observation('a', '49'))
  await pass(1_000)
  assert.equal(writes.length, before)
})

test('what could not be written is written again, unless there is something newer', async () => {
  const { connect, pass } = stage()
  const way = { off: true }
  const fail = () => (way.off ? new Fault('store-lost', 'not-done', {}) : null)
  const [a, b] = [connect('a', { fail }), connect('b')]
  a.publish(observation('a', 'first'))
  await pass(3_000)
  assert.equal(lifeOf(b, 'a'), undefined)
  assert.equal(lifeOf(a, 'a'), 'first', 'its own host knows it at once')
  a.publish(observation('a', 'second'))
  way.off = false
  await pass(1_000)
  assert.equal(lifeOf(b, 'a'), 'second')
})

test('an answer that was lost is no reason to say nothing more', async () => {
  const { connect, pass } = stage()
  const way = { lossy: true }
  const failAfter = () => (way.lossy ? new Fault('store-lost', 'unknown', {}) : null)
  const [a, b] = [connect('a', { failAfter }), connect('b')]
  a.publish(observation('a', 'first'))
  await pass(2_000)
  way.lossy = false
  a.publish(observation('a', 'second'))
  a.publish(observation('a', 'first'))
  await pass(2_000)
  assert.equal(lifeOf(b, 'a'), 'first')
})

test('after a gap everything is read anew, what has gone meanwhile too', async () => {
  const { timeline, store, connect } = stage()
  const far = store.connect()
  const clock: Clock = {
    now: () => instant(timeline.nowMs),
    wall: () => wallTime(timeline.nowMs),
    after: (delayMs, run) => timeline.after(delayMs, run),
  }
  const b = new StoreObservations({ ...{ store: far, clock, log: silentLog }, host: hostId('b') })
  connect('a').publish(observation('a', 'first'))
  await timeline.playUntil(100)
  assert.equal(lifeOf(b, 'a'), 'first')
  store.apply({ when: [], put: [], remove: ['seen/a'] })
  far.loseWatches()
  await timeline.playUntil(200)
  assert.equal(b.current().size, 0)
})

test('a store that cannot be read at first is read later', async () => {
  const { connect, pass } = stage()
  const way = { off: true }
  const b = connect('b', { fail: () => (way.off ? new Fault('store-lost', 'not-done', {}) : null) })
  connect('a').publish(observation('a', 'first'))
  await pass(2_000)
  way.off = false
  await pass(1_000)
  assert.equal(lifeOf(b, 'a'), 'first')
})

test('who stopped hears and writes nothing more', async () => {
  const { connect, pass, writes } = stage()
  const [a, b] = [connect('a'), connect('b')]
  await pass(10)
  let told = 0
  b.subscribe(() => told++)
  b.stop()
  a.publish(observation('a', 'first'))
  await pass(100)
  assert.equal(told, 0)
  a.stop()
  a.publish(observation('a', 'second'))
  await pass(1_000)
  assert.deepEqual(writes, ['seen/a'])
})
