import type { DefinitionSpec } from './definition.ts'
import type { GuestId, HostId } from './ids.ts'
import type { NeedSpec } from './need.ts'
import type { ServiceSpec } from './service.ts'

/**
 * What people want of a guest:
 * `running`; `stopped` (watched and kept down); `disabled` (kept down, failures forgotten); `ignored` (not touched at all).
 */
export type WishState = 'running' | 'stopped' | 'disabled' | 'ignored'

/** Where the guest's machine comes from. */
export type DomainSource =
  /** A persistent libvirt domain of this name, which keeps its definition. */
  | { readonly kind: 'existing'; readonly domain: string }
  /** Defined by the cluster file; a transient domain, marked in its metadata. */
  | { readonly kind: 'defined'; readonly definition: DefinitionSpec }
  /** The administrator's own domain XML, as text. */
  | { readonly kind: 'xml'; readonly file: string; readonly xml: string }

export type AddressSource = 'lease' | 'agent' | 'arp' | 'name'

export type AddressSpec =
  | { readonly kind: 'fixed'; readonly address: string }
  | { readonly kind: 'find'; readonly order: readonly AddressSource[] }

/** Null = as the machine's own definition says. `start` >= `run`: it boots with the large amount and shrinks when ready. */
export interface MemorySpec {
  /** Given: its memory is settled by what it needs, never below this and never above `max`. Absent: it has what it was given. */
  readonly minMib?: number
  readonly startMib: number | null
  readonly runMib: number | null
  readonly maxMib: number | null
}

export interface GuestPolicy {
  /** How long an own service may be lost before the guest is restarted. */
  readonly graceMs: number
  /** Tries on the same host after the first, then so many other hosts in the same way, then `failed`. */
  readonly maxRestarts: number
  readonly maxRelocations: number
  /** Wait before the second, third … restart in a row; doubles up to the maximum. */
  readonly backoffInitialMs: number
  readonly backoffMaxMs: number
  /** Ready for so long: earlier restarts are forgotten. */
  readonly stableMs: number
  /** From start to all services answering. */
  readonly bootLimitMs: number
  /** From the orderly request to the force. */
  readonly shutdownLimitMs: number
  readonly onRefusedShutdown: 'force' | 'fail'
  /** A guest powered off from inside, on purpose: started again, or left down until somebody launches it. */
  readonly onPowerOff: 'start' | 'leave'
}

export interface GuestSpec {
  readonly id: GuestId
  readonly source: DomainSource
  readonly address: AddressSpec
  readonly services: readonly ServiceSpec[]
  readonly needs: readonly NeedSpec[]
  readonly wish: WishState
  /** Null: wherever placement puts it. */
  readonly host: HostId | null
  readonly startAtBoot: boolean
  /** Higher goes first where not all can. */
  readonly priority: number
  readonly tags: readonly string[]
  readonly memory: MemorySpec
  readonly cpus: number | null
  readonly policy: GuestPolicy
  readonly failback: boolean
  readonly liveMigration: boolean
  /** The guest that is kept down and takes this one's place when it is given up. Absent: none. */
  readonly standby?: GuestId
}

export const defaultGuestPolicy: GuestPolicy = {
  graceMs: 20_000,
  maxRestarts: 1,
  maxRelocations: 1,
  backoffInitialMs: 5_000,
  backoffMaxMs: 300_000,
  stableMs: 600_000,
  bootLimitMs: 300_000,
  shutdownLimitMs: 60_000,
  onRefusedShutdown: 'force',
  onPowerOff: 'start',
}

export const defaultAddressOrder: readonly AddressSource[] = ['lease', 'agent', 'arp', 'name']
