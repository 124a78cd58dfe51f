import type { TlsMaterial } from '../etcd/exchange.ts'
import { EtcdAdmin, type EtcdAlarm } from './admin.ts'
import { type MemberHealth, storeHealth } from './votes.ts'

/** How often the store is looked at: by one member, the leader of the cluster. */
export const maintenanceEachMs = 3_600_000

/** Below this size there is nothing to win. */
const smallBytes = 64 * 1024 * 1024

/** A file that is at least half empty is written anew. */
const wastedShare = 0.5

/** One step: each is looked at again before the next. */
export type MaintenanceStep =
  | { readonly kind: 'none' }
  /** Somebody does not answer: a member that is being written anew would be a second one missing. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'defragment'; readonly member: string }
  /** The store is full and takes no writes: history is dropped, every file written anew, and writes are let in again. */
  | { readonly kind: 'make-room'; readonly revision: number }

/** What the store needs next. Followers first, so that its leader moves no more than it must. Pure. */
export function nextMaintenance(health: readonly MemberHealth[], alarms: readonly EtcdAlarm[]): MaintenanceStep {
  if (alarms.some(({ kind }) => kind === 'no-space')) {
    return { kind: 'make-room', revision: Math.max(0, ...health.map(({ status }) => status?.revision ?? 0)) }
  }
  if (health.some(({ status }) => status === null)) return { kind: 'wait' }
  const wasteful = health.filter(({ status }) => status !== null && wastes(status.sizeBytes, status.usedBytes))
  const next = wasteful.find(({ status }) => status?.memberId !== status?.leaderId) ?? wasteful[0]
  return next === undefined ? { kind: 'none' } : { kind: 'defragment', member: next.member.name }
}

/** Looks, and does one step. Returns what it did. Faults: the store's. */
export async function maintain(any: EtcdAdmin, tls: () => TlsMaterial): Promise<MaintenanceStep> {
  const [health, alarms] = [await storeHealth(any, tls), await any.alarms()]
  const step = nextMaintenance(health, alarms)
  if (step.kind === 'defragment') {
    await eachOf(
      health.filter(({ member }) => member.name === step.member),
      tls,
    )
  }
  if (step.kind === 'make-room') {
    await any.compact(step.revision)
    await eachOf(health, tls)
    for (const { memberId, kind } of alarms) if (kind === 'no-space') await any.disarm(memberId)
  }
  return step
}

/** One after the other: a member answers nothing while its file is written anew. */
async function eachOf(health: readonly MemberHealth[], tls: () => TlsMaterial): Promise<void> {
  for (const { member, status } of health) {
    if (status === null) continue
    const admin = new EtcdAdmin([member.clientUrl], tls)
    try {
      await admin.defragment()
    } finally {
      admin.close()
    }
  }
}

function wastes(sizeBytes: number, usedBytes: number): boolean {
  return sizeBytes > smallBytes && usedBytes < sizeBytes * wastedShare
}
