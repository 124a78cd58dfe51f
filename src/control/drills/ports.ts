import type { ServiceKey } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DrillHands } from '../../ports/drill-hands.ts'
import type { DrillStore } from '../../ports/drill-store.ts'
import type { LoadSource } from '../../ports/load-source.ts'
import type { Log } from '../../ports/log.ts'

export interface DrillPorts {
  readonly clock: Clock
  readonly store: DrillStore
  readonly hands: DrillHands
  readonly load: LoadSource
  readonly log: Log
  /** Services of the guest that is drilled. */
  readonly services: readonly ServiceKey[]
  /** Before each run: false = its window is over. */
  readonly mayGoOn: () => boolean
}
