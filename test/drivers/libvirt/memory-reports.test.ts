import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { type MeasuredHypervisor, openLibvirt } from '../../../src/drivers/libvirt/driver.ts'
import { memoryStatisticsOf } from '../../../src/drivers/libvirt/memory-reports.ts'
import type { ArgsFor } from '../../../src/drivers/libvirt/procedures.ts'
import type { TypedParam } from '../../../src/drivers/libvirt/values.ts'
import { FakeLibvirtd } from './fake-libvirtd.ts'

const web = { name: 'web', uuid: Buffer.alloc(16, 1), id: 4 }
const other = { name: 'other', uuid: Buffer.alloc(16, 2), id: 5 }
const run = '01010101-0101-0101-0101-010101010101 4'

const NO_SUPPORT = 3

const figures = (values: Readonly<Record<string, number>>): TypedParam[] =>
  Object.entries(values).map(([field, value]) => ({ field: `balloon.${field}`, type: 'ullong', value: BigInt(value) }))

const whole = {
  ...{ current: 524_288, maximum: 1_048_576, swap_in: 2_048, swap_out: 4_096, major_fault: 17, minor_fault: 900 },
  ...{ unused: 102_400, available: 500_000, usable: 204_800, 'last-update': 1_700_000_000, disk_caches: 90_000 },
}

describe('what a balloon driver tells', () => {
  it('all of it', () => {
    assert.deepEqual(memoryStatisticsOf(web, figures(whole)), {
      ...{ domain: 'web', run, givenMib: 512, usableMib: 200, unusedMib: 100, swapInMib: 2, majorFaults: 17 },
      reportedAt: 1_700_000_000,
    })
  })

  it('what is not told is not known, and 0 as the time of the last report is none', () => {
    const nothing = { usableMib: null, unusedMib: null, swapInMib: null, majorFaults: null, reportedAt: null }
    assert.deepEqual(memoryStatisticsOf(web, figures({ current: 1_024, 'last-update': 0 })), {
      ...{ domain: 'web', run, givenMib: 1, ...nothing },
    })
    assert.equal(memoryStatisticsOf(web, []), null)
  })
})

describe('asking for it', () => {
  let fake: FakeLibvirtd
  let hypervisor: MeasuredHypervisor
  const periods: ArgsFor<'domainSetMemoryStatsPeriod'>[] = []
  let updatedAt = 1

  beforeEach(async () => {
    fake = new FakeLibvirtd()
    await fake.listen()
    periods.length = 0
    for (const name of ['domainSetMemoryFlags', 'qemuAgentCommand', 'domainOpenConsole'] as const) {
      fake.on(name, (r) => r.client.fail(r, NO_SUPPORT, 'not supported'))
    }
    fake.on('domainMigratePerform3Params', (r) => r.client.fail(r, NO_SUPPORT, 'not supported'))
    fake.on('connectGetAllDomainStats', (r) =>
      r.client.reply(r, 'connectGetAllDomainStats', {
        retStats: [web, other].map((dom) => ({ dom, params: figures({ ...whole, 'last-update': updatedAt }) })),
      }),
    )
    fake.on('domainSetMemoryStatsPeriod', (r) => {
      periods.push(r.args as ArgsFor<'domainSetMemoryStatsPeriod'>)
      r.client.reply(r, 'domainSetMemoryStatsPeriod', {})
    })
    hypervisor = await openLibvirt({ socketPath: fake.socketPath, uri: 'qemu:///system' })
  })
  afterEach(async () => {
    await hypervisor.close()
    await fake.remove()
  })

  const look = async () => {
    const seen = await hypervisor.memoryStatistics(['web'])
    assert.deepEqual(
      seen.map(({ domain }) => domain),
      ['web'],
    )
    updatedAt += 1
  }

  it('a driver is asked to report each second, once, and again where it tells nothing new', async () => {
    for (let looks = 0; looks < 6; looks++) await look()
    assert.deepEqual(periods, [{ dom: web, period: 1, flags: 1 }])
    for (let looks = 0; looks < 5; looks++) {
      updatedAt = 7
      await look()
    }
    assert.equal(periods.length, 2)
  })

  it('one without a balloon is no fault', async () => {
    fake.on('domainSetMemoryStatsPeriod', (r) => r.client.fail(r, 55, 'no balloon'))
    await look()
    await look()
  })
})
