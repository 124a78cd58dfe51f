import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterMessages, eventsKept, nothingYet } from '../../src/web/state/live-state.ts'
import { guest, status } from './samples.ts'

const message = (event: string, data: object) => ({ event, data: JSON.stringify(data) })
const event = (id: number, host = 'h1') => ({ id, host, at: id, word: 'ready', guest: 'web' })

test('a change replaces the guests it names and leaves the others the same objects', () => {
  const first = afterMessages(nothingYet, [message('status', status([guest('a'), guest('b')]))], 1)
  const change = { schemaVersion: 1, at: 5, hosts: [], guests: [guest('b', { state: 'paused' })] }
  const next = afterMessages(first, [message('change', change)], 2)
  assert.equal(next.status?.guests[0], first.status?.guests[0])
  assert.equal(next.status?.guests[1]?.state, 'paused')
  assert.equal(next.link, 'live')
})

test('after a reconnection guests that are as they were are the same objects', () => {
  const whole = message('status', status([guest('a'), guest('b')]))
  const first = afterMessages(nothingYet, [whole], 1)
  const again = afterMessages(
    { ...first, link: 'lost' },
    [message('status', status([guest('a'), guest('b', { host: 'h2' })]))],
    2,
  )
  assert.equal(again.status?.guests[0], first.status?.guests[0])
  assert.equal(again.status?.guests[1]?.host, 'h2')
})

test('the drill under way is what the stream said last; before it said anything, nobody knows', () => {
  assert.equal(nothingYet.drill, undefined)
  const begun = afterMessages(nothingYet, [message('drill', { running: { id: 'web-1', done: 1 } })], 1)
  assert.equal(begun.drill?.id, 'web-1')
  assert.equal(afterMessages(begun, [message('drill', { running: null })], 2).drill, null)
})

test('an event that comes twice is there once; each host counts its own', () => {
  const state = afterMessages(
    nothingYet,
    [event(1), event(2), event(2), event(2, 'h2')].map((one) => message('event', one)),
    1,
  )
  assert.deepEqual(
    state.events.map(({ id, host }) => `${host} ${id}`),
    ['h2 2', 'h1 2', 'h1 1'],
  )
})

test('events do not pile up without end', () => {
  const many = Array.from({ length: eventsKept + 100 }, (_, index) => message('event', event(index + 1)))
  const state = afterMessages(nothingYet, many, 1)
  assert.equal(state.events.length, eventsKept)
  assert.equal(state.lastEventId, eventsKept + 100)
})

test('a task takes the place of what was known of it, newest first', () => {
  const task = (id: string, startedAt: number, state: string) =>
    message('task', { id, startedAt, state, subjects: [], steps: [], progress: { done: 0, total: 1 } })
  const state = afterMessages(nothingYet, [task('a', 1, 'running'), task('b', 2, 'running'), task('a', 1, 'done')], 1)
  assert.deepEqual(
    state.tasks.map(({ id, state: how }) => `${id} ${how}`),
    ['b running', 'a done'],
  )
})

test('what a newer daemon says beside is passed over', () => {
  assert.deepEqual(afterMessages(nothingYet, [message('weather', {})], 7), { ...nothingYet, link: 'live', heardAt: 7 })
})
