import type { TlsMaterial } from '../etcd/exchange.ts'
import { EtcdAdmin, type EtcdMember } from './admin.ts'
import { majorityOf } from './membership.ts'

/** Of each member the quickest of so many: what is slower once was slow for another reason. */
const tries = 3

/**
 * There and back from `self` to the farthest member of the nearest majority, ms: what a write waits for beside the disks. 0 = it decides alone.
 * Null: too few of the others answer. Faults: the store's, where it does not say who its members are.
 */
export async function roundTripMs(any: EtcdAdmin, tls: () => TlsMaterial, self: string): Promise<number | null> {
  const voters = (await any.members()).filter(({ learner }) => !learner)
  const others = voters.filter(({ name }) => name !== self)
  const needed = majorityOf(voters.length) - (others.length < voters.length ? 1 : 0)
  if (needed <= 0) return 0
  const told = await Promise.all(others.map((member) => towards(member, tls)))
  const sorted = told.filter((ms) => ms !== null).sort((a, b) => a - b)
  return sorted[needed - 1] ?? null
}

/** Null: it does not answer. */
async function towards(member: EtcdMember, tls: () => TlsMaterial): Promise<number | null> {
  const admin = new EtcdAdmin([member.clientUrl], tls)
  try {
    let bestMs: number | null = null
    // The first makes the connection.
    for (let turn = 0; turn <= tries; turn++) {
      const since = performance.now()
      await admin.members()
      if (turn > 0) bestMs = Math.min(bestMs ?? Number.POSITIVE_INFINITY, performance.now() - since)
    }
    return bestMs
  } catch {
    // Away: the others have to do.
    return null
  } finally {
    admin.close()
  }
}
