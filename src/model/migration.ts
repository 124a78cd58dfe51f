/** What is done about a move that takes longer than it may. */
export type MoveLimitDeed = 'cancel' | 'pause' | 'post-copy'

/** What a guest needs of a host that is to take it over while it runs. */
export interface MigrationNeeds {
  /** The most it may use. */
  readonly memoryMib: number | null
  readonly arch: string | null
  /** The machine QEMU plays, with its version: `pc-q35-7.2`. */
  readonly machine: string | null
  /** `kvm`, `qemu`. */
  readonly virtType: string | null
  readonly cpu: CpuNeed
  readonly files: readonly FileNeed[]
  /** What of the host itself is in its hands: `hostdev pci`, `filesystem`. */
  readonly devices: readonly string[]
}

export type CpuNeed =
  | { readonly kind: 'any' }
  /** A CPU of libvirt's naming, as libvirt wrote it. */
  | { readonly kind: 'model'; readonly xml: string }
  /** The CPU of the host itself, as `Hypervisor.hostCpu` tells it: only its like will do. */
  | { readonly kind: 'host'; readonly cpu: string | null }

export interface FileNeed {
  readonly path: string
  readonly writable: boolean
  /** It lies on a file system of this host alone. */
  readonly local: boolean
}

/** What a host has of it. */
export interface MigrationOffer {
  /** `unknown`: libvirt there cannot say. */
  readonly cpu: 'fits' | 'differs' | 'unknown'
  readonly machine: 'known' | 'unknown'
  /** Null: it does not tell. */
  readonly memoryFreeMib: number | null
  readonly missingFiles: readonly string[]
  /** A domain of this name runs there. */
  readonly runsThere: boolean
}

/** What stands in the way of a migration. */
export type MigrationObstacle =
  | { readonly code: 'cpu-differs' }
  | { readonly code: 'machine-unknown'; readonly machine: string }
  | { readonly code: 'memory-short'; readonly neededMib: number; readonly freeMib: number }
  | { readonly code: 'disk-not-shared'; readonly path: string }
  | { readonly code: 'file-missing'; readonly path: string }
  | { readonly code: 'local-device'; readonly device: string }
  | { readonly code: 'runs-there' }
