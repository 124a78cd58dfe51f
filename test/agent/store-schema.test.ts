import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AgentOrders } from '../../src/agent/agent-orders.ts'
import { LeaderState } from '../../src/control/leader-state.ts'
import { LocalObservations } from '../../src/drivers/local/observations.ts'
import { agentLife, hostId, instant, wallTime } from '../../src/model/ids.ts'
import { newestStoreSchema } from '../../src/model/store-schema.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { silentLog } from '../../src/ports/log.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { Timeline } from '../../src/sim/timeline.ts'

const host = hostId('h1')
const life = agentLife('life-h1')
const newer = JSON.stringify({ version: newestStoreSchema + 1 })
const spoken = JSON.stringify({ version: newestStoreSchema })

function stage(schema: string) {
  const timeline = new Timeline()
  const clock: Clock = {
    now: () => instant(timeline.nowMs),
    wall: () => wallTime(timeline.nowMs),
    after: (delayMs, run) => timeline.after(delayMs, run),
  }
  const store = new FakeStore(clock)
  const put = (key: string, value: string) => store.apply({ when: [], put: [{ key, value }], remove: [] })
  put(storeKeys.schema, schema)
  put(storeKeys.hostRecord(host), JSON.stringify({ host, life, bootId: 'boot' }))
  return { timeline, put, ports: { host, clock, store: store.connect(), log: silentLog } }
}

test('an agent obeys nothing that a newer program wrote, and all again when it is of its own kind', async () => {
  const { timeline, put, ports } = stage(newer)
  // Only what it reads the store by is looked at here.
  const orders = new AgentOrders({ ...ports, life } as never, { cluster: () => {}, assignments: () => {} })
  orders.start()
  await timeline.playUntil(5_000)
  assert.deepEqual([orders.loaded, orders.acknowledged], [false, false])
  put(storeKeys.schema, spoken)
  await timeline.playUntil(10_000)
  assert.deepEqual([orders.loaded, orders.acknowledged], [true, true])
  orders.stop()
})

test('nobody leads by records that a newer program wrote', async () => {
  const { timeline, put, ports } = stage(newer)
  const history = { append: async () => {} }
  const observations = new LocalObservations()
  const state = new LeaderState({ ...ports, history, observations } as never, () => {})
  const load = async () => {
    const loading = state.load().then(
      () => 'read',
      (error: { details: { why: string } }) => error.details.why,
    )
    await timeline.playUntil(timeline.nowMs + 1_000)
    return loading
  }
  assert.equal(await load(), 'store-newer')
  assert.equal(state.loaded, false)
  put(storeKeys.schema, spoken)
  assert.equal(await load(), 'read')
  state.stop()
})
