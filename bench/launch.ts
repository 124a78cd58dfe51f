import { join } from 'node:path'
import { type Deed, milliseconds, nowNs } from './daemon.ts'
import { exactly, type Figure, figure, type Measured } from './figures.ts'
import { longestPath, wavesOf } from './graph.ts'
import { lauxen } from './lauxen.ts'
import { root } from './machine.ts'
import type { RunOptions } from './run-options.ts'
import { type Actor, actorsOf, BOOT_LIMIT_MS, DOWN_LIMIT_MS, labGuestOf, Stage } from './stage.ts'
import { largest, median, smallest } from './statistics.ts'

const scenarios = ['a', 'b'] as const
type Scenario = (typeof scenarios)[number]

/** Launched once, by Vigia and by the plain way, on the same guests. Times in ms from the command. */
export interface LaunchRun {
  readonly scenario: Scenario
  readonly vigia: {
    readonly totalMs: number
    readonly boundMs: number
    readonly path: readonly string[]
    readonly readyMs: number
    readonly issuedMs: Readonly<Record<string, number>>
    readonly answeredMs: Readonly<Record<string, number>>
    readonly gatesMs: Readonly<Record<string, number>>
    readonly shutdownIssuedMs: Readonly<Record<string, number>>
    readonly shutdownMs: number
    /** Guests paused, restarted or stopped before everything was ready. */
    readonly alarms: number
  }
  readonly plain: { readonly totalMs: number; readonly issuedMs: Readonly<Record<string, number>> }
  readonly packetsLost: number
}

/** One round: both scenarios, each both ways, in one lab. */
export async function launchRound({ say }: RunOptions, round: number): Promise<LaunchRun[]> {
  const stage = await Stage.open({ id: 'blaun', say })
  try {
    const runs: LaunchRun[] = []
    for (const scenario of scenarios) {
      const file = join(root, 'examples', `scenario-${scenario}.conf`)
      const actors = actorsOf(file)
      await stage.define(actors.map(labGuestOf))
      await warmUp(stage, actors)
      // Whoever comes second finds a warmer machine: they take turns.
      const plainFirst = round % 2 === 0
      const early = plainFirst ? await plainWay(stage, actors) : null
      const vigia = await byVigia(stage, file, actors)
      const plain = early ?? (await plainWay(stage, actors))
      const packetsLost = await stage.observer.lost()
      runs.push({ scenario, vigia, plain, packetsLost })
      say(
        `scenario ${scenario}: Vigia ${seconds(vigia.totalMs)}, bound ${seconds(vigia.boundMs)}, plain ${seconds(plain.totalMs)}`,
      )
      await stage.undefineAll()
    }
    return runs
  } finally {
    await stage.close()
  }
}

/** The first start of any guest reads QEMU and the image from the disk. */
async function warmUp(stage: Stage, actors: readonly Actor[]): Promise<void> {
  const some = actors.slice(0, 2)
  for (const { name } of some) await stage.host.virsh(['start', name])
  for (const { address, port } of some) await stage.lab.client.wait(address, port, BOOT_LIMIT_MS)
  for (const { name } of some) await stage.host.virsh(['destroy', name])
}

async function byVigia(stage: Stage, file: string, actors: readonly Actor[]): Promise<LaunchRun['vigia']> {
  const daemon = await stage.startDaemon(true)
  await stage.observer.clear()
  const knocking = knockOnAll(stage, actors)
  knocking.catch(() => undefined)
  const began = nowNs()
  await stage.applyFile(file)
  const ready = await daemon.allReady(BOOT_LIMIT_MS)
  await knocking
  const answered = answers(stage, actors)
  const issued = deedTimes(stage, 'start', began)
  const alarms = alarmsIn(daemon.deeds(began), actors.length)
  const ending = nowNs()
  await daemon.client.shutdown({})
  const ended = await daemon.allStopped(DOWN_LIMIT_MS)
  const downs = deedTimes(stage, 'shutdown', ending)
  await daemon.stop()
  const took = new Map(actors.map(({ name }) => [name, milliseconds(at(issued, name), at(answered, name))]))
  const bound = longestPath(actors, took)
  return {
    totalMs: milliseconds(began, last(answered)),
    boundMs: bound.ms,
    path: bound.path,
    readyMs: milliseconds(began, ready),
    issuedMs: since(began, issued),
    answeredMs: since(began, answered),
    gatesMs: gates(actors, issued, answered),
    shutdownIssuedMs: since(ending, downs),
    shutdownMs: milliseconds(ending, ended),
    alarms,
  }
}

/** One start a guest, and its memory, is what a launch consists of. */
function alarmsIn(deeds: readonly Deed[], guests: number): number {
  const others = deeds.filter(({ deed }) => deed !== 'start' && deed !== 'set-memory').length
  return others + deeds.filter(({ deed }) => deed === 'start').length - guests
}

async function plainWay(stage: Stage, actors: readonly Actor[]): Promise<LaunchRun['plain']> {
  const script = join(root, 'bench', 'plain-way.sh')
  const plan = wavesOf(actors).map((wave) =>
    wave.map(({ name, address, port }) => `${name}:${address}:${port}`).join(' '),
  )
  await stage.observer.clear()
  const knocking = knockOnAll(stage, actors)
  knocking.catch(() => undefined)
  const began = nowNs()
  const output = await stage.host.must('bash', [script], {
    input: `${plan.join('\n')}\n`,
    timeoutMs: 2 * BOOT_LIMIT_MS,
  })
  await knocking
  const totalMs = milliseconds(began, last(answers(stage, actors)))
  for (const { name } of actors) await stage.host.virsh(['destroy', name])
  const rows = output
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
  return { totalMs, issuedMs: Object.fromEntries(rows.map(([name = '', at]) => [name, Number(at) * 1000])) }
}

/**
 * Someone besides Vigia tries the ports all the time, so that the observer sees when they answer and not when Vigia asks. Waited for at the end: its
 * own failure must not come before that of what is measured.
 */
export async function knockOnAll(stage: Stage, actors: readonly Actor[]): Promise<void> {
  await Promise.all(actors.map(({ address, port }) => stage.lab.client.wait(address, port, BOOT_LIMIT_MS)))
  await stage.observer.caughtUp()
}

export function answers(stage: Stage, actors: readonly Actor[]): Map<string, bigint> {
  return new Map(
    actors.map(({ name, address, port }) => [name, stage.observer.firstUp(address, port) ?? missing(name)]),
  )
}

export function deedTimes(stage: Stage, deed: string, sinceNs: bigint): Map<string, bigint> {
  const deeds = stage.daemon.deeds(sinceNs).filter((one) => one.deed === deed)
  // The first of each: a repeated request is not the one that was waited for.
  return new Map(deeds.reverse().map(({ domain, atNs }) => [domain, atNs]))
}

/** From the answer of the last of its needs to its own start, for each guest that needs any. */
export function gates(
  actors: readonly Actor[],
  issued: ReadonlyMap<string, bigint>,
  answered: ReadonlyMap<string, bigint>,
): Record<string, number> {
  const needing = actors.filter(({ needs }) => needs.length > 0)
  return Object.fromEntries(
    needing.map(({ name, needs }) => {
      const lastNeed = needs.map((need) => at(answered, need)).reduce((a, b) => (b > a ? b : a))
      return [name, milliseconds(lastNeed, at(issued, name))]
    }),
  )
}

function since(began: bigint, times: ReadonlyMap<string, bigint>): Record<string, number> {
  return Object.fromEntries([...times].map(([name, atNs]) => [name, milliseconds(began, atNs)]))
}

function at(times: ReadonlyMap<string, bigint>, name: string): bigint {
  return times.get(name) ?? missing(name)
}

function missing(name: string): never {
  throw new Error(`${name}: its start or its answer was not seen`)
}

function last(times: ReadonlyMap<string, bigint>): bigint {
  return [...times.values()].reduce((a, b) => (b > a ? b : a))
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

export function launchFigures(rounds: readonly (readonly LaunchRun[])[]): Measured {
  const all = rounds.flat()
  const figures: Figure[] = scenarios.flatMap((scenario) =>
    ofScenario(
      scenario,
      all.filter((run) => run.scenario === scenario),
    ),
  )
  const lost = all.reduce((sum, run) => sum + run.packetsLost, 0)
  figures.push(
    figure({
      name: 'launch.alarms',
      what: 'guests paused, restarted or stopped during a launch',
      unit: 'count',
      value: all.reduce((sum, run) => sum + run.vigia.alarms, 0),
      n: all.length,
      limit: exactly(0),
    }),
    figure({
      name: 'launch.packets-lost',
      what: 'packets the observer lost',
      unit: 'count',
      value: lost,
      n: all.length,
      limit: exactly(0),
    }),
  )
  return { figures, details: { runs: all, lauxen }, notes }
}

function ofScenario(scenario: Scenario, runs: readonly LaunchRun[]): Figure[] {
  const letter = scenario.toUpperCase()
  const totals = runs.map((run) => run.vigia.totalMs / 1000)
  const plains = runs.map((run) => run.plain.totalMs / 1000)
  const plain = median(plains)
  const of = (
    id: string,
    what: string,
    unit: Figure['unit'],
    values: readonly number[],
    limit?: Figure['limit'],
  ): Figure =>
    figure({
      name: `launch-${scenario}.${id}`,
      what: `scenario ${letter}: ${what}`,
      unit,
      value: median(values),
      n: values.length,
      least: smallest(values),
      most: largest(values),
      ...(limit && { limit }),
    })
  const bounds = runs.map((run) => run.vigia.boundMs / 1000)
  const ratios = runs.map((run) => run.vigia.totalMs / run.vigia.boundMs)
  return [
    of('total', 'launched, from the command to the last answer', 's', totals, { kind: 'below', value: plain }),
    of('bound', 'the bound: longest path of these very boots', 's', bounds),
    of('ratio', 'launched against the bound', 'times', ratios, { kind: 'at-most', value: 1.1 }),
    of('plain', 'the plain way: virsh and polling, wave by wave', 's', plains),
    of(
      'gate',
      'need answers -> start issued',
      'ms',
      runs.flatMap((run) => Object.values(run.vigia.gatesMs)),
    ),
    of(
      'shutdown',
      'shut down, from the command to the last one gone',
      's',
      runs.map((run) => run.vigia.shutdownMs / 1000),
    ),
    figure({
      name: `launch-${scenario}.lauxen`,
      what: `scenario ${letter}: LauXen's last start, as printed (2008, other hardware)`,
      unit: 's',
      value: Math.max(...lauxen[scenario].launchIssuedS),
      n: 1,
    }),
  ]
}

const notes = [
  'Answers: the first SYN-ACK on the wire, stamped by the kernel, seen by a process that is no part of Vigia; a third process tries every port 40 times a second, so that the moment does not depend on who launches.',
  'Issued: the moment the request was written to the socket of libvirt. Both on CLOCK_MONOTONIC.',
  'The bound adds up, along the longest path of needs, the times from issue to answer of the same launch.',
  'The plain way starts the guests of a wave side by side and tries ports five times a second.',
]
