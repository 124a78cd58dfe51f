import { availableParallelism } from 'node:os'
import { run } from '../lab/run.ts'
import { defaultSettings, shortestLeaseMs } from '../src/model/cluster.ts'
import { type ApiRun, apiFigures, apiRun } from './api.ts'
import { type LargeReport, largeReport, largeReportFigures } from './availability.ts'
import { type CheckRun, checkFigures, checkRun, counts } from './check.ts'
import { type ClusterIdle, clusterIdle, clusterIdleFigures } from './cluster-idle.ts'
import { type ClusterLaunch, clusterLaunchFigures, clusterLaunchRounds } from './cluster-launch.ts'
import { drillFigures } from './drill-figures.ts'
import { type DrillJson, drillParts, drills } from './drills.ts'
import { type Failover, failoverRounds, type ProofWay, proofWays, type Role, roles } from './failover.ts'
import { failoverFigures } from './failover-figures.ts'
import {
  type FastStretch,
  fastRestartFigures,
  fastRestarts,
  fastSoak,
  fastSoakFigures,
  type Restart,
} from './fast-soak.ts'
import { exactly, figure, type Measured } from './figures.ts'
import { type Footprint, footprintFigures, footprintOf, quickSizes, sizes } from './footprint.ts'
import { type GateRound, gateFigures, gateRounds, gatesARound } from './gates.ts'
import { type Kill, killFigures, killRounds } from './kills.ts'
import { type LaunchRun, launchFigures, launchRound } from './launch.ts'
import {
  comebacks,
  type KillPlan,
  type LeaderKill,
  leaderKillFigures,
  leaderKills,
  migrationSteps,
  recoverySteps,
} from './leader-kills.ts'
import { lossFigures } from './loss-figures.ts'
import { type LossPart, lossRounds } from './losses.ts'
import { root } from './machine.ts'
import { memoryFigures, memoryRounds, memoryWays, type Wandering } from './memory.ts'
import { type MoveRound, moveFigures, moveRounds } from './migration.ts'
import { peerFigures } from './peers/figures.ts'
import { type Part, peerParts } from './peers/parts.ts'
import { type PlanRun, planFigures, planRun, planSizes } from './plan.ts'
import type { Progress } from './progress.ts'
import { type ClusterRounds, clusterRounds, hostCounts, roundFigures } from './rounds.ts'
import type { RunOptions } from './run-options.ts'
import { seriesRounds } from './series.ts'
import { seriesFigures } from './series-figures.ts'
import { seriesOf } from './series-plan.ts'
import type { HostLoss } from './series-stage.ts'
import { type Stretch, soak, soakFigures } from './soak.ts'
import { type StoreOutage, storeFaults, storeFigures, storeOutages } from './store-outages.ts'
import { type NoTraffic, type Traffic, trafficKinds, trafficOf } from './store-traffic.ts'
import { trafficFigures } from './traffic-figures.ts'

/** Something that is measured in parts: after an interruption only what is missing is done. */
export interface Item {
  readonly what: string
  /** Measured unless items are named. */
  readonly usual: boolean
  readonly run: (options: RunOptions, progress: Progress) => Promise<Measured>
}

/** Whole, and quick. */
const launches = [5, 1] as const
const gatesWanted = [200, 1] as const
const losses = [20, 3] as const
const crashes = [5, 1] as const
const idleMinutes = [10, 0.5] as const
const restMinutes = [10, 0.2] as const
const checks = [5, 1] as const
const plans = [5, 1] as const
const kills = [50, 6] as const
const reports = [10, 2] as const
const moves = [10, 2] as const
const failovers = [5, 1] as const
const series = [20, 1] as const
const soakMinutes = [60, 2] as const
const seeds = [10_000, 100] as const
const wanderings = [12, 2] as const
const drillRuns = [10, 1] as const

const trafficSeconds = [30, 5] as const
const apiRuns = [5, 1] as const
const apiSeconds = [20, 3] as const
const apiEvents = [20, 4] as const

/** Seeds that one process plays: what an interruption costs at most. */
const SEEDS_AT_ONCE = 500
const SEEDS_LIMIT_MS = 3_600_000

function pick([whole, quick]: readonly [number, number], options: RunOptions): number {
  return options.quick ? quick : whole
}

export const items: Readonly<Record<string, Item>> = {
  launch: {
    what: 'scenarios A and B against the bound and the plain way',
    usual: true,
    run: async (options, progress) => {
      const rounds = options.runs ?? pick(launches, options)
      for (let round = progress.count; round < rounds; round++) progress.add(await launchRound(options, round))
      return launchFigures(progress.parts<LaunchRun[]>())
    },
  },
  gates: {
    what: 'need answers -> start issued',
    usual: true,
    run: async (options, progress) => {
      const wanted = Math.ceil(pick(gatesWanted, options) / gatesARound(options.quick))
      const left = wanted - progress.count
      if (left > 0) await gateRounds(options, left, (round) => progress.add(round))
      return gateFigures(progress.parts<GateRound>())
    },
  },
  losses: {
    what: 'a service lost and back, a guest crashed',
    usual: true,
    run: async (options, progress) => {
      const have = (kind: LossPart['kind']) => progress.parts<LossPart>().filter((part) => part.kind === kind).length
      const left = [pick(losses, options) - have('loss'), pick(crashes, options) - have('crash')] as const
      if (left[0] > 0 || left[1] > 0) await lossRounds(options, left[0], left[1], (part) => progress.add(part))
      return lossFigures(progress.parts<LossPart>())
    },
  },
  footprint: {
    what: 'CPU and memory of the daemon at rest, with 9, 100 and 1 000 guests',
    usual: true,
    run: async (options, progress) => {
      const minutes = options.minutes ?? pick(restMinutes, options)
      const wanted = options.quick ? quickSizes : sizes
      for (const size of wanted.slice(progress.count)) progress.add(await footprintOf(options, size, minutes))
      return footprintFigures(progress.parts<Footprint>())
    },
  },
  check: {
    what: 'check and one decision round for 100, 1 000, 10 000 guests',
    usual: true,
    run: async (options, progress) => {
      const wanted = Array.from({ length: options.runs ?? pick(checks, options) }, () => counts).flat()
      for (const count of wanted.slice(progress.count)) progress.add(await checkRun(options, count))
      return checkFigures(progress.parts<CheckRun>())
    },
  },
  api: {
    what: 'status reads a second, and an event to 200 live clients',
    usual: true,
    run: async (options, progress) => {
      const runs = options.runs ?? pick(apiRuns, options)
      const [seconds, events] = [pick(apiSeconds, options), pick(apiEvents, options)]
      while (progress.count < runs) progress.add(await apiRun(options, seconds, events))
      return apiFigures(progress.parts<ApiRun>())
    },
  },
  plan: {
    what: 'which hosts are needed: 46 guests on 7 hosts, 2 000 on 200',
    usual: true,
    run: async (options, progress) => {
      const wanted = Array.from({ length: options.runs ?? pick(plans, options) }, () => planSizes).flat()
      for (const size of wanted.slice(progress.count)) progress.add(await planRun(options, size))
      return planFigures(progress.parts<PlanRun>())
    },
  },
  rounds: {
    what: 'one decision for 10, 100, 1 000 hosts of ten guests each',
    usual: true,
    run: async (options, progress) => {
      for (const hosts of hostCounts.slice(progress.count)) progress.add(await clusterRounds(options, hosts))
      return roundFigures(progress.parts<ClusterRounds>())
    },
  },
  availability: {
    what: 'the availability report of ten years with 100 000 failures',
    usual: true,
    run: async (options, progress) => {
      if (progress.count === 0) progress.add(await largeReport(options, pick(reports, options)))
      return largeReportFigures(progress.parts<LargeReport>()[0]!)
    },
  },
  traffic: {
    what: 'the store under 10 to 1 000 hosts, at rest and when one is lost',
    usual: true,
    run: async (options, progress) => {
      const kinds = options.quick ? trafficKinds.slice(0, 1) : trafficKinds
      for (const kind of kinds.slice(progress.count))
        progress.add(await trafficOf(options, kind, pick(trafficSeconds, options)))
      return trafficFigures(progress.parts<Traffic | NoTraffic>())
    },
  },
  kills: {
    what: 'vigiad killed at random moments of launch, watch and shutdown',
    usual: false,
    run: async (options, progress) => {
      const left = pick(kills, options) - progress.count
      if (left > 0) await killRounds(options, left, (kill) => progress.add(kill))
      return killFigures(progress.parts<Kill>())
    },
  },
  migration: {
    what: 'a guest moved between two hosts, against virsh',
    usual: true,
    run: async (options, progress) => {
      const left = (options.runs ?? pick(moves, options)) - progress.count
      if (left > 0) await moveRounds(options, left, (round) => progress.add(round))
      return moveFigures(progress.parts<MoveRound>())
    },
  },
  memory: {
    what: 'nine guests over-committed 1.5 times, whose memory goes by need, against static memory',
    usual: true,
    run: async (options, progress) => {
      const wanted = options.runs ?? pick(wanderings, options)
      for (const way of memoryWays) {
        const have = progress.parts<Wandering>().filter((one) => one.way === way).length
        if (have < wanted) await memoryRounds(options, way, have, wanted, (one) => progress.add(one))
      }
      return memoryFigures(progress.parts<Wandering>())
    },
  },
  failover: {
    what: 'a host of three loses its power, by fence device and by watchdog alone',
    usual: true,
    run: async (options, progress) => {
      const runs = options.runs ?? pick(failovers, options)
      const chosen = options.quick ? roles.slice(0, 1) : roles
      const kinds = proofWays.flatMap((way) => chosen.map((role): readonly [ProofWay, Role] => [way, role]))
      const wanted = Array.from({ length: runs }, () => kinds).flat()
      const left = wanted.slice(progress.count)
      if (left.length > 0) await failoverRounds(options, defaultSettings.leaseMs, left, (one) => progress.add(one))
      return failoverFigures(progress.parts<Failover>(), 'failover')
    },
  },
  'failover-fast': {
    what: 'the same with the fast lease and a fence device',
    usual: true,
    run: async (options, progress) => {
      const runs = options.runs ?? pick(failovers, options)
      const chosen = options.quick ? roles.slice(0, 1) : roles
      const wanted = Array.from({ length: runs }, () => chosen.map((role) => ['fence', role] as const)).flat()
      const left = wanted.slice(progress.count)
      if (left.length > 0) await failoverRounds(options, shortestLeaseMs, left, (one) => progress.add(one))
      return failoverFigures(progress.parts<Failover>(), 'failover-fast')
    },
  },
  'cluster-launch': {
    what: 'scenario B launched over three hosts',
    usual: true,
    run: async (options, progress) => {
      const left = (options.runs ?? pick(launches, options)) - progress.count
      if (left > 0) await clusterLaunchRounds(options, left, (round) => progress.add(round))
      return clusterLaunchFigures(progress.parts<ClusterLaunch>())
    },
  },
  'cluster-idle': {
    what: 'CPU and memory of the whole stack at rest, three hosts with nine guests',
    usual: true,
    run: async (options, progress) => {
      const minutes = options.minutes ?? pick(idleMinutes, options)
      if (progress.count === 0) progress.add(await clusterIdle(options, minutes))
      return clusterIdleFigures(progress.parts<ClusterIdle>())
    },
  },
  peers: {
    what: "the same hosts and guests under Pacemaker, against ours (needs 'scripts/setup peers')",
    usual: false,
    run: async (options, progress) => {
      await peerParts(options, progress)
      return peerFigures(progress.parts<Part>())
    },
  },
  store: {
    what: 'the store killed, paused, slow, full, and gone: nothing moves, nobody dies',
    usual: false,
    run: async (options, progress) => {
      const have = new Set(progress.parts<StoreOutage>().map(({ fault }) => fault))
      const left = storeFaults.filter((fault) => !have.has(fault))
      if (left.length > 0) await storeOutages(options, left, (one) => progress.add(one))
      return storeFigures(progress.parts<StoreOutage>())
    },
  },
  'leader-kills': {
    what: 'the leader killed at every step of a recovery and of a migration',
    usual: false,
    run: async (options, progress) => {
      const plans = killPlans(options.quick)
      const left = plans.slice(progress.count)
      if (left.length > 0) await leaderKills(options, left, (one) => progress.add(one))
      return leaderKillFigures(progress.parts<LeaderKill>())
    },
  },
  series: {
    what: 'hosts lost at random moments under load: power cuts, freezes, network cuts',
    usual: false,
    run: async (options, progress) => {
      const wanted = seriesOf(options.runs ?? pick(series, options))
      const left = wanted.slice(progress.count)
      // Nothing is promised of times: without the loops it takes half as long.
      const how = options.quick ? { ...options, loops: 0 } : options
      if (left.length > 0) await seriesRounds(how, left, (loss) => progress.add(loss))
      return seriesFigures(progress.parts<HostLoss>(), wanted.length)
    },
  },
  soak: {
    what: 'no false alarm in an hour under load',
    usual: false,
    run: async (options, progress) => {
      const before = progress.parts<Stretch>()
      const left =
        (options.minutes ?? pick(soakMinutes, options)) - before.reduce((sum, { minutes }) => sum + minutes, 0)
      // Of a list that grows.
      const place = before.length
      if (left > 0) await soak(options, left, (stretch) => progress.set(place, stretch))
      return soakFigures(progress.parts<Stretch>())
    },
  },
  'fast-soak': {
    what: 'three hosts at the fast lease: nobody fenced in an hour under load',
    usual: false,
    run: async (options, progress) => {
      const before = progress.parts<FastStretch>()
      const done = before.reduce((sum, { minutes }) => sum + minutes, 0)
      const left = (options.minutes ?? pick(soakMinutes, options)) - done
      // Of a list that grows.
      const place = before.length
      if (left > 0) await fastSoak(options, left, (stretch) => progress.set(place, stretch))
      return fastSoakFigures(progress.parts<FastStretch>())
    },
  },
  'fast-restarts': {
    what: 'three hosts at the fast lease: daemons killed under load are back before their watchdogs fire',
    usual: false,
    run: async (options, progress) => {
      if (progress.count === 0) for (const one of await fastRestarts(options)) progress.add(one)
      return fastRestartFigures(progress.parts<Restart>())
    },
  },
  drills: {
    what: 'the measurements of 2009, by vigia drill: downtime, transfer, load; and the failover they could not do',
    usual: false,
    run: async (options, progress) => {
      const left = drillParts.slice(progress.count)
      const runs = options.runs ?? pick(drillRuns, options)
      if (left.length > 0) await drills(options, left, runs, (report) => progress.add(report))
      return drillFigures(progress.parts<DrillJson>())
    },
  },
  seeds: {
    what: 'the simulator, thousands of seeds',
    usual: false,
    run: async (options, progress) => {
      const wanted = pick(seeds, options)
      const done = new Set(progress.parts<Seeds>().map(({ from }) => from))
      const lots = Array.from({ length: Math.ceil(wanted / SEEDS_AT_ONCE) }, (_, place) => place * SEEDS_AT_ONCE + 1)
      const left = lots.filter((from) => !done.has(from))
      // One process a core, each taking the next lot.
      const play = async (): Promise<void> => {
        for (let from = left.shift(); from !== undefined; from = left.shift()) {
          progress.add(await playSeeds(from, Math.min(SEEDS_AT_ONCE, wanted - from + 1)))
          const played = progress.parts<Seeds>().reduce((sum, part) => sum + part.seeds, 0)
          options.say(`seeds: ${played} of ${wanted}`)
        }
      }
      await Promise.all(Array.from({ length: availableParallelism() }, play))
      return seedFigures(progress.parts<Seeds>())
    },
  },
}

/** Quick: one moment of each. */
function killPlans(quick: boolean): KillPlan[] {
  const [recovery, migration] = quick ? ([['proven'], ['receiving']] as const) : [recoverySteps, migrationSteps]
  const recoveries = recovery.map((step) => ({ kind: 'recovery', step }) as const)
  const migrations = migration.map((step) => ({ kind: 'migration', step }) as const)
  // One of each in turn: what an interruption leaves is of both kinds.
  const inTurn = recoveries.flatMap((one, place) => [one, ...migrations.slice(place, place + 1)])
  return comebacks.flatMap((comeback) => inTurn.map((plan): KillPlan => ({ ...plan, comeback })))
}

interface Seeds {
  readonly from: number
  readonly seeds: number
  readonly held: boolean
  readonly output: string
}

async function playSeeds(from: number, count: number): Promise<Seeds> {
  const args = ['scripts/swarm.ts', '--seeds', String(count), '--from', String(from)]
  const ran = await run(process.execPath, args, { cwd: root, timeoutMs: SEEDS_LIMIT_MS })
  return { from, seeds: count, held: ran.status === 0, output: ran.status === 0 ? '' : ran.stdout.slice(-4_000) }
}

function seedFigures(parts: readonly Seeds[]): Measured {
  const played = parts.reduce((sum, part) => sum + part.seeds, 0)
  const broken = parts.filter((part) => !part.held).length
  return {
    figures: [
      figure({ name: 'seeds.played', what: 'seeds played', unit: 'count', value: played, n: parts.length }),
      figure({
        name: 'seeds.broken',
        what: `lots of up to ${SEEDS_AT_ONCE} seeds with a broken rule`,
        unit: 'count',
        value: broken,
        n: parts.length,
        limit: exactly(0),
      }),
    ],
    details: { parts },
    notes: ['Each seed draws a cluster and what befalls it; safety is checked at each step, then liveness.'],
  }
}
