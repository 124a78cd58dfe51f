import type { AgentLife, HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Fencer } from '../ports/fencer.ts'
import type { History } from '../ports/history.ts'
import type { Hook } from '../ports/hook.ts'
import type { Log } from '../ports/log.ts'
import type { Membership } from '../ports/membership.ts'
import type { Observations } from '../ports/observations.ts'
import type { Store } from '../ports/store.ts'

/** What the leader's loop needs of the world. */
export interface LeaderPorts {
  readonly host: HostId
  readonly clock: Clock
  readonly store: Store
  readonly observations: Observations
  readonly history: History
  readonly log: Log
  /** Null or absent: this host is alone. */
  readonly cluster?: ClusterPorts | null
}

/** What leading several hosts needs besides. */
export interface ClusterPorts {
  readonly life: AgentLife
  readonly membership: Membership
  readonly fencer: Fencer
  readonly hook: Hook
}
