import { instant, wallTime } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'

/** Node's timers take no longer delay: a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** The machine's clocks. */
export function localClock(): Clock {
  return {
    now: () => instant(performance.now()),
    wall: () => wallTime(Date.now()),
    after,
  }
}

/** Node's timers count whole milliseconds and may fire a fraction early: what is left is waited for, so that `run` never comes too soon. */
function after(delayMs: number, run: () => void): () => void {
  const due = performance.now() + Math.max(0, delayMs)
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const left = Math.max(0, due - performance.now())
    timer = setTimeout(() => (performance.now() >= due ? run() : wait()), Math.min(Math.ceil(left), longestTimerMs))
  }
  wait()
  return () => clearTimeout(timer)
}
