import type { HostId } from '../model/ids.ts'
import type { OwnEvents } from './history.ts'

/** The histories of the other members. */
export interface HistoryPeers {
  /** Those there are now, this one not counted. */
  members(): readonly HostId[]
  /**
   * Gives a member copies of what this host wrote; the newest id of this file that it knows then (see `History.copy`). Harmless when repeated.
   * Bounded in time by itself. Faults: `peer-lost`; what the member's own history refuses with; `bad-data`.
   */
  give(member: HostId, copies: OwnEvents): Promise<number>
}
