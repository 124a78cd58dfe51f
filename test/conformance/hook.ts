import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HookCall } from '../../src/model/hook.ts'
import { guestId, hostId, wallTime } from '../../src/model/ids.ts'
import type { Hook, HookEnd } from '../../src/ports/hook.ts'

export const fenceCall: HookCall = {
  ...{ id: 'fence h2 7', event: 'fence', host: hostId('h2'), proof: 'watchdog' },
  at: wallTime(1_767_225_600_000),
}

export const failoverCall: HookCall = {
  ...{ id: 'failover web h2 7', event: 'failover', guest: guestId('web'), from: hostId('h2'), host: hostId('h1') },
  at: wallTime(1_767_225_600_000),
}

/** A program, real or pretended, and what it was told. */
export interface HookWorld {
  readonly hook: Hook
  readonly program: string
  /** `fails` with the status 3 and the words "no mail today". */
  setMode(mode: 'works' | 'fails' | 'hangs' | 'absent'): Promise<void>
  /** Ids of the calls that it has read so far. */
  told(): Promise<readonly string[]>
  settle(end: Promise<HookEnd>): Promise<HookEnd>
  close(): Promise<void>
}

/** What every `Hook` does, seen through its port only. */
export function hookConformance(name: string, makeWorld: () => Promise<HookWorld>): void {
  const claim = (says: string, check: (world: HookWorld) => Promise<void>) =>
    test(says, async () => {
      const world = await makeWorld()
      try {
        await check(world)
      } finally {
        await world.close()
      }
    })
  const run = (world: HookWorld, call = fenceCall) => world.settle(world.hook.run(world.program, 'office', call))

  describe(`hook: ${name}`, () => {
    claim('the program is told of each call, and its end is told', async (world) => {
      assert.deepEqual(await run(world), { kind: 'done' })
      assert.deepEqual(await run(world, failoverCall), { kind: 'done' })
      assert.deepEqual(await world.told(), [fenceCall.id, failoverCall.id])
    })

    claim('one that fails says how', async (world) => {
      await world.setMode('fails')
      assert.deepEqual(await run(world), { kind: 'failed', code: 3, text: 'no mail today' })
    })

    claim('one that hangs is ended', async (world) => {
      await world.setMode('hangs')
      assert.equal((await run(world)).kind, 'hung')
      await world.setMode('works')
      assert.deepEqual(await run(world), { kind: 'done' }, 'and the next call is made')
    })

    claim('one that is not there is an answer, too', async (world) => {
      await world.setMode('absent')
      assert.deepEqual(await run(world), { kind: 'absent', text: 'ENOENT' })
    })
  })
}
