import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startLab } from '../../../lab/lab.ts'
import { startPrivateLibvirtd } from '../../../lab/private-libvirtd.ts'
import type { Connection, Trace } from '../../../src/drivers/libvirt/connection.ts'
import { eventMessages, type RegisteredEvent } from '../../../src/drivers/libvirt/event-messages.ts'
import { openConnection } from '../../../src/drivers/libvirt/open-connection.ts'
import type { ArgsFor, ProcedureName } from '../../../src/drivers/libvirt/procedures.ts'
import { readAll } from '../../../src/drivers/libvirt/stream.ts'
import type { DomainRef } from '../../../src/drivers/libvirt/values.ts'
import { describeFrame } from './describe-frame.ts'
import { quietNetworkXml, testDriverXml, tinyGuestXml } from './tiny-guest.ts'

/** Records fixtures/frames.txt anew. Run by hand: `node test/drivers/libvirt/record-fixtures.ts` (root, libvirt, QEMU). */

/** Kept of each kind of frame: enough to see it vary. */
const KEPT_OF_A_KIND = { sent: 2, received: 3 } as const
/** Longer frames (capabilities, screenshots) say nothing a shorter one does not. */
const LONGEST_FRAME_BYTES = 4_000

const lines: string[] = []
const kept = new Map<string, number>()

function keep(direction: 'sent' | 'received', frame: Buffer): void {
  const kind = `${direction === 'sent' ? '>' : '<'} ${describeFrame(frame)}`
  const already = kept.get(kind) ?? 0
  if (already >= KEPT_OF_A_KIND[direction] || frame.length > LONGEST_FRAME_BYTES) return
  const line = `${kind} ${frame.toString('hex')}`
  if (lines.includes(line)) return
  kept.set(kind, already + 1)
  lines.push(line)
}

const libvirtd = await startPrivateLibvirtd()
try {
  for (const [uri, session] of [
    ['test:///default', recordTestDriver],
    ['qemu:///system', recordQemu],
  ] as const) {
    lines.push(`# ${uri}`)
    const connection = await openConnection({
      socketPath: libvirtd.socketPath,
      uri,
      keepalive: { intervalMs: 1000, misses: 3 },
      trace: keep,
    })
    await session(connection)
    await connection.call('connectClose', {})
    connection.close()
  }
} finally {
  await libvirtd.stop()
}
lines.push('# qemu:///system, two hosts')
await recordMigration()
writeFileSync(join(import.meta.dirname, 'fixtures', 'frames.txt'), `${lines.join('\n')}\n`)
process.stdout.write(`${lines.length} lines\n`)

/** Asks and passes over a "no": an error reply is a frame worth keeping too. */
async function ask<N extends ProcedureName>(connection: Connection, name: N, args: ArgsFor<N>): Promise<void> {
  await connection.call(name, args).catch((error: Error) => process.stderr.write(`${name}: ${error.message}\n`))
}

async function recordSession(connection: Connection): Promise<void> {
  const none = {}
  await ask(connection, 'connectGetHostname', none)
  await ask(connection, 'connectGetLibVersion', none)
  await ask(connection, 'connectGetVersion', none)
  await ask(connection, 'connectGetType', none)
  await ask(connection, 'connectGetUri', none)
  await ask(connection, 'nodeGetInfo', none)
  await ask(connection, 'nodeGetFreeMemory', none)
  await ask(connection, 'nodeGetCpuStats', { cpuNum: -1, nparams: 4, flags: 0 })
  await ask(connection, 'nodeGetMemoryStats', { nparams: 4, cellNum: -1, flags: 0 })
  await ask(connection, 'connectGetCapabilities', none)
  const anything = { emulatorbin: null, arch: null, machine: null, virttype: null, flags: 0 }
  await ask(connection, 'connectGetDomainCapabilities', anything)
  for (const name of Object.keys(eventMessages)) {
    const eventId = eventMessages[name as RegisteredEvent].registerId as number | null
    if (eventId !== null) await ask(connection, 'connectDomainEventCallbackRegisterAny', { eventId, dom: null })
  }
  await ask(connection, 'domainLookupByName', { name: 'nobody' })
  await ask(connection, 'connectListAllNetworks', { needResults: 1, flags: 0 })
}

async function recordDomain(connection: Connection, dom: DomainRef): Promise<void> {
  const df = { dom, flags: 0 }
  await ask(connection, 'connectListAllDomains', { needResults: 1, flags: 0 })
  await ask(connection, 'domainLookupByName', { name: dom.name })
  await ask(connection, 'domainLookupByUuid', { uuid: dom.uuid })
  await ask(connection, 'domainGetXmlDesc', df)
  await ask(connection, 'domainGetState', df)
  await ask(connection, 'domainGetInfo', { dom })
  await ask(connection, 'domainGetControlInfo', df)
  await ask(connection, 'domainIsActive', { dom })
  await ask(connection, 'domainIsPersistent', { dom })
  await ask(connection, 'domainGetAutostart', { dom })
  await ask(connection, 'domainSetAutostart', { dom, autostart: 0 })
  await ask(connection, 'domainHasManagedSaveImage', df)
  const metadata = { dom, type: 2, uri: 'https://vigia.example/xmlns', flags: 0 }
  await ask(connection, 'domainSetMetadata', { ...metadata, metadata: '<vigia/>', key: 'vigia' })
  await ask(connection, 'domainGetMetadata', metadata)
  await ask(connection, 'domainGetMaxMemory', { dom })
  await ask(connection, 'domainGetMaxVcpus', { dom })
  await ask(connection, 'domainGetVcpusFlags', { dom, flags: 1 })
  await ask(connection, 'domainSetVcpusFlags', { dom, nvcpus: 1, flags: 1 })
  await ask(connection, 'domainSetMemoryStatsPeriod', { dom, period: 1, flags: 1 })
  await ask(connection, 'domainSetMemoryFlags', { dom, memory: 24_576n, flags: 1 })
  await ask(connection, 'domainMemoryStats', { dom, maxStats: 16, flags: 0 })
  await ask(connection, 'connectGetAllDomainStats', { doms: [dom], stats: 0, flags: 0 })
  await ask(connection, 'domainGetJobStats', df)
  await ask(connection, 'domainAbortJob', { dom })
  await ask(connection, 'domainInterfaceAddresses', { dom, source: 0, flags: 0 })
  await ask(connection, 'domainSuspend', { dom })
  await ask(connection, 'domainResume', { dom })
  await ask(connection, 'domainReboot', df)
  await ask(connection, 'domainReset', df)
  await ask(connection, 'domainInjectNmi', df)
  const { stream } = await connection.openStream('domainScreenshot', { dom, screen: 0, flags: 0 })
  await readAll(stream, 10_000_000, 5_000).catch((error: Error) =>
    process.stderr.write(`screenshot: ${error.message}\n`),
  )
}

async function recordTestDriver(connection: Connection): Promise<void> {
  await recordSession(connection)
  const { dom } = await connection.call('domainDefineXmlFlags', { xml: testDriverXml('tiny'), flags: 0 })
  await ask(connection, 'domainCreateWithFlags', { dom, flags: 0 })
  await recordDomain(connection, dom)
  await ask(connection, 'networkLookupByName', { name: 'default' })
  await ask(connection, 'domainManagedSave', { dom, flags: 0 })
  await ask(connection, 'domainManagedSaveRemove', { dom, flags: 0 })
  await ask(connection, 'domainCreateWithFlags', { dom, flags: 0 })
  await ask(connection, 'domainShutdownFlags', { dom, flags: 0 })
  await ask(connection, 'domainUndefineFlags', { dom, flags: 0 })
  await connection.call('domainCreateXml', { xmlDesc: testDriverXml('brief'), flags: 0 }).then(async ({ dom }) => {
    await ask(connection, 'domainDestroyFlags', { dom, flags: 0 })
  })
}

async function recordQemu(connection: Connection): Promise<void> {
  await recordSession(connection)
  const mac = '52:54:00:76:69:67'
  const { net } = await connection.call('networkCreateXml', { xml: quietNetworkXml })
  writeLease(mac)
  await ask(connection, 'networkGetXmlDesc', { net, flags: 0 })
  await ask(connection, 'networkGetDhcpLeases', { net, mac: null, needResults: 1, flags: 0 })
  const xmlDesc = tinyGuestXml({ name: 'tiny', network: { name: 'quiet', mac } })
  const { dom } = await connection.call('domainCreateXml', { xmlDesc, flags: 0 })
  const console = await connection.openStream('domainOpenConsole', { dom, devName: null, flags: 0 })
  await console.stream.write(Buffer.from('x'))
  await recordDomain(connection, dom)
  await ask(connection, 'domainInterfaceStats', { dom, device: 'vnet0' })
  await ask(connection, 'domainGetBlockInfo', { dom, path: 'vda', flags: 0 })
  const tray = "<watchdog model='i6300esb' action='reset'><alias name='ua-dog'/></watchdog>"
  await ask(connection, 'domainAttachDeviceFlags', { dom, xml: tray, flags: 1 })
  await ask(connection, 'domainDetachDeviceAlias', { dom, alias: 'ua-dog', flags: 1 })
  await ask(connection, 'domainDetachDeviceFlags', { dom, xml: tray, flags: 1 })
  const cmd = '{"execute":"query-status"}'
  await ask(connection, 'qemuMonitorCommand', { dom, cmd, flags: 0 })
  await ask(connection, 'qemuAgentCommand', { dom, cmd: '{"execute":"guest-ping"}', timeout: 1, flags: 0 })
  const params = [{ field: 'migrate_uri', type: 'string', value: 'tcp://127.0.0.1' } as const]
  const migration = { dom, dconnuri: 'qemu+unix:///system', params, cookieIn: Buffer.alloc(0), flags: 3 }
  await ask(connection, 'domainMigratePerform3Params', migration)
  await delay(1200)
  console.stream.abort()
  await ask(connection, 'domainShutdownFlags', { dom, flags: 0 })
  await ask(connection, 'domainDestroyFlags', { dom, flags: 0 })
  await ask(connection, 'networkDestroy', { net })
}

/** There, slowly enough to be looked at. */
async function recordMigration(): Promise<void> {
  const lab = await startLab({ id: `rec${process.pid.toString(36)}`, hosts: 2 })
  try {
    const open = (trace?: Trace) => {
      const { libvirtSocket: socketPath } = lab.host('h1')
      const place = { socketPath, uri: 'qemu:///system', keepalive: null }
      return openConnection(trace === undefined ? place : { ...place, trace })
    }
    const connection = await open(keep)
    const behind = await open()
    await lab.startGuest('h1', { name: 'tiny', address: '10.77.0.101', services: [] })
    await delay(5_000)
    const { dom } = await behind.call('domainLookupByName', { name: 'tiny' })
    const kind = { emulator: null, arch: 'x86_64', machine: 'q35', virttype: 'qemu', flags: 0 }
    await ask(connection, 'connectCompareHypervisorCpu', { ...kind, xmlCpu: '<cpu><model>qemu64</model></cpu>' })
    await ask(connection, 'connectCompareHypervisorCpu', { ...kind, xmlCpu: '<cpu><model>no such</model></cpu>' })

    const params = [
      { field: 'migrate_uri', type: 'string', value: 'tcp://10.77.0.2' } as const,
      { field: 'bandwidth', type: 'ullong', value: 10n } as const,
    ]
    const args = {
      dom,
      dconnuri: 'qemu+tcp://10.77.0.2/system',
      params,
      cookieIn: Buffer.alloc(0),
      flags: 3 | (1 << 15),
    }
    const going = connection.call('domainMigratePerform3Params', args)
    await delay(1_000)
    await ask(connection, 'domainGetJobStats', { dom, flags: 0 })
    await ask(connection, 'domainMigrateStartPostCopy', { dom, flags: 0 })
    await going
    connection.close()
    behind.close()
  } finally {
    await lab.stop()
  }
}

function writeLease(mac: string): void {
  const folder = join(libvirtd.folder, 'lib', 'dnsmasq')
  mkdirSync(folder, { recursive: true })
  const lease = { 'ip-address': '10.99.0.7', 'mac-address': mac, hostname: 'tiny', 'expiry-time': 4_000_000_000 }
  writeFileSync(join(folder, 'virbrq.status'), JSON.stringify([lease]))
}
