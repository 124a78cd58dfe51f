import { run } from '../lab/run.ts'
import { exactly, figure, type Measured } from './figures.ts'
import type { Items } from './item.ts'
import { root } from './machine.ts'
import { mutations } from './mutation-list.ts'

/** Rules that are found within a few seeds, for a quick run. */
const QUICK = 2
const RULE_LIMIT_MS = 3_600_000

export const itemsOfMutations: Items = {
  mutations: {
    what: 'each rule of safety broken by hand: does the simulator name it?',
    usual: false,
    run: async (options, progress) => {
      const chosen = options.quick ? mutations.slice(0, QUICK) : mutations
      for (const { rule, what } of chosen) {
        if (progress.parts<Broken>().some((part) => part.rule === rule)) continue
        const part = { rule, what, ...(await breakRule(rule)) }
        progress.add(part)
        options.say(`mutations: ${rule} ${part.found ? 'found' : 'NOT FOUND'}`)
      }
      return mutationFigures(progress.parts<Broken>(), chosen.length)
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

async function breakRule(rule: string): Promise<Pick<Broken, 'found' | 'told'>> {
  const ran = await run(process.execPath, ['scripts/mutations.ts', rule], { cwd: root, timeoutMs: RULE_LIMIT_MS })
  if (!/found/i.test(ran.stdout)) throw new Error(`${rule} could not be broken: ${ran.stderr.slice(-2_000)}`)
  const told = ran.stdout.split('\n').find((line) => line.trimStart().startsWith('BROKEN'))
  return { found: ran.status === 0, told: told?.trim() ?? '' }
}

function mutationFigures(parts: readonly Broken[], wanted: number): Measured {
  const found = parts.filter((part) => part.found).length
  return {
    figures: [
      figure({
        name: 'mutations.found',
        what: 'rules of safety broken by hand, found by their number',
        unit: 'count',
        value: found,
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
