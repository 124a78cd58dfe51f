import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostViews } from '../../src/core/hosts.ts'
import { handedOver, type MoveState, moveState } from '../../src/core/moves.ts'
import { sightOf } from '../../src/core/sight.ts'
import { guestId, type HostId } from '../../src/model/ids.ts'
import { firstSeat, type GuestMove, type MoveCause } from '../../src/model/member.ts'
import { n1, n2, n3, Several } from './several.ts'

const web = guestId('web')
const half = { pauseCause: 'post-copy-broken' } as const
const fault = { code: 'migration-failed', outcome: 'not-done', details: {} } as const

/** `web` runs on n1 and is on its way to n2. */
function moving(how: GuestMove['how'] = 'live', more: Partial<GuestMove> = {}): Several {
  const world = new Several({ web: {} }).see('web', 'n1', 'running').settle()
  const move: GuestMove = { to: n2, how, cause: 'operator', serial: 4, ...more }
  return world.seat('web', { move, moves: 4 })
}

function state(world: Several): MoveState {
  const snapshot = world.snapshot()
  const hosts = hostViews(world.cluster.spec, snapshot)!
  const sight = sightOf(world.cluster.byId.get(web)!, snapshot, hosts)
  return moveState(sight, sight.record!.seat!.move!, hosts, snapshot)
}

function said(one: MoveState): string {
  return one.kind === 'ended' ? `ended${one.failed ? ', failed' : ''}: ${one.because?.code ?? 'no reason'}` : one.kind
}

const looks = (world: Several, host: HostId, serial = 4) => world.told.set(host, { looks: { web: serial } })

interface Row {
  readonly claim: string
  readonly world: () => Several
  readonly is: string
}

const live: readonly Row[] = [
  { claim: 'it runs here and not there: it goes on', world: () => moving(), is: 'going-on' },
  {
    claim: 'both show it: it goes on, and the one there may be the other half of it',
    world: () => moving().see('web', 'n2', 'running'),
    is: 'going-on',
  },
  {
    claim: 'it runs there and is gone here: arrived',
    world: () => moving().see('web', 'n1', 'absent').see('web', 'n2', 'running'),
    is: 'arrived',
  },
  {
    claim: 'there it waits for its last part: not arrived',
    world: () => moving().see('web', 'n1', 'stopped').see('web', 'n2', 'paused', { pauseCause: 'migration' }),
    is: 'going-on',
  },
  {
    claim: 'paused there for another reason: arrived',
    world: () => moving().see('web', 'n1', 'stopped').see('web', 'n2', 'paused', { pauseCause: 'asked' }),
    is: 'arrived',
  },
  {
    claim: 'neither shows it: both shall look again before that is believed',
    world: () => moving().see('web', 'n1', 'absent'),
    is: 'look-again',
  },
  {
    claim: 'told to look again, and neither has: it goes on',
    world: () => moving('live', { lookAgain: true }).see('web', 'n1', 'absent'),
    is: 'going-on',
  },
  {
    claim: 'only one has looked again: it goes on',
    world: () => {
      const world = moving('live', { lookAgain: true }).see('web', 'n1', 'absent')
      looks(world, n1)
      return world
    },
    is: 'going-on',
  },
  {
    claim: 'both have looked again and neither shows it: it went down on the way',
    world: () => {
      const world = moving('live', { lookAgain: true }).see('web', 'n1', 'absent')
      looks(world, n1)
      looks(world, n2)
      return world
    },
    is: 'ended, failed: no reason',
  },
  {
    claim: 'a look for an earlier move is none for this one',
    world: () => {
      const world = moving('live', { lookAgain: true }).see('web', 'n1', 'absent')
      looks(world, n1)
      looks(world, n2, 3)
      return world
    },
    is: 'going-on',
  },
  {
    claim: 'its owner says that it failed, it runs here and not there: failed',
    world: () => moving().see('web', 'n1', 'running', { moved: { serial: 4, fault } }),
    is: 'ended, failed: move-failed',
  },
  {
    claim: 'it was taken back, its owner says that it failed, it runs here and not there: cancelled',
    world: () => moving('live', { cancelled: true }).see('web', 'n1', 'running', { moved: { serial: 4, fault } }),
    is: 'ended, failed: move-cancelled',
  },
  {
    claim: 'it was taken back, and nobody says that it ended: it goes on',
    world: () => moving('live', { cancelled: true }),
    is: 'going-on',
  },
  {
    claim: 'it was taken back, and had arrived: arrived',
    world: () => moving('live', { cancelled: true }).see('web', 'n1', 'absent').see('web', 'n2', 'running'),
    is: 'arrived',
  },
  {
    claim: 'its owner says that an earlier move failed: it goes on',
    world: () => moving().see('web', 'n1', 'running', { moved: { serial: 3, fault } }),
    is: 'going-on',
  },
  {
    claim: 'its owner says that it failed and the other shows it: it is waited for',
    world: () =>
      moving()
        .see('web', 'n1', 'running', { moved: { serial: 4, fault } })
        .see('web', 'n2', 'running'),
    is: 'going-on',
  },
  {
    claim: 'its owner is silent: what it shows is not known, so it is waited for',
    world: () => moving().silent('n1', 60_000).see('web', 'n2', 'running'),
    is: 'going-on',
  },
  {
    claim: 'its owner is proven dead and it runs there: arrived',
    world: () => moving().silent('n1', 60_000).lose('n1').see('web', 'n2', 'running'),
    is: 'arrived',
  },
  {
    claim: 'its owner is proven dead and it does not run there: that host looks again first',
    world: () => moving().silent('n1', 60_000).lose('n1'),
    is: 'look-again',
  },
  {
    claim: 'its owner is proven dead and the other has looked again: it went down with its owner',
    world: () => {
      const world = moving('live', { lookAgain: true }).silent('n1', 60_000).lose('n1')
      looks(world, n2)
      return world
    },
    is: 'ended, failed: no reason',
  },
  {
    claim: 'the other is silent and it is gone here: it may run there, so it is waited for',
    world: () => moving().see('web', 'n1', 'absent').silent('n2', 60_000),
    is: 'going-on',
  },
  {
    claim: 'the other is silent and the owner says that it failed: it is waited for',
    world: () =>
      moving()
        .see('web', 'n1', 'running', { moved: { serial: 4, fault } })
        .silent('n2', 60_000),
    is: 'going-on',
  },
  {
    claim: 'the other is proven dead and the owner says that it failed: failed',
    world: () =>
      moving()
        .see('web', 'n1', 'running', { moved: { serial: 4, fault } })
        .silent('n2', 60_000)
        .lose('n2'),
    is: 'ended, failed: move-failed',
  },
  {
    claim: 'the other left before it arrived: nothing is known of it there, only a proof would tell',
    world: () => moving().see('web', 'n1', 'absent').leave('n2'),
    is: 'going-on',
  },
  {
    claim: 'it broke after it had begun to run there: both halves must go',
    world: () => moving().see('web', 'n1', 'paused', half).see('web', 'n2', 'paused', half),
    is: 'broken',
  },
  {
    claim: 'the other side may never notice: nothing follows from here any more, so both halves must go',
    world: () => moving().see('web', 'n1', 'paused', half).see('web', 'n2', 'paused', { pauseCause: 'migration' }),
    is: 'broken',
  },
  {
    claim: 'this side has not noticed yet: it is waited for',
    world: () => moving().see('web', 'n1', 'paused', { pauseCause: 'migration' }).see('web', 'n2', 'paused', half),
    is: 'going-on',
  },
  {
    claim: 'it broke here and is whole there: only the last word was lost, and it has arrived',
    world: () => moving().see('web', 'n1', 'paused', half).see('web', 'n2', 'running'),
    is: 'arrived',
  },
  {
    claim: 'half of it here, nothing there: the half here must go',
    world: () => moving().see('web', 'n1', 'paused', half),
    is: 'broken',
  },
  {
    claim: 'half of it here, and the other is silent: it may be whole there, so it is waited for',
    world: () => moving().see('web', 'n1', 'paused', half).silent('n2', 60_000),
    is: 'going-on',
  },
  {
    claim: 'half of it here, and the other is proven dead: the half here must go',
    world: () => moving().see('web', 'n1', 'paused', half).silent('n2', 60_000).lose('n2'),
    is: 'broken',
  },
  {
    claim: 'its owner is proven dead and half of it is there: that half must go',
    world: () => moving().silent('n1', 60_000).lose('n1').see('web', 'n2', 'paused', half),
    is: 'broken',
  },
  {
    claim: 'told to take the halves away, and one is left: it goes on',
    world: () => moving('live', { broken: true }).see('web', 'n1', 'absent').see('web', 'n2', 'paused', half),
    is: 'going-on',
  },
  {
    claim: 'the halves are gone: both shall look again, as of any other',
    world: () => moving('live', { broken: true }).see('web', 'n1', 'absent'),
    is: 'look-again',
  },
  {
    claim: 'the halves are gone and both have looked again: it is lost, and that is said',
    world: () => {
      const world = moving('live', { broken: true, lookAgain: true }).see('web', 'n1', 'absent')
      looks(world, n1)
      looks(world, n2)
      return world
    },
    is: 'ended, failed: move-broken',
  },
  {
    claim: 'both are proven dead: it went down with them',
    world: () => moving('live', { lookAgain: true }).silent('n1', 60_000).silent('n2', 60_000).lose('n1').lose('n2'),
    is: 'ended, failed: no reason',
  },
]

const cold: readonly Row[] = [
  { claim: 'it has not stopped yet: it goes on', world: () => moving('cold'), is: 'going-on' },
  {
    claim: 'it has not stopped yet and its watch goes off: it stays',
    world: () => moving('cold').wish('web', { watch: false }),
    is: 'ended: no reason',
  },
  {
    claim: 'nor is it on its way any more where it shall be down as well, and nobody sees to that',
    world: () => moving('cold').wish('web', { watch: false, state: 'stopped' }),
    is: 'ended: no reason',
  },
  {
    claim: 'it is down and the other takes it: handed over',
    world: () => moving('cold').see('web', 'n1', 'stopped'),
    is: 'arrived',
  },
  {
    claim: 'it is down and the other takes nobody any more: it stays',
    world: () => moving('cold').see('web', 'n1', 'stopped').silent('n2', 60_000),
    is: 'ended, failed: no reason',
  },
  {
    claim: 'its owner is silent: it is waited for',
    world: () => moving('cold').see('web', 'n1', 'stopped').silent('n1', 60_000),
    is: 'going-on',
  },
  {
    claim: 'it shall not run any more and is down: the move is over',
    world: () => moving('cold').wish('web', { state: 'stopped' }).see('web', 'n1', 'stopped'),
    is: 'ended: no reason',
  },
]

for (const { claim, world, is } of live) test(`live: ${claim}`, () => assert.equal(said(state(world())), is))
for (const { claim, world, is } of cold) test(`cold: ${claim}`, () => assert.equal(said(state(world())), is))

for (const [claim, how, moveCancel, is] of [
  ['the live move under way is taken back', 'live', 4, true],
  ['an earlier move was', 'live', 3, undefined],
  ['what was stopped to be started elsewhere goes on', 'cold', 4, undefined],
] as const) {
  test(`a wish to take back: ${claim}`, () => {
    const world = moving(how).wish('web', { moveCancel }).settle()
    assert.equal(world.record('web').seat?.move?.cancelled, is)
  })
}

test('a move that was taken back is told of as such, and not begun again', () => {
  const world = moving('live').wish('web', { move: { to: n2, how: 'live' }, moveSerial: 1, moveCancel: 4 })
  world.seat('web', { moveSerial: 1 }).settle()
  world
    .see('web', 'n1', 'running', { moved: { serial: 4, fault } })
    .settle()
    .after(600_000)
    .settle()
  const { owner, seat, because } = world.record('web')
  assert.deepEqual([owner, seat?.move, because.code], [n1, null, 'move-cancelled'])
  assert.ok(world.words.includes('move-cancelled web'), world.words.join(', '))
})

const homes: readonly {
  claim: string
  cause: MoveCause
  goesHome?: true
  homeAwaits?: true
  home: HostId | null
  to: HostId
  is: HostId | null
}[] = [
  { claim: 'evacuated, it will go home', cause: 'maintenance', goesHome: true, home: null, to: n2, is: n1 },
  {
    claim: 'evacuated twice, home is where it was first',
    cause: 'maintenance',
    goesHome: true,
    home: n3,
    to: n2,
    is: n3,
  },
  { claim: 'evacuated to its home, it has none', cause: 'maintenance', goesHome: true, home: n2, to: n2, is: null },
  { claim: 'sent elsewhere by a person, that is where it belongs', cause: 'operator', home: n3, to: n2, is: null },
  {
    claim: 'sent elsewhere by a person while its home is emptied, it goes home',
    cause: 'operator',
    homeAwaits: true,
    home: n3,
    to: n2,
    is: n3,
  },
  {
    claim: 'sent away by a person from a host that is emptied, it goes home',
    cause: 'operator',
    goesHome: true,
    home: null,
    to: n2,
    is: n1,
  },
  { claim: 'of a dead host, it stays where it is', cause: 'host-lost', home: n3, to: n2, is: null },
  {
    claim: 'of a dead host that was to be emptied, it stays where it is',
    cause: 'host-lost',
    goesHome: true,
    home: null,
    to: n2,
    is: null,
  },
  {
    claim: 'of a dead host while its home is emptied, it goes home',
    cause: 'host-lost',
    homeAwaits: true,
    home: n3,
    to: n2,
    is: n3,
  },
  { claim: 'come home, it has no home elsewhere', cause: 'home', home: n2, to: n2, is: null },
]

for (const { claim, cause, goesHome = false, homeAwaits = false, home, to, is } of homes) {
  test(`handed over: ${claim}`, () => {
    const world = moving().seat('web', { home, released: true, moveFailedAt: null })
    const before = world.record('web')
    const after = handedOver(before, to, cause, { goesHome, homeAwaits })
    assert.equal(after.owner, to)
    assert.equal(after.epoch, before.epoch + 1, 'S1: its epoch grows')
    const seat = { ...firstSeat, ...before.seat, move: null, released: false, home: is }
    assert.deepEqual(after.seat, seat)
  })
}

test('a broken move: both halves are ordered away, then both hosts look, then it is told as lost and starts anew', () => {
  const world = moving()
    .see('web', 'n1', 'paused', half)
    .see('web', 'n2', 'paused', { pauseCause: 'migration' })
    .settle()
  assert.equal(world.record('web').seat?.move?.broken, true)
  assert.equal(world.record('web').owner, n1)
  world.heard()
  world.see('web', 'n1', 'absent')
  assert.equal(world.settle().record('web').seat?.move?.lookAgain, undefined, 'a half is left on the other host')
  world.see('web', 'n2', 'absent').settle()
  assert.equal(world.record('web').seat?.move?.lookAgain, true)
  assert.deepEqual(world.heard(), [], 'nothing starts before both have looked')
  looks(world, n1)
  looks(world, n2)
  const failed = world.round().events.find(({ word }) => word === 'move-failed')
  assert.deepEqual(failed?.because, { code: 'move-broken', to: n2 })
  world.settle()
  assert.deepEqual(world.heard(), ['move-failed web', 'crashed web', 'start web'])
})

test('a start that was under way when its guest moved, and was lost on the way, is decided anew', () => {
  const world = new Several({ web: { services: ['80/tcp'] } }).settle()
  const { owner, phase, generation } = world.record('web')
  assert.deepEqual([owner, phase.kind], [n1, 'starting'])
  world.see('web', 'n1', 'running').settle().migrate('web', 'n2').settle()
  const { serial } = world.record('web').seat!.move!
  world.see('web', 'n1', 'absent').see('web', 'n2', 'absent').settle()
  looks(world, n1, serial)
  looks(world, n2, serial)
  world.settle()
  assert.equal(world.record('web').seat?.move, null)
  assert.equal(world.record('web').generation, generation + 1)
})
