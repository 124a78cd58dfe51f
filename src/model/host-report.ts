import type { GuestId, HostId } from './ids.ts'

/** What a host would be stopped by when it is cut off, seen from outside: as `WatchdogState` of the port has it. */
export interface WatchdogFound {
  readonly kind: 'hardware' | 'softdog' | 'unknown' | 'none'
  readonly identity: string
}

/** An address of a host, and the network cards that it is reached through; more than one of a bond. */
export interface CardPath {
  readonly address: string
  readonly cards: readonly string[]
}

/** What a member tells another of its own host when `vigia doctor` asks. */
export interface HostReport {
  readonly member: HostId
  /** As libvirt calls it. Null: a witness, or libvirt does not answer. */
  readonly hostname: string | null
  /** How long it took to find its own name; null: not found within the time that libvirt may wait. */
  readonly ownNameMs: number | null
  /** As `Hypervisor.hostCpu` tells it. */
  readonly cpu: string | null
  readonly watchdog: WatchdogFound
  /** It is itself a guest of somebody: what can be paused. */
  readonly virtual: boolean
  /** The slowest of a hundred durable writes to the disk of the store. Null: the store is not on this host, or it could not be measured. */
  readonly storeWriteMs: number | null
  /** Those of its addresses in the cluster that it has itself. Absent: a member of an older version. */
  readonly paths?: readonly CardPath[]
  /** Paths of the disks of guests that it has now, by guest. */
  readonly disks: Readonly<Record<GuestId, readonly string[]>>
}

/** A disk as one host sees it. */
export interface FileSight {
  readonly path: string
  readonly kind: 'file' | 'block' | 'other' | 'missing'
  readonly sizeBytes: number
  /** Of a file: its number in its file system. Of a block device: what names it the same everywhere; null where nothing does. */
  readonly identity: string | null
  /** Whether what another host put beside it is there. Null: nothing could be put there. */
  readonly marked: boolean | null
}
