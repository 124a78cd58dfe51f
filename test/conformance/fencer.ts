import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Fault } from '../../src/model/fault.ts'
import { hostId } from '../../src/model/ids.ts'
import type { Fencer, Power } from '../../src/ports/fencer.ts'

/** A host with its device, real or pretended, and another host without any. */
export interface FencerWorld {
  readonly fencer: Fencer
  readonly host: string
  /** `fails` errs at commands, `lies` does nothing and says done, `dead` does not answer. */
  setMode(mode: 'works' | 'fails' | 'lies' | 'dead'): Promise<void>
  /** What is true, whatever the device says. */
  truth(): Promise<Power>
  /** Waits for an answer of the fencer; lets pretend time pass meanwhile. */
  settle<T>(answer: Promise<T>): Promise<T>
  close(): Promise<void>
}

/** What every `Fencer` does, seen through its port only. */
export function fencerConformance(name: string, makeWorld: () => Promise<FencerWorld>): void {
  const claim = (says: string, check: (world: FencerWorld, device: string) => Promise<void>) =>
    test(says, async () => {
      const world = await makeWorld()
      try {
        const [device] = world.fencer.devices(hostId(world.host))
        assert.ok(device !== undefined, 'the host has a device')
        await check(world, device)
      } finally {
        await world.close()
      }
    })

  describe(`fencer: ${name}`, () => {
    claim('a host without devices has none, and cannot be fenced', async (world, device) => {
      assert.deepEqual(world.fencer.devices(hostId('stranger')), [])
      await assertFault(world, () => world.fencer.off(hostId('stranger'), device), 'fence-absent', 'not-done')
    })

    claim('a device that the host does not have is a fault', async (world) => {
      await assertFault(world, () => world.fencer.read(hostId(world.host), 'fence_other'), 'fence-absent', 'not-done')
    })

    claim('the power is read, taken, and given back', async (world, device) => {
      const host = hostId(world.host)
      assert.equal(await world.settle(world.fencer.read(host, device)), 'on')
      await world.settle(world.fencer.off(host, device))
      assert.equal(await world.truth(), 'off')
      assert.equal(await world.settle(world.fencer.read(host, device)), 'off')
      await world.settle(world.fencer.on(host, device))
      assert.equal(await world.truth(), 'on')
      assert.equal(await world.settle(world.fencer.read(host, device)), 'on')
    })

    claim('taking the power of a host that has none is done', async (world, device) => {
      const host = hostId(world.host)
      await world.settle(world.fencer.off(host, device))
      await world.settle(world.fencer.off(host, device))
      assert.equal(await world.settle(world.fencer.read(host, device)), 'off')
    })

    claim('a command that errs is a fault, and the power still reads true', async (world, device) => {
      const host = hostId(world.host)
      await world.setMode('fails')
      await assertFault(world, () => world.fencer.off(host, device), 'fence-failed')
      assert.equal(await world.settle(world.fencer.read(host, device)), await world.truth())
    })

    claim('a device that lies is found out by reading', async (world, device) => {
      const host = hostId(world.host)
      await world.setMode('lies')
      await world.settle(world.fencer.off(host, device))
      assert.equal(await world.settle(world.fencer.read(host, device)), 'on')
    })

    claim('a device that does not answer is given up, and nothing is known', async (world, device) => {
      const host = hostId(world.host)
      await world.setMode('dead')
      await assertFault(world, () => world.fencer.off(host, device), 'fence-failed', 'unknown')
      await assertFault(world, () => world.fencer.read(host, device), 'fence-failed', 'unknown')
    })
  })
}

async function assertFault(
  world: FencerWorld,
  act: () => Promise<unknown>,
  code: string,
  outcome?: string,
): Promise<void> {
  const failed = await world.settle(
    act().then(
      () => null,
      (error: unknown) => error,
    ),
  )
  assert.ok(failed instanceof Fault, `a fault, got ${String(failed)}`)
  assert.equal(failed.code, code)
  if (outcome !== undefined) assert.equal(failed.outcome, outcome)
}
