import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clusterFile, type DefinedGuest } from './cluster-file.ts'
import { consoleArguments, freePort } from './console-door.ts'
import { allAnswer, DEMO_ID, down, LAUNCH_LIMIT, SCENARIO, say, seconds, showDoor, vigiaOn } from './demo-parts.ts'
import { type Lab, startLab } from './lab.ts'
import { scenarioGuests } from './scenario.ts'
import { LabVigiad } from './vigiad.ts'

/** `scripts/demo --one-host`: nine real guests on one host, launched by vigiad in the order of scenario B, and a board to watch them. */
export async function oneHostDemo(once: boolean): Promise<number> {
  const begin = performance.now()
  const lab = await startLab({ id: DEMO_ID, replace: true, onStep: (line) => say(`demo: ${line}`) })
  const port = await freePort()
  const vigiad = new LabVigiad(lab.host('h1'), { args: consoleArguments(port) })
  lab.startConsoleDoor(port)
  const guests = scenarioGuests(SCENARIO).map((guest) => ({ ...guest, screen: true }))
  const failed = await launch(lab, vigiad, guests)
  say(`demo: ${failed === 0 ? 'all nine guests answer' : 'not all guests answer'}, ${seconds(begin)} after the start`)
  lab.client.close()
  if (once) return (await finish(vigiad)) || failed
  say(commandsToTry(lab))
  if (!process.stdout.isTTY) return failed
  await vigiaOn(vigiad.host, ['status', '--watch'])
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
  await showDoor(vigiad.host)
  const applied = await vigiaOn(vigiad.host, ['apply', fileOf(lab)])
  if (applied !== 0) return applied
  const launched = await vigiaOn(vigiad.host, ['launch', '--timeout', LAUNCH_LIMIT])
  if (launched !== 0) return launched
  return allAnswer(lab, guests)
}

async function finish(vigiad: LabVigiad): Promise<number> {
  const status = await vigiaOn(vigiad.host, ['shutdown', '--yes'])
  await vigiad.stop()
  return (await down()) || status
}

function fileOf(lab: Lab): string {
  return join(lab.host('h1').stateFolder, 'vigia.yaml')
}

function commandsToTry(lab: Lab): string {
  return `
The cluster file: ${fileOf(lab)}
To try in a second terminal:

  scripts/demo vigia console                           a new one-time link to the console in the browser
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
