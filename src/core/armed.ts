import type { Instant } from '../model/ids.ts'
import type { ArmedWish } from '../model/wish.ts'
import type { MembersSnapshot } from './snapshot.ts'

/** A wish about arming, with when this process saw it. */
export interface SeenArmedWish {
  readonly wish: ArmedWish
  /** Of the store: tells one word from the next. */
  readonly revision: number
  readonly seenAt: Instant
}

/** Whether hosts may be fenced and guests taken from them now. Null: nobody said anything, so they may. */
export function disarmed(
  seen: SeenArmedWish | null,
  now: Instant,
): Pick<MembersSnapshot, 'armed'> & { readonly disarmedForMs: number | null } {
  if (seen === null || seen.wish.armed) return { armed: true, disarmedForMs: null }
  const { forMs } = seen.wish
  if (forMs === undefined) return { armed: false, disarmedForMs: null }
  const leftMs = forMs - (now - seen.seenAt)
  return leftMs > 0 ? { armed: false, disarmedForMs: leftMs } : { armed: true, disarmedForMs: null }
}
