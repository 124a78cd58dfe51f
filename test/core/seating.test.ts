import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seating } from '../../src/core/seating.ts'
import { sightOf } from '../../src/core/sight.ts'
import type { RuleSpec } from '../../src/model/cluster.ts'
import { guestId, hostId } from '../../src/model/ids.ts'
import { n1, n2, n3, Several } from './several.ts'

const fault = { code: 'domain-refused', outcome: 'not-done', details: {} } as const
const at = (guest: string, host: string): RuleSpec => ({
  ...{ kind: 'hosts', guests: [guestId(guest)], hosts: { [host]: 1 }, strict: false },
})

/** `web` is ready on n2. */
const cluster = (settings = {}) => new Several({ web: {} }, { rules: [at('web', 'n2')], settings }).play()

test('a guest that runs nowhere is given a host and started there', () => {
  const world = new Several({ a: {}, b: {}, c: {}, d: {} }).play()
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((id) => world.said(id)),
    [...['ready on n1', 'ready on n2', 'ready on n3', 'ready on n1']],
  )
})

test('a guest that nothing was decided about is taken where it runs (S13)', () => {
  const world = new Several({ web: {} }).see('web', 'n3', 'running').play()
  assert.equal(world.said('web'), 'ready on n3')
  assert.deepEqual(
    world.words.filter((word) => word.startsWith('start')),
    [],
  )
})

test('one that runs on several when adopted is touched on none, and says so (S13)', () => {
  const world = new Several({ web: {} }).see('web', 'n1', 'running').see('web', 'n3', 'running').settle()
  assert.equal(world.record('web').wanted, 'as-is')
  assert.deepEqual(world.record('web').because, { code: 'runs-on-several', hosts: [n1, n3] })
  world.after(600_000).settle()
  assert.equal(world.record('web').owner, null)
  world.see('web', 'n1', 'absent').play()
  assert.equal(world.said('web'), 'ready on n3', 'with one of them gone it is taken where it is')
})

test('at a cold start nothing is started that may run on a host not seen yet (S15)', () => {
  const world = new Several({ web: {} })
  world.begunAtMs = world.nowMs
  world.silent('n3', 0).member('n3', { renewed: false }).settle()
  assert.deepEqual(world.record('web').because, { code: 'cold-start', hosts: [n3] })
  world.see('web', 'n3', 'running').back('n3').play()
  assert.equal(world.said('web'), 'ready on n3')
})

test('a cold start waits for no longer than was said, then the guest starts elsewhere', () => {
  const world = new Several({ web: {} }, { settings: { coldStartWaitMs: 120_000 } })
  world.begunAtMs = world.nowMs
  world.silent('n3', 0).member('n3', { renewed: false }).settle()
  world.after(119_999, ['n3']).settle()
  assert.equal(world.said('web'), 'waiting on no host: cold-start')
  world.after(1, ['n3']).play()
  assert.equal(world.said('web'), 'ready on n1')
})

test('at a cold start a host that has not looked at everything is waited for', () => {
  const world = new Several({ web: {} })
  world.told.set(n2, { complete: false })
  world.settle()
  assert.deepEqual(world.record('web').because, { code: 'cold-start', hosts: [n2] })
})

test('a silent host keeps its guests until it is proven dead, then each starts elsewhere', () => {
  const world = cluster().silent('n2', 10_001).settle()
  assert.equal(world.said('web'), 'waiting on n2: host-silent')
  world.after(3_600_000, ['n2']).settle()
  assert.equal(world.record('web').owner, n2)
  const decision = world.lose('n2').round()
  assert.deepEqual(decision.takenFrom, [n2], 'S1: void if the record of the lost host has changed')
  world.play()
  assert.equal(world.said('web'), 'ready on n1')
  assert.equal(world.record('web').seat?.lostFrom, n2)
})

test('one that returns before it is proven dead goes on as if nothing had been', () => {
  const world = cluster().silent('n2', 10_001).settle()
  world.back('n2').play()
  assert.equal(world.said('web'), 'ready on n2')
  assert.equal(world.record('web').epoch, 1)
})

test('a guest whose owner says that it is down is released, and only then another may have it (S2 e)', () => {
  const world = cluster().see('web', 'n2', 'stopped', { stopCause: 'crashed' }).settle()
  assert.equal(world.record('web').seat?.released, false, 'told to start again, it may come up')
  world.wish('web', { state: 'stopped' }).settle()
  assert.equal(world.record('web').seat?.released, false, 'a start under way is not taken back by a wish')
  world.obey().play()
  assert.equal(world.record('web').seat?.released, true)
  world.silent('n2', 60_000).settle()
  assert.equal(world.record('web').seat?.released, true, 'what was released once stays so while nobody can look')
  world.wish('web', { state: 'running' }).play()
  assert.equal(world.said('web'), 'ready on n1')
})

test('what nobody can look at was not released (S7)', () => {
  const world = cluster().silent('n2', 60_000).wish('web', { state: 'stopped' }).settle()
  assert.equal(world.record('web').seat?.released, false)
})

test('a start whose end nobody knows is settled before another host may have the guest (S7)', () => {
  const world = new Several({ web: { policy: { maxRestarts: 0 } } }, { rules: [at('web', 'n2')] }).settle()
  const unknown = { ...fault, outcome: 'unknown' } as const
  world.see('web', 'n2', 'stopped', { tried: { generation: 1, fault: unknown } }).settle()
  assert.equal(world.record('web').seat?.unsettled, true)
  assert.equal(world.record('web').owner, n2)
  world.see('web', 'n2', 'stopped', { tried: { generation: 1, fault: unknown }, settled: 1 }).play()
  assert.equal(world.record('web').seat?.unsettled, undefined)
  assert.equal(world.said('web'), 'ready on n1')
})

/** On which host each start of `web` was tried, all of which fail. */
function triesUntilGivenUp(world: Several): string[] {
  const tries: string[] = []
  for (let i = 0; i < 20 && world.record('web').phase.kind !== 'failed'; i++) {
    const { owner, generation, wanted } = world.record('web')
    if (wanted === 'running') {
      tries.push(owner!)
      world.see('web', owner!, 'stopped', { tried: { generation, fault } })
    }
    world.settle().after(10_000).settle()
  }
  return tries
}

test('a guest that fails to start is tried as often as said here, then on another host, then given up', () => {
  const policy = { maxRestarts: 1, maxRelocations: 1, backoffInitialMs: 1_000, backoffMaxMs: 1_000 }
  const world = new Several({ web: { policy } }, { rules: [at('web', 'n2')] }).settle()
  const tries = triesUntilGivenUp(world)
  assert.deepEqual(tries, ['n2', 'n2', 'n1', 'n1'])
  assert.equal(world.record('web').because.code, 'tries-exhausted')
  world.wish('web', { state: 'running', launchSerial: 1 }).play()
  assert.match(world.said('web'), /^(ready|starting) on/, 'by command it is tried again')
  assert.deepEqual(world.record('web').seat?.triedHosts, [])
})

test('a guest that no other host can take is tried again where it is, once it is down there, as often as it could have left', () => {
  const policy = { maxRestarts: 0, maxRelocations: 2, backoffInitialMs: 1_000, backoffMaxMs: 1_000 }
  const only: RuleSpec = { kind: 'hosts', guests: [guestId('web')], hosts: { n2: 1 }, strict: true }
  const world = new Several({ web: { policy } }, { rules: [only] }).settle()
  const tries = triesUntilGivenUp(world)
  assert.deepEqual(tries, ['n2', 'n2', 'n2'])
  assert.equal(world.record('web').because.code, 'tries-exhausted')
})

test('a guest of a lost host never fails for want of a host: it waits, and says what each lacks (S10)', () => {
  const world = cluster().silent('n2', 60_000).lose('n2')
  world.wishHost('n1', { maintenance: true }).wishHost('n3', { maintenance: true }).settle()
  assert.equal(world.said('web'), 'waiting on n2: no-place')
  assert.deepEqual(world.record('web').because, {
    code: 'no-place',
    hosts: [
      { host: n1, why: { code: 'maintenance' } },
      { host: n2, why: { code: 'not-there' } },
      { host: n3, why: { code: 'maintenance' } },
    ],
  })
  world.wishHost('n3', { maintenance: false }).play()
  assert.equal(world.said('web'), 'ready on n3')
})

test('guests of a host that freezes wait for it; when that has lasted too long they start elsewhere', () => {
  const world = cluster({ onHostShutdown: 'freeze', freezeMs: 600_000 })
  world.wishHost('n2', { downInBoot: 'boot-n2', downFor: 'reboot' }).play()
  assert.equal(world.said('web'), 'stopped on n2: host-shutdown')
  world.leave('n2').after(599_999, ['n2']).settle()
  assert.equal(world.record('web').owner, n2)
  world.after(1, ['n2']).play()
  assert.equal(world.said('web'), 'ready on n1')
})

test('guests of a host that freezes start with it again', () => {
  const world = cluster({ onHostShutdown: 'freeze' }).wishHost('n2', { downInBoot: 'boot-n2' }).play()
  world.leave('n2').after(60_000, ['n2']).settle().back('n2', 'boot-2').play()
  assert.equal(world.said('web'), 'ready on n2')
})

test('guests of a host that goes down for good are stopped, and started elsewhere', () => {
  const world = cluster({ onHostShutdown: 'failover' }).wishHost('n2', { downInBoot: 'boot-n2' }).settle()
  assert.equal(world.record('web').wanted, 'stopped')
  world.see('web', 'n2', 'stopped', { stopCause: 'shutdown' }).play()
  assert.equal(world.said('web'), 'ready on n1')
})

test('guests of a host under maintenance move live, and come home when it is over', () => {
  const world = cluster().wishHost('n2', { maintenance: true }).settle()
  const { move } = world.record('web').seat!
  assert.deepEqual(move, { to: n1, how: 'live', cause: 'maintenance', serial: 1 })
  assert.equal(world.record('web').owner, n2, 'S8: both are named while it is on its way')
  world.see('web', 'n2', 'absent').see('web', 'n1', 'running').settle()
  assert.equal(world.record('web').owner, n1)
  assert.equal(world.record('web').seat?.home, n2)
  world.wishHost('n2', { maintenance: false }).settle()
  assert.deepEqual(world.record('web').seat?.move, { to: n2, how: 'live', cause: 'home', serial: 2 })
})

test('a guest that cannot move live is stopped and started', () => {
  const world = new Several({ web: { liveMigration: false } }, { rules: [at('web', 'n2')] }).play()
  world.wishHost('n2', { maintenance: true }).settle()
  assert.equal(world.record('web').seat?.move?.how, 'cold')
  assert.equal(world.record('web').wanted, 'stopped')
  world.play()
  assert.equal(world.said('web'), 'ready on n1')
})

test('no more than two guests at once are on their way from a host or to one', () => {
  const drafts = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, {}]))
  const rules = Object.keys(drafts).map((id) => at(id, 'n2'))
  const world = new Several(drafts, { rules }).play().wishHost('n2', { maintenance: true }).settle()
  const onTheirWay = () => Object.keys(drafts).filter((id) => world.record(id).seat?.move)
  assert.equal(onTheirWay().length, 2)
  const [first] = onTheirWay()
  const { to } = world.record(first!).seat!.move!
  world.see(first!, 'n2', 'absent').see(first!, to, 'running').settle()
  assert.equal(onTheirWay().length, 2)
})

test('a move by the leader that failed is tried again after a while, one asked for by a person is not', () => {
  const world = cluster().wishHost('n2', { maintenance: true }).settle()
  const failed = (serial: number) => ({ moved: { serial, fault } })
  world.see('web', 'n2', 'running', failed(1)).settle()
  assert.equal(world.record('web').seat?.move, null)
  world.after(9_999).settle()
  assert.equal(world.record('web').seat?.move, null)
  world.after(1).settle()
  assert.equal(world.record('web').seat?.move?.serial, 2)

  const asked = new Several({ web: {} }).see('web', 'n2', 'running').play().migrate('web', 'n3').settle()
  assert.equal(asked.record('web').seat?.move?.cause, 'operator')
  asked.see('web', 'n2', 'running', failed(1)).settle().after(600_000).settle()
  assert.equal(asked.record('web').seat?.move, null)
  assert.equal(asked.record('web').owner, n2)
})

test('a wish to move that cannot be is refused once, with the reason (S11)', () => {
  const world = cluster().silent('n3', 60_000).migrate('web', 'n3').settle()
  assert.deepEqual(world.record('web').because, { code: 'move-refused', to: n3, why: { code: 'not-there' } })
  world.back('n3').settle().after(600_000).settle()
  assert.equal(world.record('web').owner, n2, 'it is not done later')
})

test('a move to where the guest is already is done', () => {
  const world = cluster().migrate('web', 'n2').settle()
  assert.equal(world.record('web').seat?.move, null)
  assert.equal(world.record('web').seat?.moveSerial, 1)
})

test('a guest that is down is taken to where a person wants it, and stays down', () => {
  const world = cluster().wish('web', { state: 'stopped' }).play().migrate('web', 'n3').play()
  assert.equal(world.record('web').owner, n3)
  assert.equal(world.said('web').split(' ')[0], 'stopped')
})

test('a guest whose watch is off stays where it is, whatever its host', () => {
  const world = cluster().wish('web', { watch: false }).wishHost('n2', { maintenance: true }).settle()
  assert.equal(world.record('web').seat?.move, null)
})

test('a guest that is not touched has no place to be moved from', () => {
  const world = cluster().wish('web', { state: 'ignored' }).wishHost('n2', { maintenance: true }).settle()
  assert.equal(world.record('web').phase.kind, 'ignored')
  assert.equal(world.record('web').seat?.move ?? null, null)
})

test('with nowhere to go, a guest of a host that goes down is stopped before it', () => {
  const world = new Several(
    { web: {} },
    { rules: [{ ...at('web', 'n2'), strict: true } as RuleSpec], settings: { onHostShutdown: 'migrate' } },
  )
  world.play().wishHost('n2', { downInBoot: 'boot-n2', downFor: 'power-off' }).settle()
  assert.equal(world.record('web').wanted, 'stopped')
})

test('the same state is decided the same twice, whatever is under way', () => {
  const world = cluster().wishHost('n2', { maintenance: true }).settle()
  assert.deepEqual(world.round().records, [])
  world.silent(hostId('n2'), 60_000).settle()
  assert.deepEqual(world.round().records, [])
})

test('a guest that comes when another move has ended keeps the room that it has there', () => {
  const world = new Several({ a: {}, b: {}, c: {} }, { rules: [at('a', 'n2'), at('b', 'n2'), at('c', 'n2')] })
  world.play().wishHost('n2', { maintenance: true })
  const snapshot = world.snapshot()
  const hosts = world.views()
  const sights = world.cluster.order.map((one) => sightOf(one, snapshot, hosts))
  const { seats, awaiting, keeping } = seating(world.cluster, sights, hosts, snapshot)
  const kinds = [...seats].map(([id, { kind }]) => `${id} ${kind}`)
  assert.deepEqual(kinds.sort(), ['a move', 'b move', 'c stay'])
  assert.deepEqual([awaiting.length, keeping.map(({ guest }) => guest)], [0, ['c']])
})
