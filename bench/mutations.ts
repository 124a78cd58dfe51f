import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../lab/run.ts'
import { exactly, figure, type Measured } from './figures.ts'
import type { Items } from './item.ts'
import { root } from './machine.ts'
import { type Mutation, mutations } from './mutation-list.ts'

/** Rules that are found within a few seeds, for a quick run. */
const QUICK = 2
const SEEDS = 1_500
const RULE_LIMIT_MS = 3_600_000

export const itemsOfMutations: Items = {
  mutations: {
    what: 'each rule of safety broken by hand: does the simulator name it?',
    usual: false,
    run: async (options, progress) => {
      const wanted = mutations.filter(
        ({ rule }, place) => options.parts?.includes(rule) ?? !(options.quick && place >= QUICK),
      )
      for (const mutation of wanted) {
        const { rule, what } = mutation
        if (progress.parts<Broken>().some((part) => part.rule === rule)) continue
        const told = await playBroken(mutation)
        const found = told.includes(`: ${rule}:`)
        progress.add({ rule, what, found, told })
        options.say(`mutations: ${rule} ${found ? 'found' : 'NOT FOUND'}: ${told}`)
      }
      return mutationFigures(progress.parts<Broken>(), wanted.length)
    },
  },
}

interface Broken {
  readonly rule: string
  readonly what: string
  /** The simulator said so, by the rule's number. */
  readonly found: boolean
  readonly told: string
}

/** The first line that a broken rule is told by; empty: nothing broke. */
async function playBroken({ rule, edits }: Mutation): Promise<string> {
  const copy = join(root, '.cache', 'mutations', rule)
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const part of ['src', 'scripts', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [file, before, after] of edits) {
    const text = readFileSync(join(copy, file), 'utf8')
    if (!text.includes(before)) throw new Error(`${rule}: ${file} does not hold what is to be broken: ${before}`)
    writeFileSync(join(copy, file), text.replace(before, after))
  }
  const args = ['scripts/swarm.ts', '--seeds', String(SEEDS), '--stop']
  const ran = await run(process.execPath, args, { cwd: copy, timeoutMs: RULE_LIMIT_MS })
  rmSync(copy, { recursive: true, force: true })
  return ran.stdout.split('\n').find((line) => line.startsWith('BROKEN')) ?? ran.stderr.slice(-300)
}

function mutationFigures(parts: readonly Broken[], wanted: number): Measured {
  return {
    figures: [
      figure({
        name: 'mutations.found',
        what: 'rules of safety broken by hand, found by their number',
        unit: 'count',
        value: parts.filter(({ found }) => found).length,
        n: parts.length,
        limit: exactly(wanted),
      }),
    ],
    details: { mutations: parts },
    notes: [
      'A rule is broken in a copy of the code; seeds are played until one breaks, which must say which rule it was.',
    ],
  }
}
