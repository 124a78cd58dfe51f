import type { AgentLife, HostId } from '../model/ids.ts'

/**
 * What a member's process says of its own renewals, on its own monotonic clock, counting only those it knows succeeded (S5):
 * `cannot-renew` = the last one is older than G, or there is none; `renews` = no gap over G for a whole T up to now.
 * The two exclude each other; `neither` is said by all others, a process younger than T among them.
 */
export type Statement = 'renews' | 'cannot-renew' | 'neither'

export interface Question {
  /** Who asks, and a number used once: an answer counts from when its question was sent. */
  readonly from: HostId
  readonly nonce: string
}

export interface Answer {
  readonly member: HostId
  readonly life: AgentLife
  readonly nonce: string
  readonly statement: Statement
}

/**
 * The direct way between daemons, beside the store. Messages may be lost, late, or answered twice; nothing is ever retried here.
 * Faults of `ask`: `peer-lost` (`not-done` when it was not reached, `unknown` when the answer is missing or is not its own). With
 * `why: 'nobody-listens'` its host answered, and no daemon did: that host has power.
 */
export interface Peers {
  /** One question to one member, answered within `timeoutMs` or not at all. Every address of the member is tried, side by side. */
  ask(member: HostId, question: Question, timeoutMs: number): Promise<Answer>
  /** Answers from now on with what `answer` says. Returns how to stop. */
  serve(answer: (question: Question) => Answer): () => void
  close(): Promise<void>
}
