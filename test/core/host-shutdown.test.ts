import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wallTime } from '../../src/model/ids.ts'
import { home, World } from './world.ts'

const three = {
  dns: { services: ['53/udp'] },
  nfs: { services: ['2049/tcp'], needs: ['dns:53/udp'] },
  www: { services: ['80/tcp'], needs: ['dns:53/udp', 'nfs:2049/tcp'] },
}

function goesDown(world: World): World {
  world.hostWishes.set(home, { downInBoot: world.bootId, by: 'root', at: wallTime(0) })
  return world
}

/** What is told to stop goes down, until nothing more happens; the order in which guests were gone. */
function carriedOut(world: World): string[] {
  const gone: string[] = []
  for (let i = 0; i < 10; i++) {
    world.settle()
    for (const { id } of world.cluster.order) {
      const { run } = world.seen.get(id)!
      if (world.wanted(id) !== 'stopped' || run === 'stopped') continue
      world.see(id, 'stopped', {}, { stopCause: 'shutdown' })
      gone.push(id)
    }
  }
  world.settle()
  return gone
}

function bootedAnew(world: World): World {
  world.bootId = 'boot-2'
  for (const { id } of world.cluster.order) world.see(id, 'stopped')
  return world.settle()
}

test('a host that goes down takes all its guests down, those that need others first', () => {
  const world = goesDown(new World(three).launched())
  assert.deepEqual(carriedOut(world), ['www', 'nfs', 'dns'])
  for (const id of ['dns', 'nfs', 'www']) {
    assert.equal(world.phase(id), 'stopped')
    assert.equal(world.because(id), 'host-shutdown')
  }
})

test('nothing is started again in that boot, however long it lasts', () => {
  const world = goesDown(new World(three).launched())
  carriedOut(world)
  world.heard()
  world.after(10_000_000).settle()
  assert.deepEqual(world.heard(), [])
})

test('after the next boot the guests start as if nobody had said anything', () => {
  const world = goesDown(new World({ ...three, test: { startAtBoot: false } }).launched())
  carriedOut(world)
  bootedAnew(world)
  assert.equal(world.wanted('dns'), 'running')
  assert.equal(world.because('nfs'), 'waiting-for-needs')
  assert.equal(world.phase('test'), 'held-down')
  assert.equal(world.because('test'), 'not-at-boot')
})

test('the power may be cut while guests still go down: after the boot they start all the same', () => {
  const world = goesDown(new World(three).launched()).settle()
  assert.equal(world.phase('www'), 'stopping')
  bootedAnew(world)
  assert.equal(world.wanted('dns'), 'running')
})

test('a launch takes it back: what was down for the host only starts again', () => {
  const world = goesDown(new World(three).launched())
  carriedOut(world)
  world.hostWishes.set(home, { downInBoot: null, by: 'root', at: wallTime(0) })
  world.settle()
  assert.equal(world.wanted('dns'), 'running')
})

test('guests that are not watched go down with the host, too, and stay down after its boot', () => {
  const world = new World(three).launched().wish('nfs', { watch: false }).settle()
  assert.deepEqual(carriedOut(goesDown(world)), ['www', 'nfs', 'dns'])
  bootedAnew(world)
  assert.equal(world.wanted('nfs'), 'as-is')
})

test('ignored guests are not touched, and hold up nobody', () => {
  const world = new World({ ...three, own: { wish: 'ignored', needs: ['dns:53/udp'] } })
  world.see('own', 'running')
  for (const id of ['dns', 'nfs', 'www']) {
    const answers = Object.fromEntries(three[id as 'dns'].services.map((key) => [key, 'answering' as const]))
    world.see(id, 'running', answers)
  }
  world.settle()
  assert.deepEqual(carriedOut(goesDown(world)), ['www', 'nfs', 'dns'])
  assert.equal(world.seen.get(world.cluster.order.find(({ id }) => id === 'own')!.id)?.run, 'running')
})

test('what was stopped, failed or left down before is so after the boot', () => {
  const world = new World({
    kept: { policy: { onPowerOff: 'leave' } },
    wished: {},
    broken: { policy: { maxRestarts: 0 } },
  })
  world.settle().see('broken', 'stopped', {}, { tried: { generation: 1, fault: null } })
  world.see('kept', 'running').see('wished', 'running').settle()
  world.see('kept', 'stopped', {}, { stopCause: 'shutdown' })
  world.wish('wished', { state: 'stopped', launchSerial: 1 }).settle()
  world.see('wished', 'stopped').settle()
  const before = ['kept', 'wished', 'broken'].map((id) => [world.phase(id), world.because(id)])
  assert.deepEqual(
    before.map(([phase]) => phase),
    ['held-down', 'stopped', 'failed'],
  )
  assert.deepEqual(carriedOut(goesDown(world)), [])
  bootedAnew(world)
  assert.deepEqual(
    ['kept', 'wished', 'broken'].map((id) => [world.phase(id), world.because(id)]),
    before,
  )
})

test('a guest paused or starting when the host goes down goes down as the others do', () => {
  const world = new World({ a: { services: ['80/tcp'] }, b: { needs: ['a:80/tcp'] } }).launched()
  world.see('a', 'running', { '80/tcp': 'refused' }).settle()
  world.see('b', 'paused').settle()
  goesDown(world).settle()
  assert.equal(world.wanted('b'), 'stopped')
  assert.equal(world.phase('b'), 'stopping')
  assert.equal(world.because('a'), 'waiting-for-dependents')
  assert.deepEqual(carriedOut(world), ['b', 'a'])
})
