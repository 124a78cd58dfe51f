import { after, before, describe } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateLibvirtd, startPrivateLibvirtd, whyNoPrivateLibvirtd } from '../../../lab/private-libvirtd.ts'
import { openLibvirt } from '../../../src/drivers/libvirt/driver.ts'
import { createHostReader } from '../../../src/drivers/meter/host-reading.ts'
import { type MeterWorld, meterConformance } from '../../conformance/meter.ts'
import { testDriverXml, tinyGuestXml } from './tiny-guest.ts'

const skip = whyNoPrivateLibvirtd() ?? false

describe('Meter over libvirt', { skip }, () => {
  let libvirtd: PrivateLibvirtd
  before(async () => {
    libvirtd = await startPrivateLibvirtd()
  })
  after(() => libvirtd?.stop())

  const makeWorld = async (uri: string, xmlOf: (name: string) => string, tellsUse: boolean): Promise<MeterWorld> => {
    const hypervisor = await openLibvirt({ socketPath: libvirtd.socketPath, uri })
    let isCut = false
    return {
      meter: { guests: () => hypervisor.readGuests(), host: createHostReader() },
      start: async (domain) => void (await hypervisor.start(domain, { kind: 'transient', xml: xmlOf(domain) })),
      destroy: async (domain) => void (await hypervisor.destroy(domain)),
      suspend: tellsUse ? async (domain) => void (await hypervisor.suspend(domain)) : null,
      cut: tellsUse
        ? async () => {
            isCut = true
            libvirtd.killDaemon()
            await delay(500)
          }
        : null,
      wait: (asked) => asked,
      pass: (ms) => delay(ms),
      tellsUse,
      close: async () => {
        await hypervisor.close()
        if (isCut) await libvirtd.restartDaemon()
      },
    }
  }

  meterConformance('test:///default', () => makeWorld('test:///default', (name) => testDriverXml(name, 64), false))
  meterConformance('qemu:///system', () =>
    makeWorld('qemu:///system', (name) => tinyGuestXml({ name, memoryMib: 64 }), true),
  )
})
