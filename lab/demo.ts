import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DefinedGuest } from './cluster-file.ts'
import { clusterFile } from './cluster-file.ts'
import { labDown } from './down.ts'
import { type Lab, openLab, startLab } from './lab.ts'
import { scenarioGuests } from './scenario.ts'
import { LabVigiad } from './vigiad.ts'

/*
 * `scripts/demo`: nine real guests, launched by vigiad in the order of scenario B, and a board to watch them.
 * Ends with everything taken down, unless there is no terminal to watch from: then `scripts/demo --down` does it.
 */

const ID = 'demo'
const ROOT = join(import.meta.dirname, '..')
const SCENARIO = join(ROOT, 'examples', 'scenario-b.conf')

/** Nine emulated guests in five waves; a machine that needs longer is no place to try it. */
const LAUNCH_LIMIT = '240s'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  const [first = '', ...rest] = process.argv.slice(2)
  if (first === 'vigia') return withDemo((_lab, vigiad) => vigia(vigiad, rest))
  if (first === 'guest') return withDemo((lab) => tell(lab, rest))
  const { values } = parseArgs({ options: { once: { type: 'boolean' }, down: { type: 'boolean' } } })
  if (values.down) return down()
  const begin = performance.now()
  const lab = await startLab({ id: ID, replace: true, onStep: (line) => say(`demo: ${line}`) })
  const vigiad = new LabVigiad(lab.host('h1'))
  const guests = scenarioGuests(SCENARIO)
  const failed = await launch(lab, vigiad, guests)
  say(`demo: ${failed === 0 ? 'all nine guests answer' : 'not all guests answer'}, ${seconds(begin)} after the start`)
  lab.client.close()
  if (values.once) return (await finish(vigiad)) || failed
  if (!process.stdout.isTTY) {
    say(commandsToTry(lab))
    return failed
  }
  say(commandsToTry(lab))
  await vigia(vigiad, ['status', '--watch'])
  return (await finish(vigiad)) || failed
}

/** The cluster file is handed to vigiad, and that is all: it defines the guests and starts each when its needs answer. */
async function launch(lab: Lab, vigiad: LabVigiad, guests: readonly DefinedGuest[]): Promise<number> {
  for (const guest of guests) lab.nameGuest(guest)
  writeFileSync(
    fileOf(lab),
    clusterFile(guests, lab.image, (name) => lab.consoleFile('h1', name)),
  )
  say('demo: starting vigiad in host h1')
  await vigiad.start()
  const applied = await vigia(vigiad, ['apply', fileOf(lab)])
  if (applied !== 0) return applied
  const launched = await vigia(vigiad, ['launch', '--timeout', LAUNCH_LIMIT])
  if (launched !== 0) return launched
  const answers = await Promise.all(guests.map(({ address }) => lab.client.tcp(address, 22)))
  return answers.every(({ verdict }) => verdict === 'answered') ? 0 : 1
}

async function finish(vigiad: LabVigiad): Promise<number> {
  const status = await vigia(vigiad, ['shutdown', '--yes'])
  await vigiad.stop()
  return (await down()) || status
}

async function down(): Promise<number> {
  const begin = performance.now()
  const done = await labDown(ID)
  say(done.length === 0 ? 'demo: nothing is up' : `demo: taken down, nothing is left (${seconds(begin)})`)
  return 0
}

async function withDemo(action: (lab: Lab, vigiad: LabVigiad) => Promise<number>): Promise<number> {
  const lab = await openLab(ID)
  if (lab === undefined) {
    process.stderr.write('demo: it is not up: run scripts/demo in another terminal\n')
    return 1
  }
  const status = await action(lab, new LabVigiad(lab.host('h1')))
  lab.client.close()
  return status
}

async function tell(lab: Lab, [name = '', ...words]: readonly string[]): Promise<number> {
  say((await lab.control(name).send(words.join(' '))) || 'ok')
  return 0
}

/** vigia itself, in this terminal, speaking to the daemon in the host. Ctrl-C is its own affair. */
function vigia(vigiad: LabVigiad, words: readonly string[]): Promise<number> {
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  return new Promise((resolve, reject) => {
    const env = { ...process.env, VIGIA_SOCKET: vigiad.socket }
    const child = spawn(join(ROOT, 'bin', 'vigia'), [...words], { stdio: 'inherit', env })
    child.on('error', reject)
    child.on('close', (code) => {
      process.off('SIGINT', ignore)
      resolve(code ?? 1)
    })
  })
}

function fileOf(lab: Lab): string {
  return join(lab.host('h1').stateFolder, 'vigia.yaml')
}

function commandsToTry(lab: Lab): string {
  return `
The cluster file: ${fileOf(lab)}
To try in a second terminal:

  scripts/demo vigia why servidor9                     what it waits for, and why
  scripts/demo guest servidor2 close 22/tcp            a service fails: what needs servidor2 is paused at once
  scripts/demo guest servidor2 open 22/tcp             it is back: they go on
  scripts/demo guest servidor5 crash                   a kernel panic: the guest is started again
  scripts/demo vigia memory servidor3 '100 MiB'        more memory, without a restart
  scripts/demo vigia events --follow                   everything that happens, with its reason
  scripts/demo vigia shutdown servidor4 --dependents   and all that needs it

Ctrl-C here ends the demo; 'scripts/demo --down' takes it down from anywhere, also after a crash.
`
}

function seconds(begin: number): string {
  return `${((performance.now() - begin) / 1000).toFixed(1)} s`
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`)
  return 1
})
