import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { noHostWish, noWish } from '../src/model/wish.ts'
import { LabCluster, type LabMember } from './cluster.ts'
import type { DefinedGuest } from './cluster-file.ts'
import { consoleArguments, freePort } from './console-door.ts'
import { allAnswer, DEMO_ID, down, LAUNCH_LIMIT, SCENARIO, say, seconds, showDoor, vigiaOn } from './demo-parts.ts'
import { whereGuestsRun } from './qemu.ts'
import { until } from './run.ts'
import { scenarioGuests } from './scenario.ts'
import { SilenceMeter } from './silence.ts'

/** Whatever of the tour takes longer has failed. */
const STEP_LIMIT_MS = 180_000

/** Three hosts with an etcd, a vigiad, a watchdog each and a fence device, and nine guests over them. */
export async function clusterDemo({ once, tour }: { readonly once: boolean; readonly tour: boolean }): Promise<number> {
  const begin = performance.now()
  const onStep = (line: string): void => say(`demo: ${line}`)
  const port = await freePort()
  const vigiad = { args: consoleArguments(port) }
  const cluster = await LabCluster.start({ id: DEMO_ID, replace: true, lasting: true, vigiad, onStep })
  try {
    return await shown(cluster, port, begin, { once, tour })
  } catch (error) {
    // Nobody is there who would look into it: what could explain it is said, and nothing is left.
    if (once || tour) {
      say(cluster.lastWords())
      await end(cluster, 1)
    }
    throw error
  }
}

async function shown(
  cluster: LabCluster,
  port: number,
  begin: number,
  { once, tour }: { readonly once: boolean; readonly tour: boolean },
): Promise<number> {
  cluster.lab.startConsoleDoor(port)
  // An echo beside the greeting, for whoever listens how long a guest is silent.
  const guests = scenarioGuests(SCENARIO).map((guest) => ({
    ...guest,
    services: [...guest.services, '69/udp'],
    screen: true,
  }))
  await cluster.found()
  await showDoor(cluster.members[0]!.host)
  const [first] = cluster.members as [LabMember]
  const failed = await launch(cluster, first, guests)
  say(`demo: ${failed === 0 ? 'all nine guests answer' : 'not all guests answer'}, ${seconds(begin)} after the start`)
  if (failed !== 0 && once) say(cluster.lastWords())
  if (failed === 0 && tour) await showAll(cluster, guests)
  if (once || tour) return end(cluster, failed)
  say(commandsToTry(cluster))
  cluster.lab.client.close()
  if (!process.stdout.isTTY) return failed
  await vigiaOn(first.host, ['status', '--watch'])
  return end(cluster, failed)
}

async function launch(cluster: LabCluster, { host }: LabMember, guests: readonly DefinedGuest[]): Promise<number> {
  writeFileSync(fileOf(cluster), cluster.file(guests))
  const applied = await vigiaOn(host, ['apply', fileOf(cluster)])
  if (applied !== 0) return applied
  const launched = await vigiaOn(host, ['launch', '--timeout', LAUNCH_LIMIT])
  if (launched !== 0) return launched
  return allAnswer(cluster.lab, guests)
}

async function end(cluster: LabCluster, failed: number): Promise<number> {
  cluster.lab.client.close()
  for (const { client } of cluster.members) client.close()
  return (await down()) || failed
}

/** A move, a maintenance, a power cut, each with what it took. */
async function showAll(cluster: LabCluster, guests: readonly DefinedGuest[]): Promise<void> {
  await showMove(cluster, guests.at(-1)!)
  await showMaintenance(cluster)
  await showPowerCut(cluster, guests)
}

async function showMove(cluster: LabCluster, { name, address }: DefinedGuest): Promise<void> {
  const [from] = placesOf(cluster, name)
  const to = cluster.members.find(({ host }) => host.name !== from)!.host.name
  say(`tour: ${name} is moved from ${from} to ${to}, while a client is connected`)
  const meter = await SilenceMeter.start(cluster.lab.client.namespace, address)
  const begin = performance.now()
  await cluster.wish(`wish/guest/${name}`, { ...noWish, move: { to, how: 'live' }, moveSerial: 1 })
  await until(`${name} on ${to} alone`, STEP_LIMIT_MS, () => placesOf(cluster, name).join() === to)
  const took = seconds(begin)
  const { kept, longestMs } = await meter.stop()
  say(`tour:   done in ${took}; silent for ${longestMs.toFixed(0)} ms; the connection was ${kept ? 'kept' : 'LOST'}`)
}

async function showMaintenance(cluster: LabCluster): Promise<void> {
  const member = cluster.members.at(-1)!
  const { name } = member.host
  say(`tour: maintenance of ${name}: its guests go to the others, running`)
  const begin = performance.now()
  await cluster.wish(`wish/host/${name}`, { ...noHostWish, maintenance: true })
  await until(`${name} is empty`, STEP_LIMIT_MS, () => guestsOn(cluster, member).length === 0)
  say(`tour:   empty after ${seconds(begin)}; maintenance ends`)
  await cluster.wish(`wish/host/${name}`, { ...noHostWish, maintenance: false })
}

async function showPowerCut(cluster: LabCluster, guests: readonly DefinedGuest[]): Promise<void> {
  const victim = cluster.members.find((member) => guestsOn(cluster, member).length > 0)!
  const lost = guestsOn(cluster, victim)
  say(`tour: the power of ${victim.host.name} is cut, with ${lost.join(', ')} on it`)
  const begin = performance.now()
  await victim.host.powerCut()
  const recovered = lost.map(async (name) => {
    const { address } = guests.find((guest) => guest.name === name)!
    const elsewhere = (): boolean => placesOf(cluster, name).some((host) => host !== victim.host.name)
    await until(`${name} elsewhere`, STEP_LIMIT_MS, elsewhere, 50)
    const begun = seconds(begin)
    await cluster.lab.client.wait(address, 22, STEP_LIMIT_MS)
    say(`tour:   ${name} begins on ${placesOf(cluster, name).join()} after ${begun}, answers after ${seconds(begin)}`)
  })
  await Promise.all(recovered)
  say(`tour: ${victim.host.name} has power again`)
  await cluster.powerOn(victim)
  await vigiaOn(victim.host, ['cluster', 'members'])
}

function placesOf(cluster: LabCluster, guest: string): string[] {
  return whereGuestsRun(cluster.lab.hosts).get(guest) ?? []
}

function guestsOn(cluster: LabCluster, { host }: LabMember): string[] {
  return [...whereGuestsRun(cluster.lab.hosts)].flatMap(([guest, hosts]) => (hosts.includes(host.name) ? [guest] : []))
}

function fileOf({ lab }: LabCluster): string {
  return join(lab.sharedFolder, 'vigia.yaml')
}

function commandsToTry(cluster: LabCluster): string {
  return `
The cluster file: ${fileOf(cluster)}
To try in a second terminal:

  scripts/demo vigia console                           a new one-time link to the console in the browser
  scripts/demo vigia cluster members                   who belongs to the cluster, and who leads
  scripts/demo vigia why servidor9                     what it waits for, and why
  node lab/cli.ts power h2 off --id ${DEMO_ID}               the power of a host is cut: its guests start elsewhere
  scripts/demo guest servidor2 close 22/tcp            a service fails: what needs servidor2 is paused at once
  scripts/demo guest servidor5 crash                   a kernel panic: the guest is started again
  scripts/demo vigia events --follow                   everything that happens, with its reason

Ctrl-C here ends the demo; 'scripts/demo --down' takes it down from anywhere, also after a crash.
`
}
