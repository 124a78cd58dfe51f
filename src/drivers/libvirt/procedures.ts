import { array, charArray, hyper, int, opaque, optional, struct, uhyper, uint } from './codecs.ts'
import type { ProgramName } from './protocol.ts'
import { domainRef, LIST_MAX, networkRef, optionalText, text, typedParams, uuid } from './values.ts'
import type { Codec, ValueOf } from './xdr.ts'

/**
 * What we ask of libvirt, a line a procedure: number, arguments, result, and how it travels. Numbers never change and
 * are never used again, so this table fits every libvirt from 1.3 on. A procedure the server does not know answers
 * error 3 or "unknown procedure": a capability, not a failure.
 */
export interface Procedure<A, R> {
  readonly program: ProgramName
  readonly number: number
  readonly args: Codec<A>
  readonly result: Codec<R>
  /**
   * How it travels. `quick`: answered from libvirtd's memory. `prompt`: small, but must not wait behind a start.
   * `force`: the remedy for a hung guest, must not wait behind what hangs. `statistics`: asks guests' monitors, can
   * hang, and nothing depends on it. `slow`: may take seconds. `migration`: may take hours. `stream`: goes on as a
   * stream after its reply.
   */
  readonly kind: Lane | 'stream'
}

/** Calls of one lane share connections, and wait only for each other. `meter` is for calls of any kind that only measure. */
export type Lane = 'quick' | 'prompt' | 'force' | 'statistics' | 'slow' | 'migration' | 'meter'

const nothing = struct({})
const dom = domainRef
const flags = uint
const d = struct({ dom })
const df = struct({ dom, flags })
const dfXml = struct({ dom, xml: text, flags })
const retDom = struct({ dom })
const retNum = struct({ num: int })
const retXml = struct({ xml: text })

function p<A, R>(number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { program: 'remote', number, args, result, kind: 'quick' }
}
function on<A, R>(kind: Procedure<A, R>['kind'], number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { ...p(number, args, result), kind }
}
function slow<A, R>(number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return on('slow', number, args, result)
}
function qemu<A, R>(number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { ...slow(number, args, result), program: 'qemu' }
}

const nodeStats = struct({ params: array(struct({ field: text, value: uhyper }), 16), nparams: int })
const cpuMap = opaque(2048)
const cookie = opaque(4_194_304)
const address = struct({ type: int, addr: text, prefix: uint })
const guestInterface = struct({ name: text, hwaddr: optionalText, addrs: array(address, 2048) })
const lease = struct({
  iface: text,
  expirytime: hyper,
  type: int,
  mac: optionalText,
  iaid: optionalText,
  ipaddr: text,
  prefix: uint,
  hostname: optionalText,
  clientid: optionalText,
})
const statsRecord = struct({ dom, params: typedParams(262_144) })
const blockStats = struct({ rdReq: hyper, rdBytes: hyper, wrReq: hyper, wrBytes: hyper, errs: hyper })
const interfaceStats = struct({
  rxBytes: hyper,
  rxPackets: hyper,
  rxErrs: hyper,
  rxDrop: hyper,
  txBytes: hyper,
  txPackets: hyper,
  txErrs: hyper,
  txDrop: hyper,
})
const nodeInfo = struct({
  model: charArray(32),
  memory: uhyper,
  cpus: int,
  mhz: int,
  nodes: int,
  sockets: int,
  cores: int,
  threads: int,
})
const domainInfo = struct({ state: uint, maxMem: uhyper, memory: uhyper, nrVirtCpu: uint, cpuTime: uhyper })
const capabilityArgs = struct({
  emulatorbin: optionalText,
  arch: optionalText,
  machine: optionalText,
  virttype: optionalText,
  flags,
})
const compareArgs = struct({
  emulator: optionalText,
  arch: optionalText,
  machine: optionalText,
  virttype: optionalText,
  xmlCpu: text,
  flags,
})
const metadataArgs = struct({ dom, type: int, metadata: optionalText, key: optionalText, uri: optionalText, flags })

export const procedures = {
  // session
  authList: p(66, nothing, struct({ types: array(int, 20) })),
  connectOpen: p(1, struct({ name: optionalText, flags }), nothing),
  connectClose: p(2, nothing, nothing),
  connectGetType: p(3, nothing, struct({ type: text })),
  connectGetVersion: p(4, nothing, struct({ hvVer: uhyper })),
  connectGetHostname: p(59, nothing, struct({ hostname: text })),
  connectSupportsFeature: p(60, struct({ feature: int }), struct({ supported: int })),
  connectGetUri: p(110, nothing, struct({ uri: text })),
  connectGetLibVersion: p(157, nothing, struct({ libVer: uhyper })),
  connectRegisterCloseCallback: p(360, nothing, nothing),
  connectUnregisterCloseCallback: p(361, nothing, nothing),

  // node
  nodeGetInfo: p(6, nothing, nodeInfo),
  connectGetCapabilities: p(7, nothing, struct({ capabilities: text })),
  nodeGetFreeMemory: p(102, nothing, struct({ freeMem: uhyper })),
  nodeGetCpuStats: p(227, struct({ cpuNum: int, nparams: int, flags }), nodeStats),
  nodeGetMemoryStats: p(228, struct({ nparams: int, cellNum: int, flags }), nodeStats),
  connectGetDomainCapabilities: slow(342, capabilityArgs, struct({ capabilities: text })),
  connectCompareHypervisorCpu: slow(393, compareArgs, struct({ result: int })),

  // domains: finding them
  connectListAllDomains: p(
    273,
    struct({ needResults: int, flags }),
    struct({ domains: array(dom, LIST_MAX), ret: uint }),
  ),
  domainLookupByName: p(23, struct({ name: text }), retDom),
  domainLookupByUuid: p(24, struct({ uuid }), retDom),

  // domains: life
  domainCreateXml: slow(10, struct({ xmlDesc: text, flags }), retDom),
  domainCreateWithFlags: slow(196, df, retDom),
  domainDefineXmlFlags: slow(350, struct({ xml: text, flags }), retDom),
  domainUndefineFlags: slow(231, df, nothing),
  domainShutdownFlags: slow(258, df, nothing),
  domainReboot: slow(27, df, nothing),
  domainReset: on('force', 245, df, nothing),
  domainDestroyFlags: on('force', 234, df, nothing),
  domainSuspend: on('prompt', 34, d, nothing),
  domainResume: on('prompt', 28, d, nothing),
  domainInjectNmi: slow(210, df, nothing),
  domainManagedSave: slow(182, df, nothing),
  domainHasManagedSaveImage: p(183, df, struct({ result: int })),
  domainManagedSaveRemove: slow(184, df, nothing),

  // domains: what they are
  domainGetXmlDesc: slow(14, df, retXml),
  domainGetState: p(212, df, struct({ state: int, reason: int })),
  domainGetInfo: p(16, d, domainInfo),
  domainGetControlInfo: p(229, df, struct({ state: uint, details: uint, stateTime: uhyper })),
  domainIsActive: p(150, d, struct({ active: int })),
  domainIsPersistent: p(151, d, struct({ persistent: int })),
  domainGetAutostart: p(15, d, struct({ autostart: int })),
  domainSetAutostart: p(29, struct({ dom, autostart: int }), nothing),
  domainSetMetadata: p(264, metadataArgs, nothing),
  domainGetMetadata: p(265, struct({ dom, type: int, uri: optionalText, flags }), struct({ metadata: text })),

  // memory and processors
  domainGetMaxMemory: p(17, d, struct({ memory: uhyper })),
  domainSetMemoryFlags: slow(204, struct({ dom, memory: uhyper, flags }), nothing),
  domainSetMemoryStatsPeriod: on('statistics', 308, struct({ dom, period: int, flags }), nothing),
  domainMemoryStats: on(
    'statistics',
    159,
    struct({ dom, maxStats: uint, flags }),
    struct({ stats: array(struct({ tag: int, val: uhyper }), 1024) }),
  ),
  domainGetMaxVcpus: p(18, d, retNum),
  domainGetVcpusFlags: p(200, df, retNum),
  domainSetVcpusFlags: slow(199, struct({ dom, nvcpus: uint, flags }), nothing),
  domainPinVcpuFlags: slow(225, struct({ dom, vcpu: uint, cpumap: cpuMap, flags }), nothing),

  // devices
  domainAttachDeviceFlags: slow(160, dfXml, nothing),
  domainDetachDeviceFlags: slow(161, dfXml, nothing),
  domainUpdateDeviceFlags: slow(174, dfXml, nothing),
  domainDetachDeviceAlias: slow(392, struct({ dom, alias: text, flags }), nothing),
  domainGetBlockInfo: on(
    'statistics',
    194,
    struct({ dom, path: text, flags }),
    struct({ allocation: uhyper, capacity: uhyper, physical: uhyper }),
  ),

  // statistics
  connectGetAllDomainStats: on(
    'statistics',
    344,
    struct({ doms: array(dom, LIST_MAX), stats: uint, flags }),
    struct({ retStats: array(statsRecord, LIST_MAX) }),
  ),
  domainBlockStats: on('statistics', 64, struct({ dom, path: text }), blockStats),
  domainInterfaceStats: p(65, struct({ dom, device: text }), interfaceStats),
  domainInterfaceAddresses: slow(
    353,
    struct({ dom, source: uint, flags }),
    struct({ ifaces: array(guestInterface, 2048) }),
  ),

  // jobs and migration
  domainAbortJob: on('prompt', 164, d, nothing),
  domainGetJobStats: on('statistics', 298, df, struct({ type: int, params: typedParams(64) })),
  domainMigratePerform3Params: on(
    'migration',
    305,
    struct({ dom, dconnuri: optionalText, params: typedParams(64), cookieIn: cookie, flags }),
    struct({ cookieOut: cookie }),
  ),
  domainMigrateSetMaxDowntime: p(166, struct({ dom, downtime: uhyper, flags }), nothing),
  domainMigrateSetMaxSpeed: p(207, struct({ dom, bandwidth: uhyper, flags }), nothing),
  domainMigrateStartPostCopy: on('prompt', 364, df, nothing),
  domainAbortJobFlags: on('prompt', 442, df, nothing),

  // networks
  connectListAllNetworks: p(
    283,
    struct({ needResults: int, flags }),
    struct({ nets: array(networkRef, LIST_MAX), ret: uint }),
  ),
  networkLookupByName: p(46, struct({ name: text }), struct({ net: networkRef })),
  networkCreateXml: slow(40, struct({ xml: text }), struct({ net: networkRef })),
  networkDestroy: slow(42, struct({ net: networkRef }), nothing),
  networkGetXmlDesc: p(43, struct({ net: networkRef, flags }), retXml),
  networkGetDhcpLeases: p(
    341,
    struct({ net: networkRef, mac: optionalText, needResults: int, flags }),
    struct({ leases: array(lease, 65_536), ret: uint }),
  ),

  // streams
  domainOpenConsole: on('stream', 201, struct({ dom, devName: optionalText, flags }), nothing),
  domainScreenshot: on('stream', 211, struct({ dom, screen: uint, flags }), struct({ mime: optionalText })),

  // events: registering; the messages themselves are in event-messages.ts
  connectDomainEventCallbackRegisterAny: p(
    316,
    struct({ eventId: int, dom: optional(dom) }),
    struct({ callbackId: int }),
  ),
  connectDomainEventCallbackDeregisterAny: p(317, struct({ callbackId: int }), nothing),

  // QEMU only
  qemuMonitorCommand: qemu(1, struct({ dom, cmd: text, flags }), struct({ result: text })),
  qemuAgentCommand: qemu(3, struct({ dom, cmd: text, timeout: int, flags }), struct({ result: optionalText })),
} as const

export type ProcedureName = keyof typeof procedures
export type ArgsFor<N extends ProcedureName> = ValueOf<(typeof procedures)[N]['args']>
export type ResultFor<N extends ProcedureName> = ValueOf<(typeof procedures)[N]['result']>
