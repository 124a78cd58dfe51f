import type { Disturbance, DrillMeasure } from './drill.ts'
import type { GuestId, ServiceKey } from './ids.ts'

/** A host outside the cluster that drills are measured from, reached by ssh without a password. */
export interface DrillClient {
  /** `user@host`, or a name of ssh's own configuration. */
  readonly host: string
  /** Further words for ssh: `-p`, `2222`, `-i`, a file. */
  readonly options: readonly string[]
  /** Node there, 18 or newer. */
  readonly node: string
}

export const usualClientNode = 'node'

/** How a service is made to fail and to work again: programs with their arguments, run on the host that drills. */
export interface DrillFailure {
  readonly guest: GuestId
  readonly service: ServiceKey
  readonly break: readonly string[]
  readonly mend: readonly string[]
}

/** A drill that is done by itself. */
export interface DrillSchedule {
  readonly name: string
  readonly guest: GuestId
  readonly measures: readonly DrillMeasure[]
  readonly during: readonly Disturbance[]
  readonly runs: number
  /** When the window opens, as cron writes it: `0 3 * * sun`. */
  readonly when: string
  /** IANA name. Null: the clock of the host. */
  readonly timeZone: string | null
  /** The window is open for so long: nothing begins later, and what is under way ends then. */
  readonly windowMs: number
}

/** All that the cluster file says of drills. */
export interface DrillSettings {
  /** False: a cluster for trying things out; nobody is asked. */
  readonly production: boolean
  /** Null: the host that drills. */
  readonly client: DrillClient | null
  readonly failures: readonly DrillFailure[]
  readonly schedules: readonly DrillSchedule[]
}

export const noDrillSettings: DrillSettings = { production: true, client: null, failures: [], schedules: [] }
