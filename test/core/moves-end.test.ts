import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handedOver } from '../../src/core/moves.ts'
import type { HostId } from '../../src/model/ids.ts'
import { firstSeat, type MoveCause } from '../../src/model/member.ts'
import { fault, half, looks, moving } from './moving.ts'
import { n1, n2, n3, Several } from './several.ts'

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
