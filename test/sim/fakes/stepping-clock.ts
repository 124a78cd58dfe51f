import { type Instant, instant, type WallTime, wallTime } from '../../../src/model/ids.ts'
import type { Clock } from '../../../src/ports/clock.ts'

/** A clock that goes to the next timer as soon as nothing else is to be done: pretend time, no waiting. Same instant: in the order of asking. */
export class SteppingClock implements Clock {
  #now = 0
  #timers: { readonly due: number; readonly run: () => void }[] = []
  #stepping = false

  now(): Instant {
    return instant(this.#now)
  }

  wall(): WallTime {
    return wallTime(this.#now)
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, delayMs), run }
    const place = this.#timers.findIndex(({ due }) => due > timer.due)
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer)
    this.#step()
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  /** Resolves when no timer is left. */
  async idle(): Promise<void> {
    while (this.#timers.length > 0) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }

  #step(): void {
    if (this.#stepping) return
    this.#stepping = true
    setImmediate(() => {
      this.#stepping = false
      const timer = this.#timers.shift()
      if (timer === undefined) return
      this.#now = timer.due
      timer.run()
      if (this.#timers.length > 0) this.#step()
    })
  }
}
