import type { LaunchTimes } from '../core/views/launch-times.ts'
import { expectedLaunchMs, launchWords, learnLaunchTimes, noLaunchTimes } from '../core/views/launch-times.ts'
import type { ApiPowers } from './powers.ts'

/** Events looked back over at the start of the daemon: several launches of a thousand guests. */
const lookBack = 10_000

/** Knows how long each guest took to launch, from the history, and goes on learning. */
export interface LaunchClock {
  expectedMs(guest: string): number | null
  close(): void
}

export function createLaunchClock({ history, log }: ApiPowers): LaunchClock {
  let times: LaunchTimes = noLaunchTimes
  let close: (() => void) | null = null
  let closed = false
  // What happens while the past is read is missed; a launch more or less does not matter here.
  history
    .query({ words: launchWords, newestFirst: true, limit: lookBack })
    .then((events) => {
      if (closed) return
      times = learnLaunchTimes(times, events.toReversed())
      close = history.subscribe((more) => {
        times = learnLaunchTimes(times, more)
      })
    })
    .catch((error: unknown) => log.warn('earlier launch times are not known', { error: String(error) }))
  return {
    expectedMs: (guest) => expectedLaunchMs(times, guest),
    close() {
      closed = true
      close?.()
    },
  }
}
