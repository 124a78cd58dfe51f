import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drillDuty } from '../../../src/core/drills/duty.ts'
import { dueWindow } from '../../../src/core/drills/schedule.ts'
import type { DrillSchedule } from '../../../src/model/drill-settings.ts'
import { wallTime } from '../../../src/model/ids.ts'
import { h1, h2, web } from './world.ts'

const hour = 3_600_000

/** Opens each full day. */
const daily = (_: DrillSchedule, afterMs: number): number => (Math.floor(afterMs / (24 * hour)) + 1) * 24 * hour
const schedule = (name: string, windowMs = 2 * hour): DrillSchedule => ({
  ...{ name, guest: web, measures: ['downtime'], during: ['live-migration'], runs: 3, when: '0 0 * * *' },
  ...{ timeZone: 'UTC', windowMs },
})
const dueAt = (hours: number, doneAt: readonly number[] = [], schedules = [schedule('a')]) =>
  dueWindow(
    schedules,
    doneAt.map((at) => ({ by: 'schedule a', at: wallTime(at * hour) })),
    hours * hour,
    daily,
  )

test('a drill is due while its window is open, once', () => {
  assert.equal(dueAt(23.9), null)
  assert.deepEqual(dueAt(24.5)?.untilMs, 26 * hour)
  assert.deepEqual(dueAt(24)?.fromMs, 24 * hour)
  assert.equal(dueAt(26.1), null)
  assert.equal(dueAt(25, [24.5]), null)
  assert.equal(dueAt(25, [0.5])?.fromMs, 24 * hour)
})

test('of several schedules the first that is not done', () => {
  assert.equal(dueAt(25, [24.5], [schedule('a'), schedule('b')])?.schedule.name, 'b')
})

test('a window longer than the time between two openings counts from the newest', () => {
  assert.equal(dueAt(49, [], [schedule('a', 72 * hour)])?.fromMs, 48 * hour)
})

test('exactly one daemon clears up after another', () => {
  const facts = { self: h1, life: 'now', leads: false, isThere: () => true }
  const duty = (host: never, life: string, of: object = {}) => drillDuty({ host, life }, { ...facts, ...of }).because
  assert.equal(duty(h1, 'now'), 'it-is-mine')
  assert.equal(duty(h1, 'before'), 'my-earlier-life')
  assert.equal(duty(h2, 'x'), 'not-mine-to-say')
  assert.equal(duty(h2, 'x', { leads: true }), 'its-host-is-there')
  assert.equal(duty(h2, 'x', { leads: true, isThere: () => false }), 'its-host-is-gone')
})
