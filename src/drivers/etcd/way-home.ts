/** What goes home, and how it sees whether it can. */
export interface Traveller {
  /** Whether another member than the first is asked now. */
  readonly isAway: () => boolean
  /** Whether the first member answers, with a majority behind it. */
  readonly looks: () => Promise<boolean>
  readonly goes: () => void
}

const tickMs = 5_000

/** Away so long before the first member is looked at; doubled each time it failed again within ten times as long, up to the last. */
const firstPauseMs = 15_000
const longestPauseMs = 600_000

/**
 * Back to the first member, which is the one on this very host where there is one. Whoever stays with another host's loses its
 * renewals and its watches for a moment with that host, just when they are needed. A first member that keeps failing is left alone ever longer.
 */
export class WayHome {
  readonly #traveller: Traveller
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  #pauseMs = firstPauseMs
  #awaySinceMs: number | null = null
  #cameHomeMs = Number.NEGATIVE_INFINITY

  constructor(traveller: Traveller, now: () => number = () => performance.now()) {
    this.#traveller = traveller
    this.#now = now
    this.#timer = setInterval(() => void this.tick(), tickMs)
    this.#timer.unref()
  }

  async tick(): Promise<void> {
    const nowMs = this.#now()
    if (!this.#traveller.isAway()) {
      this.#awaySinceMs = null
      return
    }
    if (this.#awaySinceMs === null) {
      const soon = nowMs - this.#cameHomeMs < 10 * this.#pauseMs
      this.#pauseMs = soon ? Math.min(2 * this.#pauseMs, longestPauseMs) : firstPauseMs
      this.#awaySinceMs = nowMs
      return
    }
    if (nowMs - this.#awaySinceMs < this.#pauseMs) return
    if (!(await this.#traveller.looks())) return
    this.#cameHomeMs = nowMs
    this.#awaySinceMs = null
    this.#traveller.goes()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
