import type { DefinitionSpec, DiskSpec, InterfaceSpec } from '../../model/definition.ts'
import { element, type XmlContent, type XmlElement } from './xml-text.ts'

/** How often the balloon driver reports what the guest uses. */
const balloonPeriodSeconds = 5

/** Devices of a QEMU machine, hardware-assisted or emulated. */
export function machineDevices(definition: DefinitionSpec, seedPath: string | null): XmlContent[] {
  const bus = seedBus(definition.disks)
  const scsi = definition.disks.some((disk) => disk.bus === 'scsi') || (seedPath !== null && bus === 'scsi')
  const names = new DiskNames()
  return [
    ...definition.disks.map((disk, index) =>
      diskElement(disk, { bus: disk.bus, name: names.next(disk.bus), order: bootOrder(definition, index) }),
    ),
    seedPath === null ? null : seedElement(seedPath, { bus, name: names.next(bus) }),
    scsi ? element('controller', { type: 'scsi', model: 'virtio-scsi' }) : null,
    // Nothing here needs USB, and its polling keeps the host's CPU awake.
    element('controller', { type: 'usb', model: 'none' }),
    ...definition.interfaces.map((one) => interfaceElement(one, { model: one.model })),
    ...serialConsole(definition),
    definition.guestAgent ? agentChannel : null,
    ...screen(definition),
    definition.tpm ? tpm : null,
    // A guest short of memory takes some back by itself before it kills a service.
    element('memballoon', { model: 'virtio', autodeflate: 'on' }, element('stats', { period: balloonPeriodSeconds })),
    // Without entropy a young guest waits long before its first service answers.
    element('rng', { model: 'virtio' }, element('backend', { model: 'random' }, '/dev/urandom')),
    // Through this a guest's kernel says that it crashed; otherwise it would only be silent.
    element('panic', { model: 'isa' }),
  ]
}

/** Devices of a Xen guest. */
export function paravirtualDevices(definition: DefinitionSpec, seedPath: string | null): XmlContent[] {
  const names = new DiskNames()
  return [
    ...definition.disks.map((disk) => diskElement(disk, { bus: 'xen', name: names.next('xen'), order: null })),
    seedPath === null ? null : seedElement(seedPath, { bus: 'xen', name: names.next('xen') }),
    ...definition.interfaces.map((one) => interfaceElement(one, { model: null })),
    definition.consoles.serial
      ? element('console', { type: 'pty' }, element('target', { type: 'xen', port: 0 }))
      : null,
    definition.consoles.vnc ? localVnc : null,
    element('memballoon', { model: 'xen' }),
  ]
}

/** Devices of a container: its first disk is its root, the others are mounted below `/mnt`. */
export function containerDevices(definition: DefinitionSpec): XmlContent[] {
  return [
    ...definition.disks.map(containerFilesystem),
    ...definition.interfaces.map((one) => interfaceElement(one, { model: null })),
    element('console', { type: 'pty' }, element('target', { type: 'lxc', port: 0 })),
  ]
}

type Bus = DiskSpec['bus'] | 'xen'

/** Device names: `vda`, `vdb`, … `vdz`, `vdaa`. Buses that share a prefix share the letters. */
class DiskNames {
  private readonly used = new Map<string, number>()

  next(bus: Bus): string {
    const prefix = { virtio: 'vd', sata: 'sd', scsi: 'sd', xen: 'xvd' }[bus]
    const index = this.used.get(prefix) ?? 0
    this.used.set(prefix, index + 1)
    return prefix + diskLetters(index)
  }
}

/** 0 → a, 25 → z, 26 → aa: as the kernel names its disks. */
export function diskLetters(index: number): string {
  const last = String.fromCharCode(0x61 + (index % 26))
  return index < 26 ? last : diskLetters(Math.floor(index / 26) - 1) + last
}

/** Tried in the order written. With a kernel given, none is. */
function bootOrder({ boot }: DefinitionSpec, index: number): number | null {
  return boot.kind === 'kernel' ? null : index + 1
}

interface DiskPlace {
  readonly bus: Bus
  readonly name: string
  readonly order?: number | null
}

function diskElement(disk: DiskSpec, { bus, name, order }: DiskPlace): XmlElement {
  const block = disk.path.startsWith('/dev/')
  return element(
    'disk',
    { type: block ? 'block' : 'file', device: 'disk' },
    element('driver', { name: 'qemu', type: disk.format, discard: disk.readOnly || bus === 'xen' ? null : 'unmap' }),
    element('source', block ? { dev: disk.path } : { file: disk.path }),
    element('target', { dev: name, bus }),
    order ? element('boot', { order }) : null,
    disk.readOnly ? element('readonly') : null,
  )
}

/** Systems made for clouds know virtio's SCSI but often no SATA; a machine with SATA disks knows that. */
function seedBus(disks: readonly DiskSpec[]): 'sata' | 'scsi' {
  return disks[0]?.bus === 'sata' ? 'sata' : 'scsi'
}

function seedElement(path: string, { bus, name }: DiskPlace): XmlElement {
  return element(
    'disk',
    { type: 'file', device: 'cdrom' },
    element('driver', { name: 'qemu', type: 'raw' }),
    element('source', { file: path }),
    element('target', { dev: name, bus }),
    element('readonly'),
  )
}

function interfaceElement(one: InterfaceSpec, { model }: { readonly model: string | null }): XmlElement {
  const { kind, name } = one.link
  return element(
    'interface',
    { type: kind },
    element('mac', { address: one.mac }),
    element('source', kind === 'bridge' ? { bridge: name } : { network: name }),
    // libvirt does tags on Open vSwitch and on networks that allow them, and refuses the start elsewhere.
    one.vlan === null ? null : element('vlan', {}, element('tag', { id: one.vlan })),
    model === null ? null : element('model', { type: model }),
  )
}

function serialConsole({ consoles }: DefinitionSpec): XmlContent[] {
  if (!consoles.serial) return []
  const log = consoles.serialLog === null ? null : element('log', { file: consoles.serialLog, append: 'on' })
  return [
    element('serial', { type: 'pty' }, log, element('target', { port: 0 })),
    element('console', { type: 'pty' }, log, element('target', { type: 'serial', port: 0 })),
  ]
}

const agentChannel = element(
  'channel',
  { type: 'unix' },
  element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' }),
)

/** Reachable from the host itself only; a pointer that needs no USB. */
const localVnc = element(
  'graphics',
  { type: 'vnc', port: -1, autoport: 'yes' },
  element('listen', { type: 'address', address: '127.0.0.1' }),
)

function screen({ consoles }: DefinitionSpec): XmlContent[] {
  if (!consoles.vnc) return [element('video', {}, element('model', { type: 'none' }))]
  return [
    localVnc,
    element('video', {}, element('model', { type: 'vga' })),
    element('input', { type: 'tablet', bus: 'virtio' }),
  ]
}

const tpm = element(
  'tpm',
  { model: 'tpm-crb' },
  element('backend', { type: 'emulator', version: '2.0', persistent_state: 'yes' }),
)

function containerFilesystem(disk: DiskSpec, index: number): XmlElement {
  const block = disk.path.startsWith('/dev/')
  return element(
    'filesystem',
    { type: block ? 'block' : 'file', accessmode: 'passthrough' },
    block ? null : element('driver', { type: disk.format === 'raw' ? 'loop' : 'nbd', format: disk.format }),
    element('source', block ? { dev: disk.path } : { file: disk.path }),
    element('target', { dir: index === 0 ? '/' : `/mnt/disk${index}` }),
    disk.readOnly ? element('readonly') : null,
  )
}
