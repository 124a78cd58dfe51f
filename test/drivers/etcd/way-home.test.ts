import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WayHome } from '../../../src/drivers/etcd/way-home.ts'

/** Played in steps of five seconds; the seconds at which it looked, and at which it went. */
async function played(seconds: number, away: (second: number, wentAt: readonly number[]) => boolean, answers: boolean) {
  const looked: number[] = []
  const went: number[] = []
  let second = 0
  const traveller = {
    isAway: () => away(second, went),
    looks: () => {
      looked.push(second)
      return Promise.resolve(answers)
    },
    goes: () => void went.push(second),
  }
  const way = new WayHome(traveller, 15_000, () => second * 1_000)
  for (; second <= seconds; second += 5) await way.tick()
  way.stop()
  return { looked, went }
}

test('at home nothing is looked at', async () => {
  assert.deepEqual(await played(600, () => false, true), { looked: [], went: [] })
})

test('away it goes home after a quarter of a minute, once', async () => {
  const { went } = await played(600, (second, wentAt) => second >= 10 && wentAt.length === 0, true)
  assert.deepEqual(went, [25])
})

test('a first member that does not answer is looked at again, and left where it is', async () => {
  assert.deepEqual(await played(40, () => true, false), { looked: [15, 20, 25, 30, 35, 40], went: [] })
})

test('one that fails as soon as it is used is left alone ever longer', async () => {
  const { went } = await played(500, () => true, true)
  assert.deepEqual(went, [15, 50, 115, 240, 485])
})
