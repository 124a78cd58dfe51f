import type { GuestSpec } from './guest.ts'
import type { GuestId, HostId } from './ids.ts'

export interface HostSpec {
  readonly id: HostId
  /** Null: what the hypervisor reports. */
  readonly memoryMib: number | null
  readonly cpus: number | null
  /** Kept for the host itself, never given to guests. */
  readonly reservedMib: number
  /** 1 = guests may be given what the host has; 1.5 = half as much again. */
  readonly overcommit: number
}

/** Placement rules; with one host only their spelling is checked. */
export type RuleSpec =
  | {
      readonly kind: 'hosts'
      readonly guests: readonly GuestId[]
      /** A number is a priority, higher wins. */
      readonly hosts: Readonly<Record<string, number>>
      readonly strict: boolean
    }
  | { readonly kind: 'together' | 'apart'; readonly guests: readonly GuestId[]; readonly strict: boolean }

export interface ClusterSettings {
  readonly onHostShutdown: 'migrate' | 'freeze' | 'failover' | 'conditional'
  readonly leaseMs: number
  readonly freezeMs: number
  readonly coldStartWaitMs: number
  readonly survive: number
  /** History older than this, or beyond this many events, is pruned. */
  readonly historyDays: number
  readonly historyMaxEvents: number
}

/** The cluster file as it is acted upon: every default filled in, every reference resolved. */
export interface ClusterSpec {
  readonly version: 1
  readonly name: string
  readonly hosts: readonly HostSpec[]
  readonly guests: readonly GuestSpec[]
  readonly rules: readonly RuleSpec[]
  readonly settings: ClusterSettings
}

export const defaultSettings: ClusterSettings = {
  onHostShutdown: 'conditional',
  leaseMs: 10_000,
  freezeMs: 600_000,
  coldStartWaitMs: 120_000,
  survive: 0,
  historyDays: 400,
  historyMaxEvents: 2_000_000,
}
