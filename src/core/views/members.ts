import type { HostId } from '../../model/ids.ts'
import type { Proof, Standing } from '../../model/member.ts'
import type { ProofLack } from '../../model/reason.ts'
import { mostFenced } from '../fence-orders.ts'
import { brokenS3 } from '../lease-times.ts'
import type { ClusterSnapshot, MembersSnapshot } from '../snapshot.ts'
import type { ClusterView } from './cluster-view.ts'
import { fenceDevices } from './host-plan.ts'

/** How one of several hosts stands. */
export interface MemberData {
  readonly standing: Standing
  /** Its daemon decides. */
  readonly leads: boolean
  readonly maintenance: boolean
  readonly goingDown: boolean
  /** Its own watchdog takes its power in time (S3); `too-slow` = it would not. */
  readonly watchdog: 'armed' | 'too-slow' | 'none'
  /** Ids of the fence devices that reach it. */
  readonly fence: readonly string[]
  /** Of one that is silent: what keeps it from counting as dead. */
  readonly lacks: ProofLack | null
  /** Of one that is lost. */
  readonly proof: Proof['kind'] | null
}

/** What holds for several hosts as a whole. */
export interface MembersData {
  readonly leader: HostId | null
  /** False: nothing is taken from any host. */
  readonly armed: boolean
  readonly disarmedForMs: number | null
  /** Fenced by command since the count began (S6), and how many may be. */
  readonly fenced: readonly HostId[]
  readonly fencedAtMost: number
}

/** Null: no such member. */
export function memberData(id: string, view: ClusterView, snapshot: ClusterSnapshot): MemberData | null {
  const host = view.hosts?.get(id as HostId)
  const { members } = snapshot
  if (host === undefined || members == null) return null
  const { standing, goingDown, lacks, loss } = host
  const isSilent = standing === 'silent' || standing === 'expired'
  return {
    standing,
    leads: members.leader === host.id,
    maintenance: snapshot.hostWishes.get(host.id)?.maintenance === true,
    goingDown,
    watchdog: watchdogOf(host.id, members, view.compiled.spec.settings.leaseMs),
    fence: fenceDevices(view.compiled.spec, host.id),
    lacks: isSilent ? lacks : null,
    proof: loss?.proof.kind ?? null,
  }
}

export function membersData(members: MembersSnapshot): MembersData {
  return {
    leader: members.leader ?? null,
    armed: members.armed,
    disarmedForMs: wholeSeconds(members.disarmedForMs ?? null),
    fenced: members.fenced?.hosts ?? [],
    fencedAtMost: mostFenced(members.sights.size),
  }
}

/** A figure that changes with every look would be news to every board. */
function wholeSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms / 1_000) * 1_000
}

function watchdogOf(host: HostId, { sights }: MembersSnapshot, leaseMs: number): MemberData['watchdog'] {
  const armed = sights.get(host)?.alive?.armed ?? null
  if (armed === null) return 'none'
  return brokenS3(leaseMs, armed) === null ? 'armed' : 'too-slow'
}
