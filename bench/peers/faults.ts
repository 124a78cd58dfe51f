import { CONTROL_PORT } from '../../lab/control.ts'
import type { LabHost } from '../../lab/host.ts'
import { sleep, until } from '../../lab/run.ts'
import { milliseconds, nowNs } from '../daemon.ts'
import { oneFailover } from '../failover.ts'
import { type Grounds, portOf } from './grounds.ts'
import { deathOf, LogTails, startOf } from './pacemaker/log.ts'

/** What befalls a host. */
export type Blow = 'power' | 'freeze' | 'network'

export const blows: readonly Blow[] = ['power', 'freeze', 'network']

/** Milliseconds, each from the one before, as in `Failover`; null: not seen. */
export interface Recovery {
  /** Until the fence device is first asked for the host. */
  readonly detectionMs: number | null
  /** Until the host counts as dead. */
  readonly proofMs: number | null
  /** Until the start of its guest is asked for on another host: of libvirt (ours), of the agent there (theirs). */
  readonly placementMs: number | null
  readonly bootMs: number
  readonly serviceMs: number
  /** From the blow to the answer of its service. */
  readonly answersMs: number
}

const RECOVER_LIMIT_MS = 120_000

/** So long at rest before each blow; ours rests for a whole lease. */
const REST_MS = 5_000

/** Until then nothing answers for a guest whose host was struck: no answer of its old life is taken for one of the new. */
const SURELY_SILENT_MS = 500

export async function strike(blow: Blow, host: LabHost): Promise<void> {
  if (blow === 'power') await host.powerCut()
  else if (blow === 'freeze') host.freeze()
  else await host.setLink('down')
}

/** Ours, at rest: struck is a host that leads nothing. */
export async function oursStruck(grounds: Grounds, blow: Blow): Promise<Recovery> {
  const { cluster, guests } = grounds
  const one = await oneFailover(cluster, 'fence', 'ordinary', guests, (host) => strike(blow, host))
  const { detectionMs, proofMs, placementMs, startMs, bootMs, serviceMs, answersMs } = one
  const placed = placementMs === null || startMs === null ? null : placementMs + startMs
  return { detectionMs, proofMs, placementMs: placed, bootMs, serviceMs, answersMs }
}

/** Theirs: struck is a host that decides nothing. It has its power and its guest again afterwards. */
export async function peerStruck(grounds: Grounds, blow: Blow): Promise<Recovery> {
  const { peer, hosts } = grounds
  await peer.settled(true)
  await sleep(REST_MS)
  const { decides } = await peer.state()
  const victim = hosts.filter((host) => host.name !== decides).at(-1)!
  const { name, address } = grounds.guests.find((guest) => grounds.placesOf(guest.name).includes(victim.name))!
  const others = hosts.filter((host) => host !== victim)
  const logs = new LogTails(others.map((host) => peer.logFile(host, 'pacemaker')))
  const askedBefore = peer.fence.asked.length
  const [cutNs, cutWall] = [nowNs(), Date.now()]
  const striking = strike(blow, victim)
  await until(`start of ${name} asked for`, RECOVER_LIMIT_MS, () => logs.firstAt(startOf(name)) !== null, 50)
  await sleep(Math.max(0, SURELY_SILENT_MS - milliseconds(cutNs, nowNs())))
  const ports = [CONTROL_PORT, portOf(name, grounds.guests)]
  const [booted = 0, answered = 0] = await Promise.all(
    ports.map(async (port) => (await grounds.answerAt(address, port)) - Number(cutNs) / 1e6),
  )
  await striking
  const asked = peer.fence.asked.findIndex((line, index) => index >= askedBefore && line === `off ${victim.name}`)
  const detectionMs = asked < 0 ? null : peer.fence.askedAtMs[asked]! - Number(cutNs) / 1e6
  const provenAt = logs.firstAt(deathOf(victim.name))
  const provenMs = provenAt === null ? null : provenAt - cutWall
  const startedMs = logs.firstAt(startOf(name))! - cutWall
  await peer.powerOn(victim)
  return {
    detectionMs,
    proofMs: provenMs === null || detectionMs === null ? null : Math.max(0, provenMs - detectionMs),
    placementMs: provenMs === null ? null : Math.max(0, startedMs - provenMs),
    bootMs: booted - startedMs,
    serviceMs: Math.max(0, answered - booted),
    answersMs: answered,
  }
}

/** The plain bound: the same guest by hand, on hosts that nobody has, where it goes on running. */
export async function bootAlone(grounds: Grounds, host: LabHost): Promise<{ readonly answersMs: number }> {
  const [guest] = grounds.guests
  const beganNs = nowNs()
  const created = grounds.createByHand(host, guest!.name)
  const answeredAt = await grounds.answerAt(guest!.address, portOf(guest!.name, grounds.guests))
  await created
  return { answersMs: answeredAt - Number(beganNs) / 1e6 }
}
