import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GuestMover } from '../../src/agent/guest-mover.ts'
import { Fault, type FaultData, type Outcome } from '../../src/model/fault.ts'
import { hostId } from '../../src/model/ids.ts'
import type { MoveLimitDeed } from '../../src/model/migration.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Hypervisor, MigrationOptions } from '../../src/ports/hypervisor.ts'

const there = hostId('beta')

/** One that tells how far a move is, and what it was asked. */
function stage(
  options: Partial<MigrationOptions>,
  elapsedMs: number | null,
  hurried: MoveLimitDeed | null = 'cancel',
  other: Hypervisor | null = null,
) {
  const asked: unknown[] = []
  const told: unknown[] = []
  const usual = {
    migrationProgress: async () =>
      elapsedMs === null ? null : { elapsedMs, totalBytes: 0, sentBytes: 0, leftBytes: 0 },
    migrate: async (_name: string, _to: unknown, { atLimit }: MigrationOptions) => atLimit?.('post-copy'),
    hurryMigration: async (_name: string, wanted: MoveLimitDeed) => {
      asked.push(wanted)
      return hurried
    },
  } as unknown as Hypervisor
  const hypervisor = other ?? usual
  const cluster = {
    lease: { mayStart: true },
    migrationTarget: () => ({ host: there, uri: 'test://beta/', dataUri: null }),
    migrationOptions: () => ({
      bandwidthMib: null,
      tls: false,
      timeLimitMs: 1_000,
      onTimeLimit: 'post-copy' as const,
      ...options,
    }),
  }
  const clock = { after: () => () => {} } as unknown as Clock
  const hooks = { changed: () => {}, tell: () => {}, tellLimit: (because: unknown) => told.push(because) }
  const mover = new GuestMover({ hypervisor, cluster, clock }, () => 'web', hooks)
  return { asked, told, move: (serial = 1) => mover.move('web', there, serial), moved: () => mover.moved }
}

test('what was done at the limit is told', async () => {
  const { told, move, moved } = stage({}, null)
  await move()
  assert.deepEqual(moved(), { serial: 1, fault: null })
  assert.deepEqual(told, [{ code: 'move-limit', limitMs: 1_000, done: 'post-copy' }])
})

test('a move that an earlier life of the daemon began keeps its limit, once', async () => {
  const { asked, told, move, moved } = stage({}, 1_001, 'post-copy')
  for (let turn = 0; turn < 3; turn++) await move()
  assert.equal(moved(), null)
  assert.deepEqual(asked, ['post-copy'])
  assert.equal(told.length, 1)
  await move(2)
  assert.equal(asked.length, 2)
})

test('what was refused is told beside what was done instead', async () => {
  const { told, move } = stage({}, 5_000, 'cancel')
  await move()
  assert.deepEqual(told, [{ code: 'move-limit', limitMs: 1_000, done: 'cancel', refused: 'post-copy' }])
})

test('before the limit, without one, and where nothing was left to do, nothing is told', async () => {
  for (const world of [stage({}, 999), stage({ timeLimitMs: null }, 9_999), stage({}, 5_000, null)]) {
    await world.move()
    assert.deepEqual(world.told, [])
  }
})

/** A hypervisor that shows no move, then one, as it is told; a clock that is set. */
function taken() {
  let [now, under, broken] = [0, false, false]
  const told: string[] = []
  const hypervisor = {
    cancelMigration: async () => {
      if (broken) throw new Fault('hypervisor-timeout', 'unknown', {})
      return under ? 'cancelled' : 'none'
    },
  } as unknown as Hypervisor
  const clock = { after: () => () => {}, now: () => now } as unknown as Clock
  const hooks = { changed: () => {}, tell: ({ code }: FaultData) => told.push(code), tellLimit: () => {} }
  const mover = new GuestMover({ hypervisor, clock }, () => 'web', hooks)
  return {
    told,
    /** What is known of its moves after one more look at `atMs`. */
    look: async (atMs: number, serial: number, shown: 'none' | 'one' | 'no answer' = 'none') => {
      ;[now, under, broken] = [atMs, shown === 'one', shown === 'no answer']
      await mover.cancel('web', there, serial)
      return mover.moved == null ? null : [mover.moved.serial, mover.moved.fault?.code]
    },
  }
}

test('a move that was taken back is over once none was shown for a while', async () => {
  const { look } = taken()
  assert.equal(await look(0, 1), null)
  assert.equal(await look(39_999, 1), null)
  assert.deepEqual(await look(40_000, 1), [1, 'migration-failed'])
})

test('one that shows up meanwhile is waited for anew', async () => {
  const { look } = taken()
  await look(0, 1)
  assert.equal(await look(30_000, 1, 'one'), null)
  assert.equal(await look(45_000, 1), null)
  assert.equal(await look(84_999, 1), null)
  assert.deepEqual(await look(85_000, 1), [1, 'migration-failed'])
})

test('what was not shown of an earlier move says nothing of the next', async () => {
  const { look } = taken()
  await look(0, 1)
  assert.deepEqual(await look(40_000, 1), [1, 'migration-failed'])
  assert.deepEqual(await look(90_000, 2), [1, 'migration-failed'])
  assert.deepEqual(await look(130_000, 2), [2, 'migration-failed'])
})

test('that it cannot be told to end is told once', async () => {
  const { look, told } = taken()
  assert.equal(await look(0, 1, 'no answer'), null)
  assert.equal(await look(1_000, 1, 'no answer'), null)
  assert.deepEqual(told, ['hypervisor-timeout'])
})

test('how a move ended is kept where that is known', async () => {
  const refuses = (outcome: Outcome) => {
    const hypervisor = {
      migrationProgress: async () => null,
      migrate: async () => {
        throw new Fault('migration-failed', outcome, {})
      },
    } as unknown as Hypervisor
    return stage({}, null, null, hypervisor)
  }
  const known = refuses('not-done')
  await assert.rejects(known.move())
  assert.equal(known.moved()?.fault?.code, 'migration-failed')
  const unknown = refuses('unknown')
  await assert.rejects(unknown.move())
  assert.equal(unknown.moved(), null)
  const good = stage({}, null)
  await good.move(7)
  assert.deepEqual(good.moved(), { serial: 7, fault: null })
})
