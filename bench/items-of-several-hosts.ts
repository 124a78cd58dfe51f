import { defaultSettings, shortestLeaseMs } from '../src/model/cluster.ts'
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
import { type Items, pick } from './item.ts'
import {
  comebacks,
  type KillPlan,
  type LeaderKill,
  leaderKillFigures,
  leaderKills,
  migrationSteps,
  recoverySteps,
} from './leader-kills.ts'
import { type MoveRound, moveFigures, moveRounds } from './migration.ts'
import { peerFigures } from './peers/figures.ts'
import { type Part, peerParts } from './peers/parts.ts'
import { type ClusterRounds, clusterRounds, hostCounts, roundFigures } from './rounds.ts'
import { seriesRounds } from './series.ts'
import { seriesFigures } from './series-figures.ts'
import { seriesOf } from './series-plan.ts'
import type { HostLoss } from './series-stage.ts'
import { type StoreOutage, storeFaults, storeFigures, storeOutages } from './store-outages.ts'
import { type NoTraffic, type Traffic, trafficKinds, trafficOf } from './store-traffic.ts'
import { trafficFigures } from './traffic-figures.ts'

/** Whole, and quick. */
const launches = [5, 1] as const
const idleMinutes = [10, 0.5] as const
const moves = [10, 2] as const
const failovers = [5, 1] as const
const series = [20, 1] as const
const soakMinutes = [60, 2] as const
const drillRuns = [10, 1] as const
const trafficSeconds = [30, 5] as const

export const itemsOfSeveralHosts: Items = {
  rounds: {
    what: 'one decision for 10, 100, 1 000 hosts of ten guests each',
    usual: true,
    run: async (options, progress) => {
      for (const hosts of hostCounts.slice(progress.count)) progress.add(await clusterRounds(options, hosts))
      return roundFigures(progress.parts<ClusterRounds>())
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
  migration: {
    what: 'a guest moved between two hosts, against virsh',
    usual: true,
    run: async (options, progress) => {
      const left = (options.runs ?? pick(moves, options)) - progress.count
      if (left > 0) await moveRounds(options, left, (round) => progress.add(round))
      return moveFigures(progress.parts<MoveRound>())
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
