import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId } from '../../src/model/ids.ts'
import { World } from './world.ts'

const two = { dns: { services: ['53/udp'] }, web: { services: ['80/tcp'], needs: ['dns:53/udp'] } }
const answers = { '80/tcp': 'answering' } as const

/** Everything runs but `web`, which was told to start and not reported on. */
function startUnderWay(): World {
  const world = new World(two).launched()
  world.see('web', 'stopped', {}, { stopCause: 'crashed' }).settle()
  assert.equal(world.phase('web'), 'starting')
  world.heard()
  return world
}

test('a start that an earlier agent life was told is decided anew: its needs may be lost by now', () => {
  const world = startUnderWay()
  world.life = 'life-2'
  world.see('dns', 'running', { '53/udp': 'unknown' }).see('web', 'stopped', {}, { tried: null }).settle()
  assert.deepEqual([world.phase('web'), world.because('web')], ['waiting', 'waiting-for-needs'])
  world.see('dns', 'running', { '53/udp': 'answering' }).settle()
  assert.equal(world.wanted('web'), 'running')
})

test('a start that an earlier agent life was told is tried again, as a new one', () => {
  const world = startUnderWay()
  const before = world.records.get(guestId('web'))!.generation
  world.life = 'life-2'
  world.settle()
  assert.deepEqual([world.phase('web'), world.wanted('web')], ['starting', 'running'])
  assert.equal(world.records.get(guestId('web'))!.generation, before + 1)
})

test('a guest to be stopped while its start is under way is not called stopped', () => {
  const world = startUnderWay()
  world.wish('web', { state: 'stopped', launchSerial: 1 }).wish('dns', { state: 'stopped', launchSerial: 1 }).settle()
  assert.equal(world.phase('web'), 'starting')
  assert.equal(world.because('dns'), 'waiting-for-dependents')
  const { generation } = world.records.get(guestId('web'))!
  world.see('web', 'running', {}, { tried: { generation, fault: null } }).settle()
  assert.equal(world.phase('web'), 'stopping')
  world.see('web', 'stopped').settle()
  assert.deepEqual([world.phase('web'), world.phase('dns')], ['stopped', 'stopping'])
})

test('a guest paused before it was ready has the time a boot has once it is resumed', () => {
  const world = startUnderWay()
  const { generation } = world.records.get(guestId('web'))!
  world.see('web', 'running', {}, { tried: { generation, fault: null } }).settle()
  world.see('dns', 'running', { '53/udp': 'silent' }).settle()
  assert.equal(world.phase('web'), 'paused')
  world.see('web', 'paused').see('dns', 'running', { '53/udp': 'answering' }).settle()
  world.see('web', 'running', { '80/tcp': 'refused' }).settle()
  world.after(60_000).settle()
  assert.equal(world.wanted('web'), 'running', 'longer than the grace, shorter than a boot may take')
  world.after(240_000).settle()
  assert.equal(world.because('web'), 'boot-limit')
})

test('a guest paused from outside while it starts has its time to resume from then on', () => {
  const world = startUnderWay()
  const { generation } = world.records.get(guestId('web'))!
  world.see('web', 'running', {}, { tried: { generation, fault: null } }).settle()
  world.after(100_000)
  world.see('web', 'paused', {}, { pauseCause: 'asked' }).settle()
  assert.deepEqual([world.phase('web'), world.wanted('web')], ['starting', 'running'])
})

test('a waiting guest that comes up by itself is adopted, and nobody was told to stop it', () => {
  const world = new World(two).settle()
  assert.deepEqual([world.phase('web'), world.wanted('web')], ['waiting', 'as-is'])
  world.see('dns', 'running', { '53/udp': 'answering' }).see('web', 'running', answers).settle()
  assert.equal(world.phase('web'), 'ready')
})

test('a guest let go of while it was stopping is not told as stopped', () => {
  const world = new World(two).launched()
  world.see('web', 'running', { '80/tcp': 'silent' }).settle()
  world.after(20_000).settle()
  assert.equal(world.phase('web'), 'stopping')
  world.heard()
  world.wish('web', { watch: false }).settle()
  assert.ok(!world.heard().includes('stopped web'))
})

test('a guest paused by hand stays so while its watch is off, whoever resumes it; taken back, it resumes', () => {
  const world = new World(two).launched()
  world.wish('web', { pausedByHand: true }).settle()
  world.see('web', 'paused').wish('web', { watch: false }).settle()
  world.see('web', 'running', answers).settle()
  assert.deepEqual([world.phase('web'), world.wanted('web')], ['paused', 'paused'])
  world.see('web', 'paused').wish('web', { pausedByHand: false }).settle()
  assert.equal(world.wanted('web'), 'running')
})

test('in one round the end of a guest is told before the stop it allows', () => {
  const world = new World(two).launched()
  world.wish('web', { state: 'stopped' }).wish('dns', { state: 'stopped' }).settle()
  world.heard()
  world.see('web', 'stopped').settle()
  assert.deepEqual(world.heard(), ['stopped web', 'stop dns'])
})

test('a start undone when the host was booted anew is void while the watch is off; undone by a killed daemon it is decided anew', () => {
  for (const [boot, phase] of [
    ['boot-2', 'stopped'],
    ['boot-1', 'starting'],
  ] as const) {
    const world = startUnderWay()
    world.wish('web', { watch: false }).settle()
    assert.equal(world.phase('web'), 'starting')
    world.life = 'life-2'
    world.bootId = boot
    world.settle()
    assert.equal(world.phase('web'), phase)
  }
})
