import type { StoredPassword } from '../model/access.ts'

/** Passwords as they are kept. One is worked on at a time, because each takes memory: the others wait. */
export interface Passwords {
  /** With a new salt. Faults: `limit-reached` when too many wait. */
  hash(password: string): Promise<StoredPassword>
  /** Null for an account that is not there or has none: takes as long, and is false. Faults as of `hash`. */
  matches(password: string, stored: StoredPassword | null): Promise<boolean>
}
