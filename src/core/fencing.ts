import type { HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { FencingRecord, MemberSight } from '../model/member.ts'
import type { ProofLack } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import { mayTakeOver, neededToTakeOver } from './failsafe.ts'
import { type FenceOrder, fenceOrder, mostFenced } from './fence-orders.ts'
import { type HostView, silentForMs } from './hosts.ts'
import { brokenS3, type LeaseTimes } from './lease-times.ts'
import type { ClusterSnapshot, MembersSnapshot } from './snapshot.ts'

/** The next thing to do so that a silent host counts as dead. */
export type ProofStep =
  | { readonly kind: 'swear'; readonly host: HostId; readonly by: string }
  /** S2 (a): by its devices, one after the other. */
  | { readonly kind: 'fence'; readonly host: HostId }
  /** S2 (b): ask who has renewed all the time; that many of those whom the lost host counts by (S5). */
  | { readonly kind: 'quorum'; readonly host: HostId; readonly needed: number }

export interface FencingPlan {
  /** Each may be done beside the others. */
  readonly steps: readonly ProofStep[]
  /** Of every silent host that cannot be proven dead now: why. */
  readonly lacks: ReadonlyMap<HostId, ProofLack>
  /** What a person ordered; goes before the steps. */
  readonly order: FenceOrder | null
  /** S6: every lost host is back, or a person says so: the count begins anew. */
  readonly resetCount: boolean
}

export interface FencingView {
  readonly snapshot: ClusterSnapshot & { readonly members: MembersSnapshot }
  readonly hosts: ReadonlyMap<HostId, HostView>
  readonly times: LeaseTimes
  readonly fenced: FencingRecord
  readonly devices: (host: HostId) => readonly string[]
  /** A fence command under way; null: none. One at a time (S6). */
  readonly fencing: HostId | null
}

/**
 * Which hosts must be proven dead, and how (S2, S3, S5, S6). Only those are whose guests wait for it: a host that owns nothing
 * is fenced by nobody's command. Pure.
 */
export function fencingPlan(view: FencingView): FencingPlan {
  const { snapshot, hosts, fenced } = view
  const steps: ProofStep[] = []
  const lacks = new Map<HostId, ProofLack>()
  const needed = hostsInQuestion(snapshot, hosts)
  const order = fenceOrder(view)
  let free = view.fencing === null && order === null
  for (const host of [...needed].sort(byName)) {
    const step = stepFor(host, view, free)
    if ('lack' in step) lacks.set(host, step.lack)
    else {
      steps.push(...step.steps)
      if (step.steps.some(({ kind }) => kind === 'fence')) free = false
      lacks.set(host, step.steps.some(({ kind }) => kind === 'fence') ? 'fencing' : 'quorum')
    }
  }
  const allBack = [...hosts.values()].every(({ standing }) => standing === 'online' || standing === 'left')
  const asked = (snapshot.members.fencingReset ?? 0) > (fenced.resetSerial ?? 0)
  // A host whose power is being taken may look as if it were back.
  return { steps, lacks, order, resetCount: asked || (allBack && view.fencing === null && fenced.hosts.length > 0) }
}

/** Silent hosts that own a guest not known to be down, or are named in a move of one. */
function hostsInQuestion(snapshot: ClusterSnapshot, hosts: ReadonlyMap<HostId, HostView>): ReadonlySet<HostId> {
  const found = new Set<HostId>()
  for (const record of snapshot.records.values()) {
    for (const host of namedIn(record)) {
      const standing = hosts.get(host)?.standing
      // Left, with a guest on its way there: that it looked before says nothing of what came after.
      const leftTooEarly = standing === 'left' && record.seat?.move?.to === host && record.seat.move.how === 'live'
      if (standing === 'silent' || standing === 'expired' || leftTooEarly) found.add(host)
    }
  }
  for (const [host, view] of hosts) {
    const sworn = snapshot.hostWishes.get(host)?.sworn
    if (sworn != null && (view.standing === 'silent' || view.standing === 'expired' || view.standing === 'unseen'))
      found.add(host)
  }
  return found
}

function namedIn({ owner, seat, phase }: GuestRecord): HostId[] {
  if (phase.kind === 'ignored') return []
  const named = seat?.move ? [seat.move.to] : []
  return owner !== null && !seat?.released ? [owner, ...named] : named
}

function stepFor(host: HostId, view: FencingView, free: boolean): { lack: ProofLack } | { steps: ProofStep[] } {
  const { snapshot, times, fenced } = view
  const sight = snapshot.members.sights.get(host)
  if (sight === undefined) return { lack: 'lease-not-over' }
  const sworn = snapshot.hostWishes.get(host)?.sworn
  // What was sworn of a record that has changed since was sworn of another time.
  if (sworn != null && sworn.aliveRevision === sight.revision) return { steps: [{ kind: 'swear', host, by: sworn.by }] }
  if (!snapshot.members.armed) return { lack: 'disarmed' }
  const steps: ProofStep[] = []
  const hasDevice = view.devices(host).length > 0
  const limit = mostFenced(snapshot.members.sights.size)
  const underLimit = fenced.hosts.includes(host) || fenced.hosts.length < limit
  if (hasDevice && free && underLimit && isSuspected(sight, view)) steps.push({ kind: 'fence', host })
  const byWatchdog = watchdogWouldHaveFired(sight, times)
  if (byWatchdog && silentForMs(sight, snapshot.members, snapshot.now) >= times.leaseMs) {
    steps.push({ kind: 'quorum', host, needed: neededToTakeOver(countedBy(sight, snapshot.members.sights)) })
  }
  if (steps.length > 0) return { steps }
  if (!hasDevice && !byWatchdog) return { lack: 'no-device-and-no-watchdog' }
  if (hasDevice && !underLimit && !byWatchdog) return { lack: 'fence-limit' }
  if (hasDevice && !free) return { lack: 'fencing' }
  return { lack: silentForMs(sight, snapshot.members, snapshot.now) > times.leaseMs ? 'quorum' : 'lease-not-over' }
}

/**
 * Silent on both paths, each of which was listened to for long enough: the store and the direct one. With the lease over, what it says
 * directly keeps nothing from it: it may run its guests no longer (S1), unless so many cannot renew that the store is what is lost (S5).
 */
function isSuspected(sight: MemberSight, view: FencingView): boolean {
  const { snapshot, times } = view
  const { now, members } = snapshot
  const silentMs = silentForMs(sight, members, now)
  if (silentMs <= times.suspectMs) return false
  if (silentMs > times.leaseMs && othersRenew(sight, view)) return true
  // Its kernel answers: a daemon that crashed or is being replaced has until the lease is over to come back.
  const refused = sight.refusedAt !== undefined && now - sight.refusedAt <= times.suspectMs
  if (refused && silentMs <= times.leaseMs) return false
  // One who has just begun to lead may never have asked it before.
  const listenedSince = Math.max(sight.askedSince ?? now, members.renewingSince ?? now)
  return now - Math.max(sight.heardAt ?? listenedSince, listenedSince) > times.suspectMs
}

/** S5: as many as a takeover needs are seen to renew. */
function othersRenew(sight: MemberSight, { snapshot, times }: FencingView): boolean {
  const { now, members } = snapshot
  const list = countedBy(sight, members.sights)
  const renewing = list.filter((id) => {
    const other = members.sights.get(id)
    return other?.renewed === true && silentForMs(other, members, now) <= times.suspectMs
  })
  return mayTakeOver(list, renewing)
}

/** S5: whose words count about this host: of those whom it named itself. */
export function countedBy({ alive }: MemberSight, sights: ReadonlyMap<HostId, MemberSight>): readonly HostId[] {
  return alive?.armed?.members ?? [...sights.keys()]
}

/** S3, by what the host itself had committed. */
function watchdogWouldHaveFired({ alive }: MemberSight, { leaseMs }: LeaseTimes): boolean {
  return alive?.armed != null && brokenS3(leaseMs, alive.armed) === null
}
