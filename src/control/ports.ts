import type { HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { History } from '../ports/history.ts'
import type { Log } from '../ports/log.ts'
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
}
