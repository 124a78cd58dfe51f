import type { HostId } from '../model/ids.ts'
import type { MemoryStatistics } from '../model/memory-use.ts'
import type { MigrationNeeds, MigrationOffer, MoveLimitDeed } from '../model/migration.ts'
import type { PauseCause, RunState, StopCause } from '../model/observation.ts'

/** One domain as the hypervisor shows it now. `run` is never `unknown` here: a hypervisor that cannot be asked throws. */
export interface DomainObservation {
  readonly name: string
  readonly uuid: string
  readonly run: Exclude<RunState, 'absent' | 'unknown'>
  readonly stopCause: StopCause | null
  readonly pauseCause: PauseCause | null
  readonly memoryMib: number | null
  readonly memoryMaxMib: number | null
  /** From the balloon driver's statistics; null where it tells none. */
  readonly memoryUsedMib: number | null
  readonly persistent: boolean
}

export type DomainEvent =
  | { readonly kind: 'domain'; readonly name: string; readonly change: DomainChange }
  /** The connection to the hypervisor is gone, or back: look at everything anew. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'back' }

export type DomainChange =
  | { readonly kind: 'started' }
  | { readonly kind: 'paused'; readonly cause: PauseCause }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'stopped'; readonly cause: StopCause }
  | { readonly kind: 'memory'; readonly memoryMib: number }
  | { readonly kind: 'other' }

export interface HypervisorNode {
  readonly kind: string
  readonly libraryVersion: string
  readonly hostname: string
  readonly memoryMib: number
  readonly cpus: number
}

export interface HypervisorCapabilities {
  readonly bulkStatistics: boolean
  readonly balloon: boolean
  readonly guestAgent: boolean
  readonly liveMigration: boolean
  readonly console: boolean
}

export type StartWith =
  /** A persistent domain, started as defined. */
  | { readonly kind: 'existing' }
  /** A transient domain made from this XML. */
  | { readonly kind: 'transient'; readonly xml: string }

/** Where a guest goes. `uri` as libvirt on the other host is reached: `qemu+tls://b.example/system`. */
export interface MigrationTarget {
  readonly host: HostId
  readonly uri: string
  /** Where the memory is sent, if another network is meant for it: `tcp://10.1.0.2`. Null: as the URI says. */
  readonly dataUri: string | null
}

export interface MigrationOptions {
  /** MiB a second; null: as much as there is. */
  readonly bandwidthMib: number | null
  /** Memory travels encrypted, with libvirt's own certificates. */
  readonly tls: boolean
  /** After so long without an end: what `onTimeLimit` says. Null: none. */
  readonly timeLimitMs: number | null
  readonly onTimeLimit: MoveLimitDeed
  /** Called when the limit is over and something was done about it. */
  readonly atLimit?: (done: MoveLimitDeed) => void
}

/** Bytes of memory and disk, as the hypervisor counts them now. */
export interface MigrationProgress {
  readonly elapsedMs: number
  readonly totalBytes: number
  readonly sentBytes: number
  readonly leftBytes: number
}

/** A guest's serial console, or its screen, open. */
export interface ConsoleLine {
  /** What the guest writes, as it comes. Ends with the guest or with `close`; throws a Fault where the line broke. For one reader. */
  readonly output: AsyncIterable<Uint8Array>
  /** Resolves when it has left us; throws a Fault where the line has ended. */
  write(bytes: Uint8Array): Promise<void>
  /** Harmless if repeated. */
  close(): void
}

/**
 * The hypervisor of one host. Called by that host's agent only.
 *
 * Every call has a deadline (`timeoutMs`, or the driver's own) and throws a Fault:
 * `hypervisor-lost`/`hypervisor-absent` with `not-done` when it was not sent, `unknown` when the answer is missing;
 * `domain-missing`, `domain-refused`, `not-supported` with `not-done` when the hypervisor said no.
 * "Already so" is an answer, not a fault: each call is harmless if repeated.
 */
export interface Hypervisor {
  node(): Promise<HypervisorNode>
  /** Probed once a connection, then remembered. */
  capabilities(): Promise<HypervisorCapabilities>
  /** Every domain, running or not, in one look. */
  list(): Promise<readonly DomainObservation[]>
  /** Null: no such domain. */
  look(name: string): Promise<DomainObservation | null>
  /** Full XML; `inactive` = as it will be at the next start. Null: no such domain. */
  definition(name: string, options?: { inactive?: boolean }): Promise<string | null>
  start(name: string, startWith: StartWith): Promise<'started' | 'already-running'>
  /** Asks the guest to shut down (ACPI, or the guest agent where present); returns when asked, not when down. */
  shutdown(name: string): Promise<'asked' | 'not-running'>
  /** Takes its power. Returns when it is gone. */
  destroy(name: string): Promise<'destroyed' | 'not-running'>
  suspend(name: string): Promise<'suspended' | 'already' | 'not-running'>
  resume(name: string): Promise<'resumed' | 'already' | 'not-running'>
  setMemory(name: string, memoryMib: number): Promise<void>
  /**
   * What the balloon drivers of these running domains told last; each is asked to report every second from now on. One that is not there,
   * or does not run, is left out. Waits for nothing that a guest does, and uses no connection that watching waits for.
   */
  memoryStatistics(names: readonly string[]): Promise<readonly MemoryStatistics[]>
  /** Libvirt's own start-at-boot, which must be off for watched guests (S9). */
  autostart(name: string): Promise<boolean>
  setAutostart(name: string, on: boolean): Promise<void>
  /** Names of all domains that libvirt starts at boot, in one question. Empty where the hypervisor knows no such thing. */
  autostarting(): Promise<readonly string[]>
  /** Addresses the hypervisor knows: from DHCP leases of its networks, the guest agent, or the ARP table. Empty: none known. */
  addresses(name: string, source: 'lease' | 'agent' | 'arp'): Promise<readonly string[]>
  /** True when the guest agent answers. */
  pingAgent(name: string): Promise<boolean>
  /** A small file of a running guest, read by its agent. Null: no agent, no such file, or the agent does not give it. */
  readGuestFile(name: string, path: string): Promise<string | null>
  /** The first serial console of a running guest. One that somebody has open is refused, or with `force` taken from them. */
  console(name: string, force: boolean): Promise<ConsoleLine>
  /** The VNC screen of a running guest, as bytes of that protocol; several may look at once. `refused` (`no-vnc`): it has none that can be reached. */
  graphics(name: string): Promise<ConsoleLine>
  /**
   * Moves a running guest to another host, live; it is the source that is called. Resolves when it runs there and is gone here.
   * `migration-failed` with `not-done`: it runs on here as before; with `unknown`: both hosts must be looked at (S8).
   */
  migrate(name: string, to: MigrationTarget, options: MigrationOptions): Promise<void>
  /** Null: no migration of it is under way. */
  migrationProgress(name: string): Promise<MigrationProgress | null>
  /**
   * What the time limit asks for, of a migration that an earlier life of this daemon began. Returns what was done: one that cannot be paused or
   * taken over is cancelled. Null: none is under way any more.
   */
  hurryMigration(name: string, wanted: MoveLimitDeed): Promise<MoveLimitDeed | null>
  cancelMigration(name: string): Promise<'cancelled' | 'none'>
  /** What it needs of a host that is to take it. Null: no such domain. */
  migrationNeeds(name: string): Promise<MigrationNeeds | null>
  /** What this host has of that; asked of the host that is to take the guest `name`. */
  migrationOffer(name: string, needs: MigrationNeeds): Promise<MigrationOffer>
  /** The CPU of the host: two that read the same are the same to a guest. Null: it is not told. */
  hostCpu(): Promise<string | null>
  /** Events from now on, in order; `lost` and `back` mark gaps in which events were missed. Returns an unsubscribe. */
  subscribe(listener: (event: DomainEvent) => void): () => void
  close(): Promise<void>
}
