import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '../lab/run.ts'
import { checkCommand, compiled } from './build.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { atMost, type Figure, figure, type Measured } from './figures.ts'
import { largeLauxen, largeYaml } from './large-file.ts'
import { root } from './machine.ts'
import type { RunOptions } from './run-options.ts'
import { largest, median, smallest } from './statistics.ts'

export const counts = [100, 1_000, 10_000] as const
type Count = (typeof counts)[number]

const LIMIT_MS = 280_000

/** Rounds decided by one process, the first of which also warm the compiler up. */
const ROUNDS = 40

/** What a round finds: nothing new; a launch of everything; the guest that all others need lost. */
export const situations = ['steady', 'launch', 'loss'] as const
type Situation = (typeof situations)[number]

export interface CheckRun {
  readonly guests: Count
  readonly yamlMs: number
  readonly lauxenMs: number
  /** Of each situation, milliseconds of one decision; the first, cold one is apart. */
  readonly rounds: Readonly<Record<Situation, { readonly firstMs: number; readonly restMs: readonly number[] }>>
}

/** `vigia check` as a person runs it, the whole process; and decisions, in a process that does nothing else. */
export async function checkRun({ say }: RunOptions, guests: Count): Promise<CheckRun> {
  await compiled()
  const folder = mkdtempSync(join(tmpdir(), 'vigia-check-'))
  try {
    const yaml = join(folder, 'large.yaml')
    const lauxen = join(folder, 'large.conf')
    writeFileSync(yaml, largeYaml(guests))
    writeFileSync(lauxen, largeLauxen(guests))
    const run = { guests, yamlMs: await timed(yaml), lauxenMs: await timed(lauxen), rounds: await decided(yaml) }
    say(`check ${guests}: YAML ${run.yamlMs.toFixed(0)} ms, LauXen's format ${run.lauxenMs.toFixed(0)} ms`)
    return run
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function timed(file: string): Promise<number> {
  const [node, ...args] = checkCommand(file)
  const began = nowNs()
  await must(node, args, { timeoutMs: LIMIT_MS })
  return milliseconds(began, nowNs())
}

/** In `scripts/`, because decisions are made in a room that the bench may not enter. */
async function decided(file: string): Promise<CheckRun['rounds']> {
  const program = join(root, 'scripts', 'decision-rounds.ts')
  const output = await must(process.execPath, [program, file, String(ROUNDS)], { timeoutMs: LIMIT_MS })
  return JSON.parse(output) as CheckRun['rounds']
}

export function checkFigures(runs: readonly CheckRun[]): Measured {
  const notes = [
    '`vigia check` is the compiled command, from its start to its end, reading a file in which every guest needs three others and the longest path goes through all of them.',
    `A decision round is one call of the leader's decision, without reading or writing the store; the first of ${ROUNDS} in its process is told apart.`,
  ]
  return {
    figures: counts.flatMap((count) =>
      ofCount(
        count,
        runs.filter(({ guests }) => guests === count),
      ),
    ),
    details: { runs },
    notes,
  }
}

function ofCount(count: Count, runs: readonly CheckRun[]): Figure[] {
  if (runs.length === 0) return []
  const large = count === 10_000
  const of = (id: string, what: string, unit: 's' | 'ms', values: readonly number[], limit?: number): Figure =>
    figure({
      name: `check-${count}.${id}`,
      what: `${count} guests: ${what}`,
      unit,
      value: median(values),
      n: values.length,
      least: smallest(values),
      most: largest(values),
      ...(large && limit !== undefined && { limit: atMost(limit) }),
    })
  const rounds = situations.flatMap((situation) => [
    of(
      `round-${situation}`,
      `decision round, ${meaning[situation]}`,
      'ms',
      runs.flatMap((run) => run.rounds[situation].restMs),
      50,
    ),
    of(
      `first-${situation}`,
      'the first one of a process',
      'ms',
      runs.map((run) => run.rounds[situation].firstMs),
    ),
  ])
  return [
    of(
      'yaml',
      'check of YAML',
      's',
      runs.map((run) => run.yamlMs / 1000),
      4,
    ),
    of(
      'lauxen',
      "check of LauXen's format",
      's',
      runs.map((run) => run.lauxenMs / 1000),
      1,
    ),
    ...rounds,
  ]
}

const meaning: Record<Situation, string> = {
  steady: 'nothing changed',
  launch: 'everything shall start',
  loss: 'everything is paused at once',
}
