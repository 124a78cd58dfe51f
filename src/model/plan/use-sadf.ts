import type { SamplesRead, UseSample } from './use-sample.ts'

/** What of `sadf -j` is read; all of it may be missing or something else. */
interface Sadf {
  readonly sysstat?: {
    readonly hosts?: readonly {
      readonly nodename?: unknown
      readonly 'number-of-cpus'?: unknown
      readonly statistics?: readonly Statistics[]
    }[]
  }
}

interface Statistics {
  readonly timestamp?: { readonly date?: unknown; readonly time?: unknown }
  readonly 'cpu-load'?: readonly CpuLoad[]
  /** Of `-u ALL`. */
  readonly 'cpu-load-all'?: readonly CpuLoad[]
  readonly memory?: { readonly memused?: unknown }
}

type CpuLoad = Readonly<Record<string, unknown>>

/**
 * `sadf -j FILE -- -u -r`, of one guest or several: the host name is the guest's. What a guest waits for its disk is no work of its
 * processors; what was taken from it for others (`steal`) it would have used. Caches are not counted (`memused`).
 */
export function readSadf(text: string): SamplesRead {
  let data: Sadf
  try {
    data = JSON.parse(text) as Sadf
  } catch (error) {
    return { ok: false, line: 1, got: (error as Error).message }
  }
  const hosts = data.sysstat?.hosts
  if (!Array.isArray(hosts)) return { ok: false, line: 1, got: 'sysstat.hosts' }
  const samples: UseSample[] = []
  for (const host of hosts as NonNullable<NonNullable<Sadf['sysstat']>['hosts']>) {
    if (typeof host?.nodename !== 'string') return { ok: false, line: 1, got: 'nodename' }
    // As it is called in the plan: without its domain.
    const guest = host.nodename.split('.')[0]!
    const cpus = numberOf(host['number-of-cpus'])
    for (const one of Array.isArray(host.statistics) ? host.statistics : []) {
      const { date, time } = one?.timestamp ?? {}
      // Times of the guest's own clock are as far apart as those of any other.
      const at = Date.parse(`${String(date)}T${String(time)}Z`)
      if (Number.isNaN(at)) return { ok: false, line: 1, got: `timestamp ${String(date)} ${String(time)}` }
      const memory = numberOf(one.memory?.memused)
      const cores = coresOf(one['cpu-load'] ?? one['cpu-load-all'], cpus)
      if (memory === null && cores === null) continue
      samples.push({
        ...{ at, guest },
        ...(memory !== null && { memoryMib: memory / 1_024 }),
        ...(cores !== null && { cores }),
      })
    }
  }
  return samples.length === 0 ? { ok: false, line: 1, got: 'cpu-load, memory' } : { ok: true, samples }
}

function coresOf(loads: readonly CpuLoad[] | undefined, cpus: number | null): number | null {
  const all = Array.isArray(loads) ? loads.find((load) => load?.cpu === 'all' || load?.cpu === '-1') : undefined
  const idle = numberOf(all?.idle)
  if (all === undefined || idle === null || cpus === null) return null
  return (cpus * Math.max(0, 100 - idle - (numberOf(all.iowait) ?? 0))) / 100
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}
