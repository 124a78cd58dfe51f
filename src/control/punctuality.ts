import type { Instant } from '../model/ids.ts'

/** Looks so many times farther apart than they should be: this process was held up. */
const lateFactor = 2

/** Until what arrived meanwhile has been read, and whoever was asked in vain has been asked again and has answered. */
const graceFactor = 2

/**
 * Whether this process itself has been on time. Our own lateness is not anyone's silence: after it, what others said meanwhile lies
 * unread, each of them seems silent until it is, and timers have their turn before it.
 */
export class Punctuality {
  #lookedAt: Instant | null = null
  /** Not held up since then. */
  #since: Instant | null = null

  /** To be asked at each look, which there is at least each `eachMs`. */
  onTime(now: Instant, eachMs: number): boolean {
    const late = this.#lookedAt !== null && now - this.#lookedAt > eachMs * lateFactor
    this.#lookedAt = now
    if (late) this.#since = now
    return this.#since === null || now - this.#since >= eachMs * graceFactor
  }
}
