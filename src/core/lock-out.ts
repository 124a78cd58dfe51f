import type { Instant } from '../model/ids.ts'

/** Failed attempts of somebody or from somewhere. */
export interface Failures {
  readonly count: number
  readonly lastAt: Instant
}

export interface LockOutRule {
  /** Failures that cost nothing: people mistype. */
  readonly free: number
  /** After the first that costs; doubles with each further one, up to the longest. */
  readonly firstMs: number
  readonly longestMs: number
}

/** Quiet for so long: all is forgotten. */
export const forgottenAfterMs = 60 * 60_000

/** Of one account from one address. */
export const pairRule: LockOutRule = { free: 4, firstMs: 2_000, longestMs: 15 * 60_000 }

/** Of one address, whatever it tries: many people may sit behind one. */
export const addressRule: LockOutRule = { free: 20, firstMs: 2_000, longestMs: 15 * 60_000 }

/**
 * Of one account from everywhere: many addresses must not add up to many tries. Kept short, and it does not hold for an address from which
 * its owner signed in before: whoever attacks an account must not be able to keep its owner out.
 */
export const accountRule: LockOutRule = { free: 20, firstMs: 2_000, longestMs: 60_000 }

/** Of the codes of one account: whoever tries them knows the password already. Six digits bear few guesses. */
export const codeRule: LockOutRule = { free: 5, firstMs: 30_000, longestMs: 15 * 60_000 }

export function failedOnceMore(before: Failures | null, now: Instant): Failures {
  return { count: (fresh(before, now)?.count ?? 0) + 1, lastAt: now }
}

/** How long until the next try is looked at at all; 0: now. */
export function waitMs(failures: Failures | null, { free, firstMs, longestMs }: LockOutRule, now: Instant): number {
  const known = fresh(failures, now)
  if (known === null || known.count <= free) return 0
  // The exponent is bounded before it is one: 2 ** 1100 is no number of milliseconds.
  const doubled = firstMs * 2 ** Math.min(known.count - free - 1, 30)
  return Math.max(0, known.lastAt + Math.min(doubled, longestMs) - now)
}

function fresh(failures: Failures | null, now: Instant): Failures | null {
  return failures !== null && now - failures.lastAt < forgottenAfterMs ? failures : null
}
