import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RuleSpec } from '../../src/model/cluster.ts'
import { guestId } from '../../src/model/ids.ts'
import { n1, n2, n3, Several } from './several.ts'

const at = (guest: string, host: string): RuleSpec => ({
  ...{ kind: 'hosts', guests: [guestId(guest)], hosts: { [host]: 1 }, strict: false },
})
const rules = [at('dns', 'n2'), at('www', 'n3')]

/** `dns` on n2; `www` on n3 needs it. */
const pair = (settings = {}) =>
  new Several(
    { dns: { services: ['53/udp'], failback: false }, www: { needs: ['dns:53/udp'] } },
    { rules, settings },
  ).play()

test('dependents elsewhere are not paused for a host that is only silent (S7)', () => {
  const world = pair().silent('n2', 60_000).settle()
  assert.equal(world.said('dns'), 'waiting on n2: host-silent')
  assert.equal(world.said('www'), 'ready on n3')
})

test('what shall be down waits, too, while its host is silent: nobody knows whether it runs (S7)', () => {
  const world = pair().silent('n2', 60_000).wish('dns', { state: 'stopped' }).settle()
  assert.equal(world.said('dns'), 'waiting on n2: host-silent')
  world.lose('n2').settle()
  assert.equal(world.said('dns'), 'stopped on n2: wish-stopped')
})

test('when it is proven dead they are paused, and go on when the guest answers elsewhere', () => {
  const world = pair().silent('n2', 60_000).lose('n2').settle()
  assert.equal(world.record('www').wanted, 'paused')
  world.obey().settle()
  assert.equal(world.record('dns').owner, n1)
  world.play()
  assert.equal(world.said('dns'), 'ready on n1')
  assert.equal(world.said('www'), 'ready on n3')
  assert.deepEqual(
    world.heard().filter((word) => /pause|resume/.test(word)),
    ['pause www', 'resume www'],
  )
})

test('a live move of a guest pauses nobody who needs it, wherever it is seen meanwhile', () => {
  const world = pair().migrate('dns', 'n1').settle()
  assert.equal(world.record('dns').seat?.move?.how, 'live')
  for (const [here, there] of [
    ['running', 'absent'],
    ['running', 'paused'],
    ['absent', 'paused'],
    ['absent', 'absent'],
  ] as const) {
    world.see('dns', 'n2', here, { services: { '53/udp': 'answering' } })
    world.see('dns', 'n1', there, { pauseCause: 'migration' })
    world.settle()
    assert.equal(world.record('www').wanted, 'running', `seen ${here} here, ${there} there`)
  }
  world
    .see('dns', 'n2', 'absent')
    .see('dns', 'n1', 'running', { services: { '53/udp': 'answering' } })
    .settle()
  assert.equal(world.said('dns'), 'ready on n1')
  assert.equal(world.said('www'), 'ready on n3')
})

test('no dependent is started while what it needs is between two hosts', () => {
  const world = pair().wish('www', { state: 'stopped' }).play().migrate('dns', 'n1').settle()
  world.see('dns', 'n2', 'absent').wish('www', { state: 'running' }).settle()
  assert.equal(world.said('www'), 'waiting on n3: waiting-for-needs')
})

test('a stop waits for a dependent that is on its way between hosts', () => {
  const world = pair()
    .migrate('www', 'n1')
    .settle()
    .see('www', 'n3', 'absent')
    .wish('dns', { state: 'stopped' })
    .settle()
  assert.equal(world.record('dns').wanted, 'running')
  assert.equal(world.record('dns').because.code, 'waiting-for-dependents')
})

test('a guest that is moved by stop and start is lost for its dependents meanwhile, as by a restart', () => {
  const world = pair().migrate('dns', 'n1', 'cold').settle().see('dns', 'n2', 'stopped').settle()
  assert.equal(world.record('www').wanted, 'paused')
  world.play()
  assert.equal(world.said('dns'), 'ready on n1')
  assert.equal(world.said('www'), 'ready on n3')
})

test('a host that goes down waits for its own guests only; those elsewhere are paused', () => {
  const world = pair({ onHostShutdown: 'freeze' }).wishHost('n2', { downInBoot: 'boot-n2' }).settle()
  assert.equal(world.record('dns').wanted, 'stopped')
  world.play()
  assert.equal(world.record('www').wanted, 'paused')
})

test('a guest that starts when its host falls silent stays told to start, and says that nobody knows', () => {
  const world = new Several({ web: {} }, { rules: [at('web', 'n2')] }).settle()
  assert.equal(world.record('web').phase.kind, 'starting')
  world.silent('n2', 10_001).settle()
  const { phase, because, wanted } = world.record('web')
  assert.deepEqual([phase.kind, wanted, because.code], ['starting', 'running', 'host-silent'])
  world.lose('n2').play()
  assert.equal(world.said('web'), 'ready on n1')
})

test('a guest given up stays so when its host is lost', () => {
  const policy = { maxRestarts: 0, maxRelocations: 0 }
  const world = new Several({ web: { policy } }, { rules: [at('web', 'n2')] }).settle()
  const fault = { code: 'domain-refused', outcome: 'not-done', details: {} } as const
  world.see('web', 'n2', 'stopped', { tried: { generation: 1, fault } }).settle()
  assert.equal(world.record('web').phase.kind, 'failed')
  world.silent('n2', 60_000).lose('n2').settle()
  assert.equal(world.record('web').phase.kind, 'failed')
  world.wish('web', { state: 'running', launchSerial: 1 }).play()
  assert.equal(world.said('web'), 'ready on n1')
})

test('a guest that shall be down and whose host is lost is down, and nobody starts it', () => {
  const world = new Several({ web: { wish: 'stopped' } }, { rules: [at('web', 'n2')] }).play()
  assert.equal(world.said('web'), 'stopped on no host: wish-stopped')
  world.silent('n2', 60_000).lose('n2').settle()
  assert.equal(world.record('web').phase.kind, 'stopped')
})

test('a guest that ran on a host now lost, and shall be down, is called stopped only after the proof (S7)', () => {
  const world = pair().wish('dns', { state: 'stopped', ignoreDependents: true }).silent('n2', 60_000).settle()
  assert.notEqual(world.record('dns').phase.kind, 'stopped')
  world.lose('n2').settle()
  assert.equal(world.record('dns').phase.kind, 'stopped')
})

test('what the proof was is told with the guest', () => {
  const world = pair().silent('n2', 60_000).lose('n2', { kind: 'sworn', by: 'ana' })
  world.wishHost('n1', { maintenance: true }).silent('n3', 2_001).settle()
  const { because } = world.record('dns')
  assert.deepEqual(because.code === 'no-place' ? because.hosts.map(({ host }) => host) : because, [n1, n2, n3])
})

test('a boot of its host while nobody looked says that its guests went down, and they start there again (S2 f)', () => {
  const world = pair().silent('n2', 60_000).settle().back('n2', 'boot-2').play()
  assert.equal(world.said('dns'), 'ready on n2')
  assert.deepEqual(world.heard().filter((word) => word === 'start dns').length, 2)
})
