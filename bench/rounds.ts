import { join } from 'node:path'
import { must } from '../lab/run.ts'
import { atMost, type Figure, figure, type Measured } from './figures.ts'
import { root } from './machine.ts'
import type { RunOptions } from './run-options.ts'
import { largest, median, smallest } from './statistics.ts'

export const hostCounts = [10, 100, 1_000] as const
type HostCount = (typeof hostCounts)[number]

const LIMIT_MS = 300_000

/** Rounds decided by one process, the first of which also warm the compiler up. */
const ROUNDS = 20

const situations = {
  steady: 'nothing changed',
  launch: 'everything shall be placed and started',
  loss: 'one host is proven dead, its guests are placed elsewhere',
} as const
type Situation = keyof typeof situations

export interface ClusterRounds {
  readonly hosts: HostCount
  /** Of each situation, milliseconds of one decision; the first, cold one is apart. */
  readonly rounds: Readonly<Record<Situation, { readonly firstMs: number; readonly restMs: readonly number[] }>>
}

/** In `scripts/`, because decisions are made in a room that the bench may not enter. */
export async function clusterRounds({ say }: RunOptions, hosts: HostCount): Promise<ClusterRounds> {
  const program = join(root, 'scripts', 'cluster-rounds.ts')
  const output = await must(process.execPath, [program, String(hosts), String(ROUNDS)], { timeoutMs: LIMIT_MS })
  const rounds = JSON.parse(output) as ClusterRounds['rounds']
  say(
    `rounds ${hosts}: ${median(rounds.steady.restMs).toFixed(1)} ms steady, ${median(rounds.loss.restMs).toFixed(1)} ms at a loss`,
  )
  return { hosts, rounds }
}

export function roundFigures(runs: readonly ClusterRounds[]): Measured {
  const notes = [
    "A round is one call of the leader's decision for hosts of ten guests each, without reading or writing the store; a host's loss is decided in one round: all its guests are placed.",
  ]
  return { figures: runs.flatMap(figuresOf), details: { runs }, notes }
}

function figuresOf({ hosts, rounds }: ClusterRounds): Figure[] {
  return (Object.keys(situations) as Situation[]).map((situation) => {
    const values = rounds[situation].restMs
    return figure({
      name: `rounds-${hosts}.${situation}`,
      what: `${hosts} hosts, ${hosts * 10} guests: ${situations[situation]}`,
      ...{ unit: 'ms', value: median(values), n: values.length, least: smallest(values), most: largest(values) },
      ...(hosts === 1_000 && situation !== 'launch' && { limit: atMost(200) }),
    })
  })
}
