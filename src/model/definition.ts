/** A machine defined in the cluster file. Everything is filled in by the parser; `null` = not wished. Sizes in MiB, paths absolute. */
export interface DefinitionSpec {
  readonly hypervisor: 'kvm' | 'qemu' | 'xen' | 'lxc'
  readonly memoryStartMib: number
  readonly memoryMaxMib: number
  readonly cpus: number
  readonly cpuModel: string | null
  readonly machine: string | null
  readonly firmware: 'bios' | 'uefi'
  readonly tpm: boolean
  readonly disks: readonly DiskSpec[]
  readonly interfaces: readonly InterfaceSpec[]
  readonly boot: BootSpec
  readonly cloudInit: CloudInitSpec | null
  readonly guestAgent: boolean
  readonly consoles: { readonly serial: boolean; readonly serialLog: string | null; readonly vnc: boolean }
}

export interface DiskSpec {
  readonly path: string
  readonly format: 'qcow2' | 'raw'
  readonly bus: 'virtio' | 'sata' | 'scsi'
  readonly readOnly: boolean
  /** Created with this size when the file is absent; null: it must exist. */
  readonly createMib: number | null
}

export interface InterfaceSpec {
  readonly link: { readonly kind: 'bridge' | 'network'; readonly name: string }
  readonly vlan: number | null
  /** Derived from the guest's id and the interface's place unless given; kept for life. */
  readonly mac: string
  readonly model: string
}

export type BootSpec =
  | { readonly kind: 'disk' }
  | { readonly kind: 'kernel'; readonly kernel: string; readonly initrd: string | null; readonly commandLine: string }

export interface CloudInitSpec {
  readonly userData: string
  readonly metaData: string | null
  readonly networkConfig: string | null
}
