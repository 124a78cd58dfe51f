import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Instant } from '../../src/model/ids.ts'
import { instant } from '../../src/model/ids.ts'
import type { Watchdog } from '../../src/ports/watchdog.ts'

/** A host's watchdog, real or pretended, and daemons that come and go. */
export interface WatchdogWorld {
  /** A timeout that the device takes, long against what the world itself takes. */
  readonly timeoutMs: number
  /** How late or early things may be here. */
  readonly toleranceMs: number
  /** The watchdog as one more daemon of this host sees it. */
  connect(): Watchdog
  now(): Instant
  pass(ms: number): Promise<void>
  /** Whether the host's power was taken. */
  fired(): boolean
  /** Waits for an answer of the watchdog; lets pretend time pass meanwhile. */
  settle<T>(answer: Promise<T>): Promise<T>
  close(): Promise<void>
}

/** `concurrency`: claims beside each other, each in a world of its own; they mostly wait. */
export interface WatchdogClaims {
  readonly concurrency?: boolean
}

/** The real feeder's last feed lies at most this part of the timeout before the end of the allowed time. */
const feedPart = 0.25

/** What every `Watchdog` does, seen through its port only. */
export function watchdogConformance(
  name: string,
  makeWorld: () => Promise<WatchdogWorld>,
  { concurrency = false }: WatchdogClaims = {},
): void {
  const claim = (says: string, check: (world: WatchdogWorld, watchdog: Watchdog) => Promise<void>) =>
    test(says, async () => {
      const world = await makeWorld()
      try {
        await check(world, world.connect())
      } finally {
        await world.close()
      }
    })
  const allowFor = (world: WatchdogWorld, watchdog: Watchdog, ms: number) => watchdog.allow(instant(world.now() + ms))
  const arm = (world: WatchdogWorld, watchdog: Watchdog, timeoutMs = world.timeoutMs) =>
    world.settle(watchdog.arm(timeoutMs))

  describe(`watchdog: ${name}`, { concurrency }, () => {
    claim('as long as nobody arms it, it is not armed and takes no power', async (world, watchdog) => {
      assert.equal((await world.settle(watchdog.state())).timeoutMs, null)
      allowFor(world, watchdog, world.timeoutMs)
      await world.pass(world.timeoutMs * 1.5)
      assert.equal(world.fired(), false)
    })

    claim('armed, it says what it is and which timeout is in force', async (world, watchdog) => {
      const state = await arm(world, watchdog)
      assert.equal(state.timeoutMs, world.timeoutMs)
      assert.notEqual(state.kind, 'none')
      assert.deepEqual(await world.settle(watchdog.state()), state)
    })

    claim('armed and never allowed to be fed, it takes the power when its timeout is over', async (world, watchdog) => {
      await arm(world, watchdog)
      await world.pass(world.timeoutMs - world.toleranceMs)
      assert.equal(world.fired(), false)
      await world.pass(world.toleranceMs * 2)
      assert.equal(world.fired(), true)
    })

    claim('fed for as long as it is allowed anew', async (world, watchdog) => {
      await arm(world, watchdog)
      for (let round = 0; round < 8; round += 1) {
        allowFor(world, watchdog, world.timeoutMs)
        await world.pass(world.timeoutMs / 2)
      }
      assert.equal(world.fired(), false)
    })

    claim(
      'fed until the end of the allowed time and not after: it fires within a timeout of it',
      async (world, watchdog) => {
        await arm(world, watchdog)
        const allowedMs = world.timeoutMs * 1.5
        allowFor(world, watchdog, allowedMs)
        await world.pass(allowedMs + world.timeoutMs * (1 - feedPart) - world.toleranceMs)
        assert.equal(world.fired(), false)
        await world.pass(world.timeoutMs * feedPart + world.toleranceMs * 2)
        assert.equal(world.fired(), true)
      },
    )

    claim('what is allowed until a time that is over allows nothing', async (world, watchdog) => {
      await arm(world, watchdog)
      await world.pass(world.timeoutMs / 2)
      watchdog.allow(instant(world.now() - 1))
      await world.pass(world.timeoutMs / 2 + world.toleranceMs)
      assert.equal(world.fired(), true)
    })

    claim('the last word counts: what was allowed can be taken back', async (world, watchdog) => {
      await arm(world, watchdog)
      allowFor(world, watchdog, world.timeoutMs * 10)
      await world.pass(world.timeoutMs / 2)
      allowFor(world, watchdog, 0)
      await world.pass(world.timeoutMs + world.toleranceMs)
      assert.equal(world.fired(), true)
    })

    claim('let go of, it is fed for as long as was allowed, and then it fires', async (world, watchdog) => {
      await arm(world, watchdog)
      allowFor(world, watchdog, world.timeoutMs * 2)
      await world.settle(watchdog.close())
      watchdog.allow(instant(world.now() + world.timeoutMs * 10))
      await world.pass(world.timeoutMs * 2)
      assert.equal(world.fired(), false)
      await world.pass(world.timeoutMs + world.toleranceMs)
      assert.equal(world.fired(), true)
    })

    claim('the next daemon finds it armed as it was, and feeds it on', async (world, watchdog) => {
      await arm(world, watchdog)
      allowFor(world, watchdog, world.timeoutMs * 2)
      await world.settle(watchdog.close())
      const next = world.connect()
      assert.equal((await world.settle(next.state())).timeoutMs, world.timeoutMs)
      assert.equal((await arm(world, next, world.timeoutMs * 4)).timeoutMs, world.timeoutMs)
      for (let round = 0; round < 6; round += 1) {
        allowFor(world, next, world.timeoutMs)
        await world.pass(world.timeoutMs / 2)
      }
      assert.equal(world.fired(), false)
    })

    claim(
      'the next daemon inherits it: what was allowed goes on, then what it allows itself',
      async (world, watchdog) => {
        await arm(world, watchdog)
        allowFor(world, watchdog, world.timeoutMs * 2)
        await world.settle(watchdog.close())
        const next = world.connect()
        assert.equal((await world.settle(next.inherit())).timeoutMs, world.timeoutMs)
        assert.equal((await world.settle(next.inherit())).timeoutMs, world.timeoutMs)
        await world.pass(world.timeoutMs * 2)
        assert.equal(world.fired(), false)
        for (let round = 0; round < 4; round += 1) {
          allowFor(world, next, world.timeoutMs)
          await world.pass(world.timeoutMs / 2)
        }
        assert.equal(world.fired(), false)
        await world.pass(world.timeoutMs * 1.5 + world.toleranceMs * 2)
        assert.equal(world.fired(), true)
      },
    )

    claim('inheriting prolongs nothing by itself', async (world, watchdog) => {
      await arm(world, watchdog)
      await world.settle(watchdog.close())
      await world.pass(world.timeoutMs / 2)
      await world.settle(world.connect().inherit())
      await world.pass(world.timeoutMs / 2 + world.toleranceMs)
      assert.equal(world.fired(), true)
    })

    claim('where nothing is armed there is nothing to inherit, and nothing is opened', async (world, watchdog) => {
      assert.equal((await world.settle(watchdog.inherit())).timeoutMs, null)
      await arm(world, watchdog)
      await world.settle(watchdog.disarm())
      const next = world.connect()
      assert.equal((await world.settle(next.inherit())).timeoutMs, null)
      await world.pass(world.timeoutMs * 1.5)
      assert.equal(world.fired(), false)
    })

    claim('who has neither armed nor inherited it allows nothing', async (world, watchdog) => {
      await arm(world, watchdog)
      const other = world.connect()
      for (let round = 0; round < 2; round += 1) {
        allowFor(world, other, world.timeoutMs * 3)
        await world.pass(world.timeoutMs / 2)
      }
      await world.pass(world.toleranceMs)
      assert.equal(world.fired(), true)
    })

    claim(
      'disarmed, it takes no power; disarming again is harmless; it can be armed again',
      async (world, watchdog) => {
        await arm(world, watchdog)
        await world.settle(watchdog.disarm())
        await world.settle(watchdog.disarm())
        assert.equal((await world.settle(watchdog.state())).timeoutMs, null)
        await world.pass(world.timeoutMs * 1.5)
        assert.equal(world.fired(), false)
        await arm(world, watchdog)
        await world.pass(world.timeoutMs + world.toleranceMs)
        assert.equal(world.fired(), true)
      },
    )
  })
}
