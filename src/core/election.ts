import type { AgentLife, HostId, Instant } from '../model/ids.ts'
import type { LeaderRecord, MemberSight } from '../model/member.ts'
import { silentForMs } from './hosts.ts'
import type { LeaseTimes } from './lease-times.ts'

export interface ElectionView {
  readonly me: { readonly host: HostId; readonly life: AgentLife }
  readonly leader: LeaderRecord | null
  readonly sights: ReadonlyMap<HostId, MemberSight>
  readonly renewingSince: Instant | null
  readonly now: Instant
}

export function leads({ me, leader }: Pick<ElectionView, 'me' | 'leader'>): boolean {
  return leader?.host === me.host && leader.life === me.life
}

/**
 * Whether this process shall try to lead. Harmless when wrong: whoever led loses its next write, and decides nothing more.
 * One that cannot renew itself does not try: it would take the silence of the store for that of the leader.
 */
export function shallCampaign(view: ElectionView, times: LeaseTimes): boolean {
  const { me, leader, sights, renewingSince, now } = view
  if (renewingSince === null || leads(view)) return false
  if (leader === null || leader.host === me.host) return true
  const sight = sights.get(leader.host)
  if (sight === undefined || sight.alive === null || sight.alive.left) return true
  if (sight.renewed && sight.alive.life !== leader.life) return true
  return silentForMs(sight, { renewingSince }, now) > times.suspectMs
}
