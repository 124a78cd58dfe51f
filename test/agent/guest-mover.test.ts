import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GuestMover } from '../../src/agent/guest-mover.ts'
import { MoveWatch } from '../../src/agent/move-watch.ts'
import { hostId } from '../../src/model/ids.ts'
import type { MoveLimitDeed } from '../../src/model/migration.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Hypervisor, MigrationOptions } from '../../src/ports/hypervisor.ts'

const there = hostId('beta')

/** One that tells how far a move is, and what it was asked. */
function stage(options: Partial<MigrationOptions>, elapsedMs: number | null, hurried: MoveLimitDeed | null = 'cancel') {
  const asked: unknown[] = []
  const told: unknown[] = []
  const hypervisor = {
    migrationProgress: async () =>
      elapsedMs === null ? null : { elapsedMs, totalBytes: 0, sentBytes: 0, leftBytes: 0 },
    migrate: async (_name: string, _to: unknown, { atLimit }: MigrationOptions) => atLimit?.('post-copy'),
    hurryMigration: async (_name: string, wanted: MoveLimitDeed) => {
      asked.push(wanted)
      return hurried
    },
  } as unknown as Hypervisor
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
  const watch = new MoveWatch({ hypervisor, clock }, () => 'web', { changed: () => {}, tell: () => {} })
  const mover = new GuestMover({ hypervisor, cluster }, watch, (because) => told.push(because))
  return { asked, told, move: (serial = 1) => mover.move('web', there, serial) }
}

test('what was done at the limit is told', async () => {
  const { told, move } = stage({}, null)
  assert.equal(await move(), 'ended')
  assert.deepEqual(told, [{ code: 'move-limit', limitMs: 1_000, done: 'post-copy' }])
})

test('a move that an earlier life of the daemon began keeps its limit, once', async () => {
  const { asked, told, move } = stage({}, 1_001, 'post-copy')
  for (let turn = 0; turn < 3; turn++) assert.equal(await move(), 'goes-on')
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
