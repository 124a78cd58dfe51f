import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { until } from './run.ts'

/** A process as it is recorded: a pid alone may belong to another process tomorrow, its start time tells them apart. */
export interface ProcessMark {
  readonly pid: number
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly startTicks: string
  readonly what: string
}

/** The mark of a living process, or undefined when there is none with this pid. */
export function markOf(pid: number, what: string): ProcessMark | undefined {
  const stat = readStat(pid)
  return stat && stat.state !== 'Z' ? { pid, startTicks: stat.startTicks, what } : undefined
}

/** A zombie counts as gone: it holds nothing any more. */
export function isAlive(mark: ProcessMark): boolean {
  const stat = readStat(mark.pid)
  return stat !== undefined && stat.startTicks === mark.startTicks && stat.state !== 'Z'
}

/** Signals exactly the recorded process; false when it is gone. */
export function signal(mark: ProcessMark, name: NodeJS.Signals): boolean {
  if (!isAlive(mark)) return false
  try {
    process.kill(mark.pid, name)
    return true
  } catch {
    // It ended between the look and the signal.
    return false
  }
}

export function waitGone(mark: ProcessMark, timeoutMs: number): Promise<void> {
  return until(`end of ${mark.what} (process ${mark.pid})`, timeoutMs, () => !isAlive(mark), 10)
}

export function childrenOf(pid: number): number[] {
  return allPids().filter((candidate) => readStat(candidate)?.parent === pid)
}

/** Every process of the pid namespace that `pid` lives in, `pid` itself included. */
export function processesInNamespaceOf(pid: number): number[] {
  const namespace = pidNamespace(pid)
  return namespace === undefined ? [] : allPids().filter((candidate) => pidNamespace(candidate) === namespace)
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function pidNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    // The process ended, or is a kernel thread we may not ask.
    return undefined
  }
}

function readStat(pid: number): { state: string; parent: number; startTicks: string } | undefined {
  let line: string
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    // No such process.
    return undefined
  }
  // The command's name is in parentheses and may itself hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? 'Z', parent: Number(fields[1]), startTicks: fields[19] ?? '' }
}
