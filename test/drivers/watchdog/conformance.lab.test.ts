import { watchdogConformance } from '../../conformance/watchdog.ts'
import { pass, StandIn } from './stand-in.ts'

watchdogConformance('feeder and a FIFO', async () => {
  const standIn = await StandIn.start()
  return {
    timeoutMs: 1_200,
    toleranceMs: 250,
    connect: () => standIn.connect(),
    now: () => standIn.clock.now(),
    pass,
    fired: () => standIn.told('fired') !== null,
    settle: (answer) => answer,
    close: () => standIn.stop(),
  }
})
