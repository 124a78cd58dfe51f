import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutation, mutations } from '../bench/mutation-list.ts'

const usage = `mutations: breaks a rule of safety by hand, in a copy, and looks whether the simulator says so by its number.

  node scripts/mutations.ts [RULE…] [--seeds 1500]

Exit codes: 0 every broken rule was found, 1 one was not, 64 wrong arguments.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1500' },
    help: { type: 'boolean', short: 'h' },
  },
})

process.exitCode = main()

function main(): number {
  const unknown = positionals.filter((rule) => !mutations.some((mutation) => mutation.rule === rule))
  if (values.help || unknown.length > 0 || !(Number(values.seeds) > 0)) {
    console.log(usage)
    return values.help ? 0 : 64
  }
  const chosen = mutations.filter(({ rule }) => positionals.length === 0 || positionals.includes(rule))
  const results = chosen.map((mutation) => {
    const told = play(mutation)
    const found = told.includes(`: ${mutation.rule}:`)
    console.log(`${found ? 'found' : 'NOT FOUND'}  ${mutation.rule}  ${mutation.what}\n           ${told}`)
    return found
  })
  return results.every((found) => found) ? 0 : 1
}

/** The first line that a broken rule is told by; empty: nothing broke. */
function play({ rule, edits }: Mutation): string {
  const root = join(import.meta.dirname, '..')
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
  const args = ['scripts/swarm.ts', '--seeds', values.seeds, '--stop']
  const ran = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', timeout: 3_600_000 })
  rmSync(copy, { recursive: true, force: true })
  return ran.stdout.split('\n').find((line) => line.startsWith('BROKEN')) ?? ran.stderr.slice(-300)
}
