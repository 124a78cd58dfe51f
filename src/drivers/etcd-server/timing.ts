/** How long the store may take, against what the lease of the hosts allows (S3, S5). Milliseconds throughout. */
export interface StoreLatency {
  /** Of a write to the disk of the store: the slowest of a hundred. */
  readonly fsyncMs: number
  /** There and back, to the farthest member of a majority. */
  readonly roundTripMs: number
}

export interface LeaseTimes {
  /** T: after so long without a renewal a host counts as lost. */
  readonly leaseMs: number
  /** G: the longest gap allowed between two renewals. */
  readonly gapMs: number
  /** F: how long a host feeds its watchdog after its last renewal. */
  readonly feedMs: number
}

export interface ElectionTimes {
  readonly heartbeatMs: number
  readonly electionMs: number
}

export type LatencyVerdict = {
  readonly kind: 'pass' | 'warn' | 'fail'
  /** What a renewal takes where nothing else is going on. */
  readonly renewalMs: number
  /** The most it may take. */
  readonly allowedMs: number
  readonly because:
    | 'fits'
    | 'disk-slow'
    | 'disk-too-slow'
    | 'renewals-slow'
    | 'renewals-too-slow'
    | 'elections-too-slow'
}

/** etcd's own advice for its disk. Beyond it a busy disk will sooner or later delay heartbeats. */
const goodFsyncMs = 10

/** etcd's defaults, which suit one building. */
const leastHeartbeatMs = 100

/** A renewal may be late for other reasons, too: this part of the gap is the store's. */
const shareOfGap = 1 / 3

/** A member notices the loss of the leader, and a new one is there, within two elections at most; a renewal after it takes as long as any. */
const electionsToRecover = 2

/** The heartbeat is half again the round trip, and an election ten heartbeats, as etcd advises. Pure. */
export function electionTimes(roundTripMs: number): ElectionTimes {
  const heartbeatMs = Math.max(leastHeartbeatMs, Math.ceil((roundTripMs * 1.5) / 10) * 10)
  return { heartbeatMs, electionMs: heartbeatMs * 10 }
}

/** Whether hosts can renew their leases in such a store, with the numbers. For `doctor`, and before failover is armed. Pure. */
export function latencyVerdict({ fsyncMs, roundTripMs }: StoreLatency, lease: LeaseTimes): LatencyVerdict {
  const { leaseMs, gapMs, feedMs } = lease
  // To the leader and back, and from it to a majority and back; each writes to its disk, the leader meanwhile.
  const renewalMs = 2 * roundTripMs + fsyncMs
  const allowedMs = gapMs * shareOfGap
  const { heartbeatMs, electionMs } = electionTimes(roundTripMs)
  const verdict = (kind: LatencyVerdict['kind'], because: LatencyVerdict['because']): LatencyVerdict => {
    return { kind, because, renewalMs, allowedMs }
  }
  if (fsyncMs > heartbeatMs) return verdict('fail', 'disk-too-slow')
  if (renewalMs > gapMs) return verdict('fail', 'renewals-too-slow')
  const recoverMs = electionsToRecover * electionMs + renewalMs
  if (recoverMs > leaseMs) return verdict('fail', 'elections-too-slow')
  if (renewalMs > allowedMs) return verdict('warn', 'renewals-slow')
  // Nobody can renew meanwhile: all live on their word to each other (S5), and one that is cut off just then loses its power.
  if (recoverMs > feedMs) return verdict('warn', 'elections-too-slow')
  return fsyncMs > goodFsyncMs ? verdict('warn', 'disk-slow') : verdict('pass', 'fits')
}
