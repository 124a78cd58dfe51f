import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeptMemory } from '../../src/agent/kept-memory.ts'
import { MemoryWatch } from '../../src/agent/memory-watch.ts'
import { staleAfterMs } from '../../src/core/memory-use.ts'
import { Fault } from '../../src/model/fault.ts'
import { instant, wallTime } from '../../src/model/ids.ts'
import type { MemoryStatistics, MemoryUse } from '../../src/model/memory-use.ts'
import type { Hypervisor } from '../../src/ports/hypervisor.ts'
import { Timeline } from '../../src/sim/timeline.ts'

const told: MemoryStatistics = {
  ...{ domain: 'vm-web', run: '1', givenMib: 512, usableMib: 200, unusedMib: 100 },
  ...{ swapInMib: null, majorFaults: null, reportedAt: 1 },
}

/** A watch over one guest in pretend time; `read` is asked for each look. */
function stage(read: (names: readonly string[]) => Promise<readonly MemoryStatistics[]>) {
  const timeline = new Timeline()
  const guest = {
    domainName: 'vm-web',
    memoryGoesByNeed: true,
    use: undefined as MemoryUse | null | undefined,
    noteMemory: (use: MemoryUse | null) => {
      guest.use = use
    },
  }
  let looks = 0
  const watch = new MemoryWatch({
    clock: {
      now: () => instant(timeline.nowMs),
      wall: () => wallTime(timeline.nowMs),
      after: (delayMs, run) => timeline.after(delayMs, run),
    },
    hypervisor: {
      memoryStatistics: (names: readonly string[]) => {
        looks += 1
        return read(names)
      },
    } as Partial<Hypervisor> as Hypervisor,
    guests: () => [guest],
  })
  watch.wake()
  return { timeline, guest, watch, looks: () => looks, until: (ms: number) => timeline.playUntil(ms) }
}

test('looks each second, only at guests whose memory goes by need, and sleeps while there are none', async () => {
  const asked: string[] = []
  const { guest, until, looks, watch } = stage(async (names) => {
    asked.push(...names)
    return [{ ...told, reportedAt: asked.length }]
  })
  await until(3_500)
  assert.equal(looks(), 3)
  assert.deepEqual(new Set(asked), new Set(['vm-web']))
  assert.equal(guest.use?.needMib, 312)
  guest.memoryGoesByNeed = false
  await until(9_500)
  assert.equal(looks(), 3)
  guest.memoryGoesByNeed = true
  watch.wake()
  await until(10_600)
  assert.equal(looks(), 4)
})

test('a balloon that tells nothing new is not known any more after a while', async () => {
  let looks = 0
  const { guest, until } = stage(async () => [{ ...told, reportedAt: Math.min(2, ++looks) }])
  await until(staleAfterMs)
  assert.equal(guest.use?.needMib, 312)
  await until(staleAfterMs + 4_000)
  assert.equal(guest.use, null)
})

test('a look that hangs is not joined by another, and one that fails is not repeated each second', async () => {
  const hanging = stage(() => new Promise(() => {}))
  await hanging.until(20_000)
  assert.equal(hanging.looks(), 1)
  assert.equal(hanging.guest.use, null)
  const failing = stage(() => Promise.reject(new Fault('hypervisor-timeout', 'unknown', {})))
  await failing.until(20_500)
  // After 1, 3, 7 left out.
  assert.equal(failing.looks(), 4)
})

test('an amount whose end is not known may still come about, until another was taken', async () => {
  const memory = new KeptMemory()
  assert.equal(memory.isUnsure, true)
  await memory.asking(400, async () => {})
  assert.equal(memory.observation.memoryAskedMib, 400)
  await assert.rejects(memory.asking(900, () => Promise.reject(new Error('no answer'))))
  assert.equal(memory.observation.memoryAskedMib, 900)
  await assert.rejects(memory.asking(200, () => Promise.reject(new Error('no answer'))))
  assert.equal(memory.observation.memoryAskedMib, 900)
  await memory.asking(200, async () => {})
  assert.equal(memory.observation.memoryAskedMib, 200)
  memory.forget()
  assert.deepEqual(memory.observation, {})
})
