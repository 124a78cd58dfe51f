import type { DrillSettings } from './drill-settings.ts'
import type { FenceDeviceSpec } from './fence-device.ts'
import type { GuestSpec } from './guest.ts'
import type { GuestId, HostId } from './ids.ts'
import type { MoveLimitDeed } from './migration.ts'
import type { PromisedHours } from './promised-hours.ts'
import type { SlaSpec } from './sla.ts'

export interface HostSpec {
  readonly id: HostId
  /** Null: what the hypervisor reports. */
  readonly memoryMib: number | null
  readonly cpus: number | null
  /** Kept for the host itself, never given to guests. */
  readonly reservedMib: number
  /** 1 = guests may be given what the host has; 1.5 = half as much again. */
  readonly overcommit: number
  /** Kept free for guests of a host that is lost. */
  readonly headroomMib: number
  /** IP addresses of its daemon, each a path of its own to it. Empty: none is known. */
  readonly addresses: readonly string[]
  /** IP address that guests are moved to it by. Null: the first of its addresses. */
  readonly migrationAddress: string | null
  /** In the order in which they are tried. */
  readonly fence: readonly FenceDeviceSpec[]
  /** Device of its watchdog. Null: none is to be armed. */
  readonly watchdog: string | null
}

export const defaultHostWatchdog = '/dev/watchdog'

/** How a host is reached and fenced when nobody said anything. */
export const defaultHostMeans = {
  headroomMib: 0,
  addresses: [],
  migrationAddress: null,
  fence: [],
  watchdog: defaultHostWatchdog,
} as const satisfies Partial<HostSpec>

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
  /** The loss of so many hosts at once must leave room for all guests. */
  readonly survive: number
  /** Of a start that would leave too little room for that. */
  readonly survivePolicy: 'refuse' | 'warn'
  /** Guests on their way from one host, and to one host, at once. */
  readonly maxMovesAtOnce: number
  /** MiB a second for each move. Null: what the network gives. */
  readonly migrationBandwidthMib: number | null
  readonly migrationTimeLimitMs: number
  readonly onMigrationTimeLimit: MoveLimitDeed
  /** Path of a program that is told of fencing, failover and waiting. Null: nobody is. */
  readonly hook: string | null
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
  /** Absent: none. */
  readonly calendars?: readonly PromisedHours[]
  readonly slas?: readonly SlaSpec[]
  /** Absent: nothing is said of them. */
  readonly drills?: DrillSettings
}

/**
 * The shortest lease there may be, and what is called fast: with it a host is suspected after 0.8 s. Shorter ones were never seen to
 * hold on a busy machine, and their watchdog would have to be kept waiting for less than the daemon needs to start again.
 */
export const shortestLeaseMs = 4_000

export const defaultSettings: ClusterSettings = {
  onHostShutdown: 'conditional',
  leaseMs: 10_000,
  freezeMs: 600_000,
  coldStartWaitMs: 120_000,
  survive: 0,
  survivePolicy: 'refuse',
  maxMovesAtOnce: 2,
  migrationBandwidthMib: null,
  migrationTimeLimitMs: 1_800_000,
  onMigrationTimeLimit: 'cancel',
  hook: null,
  historyDays: 400,
  historyMaxEvents: 2_000_000,
}
