import type { Cause, Condition } from '../../model/availability.ts'
import type { Stretch, Timeline } from './timeline.ts'
import { extend, stretch } from './timeline.ts'

interface State {
  readonly condition: Condition
  readonly cause: Cause | null
}

/** The timeline of one subject in the making. Times never go back: events come in the order of time. */
export class Track {
  readonly #stretches: Stretch[] = []
  #sinceMs = Number.NaN
  #now: State = { condition: 'not-observed', cause: 'no-history' }
  /** What it was when watching ended (O1). */
  #before: State | null = null

  get condition(): Condition {
    return this.#now.condition
  }

  get cause(): Cause | null {
    return this.#now.cause
  }

  /** Something is known of it. */
  get begun(): boolean {
    return !Number.isNaN(this.#sinceMs)
  }

  set(atMs: number, condition: Condition, cause: Cause | null): void {
    this.#before = null
    this.#change(atMs, { condition, cause })
  }

  /** Nobody watches from now on. */
  suspend(atMs: number, cause: Cause): void {
    if (!this.begun) return
    const before = this.#before ?? this.#now
    this.#change(atMs, { condition: 'not-observed', cause })
    this.#before = before
  }

  /** Watched again. `all`: it is known to be as it was; otherwise only what was not up is. */
  restore(atMs: number, all: boolean): void {
    const before = this.#before
    if (before === null || (!all && before.condition === 'up')) return
    this.set(atMs, before.condition, before.cause)
  }

  /** Up to that moment; it may go on afterwards. */
  end(untilMs: number): Timeline {
    if (!this.begun) return []
    const all = [...this.#stretches]
    extend(all, stretch(this.#sinceMs, untilMs, this.#now.condition, this.#now.cause))
    return all
  }

  #change(atMs: number, next: State): void {
    if (this.begun) {
      if (this.#now.condition === next.condition && this.#now.cause === next.cause) return
      extend(this.#stretches, stretch(this.#sinceMs, atMs, this.#now.condition, this.#now.cause))
    }
    this.#sinceMs = atMs
    this.#now = next
  }
}
