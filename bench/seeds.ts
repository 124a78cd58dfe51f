import { availableParallelism } from 'node:os'
import { run } from '../lab/run.ts'
import { exactly, figure, type Measured } from './figures.ts'
import { type Items, pick } from './item.ts'
import { root } from './machine.ts'

/** Whole, and quick. */
const seeds = [10_000, 100] as const

/** Seeds that one process plays: what an interruption costs at most. */
const SEEDS_AT_ONCE = 500
const SEEDS_LIMIT_MS = 3_600_000

export const itemsOfSeeds: Items = {
  seeds: {
    what: 'the simulator, thousands of seeds',
    usual: false,
    run: async (options, progress) => {
      const wanted = pick(seeds, options)
      const done = new Set(progress.parts<Seeds>().map(({ from }) => from))
      const lots = Array.from({ length: Math.ceil(wanted / SEEDS_AT_ONCE) }, (_, place) => place * SEEDS_AT_ONCE + 1)
      const left = lots.filter((from) => !done.has(from))
      // One process a core, each taking the next lot.
      const play = async (): Promise<void> => {
        for (let from = left.shift(); from !== undefined; from = left.shift()) {
          progress.add(await playSeeds(from, Math.min(SEEDS_AT_ONCE, wanted - from + 1)))
          const played = progress.parts<Seeds>().reduce((sum, part) => sum + part.seeds, 0)
          options.say(`seeds: ${played} of ${wanted}`)
        }
      }
      await Promise.all(Array.from({ length: availableParallelism() }, play))
      return seedFigures(progress.parts<Seeds>())
    },
  },
}

interface Seeds {
  readonly from: number
  readonly seeds: number
  readonly held: boolean
  readonly output: string
}

async function playSeeds(from: number, count: number): Promise<Seeds> {
  const args = ['scripts/swarm.ts', '--seeds', String(count), '--from', String(from)]
  const ran = await run(process.execPath, args, { cwd: root, timeoutMs: SEEDS_LIMIT_MS })
  return { from, seeds: count, held: ran.status === 0, output: ran.status === 0 ? '' : ran.stdout.slice(-4_000) }
}

function seedFigures(parts: readonly Seeds[]): Measured {
  const played = parts.reduce((sum, part) => sum + part.seeds, 0)
  const broken = parts.filter((part) => !part.held).length
  return {
    figures: [
      figure({ name: 'seeds.played', what: 'seeds played', unit: 'count', value: played, n: parts.length }),
      figure({
        name: 'seeds.broken',
        what: `lots of up to ${SEEDS_AT_ONCE} seeds with a broken rule`,
        unit: 'count',
        value: broken,
        n: parts.length,
        limit: exactly(0),
      }),
    ],
    details: { parts },
    notes: ['Each seed draws a cluster and what befalls it; safety is checked at each step, then liveness.'],
  }
}
