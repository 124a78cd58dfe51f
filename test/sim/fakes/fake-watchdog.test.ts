import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instant } from '../../../src/model/ids.ts'
import { FakeWatchdog } from '../../../src/sim/fakes/fake-watchdog.ts'
import { Timeline } from '../../../src/sim/timeline.ts'
import { watchdogConformance } from '../../conformance/watchdog.ts'

function stage() {
  const timeline = new Timeline()
  const stage = { timeline, firedAtMs: [] as number[] }
  const fake = new FakeWatchdog(timeline, { kind: 'hardware', fired: () => stage.firedAtMs.push(timeline.nowMs) })
  const pass = (ms: number) => timeline.playUntil(timeline.nowMs + ms)
  const settle = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {})
    await pass(10)
    return await answer
  }
  return { ...stage, fake, pass, settle }
}

watchdogConformance('fake', () => {
  const { timeline, firedAtMs, fake, pass, settle } = stage()
  return Promise.resolve({
    timeoutMs: 5_000,
    toleranceMs: 50,
    connect: () => fake.port(),
    now: () => instant(timeline.nowMs),
    pass,
    fired: () => firedAtMs.length > 0,
    settle,
    close: () => Promise.resolve(),
  })
})

test('it fires once, exactly one timeout after the end of the allowed time', async () => {
  const { timeline, firedAtMs, fake, pass, settle } = stage()
  const watchdog = fake.port()
  await settle(watchdog.arm(5_000))
  for (let second = 0; second < 20; second += 1) {
    watchdog.allow(instant(timeline.nowMs + 3_500))
    await pass(1_000)
  }
  const expected = timeline.nowMs - 1_000 + 3_500 + 5_000
  assert.equal(fake.firesAtMs, expected)
  await pass(60_000)
  assert.deepEqual(firedAtMs, [expected])
  assert.equal(fake.timeoutMs, null)
})

test('the clock of a daemon begins where it likes', async () => {
  const { timeline, fake, pass, settle } = stage()
  await pass(100_000)
  const watchdog = fake.port(() => instant(timeline.nowMs - 100_000))
  await settle(watchdog.arm(5_000))
  watchdog.allow(instant(timeline.nowMs - 100_000 + 3_500))
  assert.equal(fake.firesAtMs, timeline.nowMs + 8_500)
})

test('a host that lost its power is armed no more, and its daemons reach nothing', async () => {
  const { timeline, firedAtMs, fake, pass, settle } = stage()
  const before = fake.port()
  await settle(before.arm(5_000))
  fake.powerCut()
  await settle(before.arm(5_000))
  assert.equal(fake.timeoutMs, null)
  await settle(fake.port().arm(5_000))
  before.allow(instant(timeline.nowMs + 60_000))
  await settle(before.disarm())
  await pass(10_000)
  assert.equal(firedAtMs.length, 1)
})

test('a host without watchdog, and one whose watchdog keeps its own timeout', async () => {
  const { timeline, fake, settle } = stage()
  const none = new FakeWatchdog(timeline, { kind: 'none', fired: () => assert.fail('fired') })
  await assert.rejects(settle(none.port().arm(5_000)), { code: 'watchdog-absent', outcome: 'not-done' })
  fake.troubles.fixedTimeoutMs = 60_000
  await assert.rejects(settle(fake.port().arm(5_000)), { code: 'watchdog-refused', outcome: 'not-done' })
  assert.equal(fake.timeoutMs, null)
})
