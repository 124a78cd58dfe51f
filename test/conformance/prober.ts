import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ProbeOutcome, Prober, ProbeTarget } from '../../src/ports/prober.ts'

/** A prober and services to ask, real or pretended. */
export interface ProberWorld {
  readonly prober: Prober
  /** A TCP service that accepts, refuses, or does not react at all. */
  target(state: 'accepting' | 'refusing' | 'silent'): Promise<ProbeTarget>
  /** Makes a refusing target accept. */
  open(target: ProbeTarget): Promise<void>
  /** Lets this much time pass: virtual, or real and then short. */
  pass(ms: number): Promise<void>
  /** Lets time pass until it is known, which it is within so many milliseconds of it. */
  settle(outcome: Promise<ProbeOutcome>, withinMs: number): Promise<ProbeOutcome>
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
      const outcome = await asked(world, await world.target('accepting'), patientMs)
      assert.equal(outcome.kind, 'answered')
      assert.ok(outcome.kind === 'answered' && outcome.latencyMs >= 0 && outcome.latencyMs <= patientMs)
    })

    claim('a closed port has refused', async (world) => {
      assert.equal((await asked(world, await world.target('refusing'), patientMs)).kind, 'refused')
    })

    claim('no reaction within the timeout is silence', async (world) => {
      assert.equal((await asked(world, await world.target('silent'), 200)).kind, 'silent')
    })

    claim('one silent service does not hold up another', async (world) => {
      const accepting = await world.target('accepting')
      let heard = ''
      const silent = world.prober.ask(await world.target('silent'), 10_000).finally(() => {
        heard ||= 'silent'
      })
      const answered = world.prober.ask(accepting, patientMs).then(({ kind }) => {
        heard ||= kind
      })
      while (heard === '') await world.pass(20)
      await answered
      assert.equal(heard, 'answered')
      await world.prober.close()
      assert.notEqual((await world.settle(silent, 10_100)).kind, 'answered')
    })

    claim('waiting: told once, when the service begins to answer', async (world) => {
      const target = await world.target('refusing')
      const instants: number[] = []
      world.prober.untilAnswered(target, (at) => instants.push(at))
      await world.pass(120)
      assert.deepEqual(instants, [])
      await world.open(target)
      await until(world, () => instants.length > 0)
      await world.pass(100)
      assert.equal(instants.length, 1)
    })

    claim('waiting for what answers already: told soon', async (world) => {
      const instants: number[] = []
      world.prober.untilAnswered(await world.target('accepting'), (at) => instants.push(at))
      await until(world, () => instants.length > 0)
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
      await until(world, () => told > 0)
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

/** For what answers or refuses at once, also on a busy machine. */
const patientMs = 20_000

/** Asked again where the event loop was late and nothing was learnt: a prober that says so is right. */
async function asked(world: ProberWorld, target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome> {
  for (let turn = 0; turn < 50; turn += 1) {
    const outcome = await world.settle(world.prober.ask(target, timeoutMs), timeoutMs + 50)
    if (outcome.kind !== 'void') return outcome
  }
  return { kind: 'void' }
}

async function until(world: ProberWorld, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !holds(); turn += 1) await world.pass(20)
  assert.ok(holds(), 'told in the end')
}
