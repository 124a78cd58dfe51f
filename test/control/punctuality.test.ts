import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Punctuality } from '../../src/control/punctuality.ts'
import { instant } from '../../src/model/ids.ts'

test('one that looks as often as it should is on time from the first look on', () => {
  const punctuality = new Punctuality()
  for (let now = 0; now <= 2_000; now += 200) assert.equal(punctuality.onTime(instant(now), 200), true, `at ${now}`)
  assert.equal(punctuality.onTime(instant(2_400), 200), true)
})

test('one that was held up waits until the others can have been heard again, at every look', () => {
  const punctuality = new Punctuality()
  const told = [0, 200, 850, 851, 1_000, 1_200, 1_249, 1_250, 1_450].map((now) => punctuality.onTime(instant(now), 200))
  assert.deepEqual(told, [true, true, false, false, false, false, false, true, true])
})
