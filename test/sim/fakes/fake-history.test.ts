import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../../src/model/fault.ts'
import { FakeHistory } from '../../../src/sim/fakes/fake-history.ts'
import { event, historyConformance } from '../../conformance/history.ts'
import { SteppingClock } from './stepping-clock.ts'

for (const [name, latencies] of Object.entries({ 'fake history': [0], 'slow fake history': [7, 0, 31, 2, 0.1] })) {
  historyConformance(name, async () => {
    const clock = new SteppingClock()
    let calls = 0
    const history = new FakeHistory(clock).connect({ latencyMs: () => latencies[calls++ % latencies.length] ?? 0 })
    return { history, settle: () => clock.idle(), close: () => history.close() }
  })
}

test('a fault keeps events out; a killed daemon is told nothing, what it had sent is kept', async () => {
  const clock = new SteppingClock()
  const fake = new FakeHistory(clock)
  const full = new Fault('disk-full', 'not-done')
  await assert.rejects(fake.connect({ fail: () => full }).append([event(1)]), full)
  const killed = fake.connect()
  let told = 0
  killed.subscribe(() => told++)
  killed.append([event(2)]).then(() => told++, assert.ifError)
  killed.kill()
  await clock.idle()
  assert.deepEqual([told, fake.events.map(({ at }) => at)], [0, [2]])
})
