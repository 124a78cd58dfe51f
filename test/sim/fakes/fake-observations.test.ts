import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../../src/model/fault.ts'
import { FakeObservations } from '../../../src/sim/fakes/fake-observations.ts'
import { observation, observationsConformance } from '../../conformance/observations.ts'
import { SteppingClock } from './stepping-clock.ts'

observationsConformance('fake', () => {
  const clock = new SteppingClock()
  return { observations: new FakeObservations(clock).connect(), settle: () => clock.idle() }
})

test('other daemons hear after the way there, until the host is forgotten', async () => {
  const clock = new SteppingClock()
  const fake = new FakeObservations(clock)
  const [from, to] = [fake.connect({ latencyMs: () => 40 }), fake.connect()]
  let heardAt = -1
  to.subscribe(() => {
    heardAt = clock.now()
  })
  from.publish(observation('a', 'first'))
  assert.equal(to.current().size, 0)
  await clock.idle()
  assert.deepEqual([heardAt, to.current().get('a')?.life], [20, 'first'])
  fake.forget('a')
  assert.equal(to.current().size, 0)
})

test('a lost publication is heard by nobody; a killed daemon hears nothing', async () => {
  const clock = new SteppingClock()
  const fake = new FakeObservations(clock)
  const lossy = fake.connect({ fail: () => new Fault('timeout', 'unknown') })
  const [sound, killed] = [fake.connect(), fake.connect()]
  killed.subscribe(() => assert.fail('told after its death'))
  killed.kill()
  lossy.publish(observation('a', 'first'))
  sound.publish(observation('b', 'first'))
  await clock.idle()
  assert.deepEqual([...lossy.current().keys(), ...killed.current().keys()], ['b'])
})
