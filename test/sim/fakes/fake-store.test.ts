import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../../src/model/fault.ts'
import { FakeStore } from '../../../src/sim/fakes/fake-store.ts'
import { storeConformance } from '../../conformance/store.ts'
import { SteppingClock } from './stepping-clock.ts'

const put = { when: [], put: [{ key: 'a', value: '1' }], remove: [] }
const settled = (promise: Promise<unknown>): { done: boolean } => {
  const state = { done: false }
  const mark = (): void => {
    state.done = true
  }
  promise.then(mark, mark)
  return state
}

for (const [name, latencies] of Object.entries({ 'fake store': [0], 'slow fake store': [7, 0, 31, 2, 0.1] })) {
  storeConformance(name, async () => {
    const clock = new SteppingClock()
    const fake = new FakeStore(clock)
    let calls = 0
    const hooks = { latencyMs: () => latencies[calls++ % latencies.length] ?? 0 }
    const [store, other] = [fake.connect(hooks), fake.connect(hooks)]
    return {
      store,
      other,
      settle: () => clock.idle(),
      close: async () => {
        await Promise.all([store.close(), other.close()])
      },
    }
  })
}

test('a slow store takes its time, there and back', async () => {
  const clock = new SteppingClock()
  const store = new FakeStore(clock).connect({ latencyMs: () => 80 })
  await store.transact(put)
  assert.equal(clock.now(), 80)
})

test('a fault on arrival leaves nothing behind; one after it does', async () => {
  const clock = new SteppingClock()
  const fake = new FakeStore(clock)
  const full = new Fault('disk-full', 'not-done')
  const lost = new Fault('store-lost', 'unknown')
  await assert.rejects(fake.connect({ fail: () => full }).transact(put), full)
  assert.equal(fake.snapshot('').revision, 0)
  await assert.rejects(fake.connect({ failAfter: () => lost }).transact(put), lost)
  assert.equal(fake.snapshot('').revision, 1)
})

test('a read-only store answers reads', async () => {
  const fake = new FakeStore(new SteppingClock())
  const refusal = new Fault('not-allowed', 'not-done')
  const store = fake.connect({ fail: ({ kind }) => (kind === 'transact' ? refusal : null) })
  await assert.rejects(store.transact(put), refusal)
  assert.deepEqual(await store.read(''), { revision: 0, entries: [] })
})

test('what a killed daemon had sent takes effect, but it is told nothing more; others are', async () => {
  const clock = new SteppingClock()
  const fake = new FakeStore(clock)
  const [killed, other] = [fake.connect({ latencyMs: () => 10 }), fake.connect()]
  const heard = { killed: 0, other: 0 }
  killed.watch('', 0, { changes: () => heard.killed++, gap: () => heard.killed++ })
  other.watch('', 0, { changes: () => heard.other++, gap: () => heard.other++ })
  const pending = settled(killed.transact(put))
  killed.kill()
  const later = settled(killed.read(''))
  await clock.idle()
  assert.deepEqual([pending.done, later.done, heard], [false, false, { killed: 0, other: 1 }])
  assert.equal(fake.snapshot('a').entries.length, 1)
})

test('a connection away for long is a gap for each of its watchers', async () => {
  const clock = new SteppingClock()
  const store = new FakeStore(clock).connect()
  let gaps = 0
  store.watch('', 0, { changes: () => assert.fail('nothing changed'), gap: () => gaps++ })
  store.loseWatches()
  store.loseWatches()
  await clock.idle()
  assert.equal(gaps, 1)
})

test('a checker sees each commit as it happens', async () => {
  const fake = new FakeStore(new SteppingClock())
  const seen: string[] = []
  fake.onCommit((changes) => seen.push(...changes.map(({ key, value }) => `${key}=${value}`)))
  await fake.connect().transact(put)
  assert.deepEqual(seen, ['a=1'])
})
