import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId } from '../../src/model/ids.ts'
import { World } from './world.ts'

const three = {
  dns: { services: ['53/udp'] },
  nfs: { services: ['2049/tcp'], needs: ['dns:53/udp'] },
  www: { services: ['80/tcp'], needs: ['dns:53/udp', 'nfs:2049/tcp'] },
}

test('a guest is started only when every need answers, and at once when the last does', () => {
  const world = new World(three).settle()
  assert.deepEqual(
    ['dns', 'nfs', 'www'].map((id) => world.wanted(id)),
    ['running', 'as-is', 'as-is'],
  )
  world.see('dns', 'running').settle()
  assert.equal(world.because('nfs'), 'waiting-for-needs')
  world.see('dns', 'running', { '53/udp': 'answering' }).round()
  assert.equal(world.wanted('nfs'), 'running')
  assert.equal(world.wanted('www'), 'as-is')
})

test('deciding twice from the same state decides the same, and changes nothing', () => {
  const world = new World(three).launched()
  assert.deepEqual(world.round().records, [])
  assert.deepEqual(world.round().events, [])
})

test('a lost service pauses every depth in one decision, and they resume in order', () => {
  const world = new World(three).launched()
  world.heard()
  world.see('dns', 'running', { '53/udp': 'refused' }).round()
  assert.deepEqual(
    ['nfs', 'www'].map((id) => world.wanted(id)),
    ['paused', 'paused'],
  )
  assert.deepEqual(world.heard(), ['silent dns', 'pause nfs', 'pause www'])
  world.see('nfs', 'paused').see('www', 'paused').settle()
  world.see('dns', 'running', { '53/udp': 'answering' }).settle()
  assert.equal(world.wanted('nfs'), 'running')
  assert.equal(world.wanted('www'), 'paused')
  world.see('nfs', 'running').settle()
  assert.equal(world.wanted('www'), 'paused', 'nfs runs but does not answer yet')
  world.see('nfs', 'running', { '2049/tcp': 'answering' }).settle()
  assert.equal(world.wanted('www'), 'running')
})

test('unknown is neither down nor lost (S7): nothing is paused, stopped or started', () => {
  const world = new World(three).launched()
  world.heard()
  world.hypervisor = 'down'
  for (const id of ['dns', 'nfs', 'www']) world.see(id, 'unknown')
  world.settle().after(1_000_000).settle()
  assert.deepEqual(world.heard(), [])
})

test('a service silent for longer than the grace gets its guest restarted, once', () => {
  const world = new World({ a: { services: ['80/tcp'] } }).launched()
  world.heard()
  world.see('a', 'running', { '80/tcp': 'silent' }).settle()
  world.after(19_999).settle()
  assert.equal(world.wanted('a'), 'running')
  world.after(1).settle()
  assert.equal(world.wanted('a'), 'stopped')
  world.see('a', 'stopped').settle()
  assert.deepEqual(world.heard(), ['silent a', 'restart a', 'stopped a', 'start a'])
  assert.equal(world.records.get(guestId('a'))?.generation, 2)
})

test('a guest that crashes again and again is started after longer and longer waits', () => {
  const world = new World({ a: { policy: { backoffInitialMs: 1_000, backoffMaxMs: 3_000 } } }).launched()
  const waits = [0, 1_000, 2_000, 3_000, 3_000].map((expected) => {
    world.see('a', 'stopped', {}, { stopCause: 'crashed' }).settle()
    if (expected > 0) {
      assert.equal(world.wanted('a'), 'as-is')
      world.after(expected - 1).settle()
      assert.equal(world.wanted('a'), 'as-is')
      world.after(1).settle()
    }
    assert.equal(world.wanted('a'), 'running')
    world.launched()
    return expected
  })
  assert.equal(waits.length, 5)
})

test('a start that fails is tried as often as said, then given up until somebody launches it', () => {
  const world = new World({ a: { policy: { maxRestarts: 1 } } }).settle()
  const fault = { code: 'domain-refused', outcome: 'not-done', details: {} } as const
  world.see('a', 'stopped', {}, { tried: { generation: 1, fault } }).settle()
  assert.equal(world.phase('a'), 'waiting')
  world.after(5_000).settle()
  assert.equal(world.phase('a'), 'starting')
  world.see('a', 'stopped', {}, { tried: { generation: 2, fault } }).settle()
  assert.equal(world.phase('a'), 'failed')
  world.after(1_000_000).settle()
  assert.equal(world.phase('a'), 'failed')
  world.wish('a', { state: 'running', launchSerial: 1 }).settle()
  assert.equal(world.phase('a'), 'starting')
})

test('a stop waits until the guests that need it are gone', () => {
  const world = new World(three).launched()
  for (const id of ['dns', 'nfs', 'www']) world.wish(id, { state: 'stopped' })
  world.settle()
  assert.deepEqual(
    ['dns', 'nfs', 'www'].map((id) => world.wanted(id)),
    ['running', 'running', 'stopped'],
  )
  assert.equal(world.because('dns'), 'waiting-for-dependents')
  world.see('www', 'stopped').settle()
  assert.equal(world.wanted('nfs'), 'stopped')
  assert.equal(world.wanted('dns'), 'running')
})

test('a guest that is to go down is no need to start by', () => {
  const world = new World(three).launched()
  world.wish('dns', { state: 'stopped' }).see('www', 'stopped', {}, { stopCause: 'crashed' }).settle()
  assert.equal(world.wanted('www'), 'as-is')
})

test('hands off while the watch is off, whatever happens; grace begins when it is on again', () => {
  const world = new World(three).launched()
  world.heard()
  world.wish('dns', { watch: false }).see('dns', 'running', { '53/udp': 'silent' }).settle()
  world.after(1_000_000).settle()
  assert.equal(world.wanted('dns'), 'as-is')
  assert.ok(!world.heard().includes('restart dns'))
  world.wish('dns', { watch: true }).settle()
  assert.equal(world.wanted('dns'), 'running')
  assert.equal(world.phase('dns'), 'silent')
  world.after(20_000).settle()
  assert.equal(world.wanted('dns'), 'stopped')
})

test('what a need asks for when it is lost is done, and spreads by its own rule', async (t) => {
  const cases = [
    { onLoss: 'keep', lost: 'running', restarted: 'running' },
    { onLoss: 'pause', lost: 'paused', restarted: 'paused' },
    { onLoss: 'restart', lost: 'running', restarted: 'stopped' },
    { onLoss: 'stop', lost: 'running', restarted: 'stopped' },
  ] as const
  for (const { onLoss, lost, restarted } of cases) {
    await t.test(onLoss, () => {
      const world = new World({
        a: { services: ['80/tcp'] },
        b: { services: ['81/tcp'], needs: [['a:80/tcp', onLoss]] },
        c: { needs: ['b:81/tcp'] },
      }).launched()
      world.see('a', 'running', { '80/tcp': 'refused' }).settle()
      assert.equal(world.wanted('b'), lost)
      assert.equal(world.wanted('c'), lost)
      if (onLoss === 'pause') world.see('b', 'paused').see('c', 'paused')
      world.after(20_000).round()
      assert.equal(world.wanted('a'), 'stopped')
      assert.equal(world.wanted('b'), restarted)
    })
  }
})

test('a guest stopped with its need stays down until it is launched; one restarted with it comes back', () => {
  for (const [onLoss, end] of [
    ['stop', 'as-is'],
    ['restart', 'running'],
  ] as const) {
    const world = new World({ a: { services: ['80/tcp'] }, b: { needs: [['a:80/tcp', onLoss]] } }).launched()
    world.see('a', 'stopped', {}, { stopCause: 'crashed' }).settle()
    assert.equal(world.wanted('b'), 'stopped')
    world.see('b', 'stopped').settle()
    world.see('a', 'running', { '80/tcp': 'answering' }).settle()
    assert.equal(world.wanted('b'), end)
    if (onLoss === 'stop') {
      world.wish('b', { launchSerial: 1 }).settle()
      assert.equal(world.wanted('b'), 'running')
    }
  }
})

test('no guest is started that the host has no memory for; it says how much is missing', () => {
  const world = new World({
    a: { memory: { startMib: 600, runMib: 300, maxMib: null }, priority: 1 },
    b: { memory: { startMib: 600, runMib: null, maxMib: null } },
  })
  world.memoryMib = 1_000
  world.settle()
  assert.equal(world.wanted('a'), 'running')
  assert.deepEqual(world.records.get(guestId('b'))?.because, {
    code: 'not-enough-memory',
    neededMib: 600,
    freeMib: 400,
    host: 'h1',
  })
  world.see('a', 'running', {}, { memoryMib: 600 }).settle()
  assert.equal(world.records.get(guestId('a'))?.memoryMib, 300, 'ready: shrinks to the running amount')
  world.see('a', 'running', {}, { memoryMib: 300 }).settle()
  assert.equal(world.wanted('b'), 'running')
})

test('running guests are adopted: no start, no restart', () => {
  const world = new World(three)
  world.see('dns', 'running', { '53/udp': 'answering' })
  world.see('nfs', 'running', { '2049/tcp': 'answering' })
  world.see('www', 'running', { '80/tcp': 'answering' })
  world.settle()
  assert.deepEqual(world.heard(), ['adopt dns', 'adopt nfs', 'adopt www', 'ready dns', 'ready nfs', 'ready www'])
})

test('a guest dropped from the file is forgotten, not stopped', () => {
  const world = new World(three).launched()
  const smaller = new World({ dns: three.dns })
  world.cluster = smaller.cluster
  assert.deepEqual(world.round().forgotten, ['nfs', 'www'])
})

test('a guest paused by hand stays paused until it is resumed by hand', () => {
  const world = new World({ a: {} }).launched()
  world.wish('a', { pausedByHand: true, by: 'ana' }).settle()
  assert.equal(world.wanted('a'), 'paused')
  world.see('a', 'paused').after(1_000_000).settle()
  assert.equal(world.wanted('a'), 'paused')
  world.wish('a', { pausedByHand: false }).settle()
  assert.equal(world.wanted('a'), 'running')
})

test('powered off from inside: started again, or left down, as its policy says', () => {
  for (const [onPowerOff, wanted] of [
    ['start', 'running'],
    ['leave', 'as-is'],
  ] as const) {
    const world = new World({ a: { policy: { onPowerOff } } }).launched()
    world.see('a', 'stopped', {}, { stopCause: 'shutdown' }).settle()
    assert.equal(world.wanted('a'), wanted)
  }
})

test('after a boot of the host only guests that start with it are started', () => {
  const world = new World({ a: {}, b: { startAtBoot: false } }).launched()
  world.bootId = 'boot-2'
  world.see('a', 'stopped').see('b', 'stopped').settle()
  assert.equal(world.wanted('a'), 'running')
  assert.equal(world.because('b'), 'not-at-boot')
})

test('an agent life is named only once it has looked at everything (S9)', () => {
  const world = new World({ a: {} })
  assert.deepEqual(world.round().hosts, [{ host: 'h1', life: 'life-1', bootId: 'boot-1' }])
  assert.deepEqual(world.round().hosts, [])
})
