import { readFileSync } from 'node:fs'
import type { LabHost } from '../../lab/host.ts'
import { processesInNamespaceOf } from '../../lab/process-mark.ts'
import { sleep } from '../../lab/run.ts'
import { milliseconds, nowNs, programOf, usageOf } from '../daemon.ts'

/** What either side stands on, and the guests themselves. */
const NOT_COUNTED = /^(libvirtd|qemu-system|virtlogd|sleep)/

/** After a launch, until it is digested: the last writes, a garbage collection. */
const SETTLE_MS = 20_000

const TICK_MS = 10

/** All of a stack on one host, with all that it starts meanwhile. */
export interface HostIdle {
  readonly host: string
  /** Percent of one core. */
  readonly cpuPercent: number
  readonly rssMib: number
  /** Pages shared with other processes counted in part. */
  readonly pssMib: number
  readonly programs: Readonly<Record<string, { readonly cpuPercent: number; readonly rssMib: number }>>
}

export interface Idle {
  readonly minutes: number
  readonly hosts: readonly HostIdle[]
}

/** The hosts as they are, for so long. */
export async function idle(hosts: readonly LabHost[], minutes: number): Promise<Idle> {
  await sleep(SETTLE_MS)
  const before = hosts.map((host) => cpuOf(host))
  const begunNs = nowNs()
  await sleep(minutes * 60_000)
  const spanMs = milliseconds(begunNs, nowNs())
  return { minutes, hosts: hosts.map((host, index) => compared(host, before[index] ?? new Map(), spanMs)) }
}

function compared(host: LabHost, before: ReadonlyMap<number, number>, spanMs: number): HostIdle {
  const after = cpuOf(host)
  const rows = [...after].flatMap(([pid, cpuMs]) => {
    const memory = memoryOf(pid)
    // One that began meanwhile has spent all of it meanwhile.
    const cpuPercent = (100 * (cpuMs - (before.get(pid) ?? 0))) / spanMs
    return memory === undefined ? [] : [{ program: programOf(pid), cpuPercent, ...memory }]
  })
  const sum = (of: 'cpuPercent' | 'rssMib' | 'pssMib', some = rows): number =>
    some.reduce((total, row) => total + row[of], 0)
  const programs = Object.fromEntries(
    [...new Set(rows.map(({ program }) => program))].sort().map((program) => {
      const own = rows.filter((row) => row.program === program)
      return [program, { cpuPercent: sum('cpuPercent', own), rssMib: sum('rssMib', own) }]
    }),
  )
  return { host: host.name, cpuPercent: sum('cpuPercent'), rssMib: sum('rssMib'), pssMib: sum('pssMib'), programs }
}

/** Spent so far by each process of the host, and by those it has waited for: agents are programs that come and go. */
function cpuOf(host: LabHost): Map<number, number> {
  const first = host.firstProcess
  if (first === undefined) throw new Error(`host ${host.name} is off`)
  const counted = processesInNamespaceOf(first.pid).filter((pid) => !NOT_COUNTED.test(programOf(pid)))
  return new Map(counted.flatMap((pid) => spentMs(pid).map((ms): readonly [number, number] => [pid, ms])))
}

function spentMs(pid: number): number[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [TICK_MS * fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0)]
  } catch {
    // Ended between the look at the list and this one.
    return []
  }
}

function memoryOf(pid: number): { readonly rssMib: number; readonly pssMib: number } | undefined {
  try {
    const { rssMib, pssMib } = usageOf(pid)
    return { rssMib, pssMib }
  } catch {
    // An agent that ended between the look at its time and this one; whoever waited for it has its time.
    return undefined
  }
}
