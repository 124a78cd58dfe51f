import { statfs } from 'node:fs/promises'
import type { CpuNeed, FileNeed, MigrationNeeds } from '../../model/migration.ts'
import { sizeMib } from './domain-shape.ts'
import { type Element, elementOf, elementsOf, rootElement, text, textOf } from './xml-tree.ts'

/**
 * What a domain's live XML says that it needs of a host. `hostCpu`: of the host it runs on. `isLocal` tells of a path
 * whether it lies on a file system of this host alone. Pure but for that. Null: it is no domain XML.
 */
export async function migrationNeedsIn(
  xml: string,
  hostCpu: string | null,
  isLocal: (path: string) => Promise<boolean> = isOnLocalFileSystem,
): Promise<MigrationNeeds | null> {
  const domain = rootElement(xml, 'domain')
  if (domain === null) return null
  const type = elementOf(elementOf(domain.os).type)
  const devices = elementOf(domain.devices)
  return {
    memoryMib: sizeMib(domain.memory),
    arch: text(type, '@arch'),
    machine: text(type, '@machine'),
    virtType: text(domain, '@type'),
    cpu: cpuNeed(domain, xml, hostCpu),
    files: await Promise.all([...bootFiles(domain), ...diskFiles(devices)].map((file) => placed(file, isLocal))),
    devices: localDevices(devices),
  }
}

/** Modes in which the guest sees the CPU of the host it was started on. */
const hostModes: readonly (string | null)[] = ['host-passthrough', 'maximum']

/** The element as libvirt itself writes it, children of the domain standing two spaces in. */
const cpuElement = /^ {2}<cpu\b(?:[^>]*\/>|[\s\S]*?^ {2}<\/cpu>)/m

function cpuNeed(domain: Element, xml: string, hostCpu: string | null): CpuNeed {
  if (hostModes.includes(text(elementOf(domain.cpu), '@mode'))) return { kind: 'host', cpu: hostCpu }
  const written = cpuElement.exec(xml)?.[0]
  return written === undefined || textOf(elementOf(domain.cpu).model) === null
    ? { kind: 'any' }
    : { kind: 'model', xml: written.trim() }
}

type Placeless = Omit<FileNeed, 'local'>

/** Read when the guest comes up on the other host: QEMU loads them before the memory arrives. */
function bootFiles(domain: Element): Placeless[] {
  const os = elementOf(domain.os)
  const paths = ['kernel', 'initrd', 'dtb', 'loader'].map((name) => textOf(os[name]))
  return paths.flatMap((path) => (path?.startsWith('/') ? [{ path, writable: false }] : []))
}

/** Volumes of pools and images on the network are no paths: nothing is known of them here. */
function diskFiles(devices: Element): Placeless[] {
  return elementsOf(devices.disk).flatMap((disk) => {
    const source = elementOf(disk.source)
    const path = text(source, '@file') ?? text(source, '@dev')
    // libvirt leaves such a medium out where it is not there.
    const dispensable = text(source, '@startupPolicy') === 'optional'
    const device = text(disk, '@device') ?? 'disk'
    const writable = disk.readonly === undefined && device !== 'cdrom'
    return path === null || !path.startsWith('/') || dispensable ? [] : [{ path, writable }]
  })
}

async function placed(file: Placeless, isLocal: (path: string) => Promise<boolean>): Promise<FileNeed> {
  return { ...file, local: await isLocal(file.path) }
}

/** Elements that hand something of the host to the guest, whatever it is. */
const alwaysLocal = ['hostdev', 'filesystem', 'shmem'] as const

function localDevices(devices: Element): string[] {
  const handed = alwaysLocal.flatMap((name) => elementsOf(devices[name]).map((element) => named(name, element)))
  const interfaces = elementsOf(devices.interface).filter((element) => text(element, '@type') === 'hostdev')
  const tpms = elementsOf(devices.tpm).filter((tpm) => text(elementOf(tpm.backend), '@type') === 'passthrough')
  return [...handed, ...interfaces.map(() => 'interface hostdev'), ...tpms.map(() => 'tpm passthrough')]
}

function named(name: string, element: Element): string {
  const type = text(element, '@type')
  return name === 'hostdev' && type !== null ? `${name} ${type}` : name
}

/** Of `statfs`: NFS, SMB (three of its kind), Ceph, GFS2, OCFS2, GPFS, AFS, and FUSE, under which GlusterFS and others lie. */
const sharedFileSystems: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x01161970, 0x7461636f, 0x47504653, 0x5346414f, 0x65735546,
])

/** File systems of device nodes: a device is not local because its name is. */
const deviceFileSystems: ReadonlySet<number> = new Set([0x01021994, 0x1373, 0x858458f6])

async function isOnLocalFileSystem(path: string): Promise<boolean> {
  try {
    const { type } = await statfs(path)
    return !sharedFileSystems.has(type) && !(path.startsWith('/dev/') && deviceFileSystems.has(type))
  } catch {
    // Not to be seen from here: libvirt will say what is wrong with it.
    return false
  }
}
