import { type ApiRun, apiFigures, apiRun } from './api.ts'
import { type LargeReport, largeReport, largeReportFigures } from './availability.ts'
import { type CheckRun, checkFigures, checkRun, counts } from './check.ts'
import { type Footprint, footprintFigures, footprintOf, quickSizes, sizes } from './footprint.ts'
import { type GateRound, gateFigures, gateRounds, gatesARound } from './gates.ts'
import { type Items, pick } from './item.ts'
import { type Kill, killFigures, killRounds } from './kills.ts'
import { type LaunchRun, launchFigures, launchRound } from './launch.ts'
import { lossFigures } from './loss-figures.ts'
import { type LossPart, lossRounds } from './losses.ts'
import { memoryFigures, memoryRounds, memoryWays, type Wandering } from './memory.ts'
import { type PlanRun, planFigures, planRun, planSizes } from './plan.ts'
import { type Stretch, soak, soakFigures } from './soak.ts'

/** Whole, and quick. */
const launches = [5, 1] as const
const gatesWanted = [200, 1] as const
const losses = [20, 3] as const
const crashes = [5, 1] as const
const restMinutes = [10, 0.2] as const
const checks = [5, 1] as const
const plans = [5, 1] as const
const kills = [50, 6] as const
const reports = [10, 2] as const
const soakMinutes = [60, 2] as const
const wanderings = [12, 2] as const
const apiRuns = [5, 1] as const
const apiSeconds = [20, 3] as const
const apiEvents = [20, 4] as const

export const itemsOfOneHost: Items = {
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
  availability: {
    what: 'the availability report of ten years with 100 000 failures',
    usual: true,
    run: async (options, progress) => {
      if (progress.count === 0) progress.add(await largeReport(options, pick(reports, options)))
      return largeReportFigures(progress.parts<LargeReport>()[0]!)
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
}
