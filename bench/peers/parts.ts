import { defaultSettings, shortestLeaseMs } from '../../src/model/cluster.ts'
import { scenarioB } from '../cluster-stage.ts'
import { atRest, webs } from '../failover.ts'
import type { Move } from '../migration.ts'
import type { Progress } from '../progress.ts'
import type { RunOptions } from '../run-options.ts'
import { type Blow, bootAlone, oursStruck, peerStruck, type Recovery } from './faults.ts'
import { Grounds, type Side } from './grounds.ts'
import { type Idle, idle } from './idle.ts'
import { type Launch, oursLaunches, peerLaunches, withOursUp, withPeerUp } from './launches.ts'
import { movesByHand, oursMoves, peerMoves } from './moves.ts'

/** What is compared, in the words of `--parts`. */
export const subjects = ['power', 'freeze', 'network', 'move', 'launch', 'idle'] as const
export type Subject = (typeof subjects)[number]

/**
 * Who did it. `ours-4000`: with the shortest lease, ms, `peer-1000`: with Corosync's token so short, instead of the defaults; `bare`: nobody,
 * by hand.
 */
export type Who = 'ours' | 'ours-4000' | 'peer' | 'peer-1000' | 'bare'

export interface RecoveryPart {
  readonly subject: Blow
  readonly who: 'ours' | 'ours-4000' | 'peer' | 'peer-1000'
  /** In force: the lease, Corosync's token. */
  readonly limitMs: number
  readonly recovery: Recovery
}

/** The bound of all recoveries. */
export interface BootPart {
  readonly subject: 'power'
  readonly who: 'bare'
  readonly boot: { readonly answersMs: number }
}

export interface MovePart {
  readonly subject: 'move'
  readonly who: 'ours' | 'peer' | 'bare'
  readonly move: Move
}

export interface LaunchPart {
  readonly subject: 'launch'
  readonly who: 'ours' | 'peer'
  readonly launch: Launch
}

export interface IdlePart {
  readonly subject: 'idle'
  readonly who: 'ours' | 'peer'
  readonly idle: Idle
}

/** One measurement. */
export type Part = RecoveryPart | BootPart | MovePart | LaunchPart | IdlePart

/** Whole, and quick. */
const times: Readonly<Record<Subject, readonly [number, number]>> = {
  power: [5, 1],
  freeze: [3, 1],
  network: [3, 1],
  move: [5, 1],
  launch: [5, 1],
  idle: [1, 1],
}

const idleMinutes = [3, 0.5] as const

/** Corosync's token, ms, where it is not the default. */
const SHORT_TOKEN_MS = 1_000

/** What is measured of whom, on which side of the grounds, in the order in which it is done there. */
interface Task {
  readonly subject: Subject
  readonly who: Who
  readonly side: Side
  readonly run: (grounds: Grounds, options: RunOptions) => Promise<Part>
}

const ofOneGuestAHost: readonly Task[] = [
  {
    ...{ subject: 'power', who: 'bare', side: 'bare' },
    run: async (grounds) => ({ subject: 'power', who: 'bare', boot: await bootAlone(grounds, grounds.hosts[0]!) }),
  },
  {
    ...{ subject: 'move', who: 'bare', side: 'bare' },
    run: async (grounds) => {
      if (grounds.placesOf(grounds.guests[0]!.name).length === 0) await bootAlone(grounds, grounds.hosts[0]!)
      return { subject: 'move', who: 'bare', move: await movesByHand(grounds) }
    },
  },
  peerBlow('power', 'peer'),
  peerBlow('freeze', 'peer'),
  peerBlow('network', 'peer'),
  {
    ...{ subject: 'move', who: 'peer', side: 'peer' },
    run: async (grounds) => ({ subject: 'move', who: 'peer', move: await peerMoves(grounds) }),
  },
  peerBlow('power', 'peer-1000'),
  oursBlow('power', 'ours'),
  oursBlow('freeze', 'ours'),
  oursBlow('network', 'ours'),
  {
    ...{ subject: 'move', who: 'ours', side: 'ours' },
    run: async (grounds) => {
      await atRest(grounds.cluster, 'fence', defaultSettings.leaseMs, grounds.guests)
      return { subject: 'move', who: 'ours', move: await oursMoves(grounds) }
    },
  },
  oursBlow('power', 'ours-4000'),
]

const ofNineGuests: readonly Task[] = [
  {
    ...{ subject: 'launch', who: 'ours', side: 'ours' },
    run: async (grounds) => ({ subject: 'launch', who: 'ours', launch: await oursLaunches(grounds) }),
  },
  {
    ...{ subject: 'idle', who: 'ours', side: 'ours' },
    run: async (grounds, options) => {
      const measure = (): Promise<Idle> => idle('ours', grounds.hosts, minutes(options))
      return { subject: 'idle', who: 'ours', idle: await withOursUp(grounds, measure) }
    },
  },
  {
    ...{ subject: 'launch', who: 'peer', side: 'peer' },
    run: async (grounds) => ({ subject: 'launch', who: 'peer', launch: await peerLaunches(grounds) }),
  },
  {
    ...{ subject: 'idle', who: 'peer', side: 'peer' },
    run: async (grounds, options) => {
      const measure = (): Promise<Idle> => idle('peer', grounds.hosts, minutes(options))
      return { subject: 'idle', who: 'peer', idle: await withPeerUp(grounds, measure) }
    },
  },
]

/** Does what is missing: sides take turns, each measures once of everything in its turn. */
export async function peerParts(options: RunOptions, progress: Progress): Promise<readonly Part[]> {
  const done = (part: Part): void => {
    progress.add(part)
    options.say(`peers: ${shown(part)}`)
  }
  const missing = (task: Task): boolean => {
    const have = progress
      .parts<Part>()
      .filter(({ subject, who }) => subject === task.subject && who === task.who).length
    return chosen(options, task.subject) && have < wanted(options, task.subject)
  }
  if (ofOneGuestAHost.some(missing)) {
    const homeOf = (guest: string): string => `h${guest.slice(-1)}`
    const whole = { id: 'bpeer', guests: webs(['22/tcp', '69/udp']), homeOf, role: 'Started' } as const
    await Grounds.on(whole, options, (grounds) => inTurns(grounds, ['bare', 'peer', 'ours'], ofOneGuestAHost))
  }
  if (ofNineGuests.some(missing)) {
    const whole = { id: 'bpeer', guests: scenarioB(), role: 'Stopped' } as const
    await Grounds.on(whole, options, (grounds) => inTurns(grounds, ['ours', 'peer'], ofNineGuests))
  }
  return progress.parts<Part>()

  async function inTurns(grounds: Grounds, sides: readonly Side[], tasks: readonly Task[]): Promise<void> {
    while (tasks.some(missing)) {
      for (const side of sides) {
        const due = tasks.filter((task) => task.side === side && missing(task))
        if (due.length > 0) await grounds.turnTo(side)
        for (const task of due) done(await task.run(grounds, options))
      }
    }
  }
}

function oursBlow(subject: Blow, who: 'ours' | 'ours-4000'): Task {
  return {
    ...{ subject, who, side: 'ours' },
    run: async (grounds) => {
      const leaseMs = who === 'ours' ? defaultSettings.leaseMs : shortestLeaseMs
      await atRest(grounds.cluster, 'fence', leaseMs, grounds.guests)
      return { subject, who, limitMs: leaseMs, recovery: await oursStruck(grounds, subject) }
    },
  }
}

function peerBlow(subject: Blow, who: 'peer' | 'peer-1000'): Task {
  return {
    ...{ subject, who, side: 'peer' },
    run: async (grounds) => {
      await grounds.peer.settled(true)
      await grounds.peer.setToken(who === 'peer' ? null : SHORT_TOKEN_MS)
      const limitMs = await grounds.peer.tokenInForce()
      return { subject, who, limitMs, recovery: await peerStruck(grounds, subject) }
    },
  }
}

function chosen({ parts }: RunOptions, subject: Subject): boolean {
  return parts === undefined || parts.includes(subject)
}

/** `--runs` for what is repeated. */
function wanted({ quick, runs }: RunOptions, subject: Subject): number {
  const [whole, short] = times[subject]
  return subject === 'idle' ? 1 : (runs ?? (quick ? short : whole))
}

function minutes({ quick, minutes: given }: RunOptions): number {
  return given ?? (quick ? idleMinutes[1] : idleMinutes[0])
}

function shown(part: Part): string {
  const s = (ms: number | null): string => (ms === null ? 'not seen' : `${(ms / 1_000).toFixed(2)} s`)
  const head = `${part.subject}, ${part.who}:`
  if ('boot' in part) return `${head} boot to answer ${s(part.boot.answersMs)}`
  if ('recovery' in part) {
    const { detectionMs, proofMs, placementMs, bootMs, answersMs } = part.recovery
    const steps = `detection ${s(detectionMs)}, proof ${s(proofMs)}, placement ${s(placementMs)}, boot ${s(bootMs)}`
    return `${head} answers after ${s(answersMs)} (${steps})`
  }
  if ('move' in part)
    return `${head} ${s(part.move.tookMs)}, silence ${s(part.move.longestMs)}${part.move.kept ? '' : ', CONNECTION LOST'}`
  if ('launch' in part)
    return `${head} ${s(part.launch.totalMs)}, bound ${s(part.launch.boundMs)}, down ${s(part.launch.shutdownMs)}`
  const hosts = part.idle.hosts.map((one) => `${one.host} ${one.cpuPercent.toFixed(2)} % ${one.rssMib.toFixed(0)} MiB`)
  return `${head} ${hosts.join(', ')}`
}
