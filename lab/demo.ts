import { parseArgs } from 'node:util'
import { clusterDemo } from './demo-cluster.ts'
import { oneHostDemo } from './demo-one-host.ts'
import { down, tellGuest, vigiaOn, withDemo } from './demo-parts.ts'

/*
 * `scripts/demo`: three hosts and nine real guests. Ends with everything taken down, unless there is no terminal to watch from: then
 * `scripts/demo --down` does it.
 */

async function main(): Promise<number> {
  const [first = '', ...rest] = process.argv.slice(2)
  if (first === 'vigia') {
    return withDemo((lab) => vigiaOn(lab.hosts.find(({ isOn }) => isOn) ?? lab.host('h1'), rest))
  }
  if (first === 'guest') return withDemo((lab) => tellGuest(lab, rest))
  const { values } = parseArgs({
    options: {
      'one-host': { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      tour: { type: 'boolean', default: false },
      down: { type: 'boolean', default: false },
    },
  })
  if (values.down) return down()
  if (values['one-host']) return oneHostDemo(values.once)
  return clusterDemo({ once: values.once, tour: values.tour })
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
