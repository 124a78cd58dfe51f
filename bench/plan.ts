import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../lab/run.ts'
import { compiled, planCommand } from './build.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { atMost, exactly, type Figure, figure, type Measured } from './figures.ts'
import { root } from './machine.ts'
import type { RunOptions } from './run-options.ts'
import { largest, median, smallest } from './statistics.ts'

export const planSizes = ['small', 'large'] as const
type PlanSize = (typeof planSizes)[number]

const LIMIT_MS = 300_000

const said = { small: '46 guests on 7 hosts', large: '2 000 guests on 200 hosts' } as const
const limitSeconds = { small: 5, large: 60 } as const

export interface PlanRun {
  readonly size: PlanSize
  readonly ms: number
  readonly hosts: number
  /** How much more the plan may cost than the best, as a part of it. */
  readonly gap: number
  readonly moves: number
  /** A placement, proof for every loss, and an order of moves that its own checker accepted. */
  readonly whole: boolean
}

interface Planned {
  readonly outcome: string
  readonly kept?: readonly string[]
  readonly price?: { readonly gap: number }
  readonly survives?: boolean
  readonly losses?: readonly unknown[]
  readonly moves?: { readonly kind: string; readonly moves?: readonly unknown[] }
}

/** `vigia plan` as a person runs it, the whole process with its solver. */
export async function planRun({ say }: RunOptions, size: PlanSize): Promise<PlanRun> {
  await compiled()
  const folder = mkdtempSync(join(tmpdir(), 'vigia-plan-'))
  try {
    const large = join(folder, 'large.yaml')
    writeFileSync(large, largePlan(2_000, 200))
    const [node, ...args] = planCommand(size === 'small' ? join(root, 'examples', 'isp.yaml') : large)
    const began = nowNs()
    const { stdout } = await run(node, args, { timeoutMs: LIMIT_MS })
    const ms = milliseconds(began, nowNs())
    const planned = JSON.parse(stdout) as Planned
    const hosts = planned.kept?.length ?? 0
    const whole = planned.survives === true && planned.losses?.length === hosts && planned.moves?.kind === 'order'
    const gap = planned.price?.gap ?? Number.NaN
    say(`plan ${size}: ${(ms / 1_000).toFixed(1)} s, ${hosts} hosts, ${(gap * 100).toFixed(2)} % from the bound`)
    return { size, ms, hosts, gap, moves: planned.moves?.moves?.length ?? 0, whole }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function planFigures(runs: readonly PlanRun[]): Measured {
  return {
    figures: planSizes.flatMap((size) =>
      ofSize(
        size,
        runs.filter((one) => one.size === size),
      ),
    ),
    details: { runs },
    notes: [
      '`vigia plan` is the compiled command, from its start to its end: reading the file, the hosts, the placement, every loss of one host, the moves and their replay.',
      'The gap is against a bound that holds for every plan; 0 is a proof that none is cheaper.',
    ],
  }
}

function ofSize(size: PlanSize, runs: readonly PlanRun[]): Figure[] {
  if (runs.length === 0) return []
  const seconds = runs.map(({ ms }) => ms / 1_000)
  const gaps = runs.map(({ gap }) => gap * 100)
  const of = (name: string, what: string): { name: string; what: string; n: number } => ({
    name: `plan-${size}.${name}`,
    what: `${said[size]}: ${what}`,
    n: runs.length,
  })
  return [
    figure({
      ...of('time', 'plan with its proofs'),
      ...{ unit: 's', value: median(seconds), least: smallest(seconds), most: largest(seconds) },
      limit: atMost(limitSeconds[size]),
    }),
    figure({ ...of('hosts', 'hosts kept'), unit: 'count', value: runs[0]!.hosts }),
    figure({
      ...of('gap', 'more than the bound'),
      unit: '%',
      value: largest(gaps),
      ...(size === 'small' && { limit: exactly(0) }),
    }),
    figure({ ...of('moves', 'moves, replayed'), unit: 'count', value: runs[0]!.moves }),
    figure({
      ...of('not-whole', 'plans without proof for each loss or order of moves'),
      unit: 'count',
      value: runs.filter(({ whole }) => !whole).length,
      limit: exactly(0),
    }),
  ]
}

/** Guests as an operator has them: many small, few large, spread over hosts of two kinds; the same each time. */
export function largePlan(guests: number, hosts: number): string {
  const memory = [1, 1, 2, 2, 4, 4, 8, 16]
  const hostName = (index: number): string => `host${String(index % hosts).padStart(3, '0')}`
  const hostLines = Array.from({ length: hosts }, (_, index) => {
    const [cores, size] = index % 3 === 0 ? [32, 96] : [16, 64]
    return `  ${hostName(index)}: { cores: ${cores}, memory: ${size} GiB }`
  })
  const guestLines = Array.from({ length: guests }, (_, index) => {
    // A fixed shuffle: sizes do not repeat with the hosts.
    const draw = (index * 7_919) % 104_729
    return `  guest${index}: [${hostName(index)}, ${1 + (draw % 4)}, ${memory[draw % memory.length]}, 20]`
  })
  return `survive: 1\nstorage: shared\nhosts:\n${hostLines.join('\n')}\nguests:\n${guestLines.join('\n')}\n`
}
