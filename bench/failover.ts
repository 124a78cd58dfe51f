import type { LabCluster, LabMember } from '../lab/cluster.ts'
import type { DefinedGuest } from '../lab/cluster-file.ts'
import { CONTROL_PORT } from '../lab/control.ts'
import type { LabHost } from '../lab/host.ts'
import { whereGuestsRun } from '../lab/qemu.ts'
import { sleep, until } from '../lab/run.ts'
import { noWish } from '../src/model/wish.ts'
import { deedsOn, onCluster } from './cluster-stage.ts'
import { milliseconds, nowNs } from './daemon.ts'
import type { RunOptions } from './run-options.ts'
import { BOOT_LIMIT_MS, labAddress } from './stage.ts'

/** What proves that a host is dead. */
export type ProofWay = 'fence' | 'watchdog'

/** What else is lost with it: nothing, who leads Vigia, who leads etcd. */
export type Role = 'ordinary' | 'leader' | 'etcd-leader'

export const proofWays: readonly ProofWay[] = ['fence', 'watchdog']
export const roles: readonly Role[] = ['ordinary', 'leader', 'etcd-leader']

/** One host loses its power. Milliseconds, each from the one before; null: not seen. */
export interface Failover {
  /** Of the cluster file in force. */
  readonly leaseMs: number
  readonly way: ProofWay
  readonly role: Role
  /** Until the host is asked for: the fence device first asked of it, or its lease over (the proof by the watchdog begins then). */
  readonly detectionMs: number | null
  /** Until it counts as dead. */
  readonly proofMs: number | null
  /** Until its guest has another host. */
  readonly placementMs: number | null
  /** Until the request to start it there was written to libvirt. */
  readonly startMs: number | null
  /** Until the guest answers at all. */
  readonly bootMs: number
  /** Until its service does. */
  readonly serviceMs: number
  /** From the cut: to the request to start it, and to the answer of its service. */
  readonly issuedMs: number
  readonly answersMs: number
}

/** A guest for each of three hosts. */
export function webs(services: readonly string[] = ['22/tcp']): DefinedGuest[] {
  return [0, 1, 2].map((index) => ({ name: `web${index + 1}`, address: labAddress(index), services, needs: [] }))
}

/** Everything is as it was: a whole usual lease of renewals, so that each cut meets a cluster at rest. */
const REST_MS = 13_000

const RECOVER_LIMIT_MS = 120_000

/** Three hosts with a guest each; one of them loses its power, comes back, and is given a guest again. */
export async function failoverRounds(
  options: RunOptions,
  leaseMs: number,
  left: readonly (readonly [ProofWay, Role])[],
  done: (one: Failover) => void,
): Promise<void> {
  await onCluster({ id: 'bfail', say: options.say }, async (cluster) => {
    const guests = webs()
    for (const [index, [way, role]] of left.entries()) {
      await atRest(cluster, way, leaseMs, guests)
      const one = { leaseMs, ...(await oneFailover(cluster, way, role, guests)) }
      done(one)
      const shown = `start issued after ${one.issuedMs.toFixed(0)} ms, answers after ${one.answersMs.toFixed(0)} ms`
      options.say(`failover: ${index + 1} of ${left.length}, by ${way}, ${role}: ${shown}`)
    }
  })
}

/** The file in force, all guests ready, one on each host, everybody renewing. */
export async function atRest(
  cluster: LabCluster,
  way: ProofWay,
  leaseMs: number,
  guests: readonly DefinedGuest[],
): Promise<void> {
  const [first] = cluster.members
  if (first === undefined) return
  const text = cluster.file(guests, { fence: way === 'fence', settings: `{ lease: ${leaseMs}ms }` })
  await first.client.apply({ path: 'vigia.yaml', text })
  await allReady(cluster, guests.length)
  for (const member of cluster.members) {
    if (guestsOn(cluster, member).length > 0) continue
    const [from] = cluster.members.filter((other) => guestsOn(cluster, other).length > 1)
    const [guest] = from === undefined ? [] : guestsOn(cluster, from)
    if (guest === undefined) throw new Error(`no guest for ${member.host.name}`)
    const before = (await cluster.stored(`wish/guest/${guest}`)) as { moveSerial?: number } | undefined
    const move = { to: member.host.name, how: 'live' }
    await cluster.wish(`wish/guest/${guest}`, { ...noWish, move, moveSerial: (before?.moveSerial ?? 0) + 1 })
    await until(`${guest} on ${member.host.name}`, RECOVER_LIMIT_MS, () => guestsOn(cluster, member).includes(guest))
  }
  await allReady(cluster, guests.length)
  await sleep(REST_MS)
}

/** `strike`: what befalls the host, whose power is off or goes off afterwards; its promise is waited for at the end. */
export async function oneFailover(
  cluster: LabCluster,
  way: ProofWay,
  role: Role,
  guests: readonly DefinedGuest[],
  strike: (host: LabHost) => Promise<void> = (host) => host.powerCut(),
): Promise<Omit<Failover, 'leaseMs'>> {
  const victim = await memberOf(cluster, role)
  const others = cluster.members.filter((member) => member !== victim)
  const [name = ''] = guestsOn(cluster, victim)
  const { address } = guests.find((guest) => guest.name === name)!
  const askedBefore = cluster.fence.asked.length
  const [cutNs, cutWall] = [nowNs(), Date.now()]
  const cutting = strike(victim.host)
  const deedOf = () => deedsOn(others, cutNs).find(({ deed, domain }) => deed === 'start' && domain === name)
  await until(`start of ${name} issued`, RECOVER_LIMIT_MS, () => deedOf() !== undefined, 5)
  const [booted, answered] = await Promise.all(
    [CONTROL_PORT, 22].map(async (port) => {
      await cluster.lab.client.wait(address, port, BOOT_LIMIT_MS)
      return milliseconds(cutNs, nowNs())
    }),
  )
  await cutting
  const asked = cluster.fence.asked.indexOf(`status ${victim.host.name}`, askedBefore)
  const events = (
    await Promise.all(others.map(({ client }) => client.events({ limit: '200', newestFirst: '1' })))
  ).flatMap((one) => one.events)
  const eventMs = (word: string, guest: string | null): number | null => {
    const found = events.filter(
      (event) => event.word === word && event.at >= cutWall && (guest === null || event.guest === guest),
    )
    return found.length === 0 ? null : Math.min(...found.map(({ at }) => at)) - cutWall
  }
  const issuedMs = milliseconds(cutNs, deedOf()!.atNs)
  const provenMs = eventMs('proven', null)
  const placedMs = eventMs('recover', name) ?? eventMs('start', name)
  const detectedMs = asked < 0 ? null : cluster.fence.askedAtMs[asked]! - Number(cutNs) / 1e6
  await cluster.powerOn(victim)
  return {
    ...{ way, role, issuedMs, answersMs: answered! },
    detectionMs: detectedMs,
    proofMs: between(detectedMs ?? 0, provenMs),
    placementMs: between(provenMs, placedMs),
    startMs: between(placedMs, issuedMs),
    bootMs: booted! - issuedMs,
    // Two questions side by side: where both open at once, either may be first.
    serviceMs: Math.max(0, answered! - booted!),
  }
}

/** The host that is to be lost: one that plays this part, and no other. */
async function memberOf(cluster: LabCluster, role: Role): Promise<LabMember> {
  for (let tries = 0; tries < 5; tries++) {
    const [leader, etcdLeader] = [await cluster.someLeader(), await cluster.someEtcdLeader()]
    if (leader !== etcdLeader) {
      if (role === 'leader') return leader
      if (role === 'etcd-leader') return etcdLeader
      return cluster.members.find((member) => member !== leader && member !== etcdLeader)!
    }
    if (role === 'ordinary') return cluster.members.find((member) => member !== leader)!
    // One host leads both: etcd chooses another member when it is started anew.
    await leader.etcd.kill()
    await sleep(3_000)
    await leader.etcd.start()
    await leader.etcd.ready()
    await sleep(REST_MS)
  }
  throw new Error('one host leads all the time')
}

export async function allReady(cluster: LabCluster, count: number): Promise<void> {
  const [first] = cluster.members
  await until('all guests ready, all members renewing', RECOVER_LIMIT_MS, async () => {
    const status = await first?.client.status()
    return status?.guests.length === count && status.guests.every(({ phase }) => phase.kind === 'ready')
  })
  await until(
    'all members renewing',
    RECOVER_LIMIT_MS,
    async () => (await cluster.vigia(first!, ['cluster', 'members'])).status === 0,
  )
}

export function guestsOn(cluster: LabCluster, { host }: LabMember): string[] {
  return [...whereGuestsRun(cluster.lab.hosts)].flatMap(([guest, hosts]) => (hosts.includes(host.name) ? [guest] : []))
}

/** Events have whole milliseconds: what follows at once may seem to come before. */
function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from)
}
