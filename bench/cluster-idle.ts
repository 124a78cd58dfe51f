import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { LabHost } from '../lab/host.ts'
import { processesInNamespaceOf } from '../lab/process-mark.ts'
import { qemuProcesses } from '../lab/qemu.ts'
import { sleep } from '../lab/run.ts'
import { allGuestsReady, deedsOn, onCluster, scenarioB } from './cluster-stage.ts'
import { milliseconds, nowNs, TICK_MS, usageOf } from './daemon.ts'
import { exactly, type Figure, figure, type Measured } from './figures.ts'
import type { RunOptions } from './run-options.ts'
import { largest, median, smallest } from './statistics.ts'

/** What one program of one host used while nothing happened. */
export interface ProgramUse {
  readonly host: string
  readonly program: string
  /** Of one core, children that it waited for included. */
  readonly cpuPercent: number
  readonly rssMib: number
  readonly pssMib: number
  /** At the end. */
  readonly processes: number
}

/** Which program of the stack a process is, by the words it was started with; null: no part of the stack. */
export type StackProgram = (command: readonly string[]) => string | null

/** After everything is ready, until the launch is digested: a garbage collection, the last writes. */
const SETTLE_MS = 20_000

/** What a stack costs these hosts at rest: every process of each host that `programOf` counts to it. */
export async function stackAtRest(
  hosts: readonly LabHost[],
  programOf: StackProgram,
  minutes: number,
): Promise<ProgramUse[]> {
  const began = nowNs()
  const before = hosts.map((host) => cpuByProcess(host, programOf))
  await sleep(minutes * 60_000)
  const spanMs = milliseconds(began, nowNs())
  return hosts.flatMap((host, place) => usesOf(host, programOf, before[place] ?? new Map(), spanMs))
}

interface Counted {
  readonly program: string
  readonly cpuMs: number
}

function cpuByProcess(host: LabHost, programOf: StackProgram): Map<number, Counted> {
  const first = host.firstProcess
  if (first === undefined) throw new Error(`host ${host.name} is off`)
  const found = new Map<number, Counted>()
  for (const pid of processesInNamespaceOf(first.pid)) {
    const program = programOf(commandOf(pid))
    const cpuMs = program === null ? null : cpuWithChildrenMs(pid)
    if (program !== null && cpuMs !== null) found.set(pid, { program, cpuMs })
  }
  return found
}

function usesOf(
  host: LabHost,
  programOf: StackProgram,
  before: ReadonlyMap<number, Counted>,
  spanMs: number,
): ProgramUse[] {
  const after = [...cpuByProcess(host, programOf)]
  const byProgram = Map.groupBy(after, ([, { program }]) => program)
  return [...byProgram].map(([program, processes]) => {
    const sum = (of: (pid: number) => number): number => processes.reduce((total, [pid]) => total + of(pid), 0)
    const cpuMs = processes.reduce((total, [pid, now]) => total + now.cpuMs - (before.get(pid)?.cpuMs ?? 0), 0)
    return {
      ...{ host: host.name, program, processes: processes.length },
      cpuPercent: (100 * cpuMs) / spanMs,
      rssMib: sum((pid) => usageOf(pid).rssMib),
      pssMib: sum((pid) => usageOf(pid).pssMib),
    }
  })
}

/** Null: it ended meanwhile. */
function cpuWithChildrenMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // utime, stime, and the same of children that it waited for.
    return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0) * TICK_MS
  } catch {
    return null
  }
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').filter(Boolean)
  } catch {
    // Ended meanwhile.
    return []
  }
}

/** Vigia's own: the daemon, the store, what feeds the watchdog. */
export const vigiaStack: StackProgram = (command) => {
  const words = command.map((word) => basename(word))
  // In front of each stands the `nsenter` that brought it into its host.
  if (words[0] === 'nsenter') return null
  if (words.includes('vigiad.js') || words.includes('vigiad.ts')) return 'vigiad'
  if (words[0] === 'etcd') return 'etcd'
  return words.includes('feeder.pl') ? 'feeder' : null
}

export interface ClusterIdle {
  readonly minutes: number
  readonly uses: readonly ProgramUse[]
  /** Requests to libvirt that change a guest, and guests not where they were, while nothing happened. */
  readonly deeds: number
  readonly moved: number
}

/** Three hosts with the nine guests of scenario B, and nothing to do. */
export async function clusterIdle({ say }: RunOptions, minutes: number): Promise<ClusterIdle> {
  return onCluster({ id: 'bcidl', say }, async (cluster) => {
    const guests = scenarioB()
    await cluster.members[0]!.client.apply({ path: 'vigia.yaml', text: cluster.file(guests) })
    await allGuestsReady(cluster, guests.length)
    await sleep(SETTLE_MS)
    const began = nowNs()
    const before = places()
    say(`cluster-idle: ${minutes} min`)
    const uses = await stackAtRest(cluster.lab.hosts, vigiaStack, minutes)
    const after = places()
    const moved = [...before].filter((one) => !after.has(one)).length
    return { minutes, uses, deeds: deedsOn(cluster.members, began).length, moved }

    function places(): Set<string> {
      return new Set(qemuProcesses(cluster.lab.hosts).map(({ guest, host, pid }) => `${guest} ${host} ${pid}`))
    }
  })
}

/** Of each host: the parts side by side, and their sum. */
export function clusterIdleFigures(runs: readonly ClusterIdle[]): Measured {
  const uses = runs.flatMap((run) => run.uses)
  const hosts = [...new Set(uses.map(({ host }) => host))].sort()
  const programs = [...new Set(uses.map(({ program }) => program))].sort()
  const sums = hosts.map((host) => uses.filter((use) => use.host === host))
  const of = (name: string, what: string, unit: Figure['unit'], values: readonly number[]): Figure =>
    figure({
      ...{ name: `cluster-idle.${name}`, what, unit, value: median(values), n: values.length },
      ...{ least: smallest(values), most: largest(values) },
    })
  const total = (list: readonly ProgramUse[], field: 'cpuPercent' | 'rssMib' | 'pssMib'): number =>
    list.reduce((sum, use) => sum + use[field], 0)
  const figures = [
    of(
      'cpu',
      'a host of three, nine guests: CPU of the whole stack at rest',
      '%',
      sums.map((list) => total(list, 'cpuPercent')),
    ),
    of(
      'rss',
      '  its resident memory',
      'MiB',
      sums.map((list) => total(list, 'rssMib')),
    ),
    of(
      'pss',
      '  the same, what is shared counted in part',
      'MiB',
      sums.map((list) => total(list, 'pssMib')),
    ),
    ...programs.flatMap((program) => {
      const own = uses.filter((use) => use.program === program)
      return [
        of(
          `${program}.cpu`,
          `  CPU of ${program}`,
          '%',
          own.map(({ cpuPercent }) => cpuPercent),
        ),
        of(
          `${program}.rss`,
          `  RSS of ${program}`,
          'MiB',
          own.map(({ rssMib }) => rssMib),
        ),
      ]
    }),
    figure({
      ...{ name: 'cluster-idle.untouched', what: 'guests touched or moved meanwhile', unit: 'count' },
      ...{ value: runs.reduce((sum, run) => sum + run.deeds + run.moved, 0), n: runs.length, limit: exactly(0) },
    }),
  ]
  const notes = [
    'CPU: user and system time, children that were waited for included, in percent of one core; the middle one of the hosts, one of which leads. The stack: vigiad, etcd, and what feeds the watchdog. Guests and libvirtd are not counted.',
    `Idle time measured: ${runs.map(({ minutes }) => minutes).join(', ')} min.`,
  ]
  return { figures, details: { runs }, notes }
}
