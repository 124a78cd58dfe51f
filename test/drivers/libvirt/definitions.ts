import type { DefinitionSpec } from '../../../src/model/definition.ts'

/** The least a definition can be; tests add what they are about. */
export const plain: DefinitionSpec = {
  hypervisor: 'qemu',
  memoryStartMib: 96,
  memoryMaxMib: 128,
  cpus: 1,
  cpuModel: null,
  machine: null,
  firmware: 'bios',
  tpm: false,
  disks: [],
  interfaces: [],
  boot: { kind: 'disk' },
  cloudInit: null,
  guestAgent: false,
  consoles: { serial: true, serialLog: null, vnc: false },
}

const disk = {
  path: '/var/lib/vigia/a.qcow2',
  format: 'qcow2',
  bus: 'virtio',
  readOnly: false,
  createMib: null,
} as const

/** One of each kind of machine, with everything that kind can have. */
export const definitions: Readonly<Record<string, DefinitionSpec>> = {
  plain,
  full: {
    ...plain,
    hypervisor: 'kvm',
    memoryMaxMib: 8_192,
    cpus: 4,
    cpuModel: 'host-passthrough',
    machine: 'q35',
    firmware: 'uefi',
    tpm: true,
    disks: [
      disk,
      { ...disk, path: '/dev/vg/data', format: 'raw', bus: 'scsi' },
      { ...disk, path: '/srv/iso/tools.img', format: 'raw', bus: 'sata', readOnly: true },
    ],
    interfaces: [
      { link: { kind: 'bridge', name: 'br0' }, vlan: 12, mac: '02:11:22:33:44:55', model: 'virtio' },
      { link: { kind: 'network', name: 'default' }, vlan: null, mac: '02:11:22:33:44:56', model: 'e1000' },
    ],
    guestAgent: true,
    consoles: { serial: true, serialLog: '/var/log/vigia/a.log', vnc: true },
  },
  kernel: {
    ...plain,
    cpuModel: 'Nehalem',
    boot: {
      kind: 'kernel',
      kernel: '/boot/vmlinuz',
      initrd: '/boot/initrd',
      commandLine: 'console=ttyS0 ip="1.2.3.4" <&>',
    },
    consoles: { serial: false, serialLog: null, vnc: false },
  },
  xen: {
    ...plain,
    hypervisor: 'xen',
    disks: [disk],
    interfaces: [{ link: { kind: 'bridge', name: 'xenbr0' }, vlan: null, mac: '02:11:22:33:44:57', model: 'virtio' }],
    boot: { kind: 'kernel', kernel: '/boot/vmlinuz', initrd: null, commandLine: '' },
  },
  'xen-full': { ...plain, hypervisor: 'xen', disks: [disk], consoles: { serial: true, serialLog: null, vnc: true } },
  lxc: {
    ...plain,
    hypervisor: 'lxc',
    disks: [{ ...disk, format: 'raw', path: '/srv/root.img' }, disk, { ...disk, path: '/dev/vg/home', format: 'raw' }],
    interfaces: [{ link: { kind: 'network', name: 'default' }, vlan: null, mac: '02:11:22:33:44:58', model: 'virtio' }],
  },
}
