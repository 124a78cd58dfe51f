import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localClock } from '../../../src/drivers/local/clock.ts'

const clock = localClock()

test('nothing runs before its delay, by the same clock', async () => {
  const early: number[] = []
  const waits = Array.from({ length: 60 }, (_, place) => {
    const delayMs = (place % 20) * 1.7
    const due = clock.now() + delayMs
    return new Promise<void>((resolve) => {
      clock.after(delayMs, () => {
        if (clock.now() < due) early.push(delayMs)
        resolve()
      })
    })
  })
  await Promise.all(waits)
  assert.deepEqual(early, [])
})

test('a delay longer than a timer takes is waited for, a negative one is none, and a cancel may be repeated', async () => {
  const ran: string[] = []
  const cancelLong = clock.after(2 ** 31 + 5, () => ran.push('long'))
  const cancelled = clock.after(0, () => ran.push('cancelled'))
  cancelled()
  await new Promise<void>((resolve) => {
    clock.after(-5, () => {
      ran.push('negative')
      clock.after(2, resolve)
    })
  })
  cancelLong()
  cancelLong()
  cancelled()
  assert.deepEqual(ran, ['negative'])
})

test('the wall clock is the machine’s, in whole milliseconds', () => {
  assert.ok(Math.abs(clock.wall() - Date.now()) < 1000)
  assert.ok(Number.isInteger(clock.wall()))
})
