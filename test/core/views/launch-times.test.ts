import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectedLaunchMs, learnLaunchTimes, noLaunchTimes } from '../../../src/core/views/launch-times.ts'
import type { EventWord, StoredEvent } from '../../../src/model/event.ts'
import { guestId, hostId, wallTime } from '../../../src/model/ids.ts'

function told(story: readonly [number, EventWord, string][]): StoredEvent[] {
  return story.map(([at, word, guest], index) => ({
    id: index + 1,
    at: wallTime(at),
    host: hostId('h1'),
    actor: 'leader',
    word,
    guest: guestId(guest),
    service: null,
    because: null,
    fault: null,
    note: null,
  }))
}

const expected = (...story: [number, EventWord, string][]): number | null =>
  expectedLaunchMs(learnLaunchTimes(noLaunchTimes, told(story)), 'web')

test('the middle of the last five launches', () => {
  assert.equal(expected(), null)
  assert.equal(expected([0, 'start', 'web'], [700, 'ready', 'web']), 700)
  const many = [900, 10, 20, 30, 40, 50].flatMap((took, index): [number, EventWord, string][] => [
    [index * 1000, 'start', 'web'],
    [index * 1000 + took, 'ready', 'web'],
  ])
  assert.equal(expected(...many), 30)
})

test('only what began as a start and went on without a break counts', () => {
  assert.equal(expected([0, 'ready', 'web']), null)
  assert.equal(expected([0, 'start', 'dns'], [9, 'ready', 'web']), null)
  assert.equal(expected([0, 'start', 'web'], [5, 'pause', 'web'], [90, 'ready', 'web']), null)
  assert.equal(expected([0, 'start', 'web'], [5, 'crashed', 'web'], [9, 'start', 'web'], [19, 'ready', 'web']), 10)
  assert.equal(expected([0, 'start', 'web'], [4_000_000, 'ready', 'web']), null)
  assert.equal(expected([10, 'start', 'web'], [5, 'ready', 'web']), null)
})
