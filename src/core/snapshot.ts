import type { ClusterSpec } from '../model/cluster.ts'
import type { GuestId, HostId, Instant, WallTime } from '../model/ids.ts'
import type { FencingRecord, MemberSight } from '../model/member.ts'
import type { HostObservation } from '../model/observation.ts'
import type { ProofLack } from '../model/reason.ts'
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
  /** Several hosts; null or absent: this one is alone, and its store is its own. */
  readonly members?: MembersSnapshot | null
  readonly now: Instant
  readonly wall: WallTime
}

export interface MembersSnapshot {
  readonly sights: ReadonlyMap<HostId, MemberSight>
  /** Revision of the cluster file in force. */
  readonly fileRevision: number
  /** Since when this process has renewed without a gap; silence is counted only from then on. Null: it does not. */
  readonly renewingSince: Instant | null
  /** When this process began to watch: when it first reached the store. */
  readonly begunAt: Instant
  /** False: an operator has disarmed the cluster; nothing is taken from any host. */
  readonly armed: boolean
  /** Disarmed for so much longer; null or absent: until somebody arms. */
  readonly disarmedForMs?: number | null
  /** Whose daemon decides; null or absent: nobody's, or not known. */
  readonly leader?: HostId | null
  /** S6: whose power was taken by command. */
  readonly fenced?: FencingRecord
  /** The newest reset of that count asked for by a person. */
  readonly fencingReset?: number
  /** Hosts that were members when the store was restored; absent: it was not, or all of them have been looked at since. */
  readonly restored?: readonly HostId[]
  /** What each silent host's proof lacks, as the fencing last found. */
  readonly lacks: ReadonlyMap<HostId, ProofLack>
}

/** A host's newest observation, with the instants (leader's clock) at which its service verdicts last changed. */
export interface SeenHost {
  readonly observation: HostObservation
  readonly seenAt: Instant
  /** Since when this leader has heard of the host without a break. Absent: not told. */
  readonly heardSince?: Instant
  /** Keyed `guest service`; absent = unchanged since this leader first saw the host. */
  readonly verdictSince: ReadonlyMap<string, Instant>
}
