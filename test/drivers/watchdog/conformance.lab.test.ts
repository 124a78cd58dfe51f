import { watchdogConformance } from '../../conformance/watchdog.ts'
import { pass, StandIn } from './stand-in.ts'

/** Long against what a busy machine keeps this process waiting: the watchdog's own times are exact, the moments at which it is looked at are not. */
const times = { timeoutMs: 6_000, toleranceMs: 1_400 }

watchdogConformance(
  'feeder and a FIFO',
  async () => {
    const standIn = await StandIn.start()
    return {
      ...times,
      connect: () => standIn.connect(),
      now: () => standIn.clock.now(),
      pass,
      fired: () => standIn.told('fired') !== null,
      settle: (answer) => answer,
      close: () => standIn.stop(),
    }
  },
  { concurrency: true },
)
