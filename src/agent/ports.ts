import type { AgentLife, HostId } from '../model/ids.ts'
import type { AddressFinder } from '../ports/address-finder.ts'
import type { Clock } from '../ports/clock.ts'
import type { History } from '../ports/history.ts'
import type { Hypervisor, MigrationOptions, MigrationTarget } from '../ports/hypervisor.ts'
import type { Log } from '../ports/log.ts'
import type { MachineMaker } from '../ports/machine-maker.ts'
import type { Meter } from '../ports/meter.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Observations } from '../ports/observations.ts'
import type { Prober } from '../ports/prober.ts'
import type { Store } from '../ports/store.ts'

/** What a host's loop needs of the world. */
export interface AgentPorts {
  readonly host: HostId
  readonly life: AgentLife
  readonly bootId: string
  readonly clock: Clock
  readonly hypervisor: Hypervisor
  readonly store: Store
  readonly prober: Prober
  readonly addressFinder: AddressFinder
  readonly machineMaker: MachineMaker
  readonly observations: Observations
  readonly history: History
  readonly log: Log
  /** What is measured of this host and its guests, and where it is kept. Null or absent: nothing is. */
  readonly measuring?: { readonly meter: Meter; readonly metrics: Metrics } | null
  /** Null or absent: this host is alone. */
  readonly cluster?: AgentClusterPorts | null
}

/** What being one of several hosts needs besides. */
export interface AgentClusterPorts {
  /** S1, S14: whether guests may be started now. */
  readonly lease: { readonly mayStart: boolean }
  /** How another host's hypervisor is reached; null: it is not. */
  readonly migrationTarget: (host: HostId) => MigrationTarget | null
  readonly migrationOptions: () => MigrationOptions
}
