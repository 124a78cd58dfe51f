import type { FaultData } from './fault.ts'
import type { GuestId, HostId, ServiceKey, WallTime } from './ids.ts'
import type { PhaseKind } from './phase.ts'

/** What is measured: how long the guest is silent, whether a download breaks, what its service still carries. */
export const drillMeasures = ['downtime', 'transfer', 'load'] as const
export type DrillMeasure = (typeof drillMeasures)[number]

/** What is done to the guest meanwhile; `nothing` = the baseline. */
export const disturbances = [
  'nothing',
  'reboot',
  'cold-move',
  'live-migration',
  'power-cut',
  'service-failure',
] as const
export type Disturbance = (typeof disturbances)[number]

export type DrillId = string & { readonly brand: 'DrillId' }
export const drillId = (text: string): DrillId => text as DrillId

/** Limits of one drill: a drill that would go on for days is a slip of the hand. */
export const drillLimits = {
  runs: 100,
  connections: 256,
  requests: 10_000_000,
  pingIntervalMs: { least: 10, most: 10_000 },
  baselineMs: { least: 1_000, most: 3_600_000 },
  failureMs: { least: 1_000, most: 600_000 },
} as const

/** One drill as somebody ordered it: each measure during each disturbance, `runs` times. */
export interface DrillPlan {
  readonly guest: GuestId
  readonly measures: readonly DrillMeasure[]
  readonly during: readonly Disturbance[]
  readonly runs: number
  /** Host that the guest is moved to. Null: the best. */
  readonly to: HostId | null
  readonly pingIntervalMs: number
  /** How long the downtime is measured while nothing happens. */
  readonly baselineMs: number
  /** Measured before the disturbance begins, and after everything is back. */
  readonly edgeMs: number
  /** Where the download and the load are asked for: a TCP port of the guest that speaks HTTP. */
  readonly port: number
  readonly transferPath: string
  readonly loadPath: string
  readonly connections: number
  readonly requests: number
  /** The service that fails, and for how long. Null: the guest's only one. */
  readonly service: ServiceKey | null
  readonly failureMs: number
}

export const usualPlan = {
  runs: 3,
  to: null,
  pingIntervalMs: 1_000,
  baselineMs: 20_000,
  edgeMs: 3_000,
  port: 80,
  transferPath: '/',
  loadPath: '/',
  connections: 10,
  requests: 20_000,
  service: null,
  failureMs: 10_000,
} as const satisfies Partial<DrillPlan>

/** Answers of the guest to one ping an interval (or one connect, where its service is what fails). */
export interface DowntimeOutcome {
  readonly kind: 'downtime'
  readonly intervalMs: number
  readonly sent: number
  readonly received: number
  readonly lost: number
  readonly duplicated: number
  /** The longest time from one answer to the next. */
  readonly longestSilenceMs: number
}

/** One download, or several one after the other; a broken one is the last. */
export interface TransferOutcome {
  readonly kind: 'transfer'
  readonly downloads: number
  /** Of all of them. */
  readonly bytes: number
  /** As the server announced, of all of them. Null: it did not. */
  readonly expectedBytes: number | null
  readonly tookMs: number
  readonly bytesPerSecond: number
  /** One ended before all of it was there. */
  readonly broken: boolean
  /** The longest time without a byte. */
  readonly longestSilenceMs: number
}

/** Requests one after the other on each of some connections that are kept. */
export interface LoadOutcome {
  readonly kind: 'load'
  readonly connections: number
  readonly requests: number
  readonly answered: number
  /** Sent, and never answered. */
  readonly lost: number
  /** Answers to nothing. */
  readonly duplicated: number
  /** Connections that ended although they were to be kept. */
  readonly broken: number
  readonly bytes: number
  readonly tookMs: number
  readonly requestsPerSecond: number
  readonly bytesPerSecond: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly slowestMs: number
  /** The longest time without an answer on any connection. */
  readonly longestSilenceMs: number
}

export type MeasuredOutcome = DowntimeOutcome | TransferOutcome | LoadOutcome

export interface DrillRun {
  readonly measure: DrillMeasure
  readonly during: Disturbance
  /** From 1. */
  readonly number: number
  readonly at: WallTime
  /** From the order until it was done; null for `nothing`. */
  readonly actMs: number | null
  /** False: the measurement was over before the disturbance was. */
  readonly covered: boolean
  readonly outcome: MeasuredOutcome
}

/** A guest, as much of it as a drill must leave as it was. */
export interface DrillGuest {
  readonly id: GuestId
  readonly phase: PhaseKind
  readonly host: HostId | null
  readonly address: string | null
  /** Said by command; null: the cluster file alone speaks. */
  readonly wish: string | null
  readonly moving: boolean
  readonly needs: readonly GuestId[]
}

export interface DrillHost {
  readonly id: HostId
  /** Renews; a host that is alone always does. */
  readonly online: boolean
  /** Silent for longer than its lease, proven dead, or no member any more: one that is late is not. */
  readonly gone: boolean
  readonly maintenance: boolean
  readonly fenceable: boolean
}

/** The cluster, as a drill looks at it. */
export interface DrillView {
  readonly guests: readonly DrillGuest[]
  readonly hosts: readonly DrillHost[]
}

/** What a drill did to the world and has not undone yet: written before it is done, so that whoever finds the drill can undo it. */
export interface DrillDeeds {
  readonly cut: HostId | null
  readonly broke: ServiceKey | null
}

export const noDeeds: DrillDeeds = { cut: null, broke: null }

/** Why a drill is not begun. */
export type DrillRefusal =
  | { readonly code: 'drill-under-way'; readonly drill: DrillId; readonly host: HostId }
  | { readonly code: 'guest-not-known'; readonly guest: GuestId }
  | { readonly code: 'guest-not-ready'; readonly guest: GuestId; readonly phase: PhaseKind }
  | { readonly code: 'no-address'; readonly guest: GuestId }
  | { readonly code: 'others-not-well'; readonly guests: readonly GuestId[] }
  | { readonly code: 'hosts-not-well'; readonly hosts: readonly HostId[] }
  | { readonly code: 'disarmed' }
  /** N+1: the loss of its host would leave these waiting. */
  | { readonly code: 'no-room-after-loss'; readonly host: HostId; readonly guests: readonly GuestId[] }
  | { readonly code: 'no-fence-device'; readonly host: HostId }
  /** The power of the host that measures would be cut. */
  | { readonly code: 'measures-there'; readonly host: HostId }
  | { readonly code: 'one-host'; readonly during: Disturbance }
  | { readonly code: 'no-such-target'; readonly host: HostId }
  | { readonly code: 'no-service-named'; readonly guest: GuestId; readonly known: readonly ServiceKey[] }
  | { readonly code: 'no-way-to-fail'; readonly service: ServiceKey }
  /** Nobody said yes, and the cluster is one that people use. */
  | { readonly code: 'production' }

/** Why a drill ended before its last run. */
export type DrillStop =
  | { readonly code: 'guest-left'; readonly guest: GuestId; readonly was: PhaseKind; readonly is: PhaseKind }
  | { readonly code: 'guest-went'; readonly guest: GuestId; readonly from: HostId | null; readonly to: HostId | null }
  | { readonly code: 'host-left'; readonly host: HostId }
  | { readonly code: 'not-done-in-time'; readonly during: Disturbance; readonly limitMs: number }
  | { readonly code: 'asked-to-stop'; readonly by: string }
  | { readonly code: 'window-over' }
  | { readonly code: 'failed'; readonly fault: FaultData }
  /** The daemon that ran it ended; another life of it, or another host, put things back. */
  | { readonly code: 'interrupted'; readonly host: HostId }
  /** Somebody else took it over: this one's word counts no more. */
  | { readonly code: 'taken-over' }

/** Whether everything is as it was. */
export type DrillRestore =
  | { readonly kind: 'restored' }
  /** Given up; these guests or hosts are not as before. */
  | { readonly kind: 'left'; readonly subjects: readonly string[] }

/** The drill under way, in the store: also the lock that keeps a second one away. */
export interface RunningDrill {
  readonly id: DrillId
  readonly plan: DrillPlan
  readonly by: string
  readonly at: WallTime
  /** Where it runs, and in which life of the daemon. */
  readonly host: HostId
  readonly life: string
  readonly before: DrillView
  readonly deeds: DrillDeeds
  readonly doing: 'resting' | 'measuring' | 'restoring'
  readonly runs: readonly DrillRun[]
}

/** A drill that is over. */
export interface DrillResult {
  readonly id: DrillId
  readonly plan: DrillPlan
  readonly by: string
  readonly at: WallTime
  readonly endedAt: WallTime
  readonly host: HostId
  readonly runs: readonly DrillRun[]
  /** Null: all runs were done. */
  readonly stopped: DrillStop | null
  readonly restore: DrillRestore
}
