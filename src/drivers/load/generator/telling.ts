import type { MeasuredOutcome } from '../../../model/drill.ts'
import type { LoadWish } from '../../../ports/load-source.ts'

export type WishOf<Kind extends LoadWish['kind']> = Extract<LoadWish, { kind: Kind }>

export interface Running {
  /** What has begun is finished, and nothing more is begun. */
  enough?(): void
  stop(): void
}

/** One connect that is not answered: a host that is off says nothing at all. */
export const connectLimitMs = 1_000

export const now = (): number => performance.now()
const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`)

let over = false
function end(message: object): void {
  if (over) return
  over = true
  process.stdout.write(`${JSON.stringify(message)}\n`, () => process.exit(0))
}

/** The last word was said. */
export function isOver(): boolean {
  return over
}

export const outcome = (found: MeasuredOutcome): void => end({ kind: 'outcome', outcome: found })
export const fault = (code: string, text: string): void => end({ kind: 'fault', code, text })

let begunYet = false
export function begun(): void {
  if (!begunYet) say({ kind: 'begun' })
  begunYet = true
}

export function hasBegun(): boolean {
  return begunYet
}

/** The longest time between two signs of life; the time until the end counts, too. */
export class Silence {
  longestMs = 0
  #last: number | null = null

  heard(at = now()): void {
    if (this.#last !== null) this.longestMs = Math.max(this.longestMs, at - this.#last)
    this.#last = at
  }

  /** Nothing is waited for until it is heard again. */
  pause(): void {
    this.#last = null
  }
}
