// A daemon in miniature, a process of its own: arms the watchdog and allows it to be fed, again and again.
// usage: daemon.ts DEVICE SOCKET TIMEOUT-MS ALLOW-MS EVERY-MS; prints "armed", then each allowed time by CLOCK_MONOTONIC.
import { localClock } from '../../../src/drivers/local/clock.ts'
import { lineLog } from '../../../src/drivers/local/log.ts'
import { createLocalWatchdog } from '../../../src/drivers/watchdog/watchdog.ts'
import { instant } from '../../../src/model/ids.ts'

const [device = '', socket = '', ...figures] = process.argv.slice(2)
const [timeoutMs = 0, allowMs = 0, everyMs = 0] = figures.map(Number)

const clock = localClock()
const log = lineLog((line) => void process.stderr.write(line))
const watchdog = createLocalWatchdog({ device, socket, unit: null, clock, log })

function allow(): void {
  const until = clock.now() + allowMs
  const monotonicMs = Number(process.hrtime.bigint()) / 1e6 + allowMs
  watchdog.allow(instant(until))
  process.stdout.write(`${monotonicMs}\n`)
}

await watchdog.arm(timeoutMs)
process.stdout.write('armed\n')
allow()
setInterval(allow, everyMs)
