import type { ClusterSpec } from '../model/cluster.ts'
import type { GuestId, HostId, Instant, WallTime } from '../model/ids.ts'
import type { HostObservation } from '../model/observation.ts'
import type { GuestRecord, HostRecord } from '../model/record.ts'
import type { GuestWish, HostWish } from '../model/wish.ts'

/** All that the leader knows at one moment: what decisions are made from and what every view shows. */
export interface ClusterSnapshot {
  /** Null until a cluster file was applied. */
  readonly cluster: ClusterSpec | null
  readonly wishes: ReadonlyMap<GuestId, GuestWish>
  readonly hostWishes: ReadonlyMap<HostId, HostWish>
  readonly records: ReadonlyMap<GuestId, GuestRecord>
  readonly hostRecords: ReadonlyMap<HostId, HostRecord>
  readonly observations: ReadonlyMap<HostId, SeenHost>
  readonly now: Instant
  readonly wall: WallTime
}

/** A host's newest observation, with the instants (leader's clock) at which its service verdicts last changed. */
export interface SeenHost {
  readonly observation: HostObservation
  readonly seenAt: Instant
  /** Keyed `guest service`; absent = unchanged since this leader first saw the host. */
  readonly verdictSince: ReadonlyMap<string, Instant>
}
