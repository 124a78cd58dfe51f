import {
  type ClusterSettings,
  type ClusterSpec,
  defaultHostWatchdog,
  defaultSettings,
  type HostSpec,
  type RuleSpec,
} from '../cluster.ts'
import type { DefinitionSpec } from '../definition.ts'
import { defaultFenceTimeoutMs, type FenceDeviceSpec } from '../fence-device.ts'
import { defaultAddressOrder, defaultGuestPolicy, type GuestPolicy, type GuestSpec, type MemorySpec } from '../guest.ts'
import { type NeedSpec, needText } from '../need.ts'
import { formatMib, formatMs } from '../units.ts'
import { defaultClusterName } from './cluster-table.ts'
import { drillsForm } from './drill-form.ts'
import { duration, type Form, type FormMap, some, unless } from './form.ts'
import { defaultReservedMib } from './host-shape.ts'
import { derivedMac } from './mac.ts'
import { formatOf } from './machine-shape.ts'
import { commonPolicy, policyForm, probeForm, serviceForm } from './probe-form.ts'
import { calendarForm, slaForm } from './sla-form.ts'

/** The cluster in the terms of `vigia.yaml`, with nothing that goes without saying. Reading it gives the same spec again. */
export interface ClusterForm {
  readonly version: 1
  readonly name: string | undefined
  readonly settings: FormMap | undefined
  readonly rules: readonly FormMap[] | undefined
  readonly calendars: FormMap | undefined
  readonly sla: readonly FormMap[] | undefined
  readonly drills: FormMap | undefined
  /** Pairs: an object would put a guest named `7` first. */
  readonly hosts: readonly (readonly [name: string, FormMap])[]
  readonly guests: readonly (readonly [name: string, FormMap])[]
}

export function clusterForm(spec: ClusterSpec): ClusterForm {
  return {
    version: 1,
    name: unless(spec.name, defaultClusterName),
    settings: some(settingsForm(spec.settings)),
    rules: spec.rules.length === 0 ? undefined : spec.rules.map(ruleForm),
    calendars: some(Object.fromEntries((spec.calendars ?? []).map((one) => [one.name, calendarForm(one)]))),
    sla: spec.slas === undefined ? undefined : spec.slas.map(slaForm),
    drills: spec.drills === undefined ? undefined : drillsForm(spec.drills),
    hosts: spec.hosts.map((host) => [host.id, hostForm(host)]),
    guests: spec.guests.map((guest) => [guest.id, guestForm(guest)]),
  }
}

export function guestForm(guest: GuestSpec): FormMap {
  const { source, address } = guest
  const policy = commonPolicy(guest)
  return {
    domain: source.kind === 'existing' && source.domain !== guest.id ? source.domain : undefined,
    xml: source.kind === 'xml' ? source.file : undefined,
    address:
      address.kind === 'fixed' ? address.address : sameOrder(address.order) ? undefined : { find: address.order },
    tags: list(guest.tags),
    services: list(guest.services.map((service) => serviceForm(service, policy))),
    needs: list(guest.needs.map(needForm)),
    standby: guest.standby,
    memory: memoryForm(guest.memory, source.kind === 'defined'),
    cpus: guest.cpus === null || (source.kind === 'defined' && guest.cpus === 1) ? undefined : guest.cpus,
    state: unless(guest.wish, 'running'),
    host: guest.host ?? undefined,
    startAtBoot: unless(guest.startAtBoot, true),
    priority: unless(guest.priority, 0),
    ...guestPolicyForm(guest.policy),
    probe: some(policyForm(policy)),
    failback: unless(guest.failback, true),
    liveMigration: unless(guest.liveMigration, true),
    define: source.kind === 'defined' ? machineForm(guest.id, source.definition) : undefined,
  }
}

function hostForm(host: HostSpec): FormMap {
  return {
    memory: host.memoryMib === null ? undefined : formatMib(host.memoryMib),
    cpus: host.cpus ?? undefined,
    reserved: host.reservedMib === defaultReservedMib ? undefined : formatMib(host.reservedMib),
    overcommit: unless(host.overcommit, 1),
    headroom: host.headroomMib === 0 ? undefined : formatMib(host.headroomMib),
    addresses: list(host.addresses),
    migrationAddress: host.migrationAddress ?? undefined,
    fence: list(host.fence.map(fenceForm)),
    watchdog: unless(host.watchdog ?? 'none', defaultHostWatchdog),
  }
}

function fenceForm(device: FenceDeviceSpec): FormMap {
  return {
    agent: device.agent,
    options: some(device.options),
    secrets: some(device.secrets),
    timeout: duration(device.timeoutMs, defaultFenceTimeoutMs),
  }
}

function settingsForm(settings: ClusterSettings): FormMap {
  const usual = defaultSettings
  return {
    onHostShutdown: unless(settings.onHostShutdown, usual.onHostShutdown),
    lease: duration(settings.leaseMs, usual.leaseMs),
    freeze: duration(settings.freezeMs, usual.freezeMs),
    coldStartWait: duration(settings.coldStartWaitMs, usual.coldStartWaitMs),
    survive: unless(settings.survive, usual.survive),
    survivePolicy: unless(settings.survivePolicy, usual.survivePolicy),
    maxMovesAtOnce: unless(settings.maxMovesAtOnce, usual.maxMovesAtOnce),
    migrationBandwidth: settings.migrationBandwidthMib === null ? undefined : formatMib(settings.migrationBandwidthMib),
    migrationTimeLimit: duration(settings.migrationTimeLimitMs, usual.migrationTimeLimitMs),
    onMigrationTimeLimit: unless(settings.onMigrationTimeLimit, usual.onMigrationTimeLimit),
    hook: settings.hook ?? undefined,
    historyDays: unless(settings.historyDays, usual.historyDays),
    historyMaxEvents: unless(settings.historyMaxEvents, usual.historyMaxEvents),
  }
}

function ruleForm(rule: RuleSpec): FormMap {
  return {
    kind: rule.kind,
    guests: rule.guests,
    hosts: rule.kind === 'hosts' ? rule.hosts : undefined,
    strict: unless(rule.strict, false),
  }
}

function needForm(need: NeedSpec): Form {
  const onLoss = unless(need.onLoss, 'pause')
  if (need.kind === 'guest') return onLoss === undefined ? needText(need) : { need: needText(need), onLoss }
  const address = need.address.includes(':') ? `[${need.address}]` : need.address
  const external = `${address}:${need.port}/${need.protocol}`
  return { external, onLoss, ...probeForm(need), ...policyForm(need.probePolicy) }
}

/** One size where start and run are alike. A defined machine's maximum goes without saying where it is the start. */
function memoryForm({ minMib, startMib, runMib, maxMib }: MemorySpec, defined: boolean): Form | undefined {
  if (minMib !== undefined) {
    const size = (mib: number | null) => (mib === null ? undefined : formatMib(mib))
    return some({ min: formatMib(minMib), start: size(startMib), run: size(runMib), max: size(maxMib) })
  }
  const max = maxMib === null || (defined && maxMib === startMib) ? undefined : formatMib(maxMib)
  if (startMib !== null && startMib === runMib && max === undefined) return formatMib(startMib)
  const run = runMib === null || (defined && runMib === startMib) ? undefined : formatMib(runMib)
  return some({ start: startMib === null ? undefined : formatMib(startMib), run, max })
}

function guestPolicyForm(policy: GuestPolicy): FormMap {
  const usual = defaultGuestPolicy
  const sameBackOff = policy.backoffInitialMs === usual.backoffInitialMs && policy.backoffMaxMs === usual.backoffMaxMs
  const backOff = { initial: formatMs(policy.backoffInitialMs), max: formatMs(policy.backoffMaxMs) }
  return {
    grace: duration(policy.graceMs, usual.graceMs),
    restarts: unless(policy.maxRestarts, usual.maxRestarts),
    relocations: unless(policy.maxRelocations, usual.maxRelocations),
    backOff: sameBackOff ? undefined : backOff,
    stableAfter: duration(policy.stableMs, usual.stableMs),
    bootLimit: duration(policy.bootLimitMs, usual.bootLimitMs),
    shutdownLimit: duration(policy.shutdownLimitMs, usual.shutdownLimitMs),
    onRefusedShutdown: unless(policy.onRefusedShutdown, usual.onRefusedShutdown),
    onPowerOff: unless(policy.onPowerOff, usual.onPowerOff),
  }
}

function machineForm(guest: string, machine: DefinitionSpec): FormMap {
  const { boot, cloudInit, consoles } = machine
  return {
    hypervisor: unless(machine.hypervisor, 'kvm'),
    cpuModel: machine.cpuModel ?? undefined,
    machine: machine.machine ?? undefined,
    firmware: unless(machine.firmware, 'bios'),
    tpm: unless(machine.tpm, false),
    disks: machine.disks.map((disk) => {
      const format = unless(disk.format, formatOf(disk.path))
      const create = disk.createMib === null ? undefined : formatMib(disk.createMib)
      const more = some({ format, bus: unless(disk.bus, 'virtio'), readOnly: unless(disk.readOnly, false), create })
      return more === undefined ? disk.path : { path: disk.path, ...more }
    }),
    interfaces: list(
      machine.interfaces.map(({ link, vlan, mac, model }, index) => ({
        [link.kind]: link.name,
        vlan: vlan ?? undefined,
        mac: unless(mac, derivedMac(guest, index)),
        model: unless(model, 'virtio'),
      })),
    ),
    boot:
      boot.kind === 'disk'
        ? undefined
        : { kernel: boot.kernel, initrd: boot.initrd ?? undefined, commandLine: boot.commandLine },
    cloudInit:
      cloudInit === null
        ? undefined
        : {
            userData: cloudInit.userData,
            metaData: cloudInit.metaData ?? undefined,
            networkConfig: cloudInit.networkConfig ?? undefined,
          },
    guestAgent: unless(machine.guestAgent, false),
    consoles: some({
      serial: unless(consoles.serial, true),
      serialLog: consoles.serialLog ?? undefined,
      vnc: unless(consoles.vnc, false),
    }),
  }
}

function list(items: readonly Form[]): readonly Form[] | undefined {
  return items.length === 0 ? undefined : items
}

function sameOrder(order: readonly string[]): boolean {
  return order.join() === defaultAddressOrder.join()
}
