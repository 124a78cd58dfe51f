/** What goes home, and how it sees whether it can. */
export interface Traveller {
  /** Whether another member than the first is asked now. */
  readonly isAway: () => boolean
  /** Whether the first member answers, with a majority behind it. */
  readonly looks: () => Promise<boolean>
  readonly goes: () => void
}

/** Longest pause, in first pauses. */
const mostPauses = 40

/**
 * Back to the first member, which is the one on this very host where there is one. Whoever stays with another host's loses its
 * renewals and its watches for a moment with that host, just when they are needed. A first member that keeps failing is left alone ever longer:
 * the pause before it is looked at doubles each time it failed again within ten times as long.
 */
export class WayHome {
  readonly #traveller: Traveller
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  readonly #firstPauseMs: number
  #pauseMs: number
  #awaySinceMs: number | null = null
  #cameHomeMs = Number.NEGATIVE_INFINITY

  constructor(traveller: Traveller, pauseMs: number, now: () => number = () => performance.now()) {
    this.#traveller = traveller
    this.#firstPauseMs = pauseMs
    this.#pauseMs = pauseMs
    this.#now = now
    this.#timer = setInterval(() => void this.tick(), pauseMs / 3)
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
      this.#pauseMs = soon ? Math.min(2 * this.#pauseMs, mostPauses * this.#firstPauseMs) : this.#firstPauseMs
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
