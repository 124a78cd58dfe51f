import type { BootSpec, CloudInitSpec, DefinitionSpec, DiskSpec, InterfaceSpec } from '../definition.ts'
import { normalMac } from './mac.ts'
import { shorten } from './node.ts'
import { flag, form, oneOf, path, scalar, size, text, whole } from './scalar-shape.ts'
import { either, field, listOf, made, named, record, required, type Shape } from './shape.ts'

/** A machine as written: what is missing is filled in once the guest's own memory and name are known. */
export type InterfaceDraft = Omit<InterfaceSpec, 'mac'> & { readonly mac: string | null }

export interface MemoryAmounts {
  readonly minMib?: number
  readonly startMib: number | null
  readonly runMib: number | null
  readonly maxMib: number | null
}

const oneWord = form('name', /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/)

const memoryMap = record({
  min: field(
    size(),
    'With it, memory goes by what the guest needs: it grows and shrinks by itself, never below this and never above max.',
  ),
  start: field(size(), 'What the guest boots with; without it, as run, or else as min, or as its machine is defined.'),
  run: field(size(), 'What it is reduced to once it is ready; without it, as at the start.'),
  max: field(size(), 'What it can be given later without a restart; without it, as at the start.'),
})

/** One size (start and run alike), or min, start, run and max. */
export const memory: Shape<MemoryAmounts> = either(
  'size-or-map',
  made(size(), (mib): MemoryAmounts => ({ startMib: mib, runMib: mib, maxMib: null })),
  made(memoryMap, ({ values }, node, reader): MemoryAmounts | undefined => {
    const { min, start = null, run = null, max = null } = values
    const wrong = (expected: 'min-below-all' | 'run-below-start' | 'start-below-max') =>
      reader.error(node, {
        code: 'memory-order',
        expected,
        ...(min !== undefined && { minMib: min }),
        runMib: run ?? start ?? 0,
        startMib: start ?? run ?? 0,
        maxMib: max,
      })
    if (start !== null && run !== null && run > start) return wrong('run-below-start')
    const most = start ?? run
    if (max !== null && most !== null && most > max) return wrong('start-below-max')
    const amounts = { startMib: start, runMib: run, maxMib: max }
    if (min === undefined) return amounts
    if (min > Math.min(...[start, run, max].map((mib) => mib ?? min))) return wrong('min-below-all')
    return { minMib: min, ...amounts }
  }),
)

const diskFields = {
  path: required(path, 'The image file or block device.'),
  format: field(oneOf(['qcow2', 'raw']), 'Without it: `qcow2` where the path ends in .qcow2, else `raw`.'),
  bus: field(oneOf(['virtio', 'sata', 'scsi']), 'How the guest sees it.', 'virtio'),
  readOnly: field(flag, 'The guest cannot write to it; several guests may then share it.', false),
  create: field(size(), 'Created with this size when it is absent (never overwritten); without it, it must exist.'),
}

const disk: Shape<DiskSpec> = named(
  'disk',
  either(
    'text-or-map',
    made(path, (file) => diskOf(file, {})),
    made(record(diskFields), (read) =>
      read.values.path === undefined ? undefined : diskOf(read.values.path, read.values),
    ),
  ),
)

function diskOf(
  file: string,
  given: { format?: DiskSpec['format']; bus?: DiskSpec['bus']; readOnly?: boolean; create?: number },
): DiskSpec {
  const format = given.format ?? formatOf(file)
  return {
    path: file,
    format,
    bus: given.bus ?? 'virtio',
    readOnly: given.readOnly ?? false,
    createMib: given.create ?? null,
  }
}

export function formatOf(file: string): DiskSpec['format'] {
  return file.endsWith('.qcow2') ? 'qcow2' : 'raw'
}

const mac: Shape<string> = scalar(
  'text',
  { type: 'string', pattern: '^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$' },
  (node, reader) =>
    normalMac(node.text) ?? reader.error(node, { code: 'bad-form', expected: 'mac', got: shorten(node.text) }),
)

const interfaceFields = {
  bridge: field(form('name', /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/), "A bridge of the host's."),
  network: field(oneWord, 'A libvirt network.'),
  vlan: field(whole(1, 4094), 'VLAN tag.'),
  mac: field(mac, "Without it: derived from the guest's name and the interface's place, and the same for ever."),
  model: field(oneWord, 'The card the guest sees.', 'virtio'),
}

const networkInterface: Shape<InterfaceDraft> = named(
  'interface',
  made(record(interfaceFields), (read, node, reader): InterfaceDraft | undefined => {
    const { bridge, network, vlan = null, mac: given = null, model = 'virtio' } = read.values
    if (bridge !== undefined && network !== undefined)
      return reader.error(node, { code: 'conflict', got: ['bridge', 'network'] })
    if (read.places.bridge === undefined && read.places.network === undefined) {
      return reader.error(node, { code: 'missing-key', expected: 'bridge' })
    }
    if (bridge !== undefined) return { link: { kind: 'bridge', name: bridge }, vlan, mac: given, model }
    return network === undefined ? undefined : { link: { kind: 'network', name: network }, vlan, mac: given, model }
  }),
)

/** Text written here, or `{ file: path }`: how a secret stays out of the cluster file. */
const textOrFile: Shape<string> = named(
  'textOrFile',
  either(
    'text-or-map',
    text,
    made(record({ file: required(path, 'The file that holds the text.') }), ({ values }, node, reader) =>
      values.file === undefined ? undefined : reader.fileText(node, values.file),
    ),
  ),
)

const boot: Shape<BootSpec> = either(
  'text-or-map',
  made(oneOf(['disk']), (): BootSpec => ({ kind: 'disk' })),
  made(
    record({
      kernel: required(path, 'The kernel that is started directly.'),
      initrd: field(path, 'Its initial RAM disk.'),
      commandLine: field(text, 'Its command line.', ''),
    }),
    ({ values }): BootSpec | undefined => {
      const { kernel, initrd = null, commandLine = '' } = values
      return kernel === undefined ? undefined : { kind: 'kernel', kernel, initrd, commandLine }
    },
  ),
)

const cloudInit: Shape<CloudInitSpec> = made(
  record({
    userData: required(textOrFile, 'cloud-init user-data.'),
    metaData: field(
      textOrFile,
      'meta-data; without it, instance id and host name are made from the name of the guest.',
    ),
    networkConfig: field(textOrFile, 'network-config.'),
  }),
  ({ values }): CloudInitSpec | undefined => {
    const { userData, metaData = null, networkConfig = null } = values
    return userData === undefined ? undefined : { userData, metaData, networkConfig }
  },
)

const consoles: Shape<DefinitionSpec['consoles']> = made(
  record({
    serial: field(flag, 'A serial console.', true),
    serialLog: field(path, 'What the serial console prints is also written to this file.'),
    vnc: field(flag, 'A graphical console.', false),
  }),
  ({ values }) => ({ serial: values.serial ?? true, serialLog: values.serialLog ?? null, vnc: values.vnc ?? false }),
)

export const machineFields = {
  hypervisor: field(oneOf(['kvm', 'qemu', 'xen', 'lxc']), '`qemu` is emulation without hardware help.', 'kvm'),
  memory: field(memory, 'May stand here or beside `define`.'),
  cpus: field(whole(1, 1024), 'Virtual CPUs. May stand here or beside `define`.', 1),
  cpuModel: field(
    oneWord,
    "A CPU model of libvirt's, or `host-passthrough`, `host-model`; without it, the hypervisor's own choice.",
  ),
  machine: field(oneWord, "Machine type, such as `q35`; without it, the hypervisor's own choice."),
  firmware: field(oneOf(['bios', 'uefi']), 'What starts the machine.', 'bios'),
  tpm: field(flag, 'An emulated TPM 2.0.', false),
  disks: field(listOf(disk), 'Disks, in the order in which they are tried for booting.'),
  interfaces: field(listOf(networkInterface), 'Network interfaces; their order is part of the derived MACs.'),
  boot: field(boot, '`disk`, or a kernel.', 'disk'),
  cloudInit: field(cloudInit, 'A seed for cloud-init, given to the guest as a disk.'),
  guestAgent: field(flag, 'A channel for the QEMU guest agent.', false),
  consoles: field(consoles, 'How a person reaches the machine.'),
}

export const machine = named('machine', record(machineFields))
