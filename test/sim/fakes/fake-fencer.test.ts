import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostId } from '../../../src/model/ids.ts'
import { Dice } from '../../../src/sim/dice.ts'
import { FakeFencer, fakeFenceDevice } from '../../../src/sim/fakes/fake-fencer.ts'
import { Timeline } from '../../../src/sim/timeline.ts'
import { fencerConformance } from '../../conformance/fencer.ts'

const node1 = hostId('node1')

function stage(seed = 1) {
  const timeline = new Timeline()
  const fake = new FakeFencer(timeline, new Dice(seed))
  const outlet = {
    powered: true,
    fences: 0,
    powerOn: () => {
      outlet.powered = true
    },
    fence: () => {
      outlet.powered = false
      outlet.fences += 1
    },
  }
  fake.add(node1, outlet)
  const settle = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {})
    await timeline.playUntil(timeline.nowMs + 30_000)
    return await answer
  }
  return { timeline, fake, outlet, settle }
}

fencerConformance('fake', () => {
  const { fake, outlet, settle } = stage()
  return Promise.resolve({
    fencer: fake.port(),
    host: node1,
    setMode: (mode) => Promise.resolve(void fake.modes.set(node1, mode)),
    truth: () => Promise.resolve(outlet.powered ? 'on' : 'off'),
    settle,
    close: () => Promise.resolve(),
  })
})

test('a host without power is not fenced by taking its power', async () => {
  const { fake, outlet, settle } = stage()
  outlet.powered = false
  await settle(fake.port().off(node1, fakeFenceDevice))
  assert.equal(outlet.fences, 0)
})

test('a command that errs may have taken the power or not', async () => {
  const powers = new Set<boolean>()
  for (let seed = 1; seed <= 20; seed += 1) {
    const { fake, outlet, settle } = stage(seed)
    fake.modes.set(node1, 'fails')
    await settle(fake.port().off(node1, fakeFenceDevice)).catch(() => {})
    powers.add(outlet.powered)
  }
  assert.deepEqual([...powers].sort(), [false, true])
})

test('a device is out of reach for one host and not for another', async () => {
  const { fake, settle } = stage()
  fake.reaches = (from) => from !== hostId('node2')
  await assert.rejects(settle(fake.port(hostId('node2')).read(node1, fakeFenceDevice)), { code: 'fence-failed' })
  assert.equal(await settle(fake.port(hostId('node3')).read(node1, fakeFenceDevice)), 'on')
})
