import type { HostId, Instant } from '../model/ids.ts'
import type { MemberSight } from '../model/member.ts'
import type { Answer, Statement } from './peers.ts'

/** A member's answer, with when it was asked (this process's clock): it counts from then (S5). */
export interface Heard {
  readonly answer: Answer
  readonly askedAt: Instant
}

/**
 * This process as one of several members: it renews its own record, sees those of all others, and speaks with them directly.
 * What the leader judges hosts by; nothing here decides about them.
 */
export type ListensTo = 'all' | readonly HostId[]

export interface Membership {
  /** Every recorded member, this one included. */
  members(): ReadonlyMap<HostId, MemberSight>
  /** False until the records were read once. */
  readonly loaded: boolean
  /** Since when this process could see the others: S15 counts from then. Its start, until a renewal has succeeded. */
  readonly begunAt: Instant
  /** Since when this process has renewed without a gap over G; null: it does not now. */
  renewingSince(): Instant | null
  statement(): Statement
  /** Asks every member now, this one included; what does not answer in time is absent. */
  askAll(timeoutMs: number): Promise<ReadonlyMap<HostId, Heard>>
  /** These are asked now and then from now on, and nobody else, so that `heardAt` tells of the direct path. Harmless when repeated. */
  listen(to: ListensTo): void
  /** Called soon after some member's record changed, or direct word of it came. */
  subscribe(listener: () => void): () => void
}
