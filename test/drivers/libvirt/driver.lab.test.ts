import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateLibvirtd, startPrivateLibvirtd, whyNoPrivateLibvirtd } from '../../../lab/private-libvirtd.ts'
import type { Connection } from '../../../src/drivers/libvirt/connection.ts'
import { openLibvirt } from '../../../src/drivers/libvirt/driver.ts'
import { openConnection } from '../../../src/drivers/libvirt/open-connection.ts'
import type { HypervisorCapabilities } from '../../../src/ports/hypervisor.ts'
import { type HypervisorWorld, hypervisorConformance } from '../../conformance/hypervisor.ts'
import { testDriverXml, tinyGuestXml } from './tiny-guest.ts'

const skip = whyNoPrivateLibvirtd() ?? false
const memoryMib = 64

describe('Hypervisor over libvirt', { skip }, () => {
  let libvirtd: PrivateLibvirtd
  before(async () => {
    libvirtd = await startPrivateLibvirtd()
  })
  after(() => libvirtd?.stop())

  /** A second connection, for what the port has no call for. It is opened anew after a cut. */
  const behind = async <T>(uri: string, run: (connection: Connection) => Promise<T>): Promise<T> => {
    const connection = await openConnection({ socketPath: libvirtd.socketPath, uri, keepalive: null })
    try {
      return await run(connection)
    } finally {
      connection.close()
    }
  }

  /** Ends and forgets the domains the claims use. */
  const sweep = (uri: string) =>
    behind(uri, async (connection) => {
      for (const name of ['settled', 'brief']) {
        const found = await connection.call('domainLookupByName', { name }).catch(() => null)
        if (found === null) continue
        await connection.call('domainDestroyFlags', { dom: found.dom, flags: 0 }).catch(() => {})
        await connection.call('domainUndefineFlags', { dom: found.dom, flags: 0 }).catch(() => {})
      }
    })

  const makeWorld = async (
    uri: string,
    xmlOf: (name: string) => string,
    more: Pick<HypervisorWorld, 'capabilities' | 'whenAsked' | 'crash' | 'cut' | 'mend'>,
  ): Promise<HypervisorWorld> => {
    const hypervisor = await openLibvirt({ socketPath: libvirtd.socketPath, uri })
    return {
      hypervisor,
      transientXml: xmlOf,
      define: (name) =>
        behind(uri, async (connection) => {
          await connection.call('domainDefineXmlFlags', { xml: xmlOf(name), flags: 0 })
        }),
      wait: (asked) => asked,
      pass: (ms) => delay(ms),
      close: async () => {
        await hypervisor.close()
        await sweep(uri)
      },
      ...more,
    }
  }

  const none: HypervisorCapabilities = {
    bulkStatistics: true,
    balloon: true,
    guestAgent: false,
    liveMigration: false,
    console: false,
  }
  // Its domains live in libvirtd's memory and end with it: its connection is not cut.
  hypervisorConformance('test:///default', () =>
    makeWorld('test:///default', (name) => testDriverXml(name, memoryMib), {
      capabilities: none,
      whenAsked: 'goes-down',
      crash: null,
      cut: null,
      mend: null,
    }),
  )

  hypervisorConformance('qemu:///system', () =>
    makeWorld('qemu:///system', (name) => tinyGuestXml({ name, memoryMib }), {
      capabilities: { ...none, guestAgent: true, liveMigration: true, console: true },
      whenAsked: 'goes-on',
      crash: async () => {
        for (const pid of libvirtd.guestPids()) process.kill(pid, 'SIGKILL')
      },
      cut: async () => libvirtd.killDaemon(),
      mend: () => libvirtd.restartDaemon(),
    }),
  )

  it('a guest whose monitor hangs neither hides the others nor keeps them from being stopped', async () => {
    const hypervisor = await openLibvirt({ socketPath: libvirtd.socketPath, uri: 'qemu:///system' })
    const startWith = (name: string) => ({ kind: 'transient', xml: tinyGuestXml({ name, memoryMib }) }) as const
    try {
      await hypervisor.start('brief', startWith('brief'))
      const [pid] = libvirtd.guestPids()
      await hypervisor.start('settled', startWith('settled'))
      process.kill(pid ?? 0, 'SIGSTOP')
      const names = (await hypervisor.list()).map(({ name, run }) => `${name} ${run}`).sort()
      assert.deepEqual(names, ['brief running', 'settled running'])
      assert.equal(await hypervisor.suspend('settled'), 'suspended')
      assert.equal(await hypervisor.destroy('settled'), 'destroyed')
      process.kill(pid ?? 0, 'SIGCONT')
    } finally {
      await hypervisor.close()
      await sweep('qemu:///system')
    }
  })
})
