import type { DrillsView } from '../contract/drills.ts'
import type { WhatIfView } from '../contract/what-if.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { DrillId, DrillPlan, DrillRefusal, DrillResult, RunningDrill } from '../model/drill.ts'
import type { FaultData, FaultDetails } from '../model/fault.ts'
import type { Problem } from '../model/file/problem.ts'
import type { HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { OwnTimes } from '../ports/durations.ts'
import type { History } from '../ports/history.ts'
import type { HostGuests } from '../ports/host-guests.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'
import type { AccessPowers } from './access/powers.ts'
import type { Reckoner } from './reckoner.ts'

/** What the daemon gives its API. The API writes wishes and reads views; it decides and does nothing by itself. */
export interface ApiPowers {
  /** Of the daemon, for people. */
  readonly version: string
  /** The host it runs on. */
  readonly host: HostId
  /** All that the leader knows now. Cheap: called for every request and every message of a live stream. */
  snapshot(): ClusterSnapshot
  /** Called soon after anything in the snapshot changed; several changes may be one call. Returns an unsubscribe. */
  subscribe(listener: () => void): () => void
  readonly store: Store
  readonly history: History
  readonly clock: Clock
  readonly log: Log
  /** Parses and checks a cluster file against this host; includes are read from `files` only. Never throws for a bad file. */
  checkFile(source: ClusterFileSource): Promise<CheckedFile>
  /** Domains that libvirt starts at boot by itself; null: it cannot be asked now. Bounded in time by itself, never throws. Absent: there is no libvirt here. */
  autostarting?(): Promise<readonly string[] | null>
  /** The guests of a host of the cluster, as that host tells of them. */
  guestsOf(host: HostId): HostGuests
  /** Proves each fence device of a host; `takePower`: takes the host's power for it and gives it back. Never throws. Absent: nothing is fenced from here. */
  testFence?(host: HostId, takePower: boolean): Promise<readonly FenceDeviceTest[]>
  /**
   * Plays the loss of hosts on the cluster as it is now. Bounded in time by itself; one at a time. Faults: `daemon-busy`, `timeout`,
   * `limit-reached`, `host-unknown`, `needs-several-hosts`, `refused`. Absent: there is no pretend world here.
   */
  whatIf?(lose: readonly string[]): Promise<SimulatedLoss>
  /** Drills of the cluster. Absent: there are none here. */
  readonly drills?: DrillPowers
  /** Reports, foresight and plans. Absent: nothing is reckoned here. */
  readonly reckon?: Reckoner
  /** What the daemon measures of itself. Absent: nothing. */
  readonly times?: OwnTimes
  /** Who may come in over the network. Absent: nobody. */
  readonly access?: AccessPowers
  /** What keeps the daemon from its work (hypervisor absent, store lost); empty = ready. */
  troubles(): readonly FaultData[]
  /** The checks of `vigia doctor` that only the daemon can make. Bounded in time by itself. */
  examine(): Promise<readonly Examined[]>
}

/** Faults of each: those of the store. */
export interface DrillPowers {
  /** `results` newest first. */
  all(): Promise<{
    readonly running: RunningDrill | null
    readonly results: readonly DrillResult[]
    readonly schedules: DrillsView['schedules']
    readonly production: boolean
    readonly client: string | null
  }>
  /** All reasons against it, or the drill that has begun (null for a dry run) and goes on by itself. */
  begin(
    plan: DrillPlan,
    options: DrillOptions,
  ): Promise<{
    readonly begun: RunningDrill | null
    readonly refusals: readonly DrillRefusal[]
  }>
  /** False: it is not under way. */
  askStop(id: DrillId, by: string): Promise<boolean>
}

export interface DrillOptions {
  readonly by: string
  /** Somebody said yes, of a cluster that people use. */
  readonly confirmed: boolean
  readonly dryRun: boolean
  /** By the wall clock: no run begins later. Null: none. */
  readonly untilMs: number | null
}

export interface ClusterFileSource {
  readonly path: string
  readonly text: string
  readonly files: Readonly<Record<string, string>>
}

export interface CheckedFile {
  /** Null where a problem is an error. */
  readonly spec: ClusterSpec | null
  readonly format: 'vigia' | 'lauxen'
  /** Errors and warnings, in the order of the file. */
  readonly problems: readonly Problem[]
}

export interface Examined {
  readonly id: string
  readonly result: 'pass' | 'warn' | 'fail'
  readonly subject: string | null
  readonly details: FaultDetails
  readonly fault: FaultData | null
}

/** What the loss of hosts comes to, as `WhatIfView` tells. */
export type SimulatedLoss = Omit<WhatIfView, 'schemaVersion'>

/** What became of one fence device's test. */
export interface FenceDeviceTest {
  readonly device: string
  readonly good: boolean
  readonly steps: readonly {
    readonly step: 'parameters' | 'read' | 'off' | 'reads-off' | 'on' | 'reads-on'
    readonly good: boolean
    /** What was read; null for steps that read nothing, and where the answer is missing. */
    readonly power: 'on' | 'off' | null
    readonly fault: FaultData | null
  }[]
}
