import type { ClusterSpec } from '../model/cluster.ts'
import type { HostId, Instant } from '../model/ids.ts'
import type { HostRefusal, LossRecord, MemberSight, MoveCause, Standing } from '../model/member.ts'
import type { ProofLack } from '../model/reason.ts'
import type { HostRecord } from '../model/record.ts'
import type { HostWish } from '../model/wish.ts'
import { hostSpecOf } from './capacity.ts'
import { type LeaseTimes, leaseTimes } from './lease-times.ts'
import type { ClusterSnapshot, MembersSnapshot } from './snapshot.ts'

/** What becomes of the guests of a host that does not keep them. */
export type Leaving = 'no' | 'evacuate' | 'fail-over' | 'freeze'

/** One host in one round. */
export interface HostView {
  readonly id: HostId
  readonly standing: Standing
  readonly leaving: Leaving
  /** It goes down in this very boot. */
  readonly goingDown: boolean
  /** All that ran on it is gone for certain. */
  readonly gone: boolean
  /** Its guests wait for it to come back. */
  readonly frozen: boolean
  readonly accepts: boolean
  readonly keeps: boolean
  readonly refusal: HostRefusal | null
  readonly cause: MoveCause
  readonly loss: LossRecord | null
  /** Of one that is silent: what keeps it from counting as dead. */
  readonly lacks: ProofLack
  readonly usableMib: number | null
}

/** Null: there is one host, and nothing of this applies. */
export function hostViews(spec: ClusterSpec, snapshot: ClusterSnapshot): ReadonlyMap<HostId, HostView> | null {
  const members = snapshot.members
  if (members == null) return null
  const times = leaseTimes(spec.settings.leaseMs)
  const views = new Map<HostId, HostView>()
  for (const [id, sight] of members.sights) {
    if (sight.kind === 'host') views.set(id, hostView(id, sight, spec, times, snapshot, members))
  }
  return views
}

function hostView(
  id: HostId,
  sight: MemberSight,
  spec: ClusterSpec,
  times: LeaseTimes,
  snapshot: ClusterSnapshot,
  members: MembersSnapshot,
): HostView {
  const known = snapshot.hostRecords.get(id)
  const wish = snapshot.hostWishes.get(id)
  const standing = standingOf(sight, known, times, members, spec.settings.coldStartWaitMs, snapshot.now)
  const silentMs = silentForMs(sight, members, snapshot.now)
  const goingDown = isGoingDown(sight, known, wish)
  const leaving = leavingOf(spec, wish, goingDown)
  const frozen = leaving === 'freeze' && silentMs < spec.settings.freezeMs
  const gone = standing === 'lost' || standing === 'left'
  const observation = snapshot.observations.get(id)?.observation
  const looked = observation?.complete === true && known?.life === observation.life
  const refusal = refusalOf(standing, leaving, looked)
  const hostSpec = hostSpecOf(spec, id)
  const total = hostSpec?.memoryMib ?? observation?.memoryMib ?? null
  return {
    id,
    standing,
    leaving,
    goingDown,
    gone,
    frozen,
    accepts: refusal === null,
    keeps: !gone && leaving === 'no',
    refusal,
    cause: leaving === 'no' ? 'host-lost' : goingDown ? 'host-shutdown' : 'maintenance',
    loss: standing === 'lost' ? (known?.loss ?? null) : null,
    lacks: members.lacks.get(id) ?? (members.armed ? 'lease-not-over' : 'disarmed'),
    usableMib:
      total === null
        ? null
        : Math.max(0, total - (hostSpec?.reservedMib ?? 0)) * (hostSpec?.overcommit ?? 1) -
          (observation?.otherGuestsMib ?? 0),
  }
}

/** S7: for how long a member's record has not changed, counted only while this process could have seen a change. */
export function silentForMs(sight: MemberSight, members: Pick<MembersSnapshot, 'renewingSince'>, now: Instant): number {
  if (members.renewingSince === null) return 0
  return now - Math.max(sight.unchangedSince, members.renewingSince)
}

export function standingOf(
  sight: MemberSight,
  known: HostRecord | undefined,
  times: LeaseTimes,
  members: Pick<MembersSnapshot, 'renewingSince' | 'begunAt'>,
  coldStartWaitMs: number,
  now: Instant,
): Standing {
  if (isLost(sight, known)) return 'lost'
  if (sight.alive?.left) return 'left'
  if (!sight.renewed && now - members.begunAt < coldStartWaitMs) return 'unseen'
  const silentMs = silentForMs(sight, members, now)
  // Its record may be that of an earlier power: until it changes, nothing is known of the host.
  if (!sight.renewed) return silentMs > times.leaseMs ? 'expired' : 'silent'
  if (silentMs > times.leaseMs) return 'expired'
  return silentMs > times.suspectMs ? 'silent' : 'online'
}

/** Proven dead, and its record is as it was then. */
export function isLost(sight: MemberSight, known: HostRecord | undefined): boolean {
  return known?.loss !== undefined && known.loss.aliveRevision === sight.revision
}

function isGoingDown(sight: MemberSight, known: HostRecord | undefined, wish: HostWish | undefined): boolean {
  const boot = wish?.downInBoot ?? null
  return boot !== null && (sight.alive?.bootId ?? known?.bootId) === boot
}

function leavingOf(spec: ClusterSpec, wish: HostWish | undefined, goingDown: boolean): Leaving {
  if (goingDown) {
    const policy = spec.settings.onHostShutdown
    if (policy === 'migrate') return 'evacuate'
    if (policy === 'freeze' || policy === 'failover') return policy === 'freeze' ? 'freeze' : 'fail-over'
    return wish?.downFor === 'reboot' ? 'freeze' : 'fail-over'
  }
  return wish?.maintenance === true ? 'evacuate' : 'no'
}

function refusalOf(standing: Standing, leaving: Leaving, looked: boolean): HostRefusal | null {
  if (standing === 'unseen') return { code: 'not-seen-yet' }
  if (standing !== 'online') return { code: 'not-there' }
  if (leaving !== 'no') return { code: leaving === 'evacuate' ? 'maintenance' : 'going-down' }
  return looked ? null : { code: 'not-seen-yet' }
}
