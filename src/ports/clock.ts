import type { Instant, WallTime } from '../model/ids.ts'

/** Time as a daemon sees it. Decisions use `now`; `wall` is for people and history. */
export interface Clock {
  /** Monotonic milliseconds; unaffected by clock jumps. Never fails. */
  now(): Instant
  wall(): WallTime
  /** Calls `run` once, not before `delayMs` have passed. Returns a cancel that is harmless to repeat. */
  after(delayMs: number, run: () => void): () => void
}
