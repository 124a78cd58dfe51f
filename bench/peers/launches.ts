import { join } from 'node:path'
import { until } from '../../lab/run.ts'
import { deedsIn, milliseconds, nowNs } from '../daemon.ts'
import { longestPath } from '../graph.ts'
import { DOWN_LIMIT_MS } from '../stage.ts'
import { actorsOf, type Grounds, portOf } from './grounds.ts'
import { LogTails, startOf } from './pacemaker/log.ts'

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

/** From off, and off again. */
export async function oursLaunches(grounds: Grounds): Promise<Launch> {
  const launched = await oursUp(grounds)
  await grounds.oursAre('ready')
  return { ...launched, shutdownMs: await oursDown(grounds) }
}

/** Running, for as long as `run` takes. */
export async function withOursUp<T>(grounds: Grounds, run: () => Promise<T>): Promise<T> {
  await oursUp(grounds)
  await grounds.oursAre('ready')
  const result = await run()
  await oursDown(grounds)
  return result
}

async function oursUp(grounds: Grounds): Promise<Omit<Launch, 'shutdownMs'>> {
  const { hosts, client } = grounds
  const begunNs = nowNs()
  const answering = allAnswer(grounds, Number(begunNs) / 1e6)
  await client.launch({})
  const answeredMs = await answering
  const deeds = hosts.flatMap((host) => deedsIn(join(host.runFolder, 'deeds'), begunNs))
  return summed(grounds, answeredMs, (name) => {
    const one = deeds.find(({ deed, domain }) => deed === 'start' && domain === name)
    return one === undefined ? null : milliseconds(begunNs, one.atNs)
  })
}

export async function oursDown(grounds: Grounds): Promise<number> {
  const begunNs = nowNs()
  await grounds.client.shutdown({})
  await gone(grounds)
  const tookMs = milliseconds(begunNs, nowNs())
  await grounds.oursAre('stopped')
  return tookMs
}

export async function peerLaunches(grounds: Grounds): Promise<Launch> {
  const launched = await peerUp(grounds)
  await grounds.peer.settled(true)
  return { ...launched, shutdownMs: await peerDown(grounds) }
}

export async function withPeerUp<T>(grounds: Grounds, run: () => Promise<T>): Promise<T> {
  await peerUp(grounds)
  await grounds.peer.settled(true)
  const result = await run()
  await peerDown(grounds)
  return result
}

async function peerUp(grounds: Grounds): Promise<Omit<Launch, 'shutdownMs'>> {
  const { peer, hosts } = grounds
  const logs = new LogTails(hosts.map((host) => peer.logFile(host, 'pacemaker')))
  const [begunNs, begunWall] = [nowNs(), Date.now()]
  const answering = allAnswer(grounds, Number(begunNs) / 1e6)
  await wish(grounds, 'Started')
  const answeredMs = await answering
  return summed(grounds, answeredMs, (name) => {
    const at = logs.firstAt(startOf(name))
    return at === null ? null : at - begunWall
  })
}

async function peerDown(grounds: Grounds): Promise<number> {
  const begunNs = nowNs()
  await wish(grounds, 'Stopped')
  await gone(grounds)
  const tookMs = milliseconds(begunNs, nowNs())
  await grounds.peer.settled(false)
  return tookMs
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
  answeredMs: Readonly<Record<string, number>>,
  issuedAtMs: (guest: string) => number | null,
): Omit<Launch, 'shutdownMs'> {
  const issuedMs = Object.fromEntries(guests.map(({ name }) => [name, issuedAtMs(name) ?? Number.NaN]))
  const tookMs = new Map(guests.map(({ name }) => [name, answeredMs[name]! - issuedMs[name]!]))
  const totalMs = Math.max(...Object.values(answeredMs))
  return { totalMs, boundMs: longestPath(actorsOf(guests), tookMs).ms, issuedMs, answeredMs }
}
