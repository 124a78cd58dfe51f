import type { LabCluster } from '../lab/cluster.ts'
import type { Lab } from '../lab/lab.ts'
import { whereGuestsRun } from '../lab/qemu.ts'
import { allGuestsReady, allGuestsStopped, deedsOn, onCluster, scenarioB } from './cluster-stage.ts'
import { milliseconds, nowNs } from './daemon.ts'
import { exactly, type Figure, figure, type Measured } from './figures.ts'
import { longestPath } from './graph.ts'
import { gates } from './launch.ts'
import { Observer } from './observer.ts'
import type { RunOptions } from './run-options.ts'
import { type Actor, BOOT_LIMIT_MS } from './stage.ts'
import { largest, median, smallest } from './statistics.ts'

/** Guests that wait for each other boot one after the other: five waves in scenario B. */
const LAUNCH_LIMIT_MS = 3 * BOOT_LIMIT_MS

/** One ordered launch over several hosts. Milliseconds from the command. */
export interface ClusterLaunch {
  readonly totalMs: number
  readonly answeredMs: Readonly<Record<string, number>>
  /** When each start was written to libvirt; empty where nobody tells. */
  readonly issuedMs: Readonly<Record<string, number>>
  readonly gatesMs: Readonly<Record<string, number>>
  /** The longest path of needs, of these very boots. Null where nobody tells when they were issued. */
  readonly boundMs: number | null
  /** Hosts by guest. */
  readonly places: Readonly<Record<string, string>>
  readonly packetsLost: number
}

/** What a manager of guests is asked for, and tells. */
export interface Launcher {
  /** Gives the command; may return before the guests are up. */
  readonly begin: () => Promise<unknown>
  /** Of each guest, when its start was requested of libvirt, by CLOCK_MONOTONIC; null: it is not known. */
  readonly issued: (sinceNs: bigint) => ReadonlyMap<string, bigint> | null
}

/**
 * Has all guests launched that are down, and sees on the wire when each answers first: from the clients' place in the lab, which is no
 * host's, by a process that is no part of whoever launches.
 */
export async function launchOverHosts(lab: Lab, actors: readonly Actor[], launcher: Launcher): Promise<ClusterLaunch> {
  const observer = await Observer.start(`/run/netns/${lab.client.namespace}`)
  try {
    const knocking = actors.map(({ address, port }) => lab.client.wait(address, port, LAUNCH_LIMIT_MS))
    const began = nowNs()
    await launcher.begin()
    await Promise.all(knocking)
    await observer.caughtUp()
    const answered = new Map(
      actors.map(({ name, address, port }) => [name, observer.firstUp(address, port) ?? missing(name)]),
    )
    const issued = launcher.issued(began)
    const took = [...(issued ?? [])].flatMap(([name, at]): [string, number][] => {
      const up = answered.get(name)
      return up === undefined ? [] : [[name, milliseconds(at, up)]]
    })
    return {
      totalMs: largest([...answered.values()].map((at) => milliseconds(began, at))),
      answeredMs: since(began, answered),
      issuedMs: since(began, issued ?? new Map()),
      gatesMs: issued === null ? {} : gates(actors, issued, answered),
      boundMs: issued === null ? null : longestPath(actors, new Map(took)).ms,
      places: Object.fromEntries(
        [...whereGuestsRun(lab.hosts)].map(([name, hosts]): [string, string] => [name, hosts.join(' ')]),
      ),
      packetsLost: await observer.lost(),
    }
  } finally {
    observer.stop()
  }
}

/** The guests of scenario B, as whoever waits for their answers needs them. */
export function scenarioActors(): Actor[] {
  return scenarioB().map(({ name, address, services, needs }) => ({
    ...{ name, address, port: Number.parseInt(services[0] ?? '22', 10) },
    needs: needs.map((need) => need.split(':')[0] ?? ''),
  }))
}

/** Scenario B, launched by Vigia over three hosts, again and again; the first launch only warms everything up. */
export async function clusterLaunchRounds(
  options: RunOptions,
  rounds: number,
  done: (round: ClusterLaunch) => void,
): Promise<void> {
  await onCluster({ id: 'bclau', say: options.say }, async (cluster) => {
    const [guests, actors] = [scenarioB(), scenarioActors()]
    await cluster.members[0]!.client.apply({ path: 'vigia.yaml', text: cluster.file(guests) })
    await allGuestsReady(cluster, guests.length)
    for (let round = 1; round <= rounds; round++) {
      await cluster.members[0]!.client.shutdown({})
      await allGuestsStopped(cluster)
      const one = await launchOverHosts(cluster.lab, actors, vigiaLauncher(cluster))
      await allGuestsReady(cluster, guests.length)
      done(one)
      options.say(`cluster-launch: ${round} of ${rounds}, ${(one.totalMs / 1_000).toFixed(1)} s`)
    }
  })
}

function vigiaLauncher({ members }: LabCluster): Launcher {
  return {
    begin: () => members[0]!.client.launch({}),
    issued: (sinceNs) =>
      new Map(
        deedsOn(members, sinceNs)
          .filter(({ deed }) => deed === 'start')
          // The first of each: a repeated request is not the one that was waited for.
          .reverse()
          .map(({ domain, atNs }) => [domain, atNs]),
      ),
  }
}

function since(began: bigint, times: ReadonlyMap<string, bigint>): Record<string, number> {
  return Object.fromEntries([...times].map(([name, atNs]) => [name, milliseconds(began, atNs)]))
}

function missing(name: string): never {
  throw new Error(`${name}: its answer was not seen within ${LAUNCH_LIMIT_MS} ms`)
}

export function clusterLaunchFigures(rounds: readonly ClusterLaunch[]): Measured {
  const of = (name: string, what: string, unit: Figure['unit'], values: readonly number[]): Figure =>
    figure({
      ...{ name: `cluster-launch.${name}`, what, unit, value: median(values), n: values.length },
      ...{ least: smallest(values), most: largest(values) },
    })
  const seconds = (ms: readonly number[]): number[] => ms.map((one) => one / 1_000)
  const figures = [
    of(
      'total',
      'scenario B over three hosts: launched, from the command to the last answer',
      's',
      seconds(rounds.map(({ totalMs }) => totalMs)),
    ),
    of(
      'bound',
      'the bound: longest path of these very boots',
      's',
      seconds(rounds.flatMap(({ boundMs }) => boundMs ?? [])),
    ),
    of(
      'ratio',
      'launched against the bound',
      'times',
      rounds.flatMap(({ totalMs, boundMs }) => (boundMs === null ? [] : [totalMs / boundMs])),
    ),
    of(
      'gate',
      'need answers -> start issued, on whichever host',
      'ms',
      rounds.flatMap(({ gatesMs }) => Object.values(gatesMs)),
    ),
    figure({
      ...{ name: 'cluster-launch.packets-lost', what: 'packets the observer lost', unit: 'count' },
      ...{ value: rounds.reduce((sum, { packetsLost }) => sum + packetsLost, 0), n: rounds.length, limit: exactly(0) },
    }),
  ]
  const notes = [
    'Answers: the first SYN-ACK on the wire at the place of the clients, tried 40 times a second. The three hosts share the cores of one machine, so that guests boot no faster than on one host.',
  ]
  return { figures, details: { rounds }, notes }
}
