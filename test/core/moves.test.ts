import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fault, half, looks, moving, type Row, said, state } from './moving.ts'
import { n1, n2 } from './several.ts'

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
