import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { type MeasuredHypervisor, openLibvirt } from '../../../src/drivers/libvirt/driver.ts'
import { readingOf } from '../../../src/drivers/libvirt/guest-readings.ts'
import type { ArgsFor } from '../../../src/drivers/libvirt/procedures.ts'
import type { TypedParam } from '../../../src/drivers/libvirt/values.ts'
import { FakeLibvirtd } from './fake-libvirtd.ts'

const web = { name: 'web', uuid: Buffer.alloc(16, 1), id: 4 }
const run = '01010101-0101-0101-0101-010101010101 4'
const NO_SUPPORT = 3

const ullong = (field: string, value: bigint): TypedParam => ({ field, type: 'ullong', value })
const uint = (field: string, value: number): TypedParam => ({ field, type: 'uint', value })

const traffic = { diskReadBytes: null, diskWrittenBytes: null, netReceivedBytes: null, netSentBytes: null }
const unknown = { domain: 'web', run, cpuMs: null, memoryGivenMib: null, memoryUsedMib: null, ...traffic }

describe('what libvirt tells of a guest', () => {
  const table: [string, TypedParam[], object][] = [
    ['nothing (the test driver)', [{ field: 'state.state', type: 'int', value: 1 }], {}],
    [
      'processor and memory',
      [
        ...[ullong('cpu.time', 1_500_000_000n), ullong('cpu.user', 1n), ullong('balloon.current', 131_072n)],
        ...[ullong('balloon.available', 120_000n), ullong('balloon.usable', 68_800n), ullong('balloon.unused', 1n)],
      ],
      { cpuMs: 1_500, memoryGivenMib: 128, memoryUsedMib: 50 },
    ],
    [
      'an older guest tells only what is wholly unused',
      [ullong('balloon.available', 102_400n), ullong('balloon.unused', 51_200n)],
      { memoryUsedMib: 50 },
    ],
    [
      'two disks and two cards, summed up; a drive without a medium tells nothing',
      [
        ...[uint('block.count', 3), ullong('block.0.rd.bytes', 10n), ullong('block.0.wr.bytes', 20n)],
        ...[ullong('block.1.rd.bytes', 1n), ullong('block.1.wr.bytes', 2n), ullong('block.0.rd.times', 900n)],
        ...[uint('net.count', 2), ullong('net.0.rx.bytes', 100n), ullong('net.0.tx.bytes', 200n)],
        ...[ullong('net.1.rx.bytes', 1n), ullong('net.1.tx.bytes', 2n), ullong('net.1.rx.pkts', 7n)],
      ],
      { diskReadBytes: 11, diskWrittenBytes: 22, netReceivedBytes: 101, netSentBytes: 202 },
    ],
    [
      'no disk at all is nought, not unknown',
      [uint('block.count', 0), uint('net.count', 0)],
      { diskReadBytes: 0, diskWrittenBytes: 0, netReceivedBytes: 0, netSentBytes: 0 },
    ],
  ]
  for (const [name, params, expected] of table) {
    it(name, () => assert.deepEqual(readingOf(web, params), { ...unknown, ...expected }))
  }
})

describe('measuring over libvirt', () => {
  let fake: FakeLibvirtd
  let hypervisor: MeasuredHypervisor

  beforeEach(async () => {
    fake = new FakeLibvirtd()
    await fake.listen()
    for (const name of ['domainSetMemoryFlags', 'qemuAgentCommand', 'domainOpenConsole'] as const) {
      fake.on(name, (r) => r.client.fail(r, NO_SUPPORT, 'not supported'))
    }
    fake.on('domainMigratePerform3Params', (r) => r.client.fail(r, NO_SUPPORT, 'not supported'))
    hypervisor = await openLibvirt({ socketPath: fake.socketPath, uri: 'qemu:///system' })
  })
  afterEach(async () => {
    await hypervisor.close()
    await fake.remove()
  })

  it('asks for all running guests at once, leaves busy ones in peace, and shares no connection with watching', async () => {
    const asked: ArgsFor<'connectGetAllDomainStats'>[] = []
    const clients = new Set<unknown>()
    fake.on('connectGetAllDomainStats', (r) => {
      const args = r.args as ArgsFor<'connectGetAllDomainStats'>
      asked.push(args)
      clients.add(r.client)
      r.client.reply(r, 'connectGetAllDomainStats', {
        retStats: [{ dom: web, params: [ullong('balloon.current', 1024n)] }],
      })
    })
    assert.deepEqual(await hypervisor.readGuests(), [{ ...unknown, memoryGivenMib: 1 }])
    assert.deepEqual(asked.at(-1), { doms: [], stats: 2 + 4 + 16 + 32, flags: 1 + 2 ** 29 })
    // The first question, what the hypervisor can do, went over the connection of the statistics.
    assert.equal(clients.size, 2)
  })

  it('where there are no bulk statistics each guest is asked for what it has', async () => {
    fake.on('connectGetAllDomainStats', (r) => r.client.fail(r, NO_SUPPORT, 'not supported'))
    fake.on('connectListAllDomains', (r) => r.client.reply(r, 'connectListAllDomains', { domains: [web], ret: 1 }))
    fake.on('domainGetInfo', (r) =>
      r.client.reply(r, 'domainGetInfo', {
        ...{ state: 1, maxMem: 65_536n, memory: 49_152n, nrVirtCpu: 1, cpuTime: 2_000_000_000n },
      }),
    )
    assert.deepEqual(await hypervisor.readGuests(), [{ ...unknown, cpuMs: 2_000, memoryGivenMib: 48 }])
  })

  it('a monitor that hangs is a fault within its limit, and delays nothing else', async () => {
    fake.on('connectGetAllDomainStats', (r) => {
      const { flags } = r.args as ArgsFor<'connectGetAllDomainStats'>
      if (flags === 0) r.client.reply(r, 'connectGetAllDomainStats', { retStats: [] })
    })
    fake.on('domainLookupByName', (r) => r.client.reply(r, 'domainLookupByName', { dom: web }))
    fake.on('domainGetAutostart', (r) => r.client.reply(r, 'domainGetAutostart', { autostart: 1 }))
    await hypervisor.capabilities()
    const hanging = assert.rejects(hypervisor.readGuests(), { code: 'hypervisor-timeout' }).then(() => 'later')
    assert.equal(await Promise.race([hanging, hypervisor.autostart('web')]), true)
    await hanging
  })
})
