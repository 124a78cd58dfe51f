import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Prober, ProbeTarget } from '../../src/ports/prober.ts'

/** A prober and services to ask, real or pretended. */
export interface ProberWorld {
  readonly prober: Prober
  /** A TCP service that accepts, refuses, or does not react at all. */
  target(state: 'accepting' | 'refusing' | 'silent'): Promise<ProbeTarget>
  /** Makes a refusing target accept. */
  open(target: ProbeTarget): Promise<void>
  /** Lets this much time pass: virtual, or real and then short. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

/** What every `Prober` does, seen through its port only. */
export function proberConformance(name: string, makeWorld: () => Promise<ProberWorld>): void {
  const claim = (says: string, check: (world: ProberWorld) => Promise<void>) =>
    test(says, async () => {
      const world = await makeWorld()
      try {
        await check(world)
      } finally {
        await world.close()
      }
    })

  describe(`prober: ${name}`, () => {
    claim('an accepting service has answered, with a latency', async (world) => {
      const outcome = await asked(world, await world.target('accepting'), 300)
      assert.equal(outcome.kind, 'answered')
      assert.ok(outcome.kind === 'answered' && outcome.latencyMs >= 0 && outcome.latencyMs <= 300)
    })

    claim('a closed port has refused', async (world) => {
      assert.equal((await asked(world, await world.target('refusing'), 300)).kind, 'refused')
    })

    claim('no reaction within the timeout is silence', async (world) => {
      assert.equal((await asked(world, await world.target('silent'), 200)).kind, 'silent')
    })

    claim('one silent service does not hold up another', async (world) => {
      const silent = world.prober.ask(await world.target('silent'), 200)
      assert.equal((await asked(world, await world.target('accepting'), 200)).kind, 'answered')
      await world.pass(250)
      assert.equal((await silent).kind, 'silent')
    })

    claim('waiting: told once, when the service begins to answer', async (world) => {
      const target = await world.target('refusing')
      const instants: number[] = []
      world.prober.untilAnswered(target, (at) => instants.push(at))
      await world.pass(120)
      assert.deepEqual(instants, [])
      await world.open(target)
      await world.pass(200)
      assert.equal(instants.length, 1)
      await world.pass(100)
      assert.equal(instants.length, 1)
    })

    claim('waiting for what answers already: told soon', async (world) => {
      const instants: number[] = []
      world.prober.untilAnswered(await world.target('accepting'), (at) => instants.push(at))
      await world.pass(150)
      assert.equal(instants.length, 1)
    })

    claim('a cancelled wait is never told, and cancelling again is harmless', async (world) => {
      const target = await world.target('refusing')
      const cancel = world.prober.untilAnswered(target, () => assert.fail('told after cancel'))
      await world.pass(60)
      cancel()
      cancel()
      await world.open(target)
      await world.pass(120)
    })

    claim('two waits for one service are two: cancelling one leaves the other', async (world) => {
      const target = await world.target('refusing')
      let told = 0
      const cancel = world.prober.untilAnswered(target, () => assert.fail('told after cancel'))
      world.prober.untilAnswered(target, () => {
        told += 1
      })
      cancel()
      await world.open(target)
      await world.pass(200)
      assert.equal(told, 1)
    })

    claim('closed: no wait is told, and questions end', async (world) => {
      const target = await world.target('refusing')
      world.prober.untilAnswered(target, () => assert.fail('told after close'))
      const asked = world.prober.ask(await world.target('silent'), 200)
      await world.prober.close()
      await world.open(target)
      await world.pass(250)
      assert.notEqual((await asked).kind, 'answered')
    })
  })
}

async function asked(world: ProberWorld, target: ProbeTarget, timeoutMs: number) {
  const outcome = world.prober.ask(target, timeoutMs)
  await world.pass(timeoutMs + 50)
  return await outcome
}
