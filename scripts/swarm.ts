import { parseArgs } from 'node:util'
import { failureText, playSeed, traceSeed } from '../src/sim/swarm.ts'

const usage = `swarm: plays seeds of the pretend world; each draws a cluster and what befalls it.

  node scripts/swarm.ts --seeds 300 [--from 1]   plays so many seeds; prints each that broke a rule, with the least that breaks it
  node scripts/swarm.ts --seeds 300 --stop       ends at the first that breaks one, and tells only which
  node scripts/swarm.ts --trace SEED             prints everything that happens in one seed

Exit codes: 0 all held, 1 a rule was broken, 64 wrong arguments.`

/** A progress line so often. */
const tellEachMs = 10_000

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    trace: { type: 'string' },
    stop: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

let playing = 0

process.on('unhandledRejection', (error) => {
  console.error(`swarm: seed ${playing}: a rejection nobody handles:`, error)
  process.exit(1)
})

process.exitCode = await main()

async function main(): Promise<number> {
  const numbers = [values.seeds, values.from, values.trace ?? '0'].map(Number)
  if (values.help || !numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) {
    console.log(usage)
    return values.help ? 0 : 64
  }
  const [seeds = 0, from = 0, traced = 0] = numbers
  if (values.trace !== undefined) {
    for (const line of await traceSeed(traced)) console.log(line)
    return 0
  }
  return await swarm(from, seeds)
}

async function swarm(from: number, seeds: number): Promise<number> {
  const failed: number[] = []
  const startedAt = performance.now()
  let toldAt = startedAt
  for (let seed = from; seed < from + seeds; seed += 1) {
    playing = seed
    const failure = await playSeed(seed, { whole: values.stop })
    if (failure !== null && values.stop) {
      console.log(failureText(failure).split('\n').at(-1))
      return 1
    }
    if (failure !== null) {
      failed.push(seed)
      console.log(`${failureText(failure)}\n`)
    }
    if (performance.now() - toldAt < tellEachMs) continue
    toldAt = performance.now()
    console.error(`swarm: ${seed - from + 1} of ${seeds} seeds, ${failed.length} broken`)
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(
    `swarm: ${seeds} seeds from ${from} in ${seconds} s: ${failed.length === 0 ? 'all held' : `broken: ${failed.join(' ')}`}`,
  )
  return failed.length === 0 ? 0 : 1
}
