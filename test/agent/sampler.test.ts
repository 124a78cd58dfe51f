import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sampler } from '../../src/agent/sampler.ts'
import { Fault } from '../../src/model/fault.ts'
import { guestId, instant, type WallTime, wallTime } from '../../src/model/ids.ts'
import type { Sample } from '../../src/model/metric.ts'
import type { GuestReading, HostReading } from '../../src/model/reading.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { Timeline } from '../../src/sim/timeline.ts'

/** Not on the grid: 4 s after a full ten. */
const beginsMs = 1_772_366_404_000

const web = guestId('web')
const guest: GuestReading = {
  ...{ domain: 'vm-web', run: '1', cpuMs: 0, memoryGivenMib: 512, memoryUsedMib: null },
  ...{ diskReadBytes: null, diskWrittenBytes: null, netReceivedBytes: 0, netSentBytes: 0 },
}
const host: HostReading = {
  ...{ cpuBusyTicks: 0, cpuAllTicks: 0, memoryTotalMib: 8_000, memoryUsedMib: 1_000 },
  ...{ diskReadBytes: 0, diskWrittenBytes: 0, netReceivedBytes: 0, netSentBytes: 0 },
}

/** A sampler in pretend time; `guests` and `host` are asked for each reading. */
function stage(
  guests: () => Promise<readonly GuestReading[]>,
  readHost: () => Promise<HostReading> = async () => host,
) {
  const timeline = new Timeline()
  const recorded: { at: WallTime; samples: readonly Sample[] }[] = []
  const wall = { offsetMs: 0 }
  const clock: Clock = {
    now: () => instant(timeline.nowMs),
    wall: () => wallTime(beginsMs + timeline.nowMs + wall.offsetMs),
    after: (delayMs, run) => timeline.after(delayMs, run),
  }
  const sampler = new Sampler({
    ...{ host: 'h1', clock, meter: { guests, host: readHost } },
    metrics: {
      record: (at, samples) => void recorded.push({ at, samples }),
      read: async () => new Uint16Array(),
      close: async () => {},
    },
    guests: () => new Map([['vm-web', web]]),
  })
  sampler.start()
  const cpuOf = (place: number): number | null | undefined =>
    recorded[place]?.samples.find(({ kind }) => kind === 'guest')?.values[0]
  return { timeline, recorded, sampler, wall, cpuOf, until: (ms: number) => timeline.playUntil(ms) }
}

test('each ten of the wall clock has one measurement, in the step that ended with it; guests of nobody are left out', async () => {
  let cpuMs = 0
  const { recorded, sampler, until, cpuOf } = stage(async () => {
    cpuMs += 2_500
    return [
      { ...guest, cpuMs },
      { ...guest, domain: 'a-stranger' },
    ]
  })
  await until(26_000)
  assert.deepEqual(
    recorded.map(({ at }) => at - beginsMs),
    [1_000, 11_000, 21_000],
  )
  assert.deepEqual(
    recorded[1]!.samples.map(({ kind, name }) => `${kind} ${name}`),
    ['guest web', 'host h1'],
  )
  assert.deepEqual([cpuOf(0), cpuOf(1)], [null, 25])
  assert.deepEqual(Object.keys(sampler.newest!.guests), ['web'])
  sampler.stop()
  await until(60_000)
  assert.equal(recorded.length, 3)
})

test('while one measurement is under way the next is left out, and the rate after it is over all the time', async () => {
  let calls = 0
  const { timeline, recorded, until, cpuOf } = stage(async () => {
    calls += 1
    if (calls === 2) await new Promise<void>((resolve) => timeline.after(15_000, resolve))
    return [{ ...guest, cpuMs: timeline.nowMs }]
  })
  await until(56_000)
  assert.equal(calls, 5)
  assert.deepEqual([1, 2, 3].map(cpuOf), [100, 100, 100])
  assert.equal(recorded.length, 5)
})

test('a meter that fails leaves a gap in the guests, not in the host, and is asked more and more seldom', async () => {
  const askedAt: number[] = []
  const { timeline, recorded, until } = stage(async () => {
    askedAt.push(timeline.nowMs)
    throw new Fault('hypervisor-timeout', 'unknown', {})
  })
  await until(1_200_000)
  assert.deepEqual(
    askedAt.slice(0, 5).map((at) => (at - 6_000) / 10_000),
    [0, 1, 3, 7, 15],
  )
  assert.ok(askedAt.length <= 10, String(askedAt.length))
  assert.equal(recorded.length, 120)
  assert.ok(recorded.every(({ samples }) => samples.length === 1 && samples[0]!.kind === 'host'))
})

test('a host that cannot be read leaves a gap in the host', async () => {
  const { recorded, sampler, until } = stage(
    async () => [guest],
    async () => Promise.reject(new Error('no /proc')),
  )
  await until(6_000)
  assert.deepEqual(
    recorded[0]!.samples.map(({ kind }) => kind),
    ['guest'],
  )
  assert.equal(sampler.newest!.host, null)
})

test('probes of a step: mean of what was answered, share of it; our own lateness and what cannot be asked say nothing', async () => {
  const { recorded, sampler, until } = stage(async () => [])
  const outcomes = [{ kind: 'answered', latencyMs: 2 }, { kind: 'answered', latencyMs: 4 }, { kind: 'void' }] as const
  for (const outcome of outcomes) sampler.probed(web, '80/tcp', outcome)
  sampler.probed(web, '80/tcp', { kind: 'silent', detail: '' })
  sampler.probed(web, 'agent', { kind: 'void' })
  await until(16_000)
  const services = recorded.map(({ samples }) => samples.filter(({ kind }) => kind === 'service'))
  assert.deepEqual(services[0], [{ kind: 'service', name: 'web/80/tcp', values: [3, (2 / 3) * 100] }])
  assert.deepEqual(services[1], [])
})

test('the wall clock may go where it likes: it is measured every ten seconds at most', async () => {
  let calls = 0
  const { wall, until } = stage(async () => {
    calls += 1
    return []
  })
  await until(7_000)
  wall.offsetMs = -3_600_000 - 3_333
  await until(20_000)
  wall.offsetMs = 86_400_000
  await until(60_000)
  assert.ok(calls >= 5 && calls <= 7, String(calls))
})
