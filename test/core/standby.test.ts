import assert from 'node:assert/strict'
import { test } from 'node:test'
import { takeOver } from '../../src/core/decide.ts'
import { guestId, instant } from '../../src/model/ids.ts'
import { absentGuest } from '../../src/model/observation.ts'
import { Several } from './several.ts'
import { World } from './world.ts'

const answering = { '5432/tcp': 'answering' } as const
const drafts = {
  db: { services: ['5432/tcp'], standby: guestId('spare'), policy: { maxRestarts: 0, bootLimitMs: 60_000 } },
  spare: { services: ['5432/tcp'] },
  web: { needs: ['db:5432/tcp'] },
  keeper: { needs: [['db:5432/tcp', 'keep'] as [string, 'keep']] },
}

function tried(world: World, id: string) {
  return { tried: { generation: world.records.get(guestId(id))!.generation, fault: null } }
}

/** db, spare kept down, and those that need db. */
function launched(): World {
  const world = new World(drafts).settle()
  world.see('db', 'running', answering, tried(world, 'db')).settle()
  for (const id of ['web', 'keeper']) world.see(id, 'running', {}, tried(world, id))
  world.settle()
  for (const id of ['db', 'web', 'keeper']) assert.equal(world.phase(id), 'ready')
  world.heard()
  return world
}

/** Its service does not come back after a restart: given up, told to go down, gone. */
function givenUp(): World {
  const world = launched()
  world.see('db', 'running', { '5432/tcp': 'refused' }).settle().after(20_001).settle()
  world.see('db', 'stopped').settle()
  world.see('db', 'running', { '5432/tcp': 'refused' }, tried(world, 'db')).settle().after(60_001).settle()
  return world
}

function replaced(): World {
  const world = givenUp()
  world.see('web', 'paused').see('db', 'stopped').settle()
  world.see('spare', 'running', answering, tried(world, 'spare')).settle()
  world.see('web', 'running').settle()
  return world
}

test('a standby is kept down while its guest has its place', () => {
  const world = launched()
  assert.equal(world.phase('spare'), 'stopped')
  assert.equal(world.because('spare'), 'standby')
  world.see('spare', 'running', answering).settle()
  assert.equal(world.wanted('spare'), 'stopped')
})

test('a guest that is given up goes down, and its standby starts only when it is gone (P1)', () => {
  const world = givenUp()
  assert.deepEqual(world.records.get(guestId('db'))!.phase, { kind: 'stopping', next: 'fail' })
  assert.equal(world.phase('spare'), 'stopped')
  world.see('db', 'unknown').settle()
  assert.equal(world.phase('spare'), 'stopped')
  world.heard()
  world.see('db', 'stopped').settle()
  assert.deepEqual(world.heard(), ['failed db', 'replaced db', 'start spare'])
  assert.equal(world.because('spare'), 'stands-in')
  const { because } = world.records.get(guestId('db'))!
  assert.ok(because.code === 'replaced' && because.by === 'spare' && because.last.code === 'tries-exhausted')
})

test('what others need of a guest is asked of the standby in its place', () => {
  const world = givenUp()
  assert.equal(world.phase('web'), 'paused')
  assert.equal(world.phase('keeper'), 'ready')
  world.see('web', 'paused').see('db', 'stopped').settle()
  assert.equal(world.phase('web'), 'paused')
  world.see('spare', 'running', answering, tried(world, 'spare')).settle()
  assert.deepEqual(world.records.get(guestId('web'))!.phase, { kind: 'starting', resumed: true })
  world.see('web', 'running').settle()
  assert.equal(world.phase('web'), 'ready')
  world.see('spare', 'running', { '5432/tcp': 'silent' }).settle()
  const { because } = world.records.get(guestId('web'))!
  assert.ok(because.code === 'needs-lost')
  assert.deepEqual(because.needs, [{ text: 'db:5432/tcp', guest: 'spare', state: 'silent' }])
})

test('a new leader finds the standby in the place, and changes nothing (P2)', () => {
  const world = replaced()
  for (const record of takeOver([...world.records.values()], instant(5_000_000)))
    world.records.set(record.guest, record)
  world.nowMs = 5_000_000
  assert.deepEqual(world.round().records, [])
})

test('the guest that was given up is touched by nothing, even started by hand or without a watch (P3)', () => {
  const world = replaced()
  world.see('db', 'running', answering).settle()
  world.wish('db', { watch: false }).settle()
  assert.equal(world.phase('db'), 'failed')
  assert.equal(world.wanted('db'), 'as-is')
  assert.equal(world.phase('spare'), 'ready')
})

test('launched or cleared, it gets its place back once its standby is gone (P1)', () => {
  const world = replaced()
  world.heard()
  world.wish('db', { launchSerial: 1, clears: true }).settle()
  assert.equal(world.because('db'), 'not-beside')
  assert.deepEqual(world.records.get(guestId('spare'))!.phase, { kind: 'stopping', next: 'stopped' })
  assert.equal(world.phase('web'), 'paused')
  world.see('web', 'paused').see('spare', 'unknown').settle()
  assert.equal(world.because('db'), 'not-beside')
  world.see('spare', 'stopped').settle()
  assert.equal(world.phase('db'), 'starting')
  world.see('db', 'running', answering, tried(world, 'db')).settle()
  assert.equal(world.phase('db'), 'ready')
  assert.equal(world.because('spare'), 'standby')
  assert.ok(world.heard().includes('resume web'))
})

test('given up again, it is replaced again', () => {
  const world = replaced()
  world.wish('db', { launchSerial: 1 }).see('web', 'paused').settle()
  world.see('spare', 'stopped').settle()
  const fault = { code: 'hypervisor-error', outcome: 'not-done', details: {} } as const
  world
    .see('db', 'stopped', {}, { tried: { generation: world.records.get(guestId('db'))!.generation, fault } })
    .settle()
  assert.equal(world.because('db'), 'replaced')
  assert.equal(world.phase('spare'), 'starting')
})

test('launched while it goes down for good, it is tried again instead', () => {
  const world = givenUp()
  world.wish('db', { launchSerial: 1 }).settle().see('db', 'stopped').settle()
  assert.equal(world.phase('db'), 'starting')
  assert.equal(world.phase('spare'), 'stopped')
})

test('what restarts with a need restarts when the place is given back, too', () => {
  const world = new World({ ...drafts, web: { needs: [['db:5432/tcp', 'restart'] as [string, 'restart']] } }).settle()
  const fault = { code: 'hypervisor-error', outcome: 'not-done', details: {} } as const
  world.see('db', 'stopped', {}, { tried: { generation: 1, fault } }).settle()
  world.see('spare', 'running', answering, tried(world, 'spare')).settle()
  for (const id of ['web', 'keeper']) world.see(id, 'running', {}, tried(world, id))
  world.settle()
  assert.equal(world.phase('web'), 'ready')
  world.wish('db', { launchSerial: 1 }).settle()
  assert.deepEqual(world.records.get(guestId('web'))!.phase, { kind: 'stopping', next: 'start' })
})

test('shut down, both are down after those that need them; to run again, the standby has the place as before', () => {
  const world = replaced()
  world.wish('db', { state: 'stopped', launchSerial: 1 })
  world.wish('web', { state: 'stopped' }).wish('keeper', { state: 'stopped' }).settle()
  assert.equal(world.because('spare'), 'waiting-for-dependents')
  world.see('web', 'stopped').see('keeper', 'stopped').settle()
  assert.equal(world.phase('spare'), 'stopping')
  world.see('spare', 'stopped').settle()
  assert.equal(world.because('spare'), 'wish-stopped')
  world.wish('db', { state: null }).settle()
  assert.equal(world.because('db'), 'replaced')
  assert.equal(world.phase('spare'), 'starting')
})

const unavailable: { says: string; makes: (world: World) => void }[] = [
  { says: 'was shut down by command', makes: (world) => world.wish('spare', { state: 'stopped' }) },
  { says: 'is unmanaged', makes: (world) => world.wish('spare', { state: 'ignored' }) },
  { says: 'is not watched', makes: (world) => world.wish('spare', { watch: false }) },
]
for (const { says, makes } of unavailable) {
  test(`a standby that ${says} takes no place: the guest is left as it is`, () => {
    const world = launched()
    makes(world)
    world.see('db', 'running', { '5432/tcp': 'refused' }).settle().after(20_001).settle()
    world.see('db', 'stopped').settle()
    world.see('db', 'running', { '5432/tcp': 'refused' }, tried(world, 'db')).settle().after(60_001).settle()
    assert.equal(world.phase('db'), 'failed')
    assert.equal(world.because('db'), 'tries-exhausted')
    assert.equal(world.wanted('db'), 'as-is')
  })
}

test('a guest that could not be stopped may still run: its standby stays down (P1)', () => {
  const world = givenUp()
  const trouble = { code: 'stop-refused', outcome: 'not-done', details: {} } as const
  world.see('db', 'running', {}, { trouble }).settle()
  assert.equal(world.because('db'), 'stop-failed')
  assert.equal(world.phase('spare'), 'stopped')
})

test('a disabled guest has its failures forgotten, and its standby goes down', () => {
  const world = replaced()
  world.wish('db', { state: 'disabled' }).settle()
  assert.equal(world.phase('db'), 'stopped')
  assert.equal(world.because('spare'), 'standby')
})

test('with another standby in the file the place goes to that one', () => {
  const world = replaced()
  const { cluster } = new World({
    ...drafts,
    db: { ...drafts.db, standby: guestId('third') },
    third: { services: ['5432/tcp'] },
  })
  world.cluster = cluster
  world.see('third', 'stopped', {}, absentGuest).settle()
  const { because } = world.records.get(guestId('db'))!
  assert.ok(because.code === 'replaced' && because.by === 'third' && because.last.code === 'tries-exhausted')
  // No longer anybody's standby, the old one is a guest like any other.
  assert.equal(world.phase('spare'), 'ready')
  assert.equal(world.phase('third'), 'starting')
})

test('on several hosts the standby starts where placement puts it, and waits for an unsettled start of its guest (S7)', () => {
  const world = new Several({
    ...drafts,
    db: { ...drafts.db, host: undefined as never, policy: { maxRestarts: 0, maxRelocations: 0 } },
  })
  world.settle()
  const record = () => world.records.get(guestId('db'))!
  const fault = { code: 'hypervisor-timeout', outcome: 'unknown', details: {} } as const
  const owner = record().owner!
  world.see('db', owner, 'stopped', { tried: { generation: record().generation, fault } }).settle()
  assert.equal(record().because.code, 'tries-exhausted')
  assert.equal(record().seat?.unsettled, true)
  world.see('db', owner, 'stopped', { tried: { generation: record().generation, fault }, settled: record().generation })
  world.settle()
  assert.equal(record().because.code, 'replaced')
  assert.equal(world.records.get(guestId('spare'))!.phase.kind, 'starting')
})

test('moved by hand, the guest that was given up stays so, and its standby stays in its place', () => {
  const world = new Several({ ...drafts, db: { ...drafts.db, policy: { maxRestarts: 0, maxRelocations: 0 } } }).settle()
  const db = () => world.records.get(guestId('db'))!
  const fault = { code: 'hypervisor-error', outcome: 'not-done', details: {} } as const
  const from = db().owner!
  world.see('db', from, 'stopped', { tried: { generation: 1, fault } }).settle()
  const to = ['n1', 'n2', 'n3'].find((host) => host !== from)!
  world.migrate('db', to, 'cold').settle()
  assert.equal(db().owner, to)
  assert.deepEqual([db().phase.kind, db().replacedBy], ['failed', 'spare'])
  assert.equal(world.records.get(guestId('spare'))!.phase.kind, 'starting')
})

test('the standby is recovered from a lost host as any guest is, and the first stays given up', () => {
  const world = new Several({ ...drafts, db: { ...drafts.db, policy: { maxRestarts: 0, maxRelocations: 0 } } }).settle()
  const db = () => world.records.get(guestId('db'))!
  const spare = () => world.records.get(guestId('spare'))!
  const fault = { code: 'hypervisor-error', outcome: 'not-done', details: {} } as const
  world.see('db', db().owner!, 'stopped', { tried: { generation: 1, fault } }).settle()
  const before = spare().owner!
  world.see('spare', before, 'running', { services: answering, tried: { generation: spare().generation, fault: null } })
  world.settle().lose(before).settle()
  assert.notEqual(spare().owner, before)
  assert.equal(spare().phase.kind, 'starting')
  assert.equal(db().because.code, 'replaced')
})

test('a standby that comes up late, after it was given up too, is stopped and takes nobody else down', () => {
  const world = launched()
  const last = {
    code: 'start-failed',
    attempt: 1,
    fault: { code: 'hypervisor-timeout', outcome: 'unknown', details: {} },
  } as const
  for (const id of [guestId('db'), guestId('spare')]) {
    const because = { code: 'tries-exhausted', tries: 1, last } as const
    world.records.set(id, { ...world.records.get(id)!, phase: { kind: 'failed' }, because, wanted: 'as-is', tries: 1 })
  }
  world.settle()
  assert.deepEqual([world.phase('db'), world.phase('spare')], ['failed', 'failed'])
  world.see('spare', 'running', answering).settle()
  assert.deepEqual([world.phase('db'), world.phase('spare')], ['failed', 'stopping'])
})
