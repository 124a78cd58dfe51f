import type { RuleSpec } from '../../model/cluster.ts'
import type { WishState } from '../../model/guest.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import type { GuestState } from '../../model/phase.ts'
import type { Protocol } from '../../model/service.ts'

/** A scenario file, read and checked: every name in it is known, every default filled in, every command parsed. */
export interface Scenario {
  readonly path: string
  readonly claim: string
  readonly hosts: readonly ScenarioHost[]
  readonly guests: readonly ScenarioGuest[]
  readonly rules: readonly RuleSpec[]
  readonly settings: ScenarioSettings
  /** In order of time; steps of the same time in the order of the file. */
  readonly script: readonly Step[]
  readonly runForMs: number
  readonly expect: Expectations
}

export interface ScenarioHost {
  readonly id: HostId
  readonly cpus: number
  readonly memoryMib: number
  readonly watchdog: boolean
  readonly fence: 'none' | 'device'
}

export interface ScenarioGuest {
  readonly id: GuestId
  readonly host: HostId
  readonly state: WishState
  readonly memoryMib: number
  readonly cpus: number
  readonly maxRestarts: number
  readonly maxRelocations: number
  readonly failback: boolean
  readonly liveMigration: boolean
  readonly services: readonly ServiceKey[]
  /** Ports that other guests need and this one does not declare: it serves them all the same. */
  readonly servedForOthers: readonly ServiceKey[]
  readonly needs: readonly ScenarioNeed[]
  /** Null: none. */
  readonly standby: GuestId | null
  readonly faults: GuestFaults
}

export interface ScenarioNeed {
  readonly guest: GuestId
  readonly service: ServiceKey | null
}

/** The first so many tries fail; on one host only, or on all (null). */
export interface GuestFaults {
  readonly failStarts: number
  readonly failStops: number
  readonly failMigrations: number
  readonly onlyOn: HostId | null
}

export const noGuestFaults: GuestFaults = { failStarts: 0, failStops: 0, failMigrations: 0, onlyOn: null }

/** How long things take in the pretend world, and the policies that all guests of a file share. */
export interface ScenarioSettings {
  readonly onHostShutdown: 'migrate' | 'freeze' | 'failover' | 'conditional'
  readonly survive: number
  readonly leaseMs: number
  readonly freezeMs: number
  readonly coldStartWaitMs: number
  readonly graceMs: number
  readonly probeIntervalMs: number
  readonly probeTimeoutMs: number
  readonly probeFall: number
  /** From power on to a running daemon. */
  readonly agentStartMs: number
  /** From a killed or stopped daemon to its successor. */
  readonly daemonRestartMs: number
  readonly bootMs: number
  /** From the end of a boot to the answer of its services. */
  readonly serviceStartMs: number
  readonly stopMs: number
  readonly migrationMs: number
  /** How long a rebooting host has no power. */
  readonly rebootMs: number
}

export const defaultScenarioSettings: ScenarioSettings = {
  onHostShutdown: 'conditional',
  survive: 0,
  leaseMs: 10_000,
  freezeMs: 600_000,
  coldStartWaitMs: 120_000,
  graceMs: 20_000,
  probeIntervalMs: 1_000,
  probeTimeoutMs: 1_000,
  probeFall: 3,
  agentStartMs: 10_000,
  daemonRestartMs: 2_000,
  bootMs: 10_000,
  serviceStartMs: 2_000,
  stopMs: 5_000,
  migrationMs: 10_000,
  rebootMs: 20_000,
}

export interface Step {
  readonly atMs: number
  readonly commands: readonly PlacedCommand[]
}

/** A command and how it was written, for people. */
export interface PlacedCommand {
  readonly text: string
  readonly command: Command
}

export type Command = HostCommand | GuestCommand | ClusterCommand

export type HostCommand =
  | { readonly kind: 'power' | 'network' | 'maintenance'; readonly host: HostId; readonly on: boolean }
  | {
      readonly kind: 'cut' | 'heal'
      readonly host: HostId
      readonly other: HostId
      /** Only what `host` sends to `other` is concerned. */
      readonly oneWay: boolean
    }
  | {
      readonly kind:
        | 'cut-store'
        | 'heal-store'
        | 'freeze'
        | 'thaw'
        | 'shutdown'
        | 'reboot'
        | 'agent-restart'
        | 'swear-dead'
      readonly host: HostId
    }
  | { readonly kind: 'clock'; readonly host: HostId; readonly byMs: number }

export type GuestAction = 'start' | 'stop' | 'ignore' | 'disable' | 'remove' | 'crash'

export type GuestCommand =
  | { readonly kind: 'guest'; readonly guest: GuestId; readonly action: GuestAction }
  | { readonly kind: 'move'; readonly guest: GuestId; readonly to: HostId; readonly live: boolean }
  | { readonly kind: 'watch'; readonly guest: GuestId; readonly on: boolean }
  | { readonly kind: 'service'; readonly guest: GuestId; readonly service: ServiceKey; readonly up: boolean }

export type StoreMode = 'on' | 'off' | 'readonly' | 'slow'
export type FenceDeviceMode = 'works' | 'fails' | 'lies' | 'dead'

export type ClusterCommand =
  | { readonly kind: 'store'; readonly mode: StoreMode }
  | { readonly kind: 'fence-device'; readonly host: HostId; readonly mode: FenceDeviceMode }
  | { readonly kind: 'leader-kill' | 'arm' | 'disarm' }
  | { readonly kind: 'drop-messages'; readonly percent: number; readonly forMs: number }

export const expectWords = [
  'start',
  'ready',
  'pause',
  'resume',
  'stop',
  'stopped',
  'restart',
  'migrate',
  'recover',
  'failed',
  'replaced',
  'fenced',
  'proven',
] as const

export type ExpectWord = (typeof expectWords)[number]

/** Words that speak of hosts; all others speak of guests. */
export const hostWords: readonly ExpectWord[] = ['fenced', 'proven']

export interface ExpectedEvent {
  readonly word: ExpectWord
  /** A guest, or a host for `fenced` and `proven`. */
  readonly subject: string
}

/** Each must come before the next; two or more. */
export type ExpectedOrder = readonly ExpectedEvent[]

export interface Expectations {
  readonly guests: ReadonlyMap<GuestId, ExpectedGuest>
  /** Null: not checked. */
  readonly fenced: readonly HostId[] | null
  readonly maxFenced: number | null
  readonly order: readonly ExpectedOrder[]
  readonly orderAfter: readonly { readonly afterMs: number; readonly order: readonly ExpectedOrder[] }[]
  readonly never: readonly ExpectedEvent[]
  readonly moves: ReadonlyMap<GuestId, number>
  readonly restarts: ReadonlyMap<GuestId, number>
}

export interface ExpectedGuest {
  readonly state: GuestState | null
  /** Null: not checked. */
  readonly hosts: readonly HostId[] | null
}

export interface ParsedService {
  readonly key: ServiceKey
  readonly port: number
  readonly protocol: Protocol
}
