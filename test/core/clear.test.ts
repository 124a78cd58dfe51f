import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from './world.ts'

const fault = { code: 'domain-refused', outcome: 'not-done', details: { domain: 'web', action: 'start' } } as const

/** A guest that was launched by command, and given up. */
function failed(wish: 'running' | 'stopped'): World {
  const world = new World({ web: { wish, policy: { maxRestarts: 0 } } })
  world.wish('web', { state: 'running', launchSerial: 1 }).settle()
  const generation = 1
  world.see('web', 'stopped', {}, { tried: { generation, fault } }).settle()
  assert.equal(world.phase('web'), 'failed')
  return world
}

test('a guest that was cleared is as the file wishes, its failures forgotten', () => {
  const cleared = { state: null, launchSerial: 2, clears: true }
  assert.equal(failed('stopped').wish('web', cleared).settle().phase('web'), 'stopped')
  assert.equal(failed('running').wish('web', cleared).settle().phase('web'), 'starting')
})

test('a shutdown alone forgets nothing', () => {
  assert.equal(failed('stopped').wish('web', { state: null, launchSerial: 2 }).settle().phase('web'), 'failed')
})
