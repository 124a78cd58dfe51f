import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figure, type Measured, tableOf } from './figures.ts'
import type { Item } from './item.ts'
import { items } from './items.ts'
import { type Code, code, type Machine, machine } from './machine.ts'
import { Progress } from './progress.ts'
import { Stage } from './stage.ts'

const list = Object.entries(items).map(
  ([name, { what, usual }]) => `  ${name.padEnd(14)} ${what}${usual ? '' : ' (only when named)'}`,
)

const HELP = `usage: node bench/run.ts [ITEM…] [OPTIONS]

Measures on real guests and prints a table; needs root and what 'scripts/setup lab' installs.

${list.join('\n')}

  --quick        shorter and fewer, to see that everything works; its figures are no proof
  --runs N       repetitions of what is repeated for a median (launch, check, migration), or for certainty (series: of each kind)
  --minutes N    length of what waits (footprint, soak)
  --parts A,B    of an item that has parts (peers: power, freeze, network, move, launch, idle; mutations: the rules), these alone
  --seed N       what is drawn at random is drawn from N on (series)
  --out DIR      also writes DIR/ITEM.json
  --resume DIR   keeps finished parts in DIR, and goes on with what is missing there
  --lenient      a promise that was not held is told, and is no failure

Exit codes: 0 all promises held, 1 one was not, 64 wrong arguments, 70 an item could not be measured.
`

/** What `--out` writes. */
interface Report {
  readonly item: string
  readonly at: string
  readonly commit: string
  /** True: the measured code differs from the commit. */
  readonly changed: boolean
  readonly machine: Machine
  /** True: shorter and fewer than what the project promises to measure. */
  readonly quick: boolean
  readonly figures: readonly Figure[]
  readonly notes: readonly string[]
  readonly details: unknown
}

const options = {
  quick: { type: 'boolean', default: false },
  runs: { type: 'string' },
  minutes: { type: 'string' },
  parts: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  resume: { type: 'string' },
  lenient: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const say = (line: string): void => void process.stderr.write(`${line}\n`)

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    say('ending: taking the lab down')
    void Stage.closeAll().finally(() => process.exit(status))
  })
}

// What nobody waited for must not leave a lab behind, and does not hide what went wrong first.
let forsaken = false
process.on('unhandledRejection', (error) => {
  say(`nobody waited for: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  forsaken = true
})

const status = await main()
process.exitCode = forsaken ? 70 : status

async function main(): Promise<number> {
  const { values, positionals } = parsed()
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const unknown = positionals.find((name) => items[name] === undefined)
  if (unknown !== undefined) return complain(`no item '${unknown}'; known: ${Object.keys(items).join(', ')}`)
  const runs = number(values.runs)
  const minutes = number(values.minutes)
  const seed = number(values.seed)
  if ([runs, minutes, seed].some(Number.isNaN))
    return complain('--runs, --minutes and --seed: expected a number above 0')
  const chosen = Object.entries(items).filter(([name, { usual }]) =>
    positionals.length === 0 ? usual : positionals.includes(name),
  )
  const from = await code()
  let status = 0
  for (const [name, item] of chosen) {
    const progressFile = values.resume === undefined ? null : join(values.resume, `${name}.parts.json`)
    const progress = new Progress(progressFile, from.version, values.quick)
    const how = {
      say,
      quick: values.quick,
      ...(runs !== undefined && { runs }),
      ...(minutes !== undefined && { minutes }),
      ...(values.parts !== undefined && { parts: values.parts.split(',') }),
      ...(seed !== undefined && { seed }),
    }
    const held = await measure(name, item, from, progress, how, values.out)
    if (held === 'broken') status = 70
    else if (held === 'not-held' && !values.lenient && status === 0) status = 1
  }
  return status
}

async function measure(
  name: string,
  item: Item,
  from: Code,
  progress: Progress,
  how: Parameters<Item['run']>[0],
  out: string | undefined,
): Promise<'held' | 'not-held' | 'broken'> {
  say(`== ${name}: ${item.what}`)
  const on = await machine()
  let measured: Measured
  try {
    measured = await item.run(how, progress)
  } catch (error) {
    say(`${name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return 'broken'
  }
  const { commit, changed } = from
  const { figures, notes, details } = measured
  const at = new Date().toISOString()
  const report: Report = { item: name, at, commit, changed, machine: on, quick: how.quick, figures, notes, details }
  print(report)
  if (out !== undefined) {
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`)
  }
  progress.finish()
  return figures.some(({ held }) => held === false) ? 'not-held' : 'held'
}

function print({ item, commit, changed, machine: on, quick, figures, notes }: Report): void {
  const { cpu, cores, memoryMib, load, guests, libvirt } = on
  process.stdout.write(`\n${item}${quick ? ' (quick: no proof)' : ''}\n${tableOf(figures)}\n`)
  for (const note of notes) process.stdout.write(`  ${note}\n`)
  const machineLine = `${cores} x ${cpu}, ${memoryMib} MiB, load before ${load.join(' ')}, guests by ${guests}, libvirt ${libvirt}`
  process.stdout.write(`  ${machineLine}, commit ${commit.slice(0, 10)}${changed ? ' with changes' : ''}\n\n`)
}

function parsed() {
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    process.exit(complain((error as Error).message))
  }
}

/** Undefined: not given. NaN: no number above 0. */
function number(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return Number(text) > 0 ? Number(text) : Number.NaN
}

function complain(line: string): number {
  process.stderr.write(`bench: ${line}\n\n${HELP}`)
  return 64
}
