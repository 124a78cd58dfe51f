import { Dice } from './dice.ts'

/** What a pretend guest needs of memory as time goes by: the same for the same seed, whatever else happens in its world. */
export interface PretendNeed {
  /** MiB, kernel and all. */
  at(nowMs: number): number
  /** Since when it has been so. */
  sinceMs(nowMs: number): number
  /** False: its balloon driver hangs and tells nothing new. */
  reports(nowMs: number): boolean
}

/** One in so many stretches of time the balloon driver hangs. */
const hangsOneIn = 12

/** Goes from one amount to another each half minute to two minutes, seldom far and sometimes very far. */
export function wanderingNeed(seed: number, leastMib: number, mostMib: number): PretendNeed {
  const stretchMs = 30_000 + new Dice(seed).between(0, 90) * 1_000
  const diceOf = (nowMs: number) => new Dice(seed + 1 + Math.floor(nowMs / stretchMs) * 7_919)
  return {
    at: (nowMs) => {
      const dice = diceOf(nowMs)
      return dice.chance(0.7)
        ? dice.between(leastMib, Math.ceil((leastMib + mostMib) / 2))
        : dice.between(leastMib, mostMib)
    },
    sinceMs: (nowMs) => nowMs - (nowMs % stretchMs),
    reports: (nowMs) => !new Dice(seed + 3 + Math.floor(nowMs / stretchMs) * 104_729).chance(1 / hangsOneIn),
  }
}

/** The same for ever. */
export function steadyNeed(mib: number): PretendNeed {
  return { at: () => mib, sinceMs: () => 0, reports: () => true }
}
