import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { accelerator } from './accelerator.ts'
import type { GuestImage } from './image.ts'
import { PREFIX_BITS } from './network.ts'

/** A guest of the lab: what it answers on, and how it behaves. */
export interface LabGuest {
  readonly name: string
  readonly address: string
  /**
   * `22/tcp` greets and echoes, `69/udp` echoes, `80/http` serves a page, `53/dns` answers queries of type A, `7001/journal` keeps numbers
   * on the guest's first disk.
   */
  readonly services: readonly string[]
  /** Default 96; the kernel does not come up with 64. */
  readonly memoryMib?: number
  /** The balloon's upper bound; default `memoryMib`. */
  readonly maxMemoryMib?: number
  /** Seconds after boot before a service opens, by its word in `services`. */
  readonly opensAfterSeconds?: Readonly<Record<string, number>>
  /** Seconds an orderly shutdown takes. */
  readonly shutdownSeconds?: number
  /** Ignores the power button. */
  readonly stubborn?: boolean
  /** MiB of its memory that it writes again and again. */
  readonly dirtyMib?: number
  /** Has a serial console that somebody can sit at; what it writes is in the console file as well. */
  readonly console?: boolean
  /** Has a screen, shown by VNC; nothing draws on it but the firmware and the kernel. */
  readonly screen?: boolean
  /** Raw disks; the guest itself uses none but the first, for its journal. */
  readonly disks?: readonly LabDisk[]
  /** Names its dns service knows; any other name gets the guest's own address, names under `missing.` get none. */
  readonly names?: Readonly<Record<string, string>>
}

export interface LabDisk {
  readonly path: string
  readonly readOnly?: boolean
  /** Of a guest that the cluster file defines: made with this size where it is missing. */
  readonly createMib?: number
}

const MEMORY_MIB = 96

/** QEMU's translated code, at most; its own default is a quarter of the host's memory for each guest. */
const TRANSLATION_CACHE_MIB = 64

/** A firmware for direct kernel boot only, part of QEMU's data package; saves a guest 0.3 s of BIOS. */
const QUICK_FIRMWARE = '/usr/share/qemu/qboot.rom'

/** The MAC a guest keeps for life: a new one behind an old address costs tens of seconds of stale ARP. */
export function macOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex')
  return `52:54:00:${digest.slice(0, 2)}:${digest.slice(2, 4)}:${digest.slice(4, 6)}`
}

/** The kernel command line that makes the image this guest. */
export function guestCommandLine(guest: LabGuest, image: GuestImage): string {
  const words: (readonly [string, string | undefined])[] = [
    ['name', guest.name],
    ['address', `${guest.address}/${PREFIX_BITS}`],
    ['services', guest.services.join(',')],
    ['delay', pairs(guest.opensAfterSeconds)],
    ['dns', pairs(guest.names)],
    ['shutdown', guest.shutdownSeconds?.toString()],
    ['dirty', guest.dirtyMib?.toString()],
    ['stubborn', guest.stubborn ? '1' : undefined],
  ]
  const own = words
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `vigia.${key}=${value}`)
  return [image.commandLine, ...own].join(' ')
}

/** The libvirt domain of a guest, made to boot quickly: devices straight on the root bus, none that a guest does not use. */
export function guestXml(guest: LabGuest, image: GuestImage, consoleFile: string): string {
  const memory = guest.memoryMib ?? MEMORY_MIB
  const kvm = accelerator() === 'kvm'
  const firmware = existsSync(QUICK_FIRMWARE) ? `<loader readonly='yes' type='rom'>${QUICK_FIRMWARE}</loader>` : ''
  return `<domain type='${kvm ? 'kvm' : 'qemu'}'>
  <name>${guest.name}</name>
  <memory unit='MiB'>${guest.maxMemoryMib ?? memory}</memory>
  <currentMemory unit='MiB'>${memory}</currentMemory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    ${firmware}
    <kernel>${image.kernel}</kernel>
    <initrd>${image.initrd}</initrd>
    <cmdline>${guestCommandLine(guest, image)}</cmdline>
  </os>
  <features><acpi/>${kvm ? '' : `<tcg><tb-cache unit='MiB'>${TRANSLATION_CACHE_MIB}</tb-cache></tcg>`}</features>
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>
    <interface type='bridge'>
      <mac address='${macOf(guest.name)}'/><source bridge='br0'/><model type='virtio'/><rom enabled='no'/>
      ${onRootBus(3)}
    </interface>
    ${serialXml(guest, consoleFile)}${screenXml(guest, consoleFile)}${(guest.disks ?? []).map(diskXml).join('')}
    <memballoon model='virtio' autodeflate='on'><stats period='1'/>${onRootBus(4)}</memballoon>
    <panic model='isa'/>
  </devices>
</domain>
`
}

function serialXml({ console }: LabGuest, file: string): string {
  return console
    ? `<serial type='pty'><log file='${file}' append='on'/></serial>`
    : `<serial type='file'><source path='${file}'/></serial>`
}

/** Beside the console's file, where a test finds it: no port is taken. */
function screenXml({ screen }: LabGuest, consoleFile: string): string {
  if (!screen) return ''
  const socket = consoleFile.replace(/\.log$/, '.vnc')
  return `
    <graphics type='vnc'><listen type='socket' socket='${socket}'/></graphics><video><model type='vga'/></video>`
}

function diskXml({ path, readOnly }: LabDisk, index: number): string {
  const target = `vd${String.fromCharCode(97 + index)}`
  const rights = readOnly ? '<readonly/>' : ''
  return `
    <disk type='file' device='disk'><driver name='qemu' type='raw' cache='none'/><source file='${path}'/><target dev='${target}' bus='virtio'/>${rights}${onRootBus(5 + index)}</disk>`
}

function onRootBus(slot: number): string {
  return `<address type='pci' domain='0x0000' bus='0x00' slot='0x0${slot}' function='0x0'/>`
}

function pairs(map: Readonly<Record<string, number | string>> | undefined): string | undefined {
  return (
    map &&
    Object.entries(map)
      .map(([key, value]) => `${key}:${value}`)
      .join(',')
  )
}
