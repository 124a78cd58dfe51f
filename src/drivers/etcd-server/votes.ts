import { Fault } from '../../model/fault.ts'
import type { TlsMaterial } from '../etcd/exchange.ts'
import { EtcdAdmin, type EtcdMember, type EtcdStatus } from './admin.ts'
import { type MembersVerdict, promotionVerdict, removalVerdict, type StoreMember } from './membership.ts'

/** A member and what it says of itself; `status` null: it does not answer, or knows no leader. */
export interface MemberHealth {
  readonly member: EtcdMember
  readonly status: EtcdStatus | null
}

/** Asks every member of the store how it is, side by side. Faults: the store's, when no member tells who they are. */
export async function storeHealth(any: EtcdAdmin, tls: () => TlsMaterial): Promise<readonly MemberHealth[]> {
  const members = await any.members()
  return Promise.all(members.map(async (member) => ({ member, status: await statusOf(member, tls) })))
}

/**
 * Gives votes to those who have caught up, as many as may be. `wanted`: how many members the cluster is to have, the coming ones included.
 * Harmless when repeated. Returns what holds for the next learner, or null when there is none.
 */
export async function settleVotes(
  any: EtcdAdmin,
  tls: () => TlsMaterial,
  wanted: number,
): Promise<MembersVerdict | null> {
  const health = await storeHealth(any, tls)
  const learner = health.find(({ member }) => member.learner)
  if (learner === undefined) return null
  const verdict = promotionVerdict(health.map(asMember), wanted)
  // One that does not answer would be a vote that is missing from its first moment on.
  if (verdict.kind === 'fine' && learner.status !== null) await any.promote(learner.member.id)
  return verdict
}

/** Takes a member out of the store. Harmless for one that is gone. Faults: `no-quorum` with the reason; the store's. */
export async function removeMember(
  any: EtcdAdmin,
  tls: () => TlsMaterial,
  name: string,
  replaced: boolean,
): Promise<void> {
  const found = await removableMember(any, tls, name, replaced)
  if (found === null) return
  const members = await any.members()
  try {
    await any.remove(found.id)
  } catch (error) {
    if (!(error instanceof Fault && error.outcome === 'unknown')) throw error
    // A member that takes itself out may be stopped before it can say so: those who are left know.
    const left = members.flatMap(({ id, clientUrl }) => (id === found.id || clientUrl === '' ? [] : [clientUrl]))
    if (left.length === 0) throw error
    const others = new EtcdAdmin(left, tls)
    try {
      await others.remove(found.id)
    } finally {
      others.close()
    }
  }
}

/** Of a member that may be taken out now. Null: there is none of this name. Faults: as of `removeMember`. */
export async function removableMember(
  any: EtcdAdmin,
  tls: () => TlsMaterial,
  name: string,
  replaced: boolean,
): Promise<EtcdMember | null> {
  const health = await storeHealth(any, tls)
  const found = health.find(({ member }) => member.name === name)
  if (found === undefined) return null
  const verdict = removalVerdict(health.map(asMember), name, replaced)
  if (verdict.kind === 'refused') throw new Fault('no-quorum', 'not-done', { why: verdict.why, member: name })
  return found.member
}

function asMember({ member, status }: MemberHealth): StoreMember {
  return { name: member.name, vote: !member.learner, answers: status !== null }
}

async function statusOf(member: EtcdMember, tls: () => TlsMaterial): Promise<EtcdStatus | null> {
  if (member.clientUrl === '') return null
  const admin = new EtcdAdmin([member.clientUrl], tls)
  try {
    const status = await admin.status()
    return status.leaderId === '0' ? null : status
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  } finally {
    admin.close()
  }
}
