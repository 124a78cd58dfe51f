import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type PrivateLibvirtd, startPrivateLibvirtd, whyNoPrivateLibvirtd } from '../../../lab/private-libvirtd.ts'
import type { Connection } from '../../../src/drivers/libvirt/connection.ts'
import { ConnectionError, LibvirtError } from '../../../src/drivers/libvirt/errors.ts'
import type { WireEvent } from '../../../src/drivers/libvirt/event-messages.ts'
import { KEEPALIVE } from '../../../src/drivers/libvirt/keepalive.ts'
import { openConnection } from '../../../src/drivers/libvirt/open-connection.ts'
import { LibvirtPool } from '../../../src/drivers/libvirt/pool.ts'
import { readAll } from '../../../src/drivers/libvirt/stream.ts'
import type { DomainRef } from '../../../src/drivers/libvirt/values.ts'
import { testDriverXml, tinyGuestXml } from './tiny-guest.ts'

const RUNNING = 1
const PAUSED = 3

const skip = whyNoPrivateLibvirtd() ?? false

describe('a real libvirtd', { skip }, () => {
  let libvirtd: PrivateLibvirtd
  before(async () => {
    libvirtd = await startPrivateLibvirtd()
  })
  after(() => libvirtd?.stop())

  const open = (uri: string) => openConnection({ socketPath: libvirtd.socketPath, uri, keepalive: KEEPALIVE })

  it('test driver: define, start, events before or after the reply, stop, undefine', async () => {
    const connection = await open('test:///default')
    const heard: WireEvent[] = []
    connection.onEvent((event) => heard.push(event))
    await connection.call('connectDomainEventCallbackRegisterAny', { eventId: 0, dom: null })
    const { dom } = await connection.call('domainDefineXmlFlags', { xml: testDriverXml('tiny'), flags: 0 })
    await connection.call('domainCreateWithFlags', { dom, flags: 0 })
    assert.equal((await connection.call('domainGetState', { dom, flags: 0 })).state, RUNNING)
    await connection.call('domainDestroyFlags', { dom, flags: 0 })
    await connection.call('domainUndefineFlags', { dom, flags: 0 })
    await until(() => lifecycles(heard).length >= 4)
    // defined, started, stopped, undefined
    assert.deepEqual(lifecycles(heard), [0, 2, 5, 1])
    connection.close()
  })

  it('a domain that is not there is error 42, a hypervisor that is not there is refused at opening', async () => {
    const connection = await open('test:///default')
    await assert.rejects(
      connection.call('domainLookupByName', { name: 'nobody' }),
      (error: unknown) => error instanceof LibvirtError && error.code === 42,
    )
    connection.close()
    await assert.rejects(open('vbox:///session'), LibvirtError)
  })

  it('200 calls at once are all answered', async () => {
    const connection = await open('test:///default')
    const asked = Array.from({ length: 200 }, () => connection.call('connectGetHostname', {}))
    assert.equal(new Set((await Promise.all(asked)).map(({ hostname }) => hostname)).size, 1)
    connection.close()
  })

  describe('QEMU', () => {
    let connection: Connection
    let dom: DomainRef
    before(async () => {
      connection = await open('qemu:///system')
      ;({ dom } = await connection.call('domainCreateXml', { xmlDesc: tinyGuestXml({ name: 'tiny' }), flags: 0 }))
    })
    after(async () => {
      await connection.call('domainDestroyFlags', { dom, flags: 0 }).catch(() => {})
      connection.close()
    })

    it('suspend and resume', async () => {
      await connection.call('domainSuspend', { dom })
      assert.equal((await connection.call('domainGetState', { dom, flags: 0 })).state, PAUSED)
      await connection.call('domainResume', { dom })
      assert.equal((await connection.call('domainGetState', { dom, flags: 0 })).state, RUNNING)
    })

    it('statistics in bulk', async () => {
      const { retStats } = await connection.call('connectGetAllDomainStats', { doms: [dom], stats: 0, flags: 0 })
      const fields = new Map(retStats[0]?.params.map((param) => [param.field, param.value]))
      assert.equal(fields.get('state.state'), RUNNING)
      assert.equal(fields.get('balloon.maximum'), 32n * 1024n)
    })

    it('screenshot', async () => {
      const { result, stream } = await connection.openStream('domainScreenshot', { dom, screen: 0, flags: 0 })
      const picture = await readAll(stream, 10_000_000, 60_000)
      assert.match(result.mime ?? '', /^image\//)
      assert.ok(picture.length > 100)
    })

    it('console: opened, written to, and left; the connection goes on', async () => {
      const { stream } = await connection.openStream('domainOpenConsole', { dom, devName: null, flags: 0 })
      await stream.write(Buffer.from('hello'))
      stream.abort()
      assert.equal((await connection.call('domainGetState', { dom, flags: 0 })).state, RUNNING)
    })

    it('QMP passes through', async () => {
      const { result } = await connection.call('qemuMonitorCommand', {
        dom,
        cmd: '{"execute":"query-status"}',
        flags: 0,
      })
      assert.equal(JSON.parse(result).return.status, 'running')
    })

    it('an agent that is not there answers error 86', async () => {
      const cmd = '{"execute":"guest-ping"}'
      await assert.rejects(
        connection.call('qemuAgentCommand', { dom, cmd, timeout: 1, flags: 0 }),
        (error: unknown) => error instanceof LibvirtError && error.code === 86,
      )
    })
  })

  it('libvirtd killed: calls are unknown, the guest lives, the pool comes back and hears events again', async () => {
    const pool = new LibvirtPool({ socketPath: libvirtd.socketPath, uri: 'qemu:///system', events: ['lifecycle'] })
    try {
      const heard: WireEvent[] = []
      pool.onEvent((event) => heard.push(event))
      await pool.start()
      const { dom } = await pool.call('domainCreateXml', { xmlDesc: tinyGuestXml({ name: 'survivor' }), flags: 0 })
      const pid = libvirtd.guestPids()[0]
      libvirtd.killDaemon()
      await until(() => pool.state.kind === 'down')
      await assert.rejects(
        pool.call('domainGetState', { dom, flags: 0 }),
        (error: unknown) => error instanceof ConnectionError && error.outcome === 'not-done',
      )
      await libvirtd.restartDaemon()
      await until(() => pool.state.kind === 'up')
      // Right away, or a guest that runs would be taken for one that does not.
      const { domains } = await pool.call('connectListAllDomains', { needResults: 1, flags: 0 })
      assert.deepEqual(
        domains.map(({ name }) => name),
        ['survivor'],
      )
      assert.deepEqual(libvirtd.guestPids(), [pid])
      heard.length = 0
      await pool.call('domainSuspend', { dom })
      await until(() => lifecycles(heard).includes(3))
      await pool.call('domainDestroyFlags', { dom, flags: 0 })
      await until(() => lifecycles(heard).includes(5))
    } finally {
      pool.close()
    }
  })

  it('libvirtd stopped in its tracks is noticed by keepalive', async () => {
    const keepalive = { intervalMs: 100, misses: 3 }
    const connection = await openConnection({ socketPath: libvirtd.socketPath, uri: 'test:///default', keepalive })
    libvirtd.signalDaemon('SIGSTOP')
    try {
      await assert.rejects(
        connection.call('connectGetHostname', {}),
        (error: unknown) =>
          error instanceof ConnectionError && error.problem === 'silent' && error.outcome === 'unknown',
      )
    } finally {
      libvirtd.signalDaemon('SIGCONT')
    }
  })
})

const lifecycles = (heard: readonly WireEvent[]) =>
  heard.filter((one) => one.name === 'lifecycle').map((one) => one.body.event)

/** Waits for what must happen, however busy the machine is. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 3_000; turn++) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail('it did not happen within a minute')
}
