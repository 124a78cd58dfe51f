import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/model/fault.ts'
import type { GuestReading, HostReading } from '../../src/model/reading.ts'
import type { Meter } from '../../src/ports/meter.ts'

/** A meter and the guests it measures, real or pretended. */
export interface MeterWorld {
  readonly meter: Meter
  start(domain: string): Promise<void>
  destroy(domain: string): Promise<void>
  /** Suspends it; null where what a suspended guest uses cannot be told. */
  readonly suspend: ((domain: string) => Promise<void>) | null
  /** The hypervisor cannot be asked from now on; null where that cannot be made to happen. */
  readonly cut: (() => Promise<void>) | null
  /** Waits for an answer, letting time pass meanwhile. */
  wait<T>(asked: Promise<T>): Promise<T>
  pass(ms: number): Promise<void>
  /** It tells what guests use, and not only that they are there. */
  readonly tellsUse: boolean
  close(): Promise<void>
}

const counters = ['cpuMs', 'diskReadBytes', 'diskWrittenBytes', 'netReceivedBytes', 'netSentBytes'] as const

/** What every `Meter` does, seen through its port only. */
export function meterConformance(name: string, make: () => Promise<MeterWorld>): void {
  const claim = (text: string, run: (world: MeterWorld) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const world = await make()
      try {
        await run(world)
      } finally {
        await world.close()
      }
    })
  }
  const guest = async ({ meter, wait }: MeterWorld, domain: string): Promise<GuestReading | undefined> =>
    (await wait(meter.guests())).find((one) => one.domain === domain)

  claim('guests that run are read, and no others', async (world) => {
    assert.equal(await guest(world, 'meter-a'), undefined)
    await world.start('meter-a')
    const reading = await guest(world, 'meter-a')
    assert.ok(reading !== undefined)
    if (world.tellsUse) assert.ok(reading.memoryGivenMib !== null && reading.memoryGivenMib > 0)
    await world.destroy('meter-a')
    assert.equal(await guest(world, 'meter-a'), undefined)
  })

  claim('what is counted grows within a run, and each run has a name of its own', async (world) => {
    await world.start('meter-b')
    const first = await guest(world, 'meter-b')
    await world.pass(1_000)
    const second = await guest(world, 'meter-b')
    assert.ok(first && second && first.run === second.run)
    for (const counter of counters) {
      const [was, is] = [first[counter], second[counter]]
      assert.ok(was === null || (is !== null && is >= was), `${counter}: ${was}, ${is}`)
    }
    if (world.tellsUse) assert.ok(second.cpuMs! > first.cpuMs!)
    await world.destroy('meter-b')
    await world.start('meter-b')
    assert.notEqual((await guest(world, 'meter-b'))?.run, first.run)
    await world.destroy('meter-b')
  })

  claim('a suspended guest is read, and uses nothing', async (world) => {
    if (world.suspend === null) return
    await world.start('meter-c')
    await world.pass(500)
    await world.suspend('meter-c')
    const first = await guest(world, 'meter-c')
    await world.pass(1_000)
    const second = await guest(world, 'meter-c')
    assert.ok(first && second)
    assert.ok(second.cpuMs! - first.cpuMs! < 200, `${first.cpuMs} ms, then ${second.cpuMs} ms`)
    await world.destroy('meter-c')
  })

  claim('a host has memory and processors, and what it counts grows', async (world) => {
    const { meter, wait } = world
    const first: HostReading = await wait(meter.host())
    await world.pass(1_000)
    const second = await wait(meter.host())
    assert.ok(first.memoryTotalMib! > 0 && first.memoryUsedMib! <= first.memoryTotalMib!)
    assert.ok(second.cpuAllTicks! > first.cpuAllTicks!)
    assert.ok(second.cpuBusyTicks! >= first.cpuBusyTicks!)
    assert.ok(second.cpuBusyTicks! - first.cpuBusyTicks! <= second.cpuAllTicks! - first.cpuAllTicks!)
  })

  claim('a hypervisor that cannot be asked is a fault, and the host is read all the same', async (world) => {
    if (world.cut === null) return
    await world.cut()
    await assert.rejects(world.wait(world.meter.guests()), (error: unknown) => {
      assert.ok(error instanceof Fault)
      return error.code === 'hypervisor-lost' || error.code === 'hypervisor-absent'
    })
    assert.ok((await world.wait(world.meter.host())).memoryTotalMib! > 0)
  })
}
