import { join } from 'node:path'
import { until } from '../../lab/run.ts'
import { deedsIn, milliseconds, nowNs } from '../daemon.ts'
import { longestPath } from '../graph.ts'
import { BOOT_LIMIT_MS, DOWN_LIMIT_MS } from '../stage.ts'
import { type Grounds, portOf } from './grounds.ts'
import { LogTails } from './pacemaker/log.ts'

/** Milliseconds from the command. */
export interface Launch {
  /** To the last answer of all services. */
  readonly totalMs: number
  /** Longest path of these very boots: each guest from its own start to its answer. */
  readonly boundMs: number
  readonly issuedMs: Readonly<Record<string, number>>
  readonly answeredMs: Readonly<Record<string, number>>
  /** From the command to the last guest gone. */
  readonly shutdownMs: number
}

/** Nine guests that are off, in their order. They are left running where `stay`. */
export async function oursLaunches(grounds: Grounds): Promise<Launch> {
  const [first] = grounds.cluster.members
  await first!.client.apply({ path: 'vigia.yaml', text: grounds.cluster.file(grounds.guests) })
  const shutdownMs = await oursShutDown(grounds)
  const begunNs = nowNs()
  const answering = allAnswer(grounds, Number(begunNs) / 1e6)
  await first!.client.launch({})
  const answeredMs = await answering
  const deeds = grounds.hosts.flatMap((host) => deedsIn(join(host.runFolder, 'deeds'), begunNs))
  const issuedMs = Object.fromEntries(
    grounds.guests.map(({ name }) => {
      const one = deeds.find(({ deed, domain }) => deed === 'start' && domain === name)
      return [name, one === undefined ? Number.NaN : milliseconds(begunNs, one.atNs)]
    }),
  )
  return { ...summed(grounds, issuedMs, answeredMs), shutdownMs }
}

async function oursShutDown(grounds: Grounds): Promise<number> {
  const [first] = grounds.cluster.members
  await until('all guests ready', BOOT_LIMIT_MS, async () =>
    (await first!.client.status()).guests.every(({ phase }) => phase.kind === 'ready'),
  )
  const begunNs = nowNs()
  await first!.client.shutdown({})
  await gone(grounds)
  const tookMs = milliseconds(begunNs, nowNs())
  await until('all guests stopped', DOWN_LIMIT_MS, async () =>
    (await first!.client.status()).guests.every(({ phase }) => phase.kind === 'stopped'),
  )
  return tookMs
}

export async function peerLaunches(grounds: Grounds): Promise<Launch> {
  const { peer } = grounds
  await wish(grounds, 'Started')
  await peer.settled(true)
  const downNs = nowNs()
  await wish(grounds, 'Stopped')
  await gone(grounds)
  const shutdownMs = milliseconds(downNs, nowNs())
  await peer.settled(false)
  const logs = new LogTails(grounds.hosts.map((host) => peer.logFile(host, 'pacemaker')))
  const [begunNs, begunWall] = [nowNs(), Date.now()]
  const answering = allAnswer(grounds, Number(begunNs) / 1e6)
  await wish(grounds, 'Started')
  const answeredMs = await answering
  const issuedMs = Object.fromEntries(
    grounds.guests.map(({ name }) => {
      const at = logs.firstAt(new RegExp(`Requesting local execution of start operation for ${name}\\b`))
      return [name, at === null ? Number.NaN : at - begunWall]
    }),
  )
  return { ...summed(grounds, issuedMs, answeredMs), shutdownMs }
}

/** One wish for all guests: the default that each of them goes by. */
function wish({ peer }: Grounds, role: 'Started' | 'Stopped'): Promise<string> {
  return peer.ask('crm_attribute', ['--type', 'rsc_defaults', '--name', 'target-role', '--update', role])
}

/** Milliseconds from `beganMs` to the answer of each service, by guest. */
async function allAnswer(grounds: Grounds, beganMs: number): Promise<Record<string, number>> {
  const answers = grounds.guests.map(async ({ name, address }): Promise<readonly [string, number]> => {
    return [name, (await grounds.answerAt(address, portOf(name, grounds.guests))) - beganMs]
  })
  return Object.fromEntries(await Promise.all(answers))
}

async function gone(grounds: Grounds): Promise<void> {
  const none = (): boolean => grounds.guests.every(({ name }) => grounds.placesOf(name).length === 0)
  await until('all guests gone', DOWN_LIMIT_MS, none, 50)
}

function summed(
  { guests }: Grounds,
  issuedMs: Readonly<Record<string, number>>,
  answeredMs: Readonly<Record<string, number>>,
): Omit<Launch, 'shutdownMs'> {
  const actors = guests.map(({ name, address, needs }) => {
    return { name, address, port: portOf(name, guests), needs: needs.map((need) => need.split(':')[0]!) }
  })
  const tookMs = new Map(guests.map(({ name }) => [name, answeredMs[name]! - issuedMs[name]!]))
  const totalMs = Math.max(...Object.values(answeredMs))
  return { totalMs, boundMs: longestPath(actors, tookMs).ms, issuedMs, answeredMs }
}
