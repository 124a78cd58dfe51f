import type { HostId } from '../../model/ids.ts'
import { seriesOf } from '../../model/metric.ts'
import type { ConsolidationFile, FileGuest } from '../../model/plan/consolidation.ts'
import { type Measured, type MeasuredUse, measuredOf } from '../../model/plan/measured-use.ts'
import { hostSpecOf } from '../capacity.ts'
import type { ClusterSnapshot } from '../snapshot.ts'

const dayMs = 86_400_000

/** A guest that was seen for less is not known yet. */
const leastMs = dayMs

/** Of a shorter time nobody can say how it grows. */
const leastGrowthMs = 7 * dayMs

/** What a guest used, of its figures over time (`seriesOf.guest`). Null: too little is known of it. */
export function measuredUse(
  series: readonly (readonly (number | null)[])[],
  fromMs: number,
  stepMs: number,
): MeasuredUse | null {
  const of = (name: string, factor: number): Measured | null => {
    const values = series[seriesOf.guest.findIndex((one) => one.name === name)] ?? []
    const samples = values.flatMap((value, step): [number, number][] =>
      value === null ? [] : [[fromMs + step * stepMs, value * factor]],
    )
    if (samples.length * stepMs < leastMs) return null
    const measured = measuredOf(samples)
    const seenMs = samples.at(-1)![0] - samples[0]![0]
    return seenMs < leastGrowthMs ? { ...measured, daily: 0 } : measured
  }
  // 100 is one processor wholly busy: 1000 thousandths of a core.
  const use = { memory: of('memory-used', 1), cpu: of('cpu', 10), disk: null }
  return use.memory === null && use.cpu === null ? null : use
}

/**
 * A file of the live cluster with what guests were measured to use in place of what they were given. Processors are counted where every
 * guest's use of them and every host's number of them is known.
 */
export function withMeasured(
  file: ConsolidationFile,
  snapshot: ClusterSnapshot,
  use: ReadonlyMap<string, MeasuredUse>,
): ConsolidationFile {
  const cpusOf = (name: string): number | null => {
    const spec = snapshot.cluster === null ? undefined : hostSpecOf(snapshot.cluster, name as HostId)
    const sight = snapshot.observations.get(name as HostId)?.observation.cpus
    return spec?.cpus ?? sight ?? null
  }
  const cpus = new Map(file.hosts.map(({ name }) => [name, cpusOf(name)]))
  const isCpuKnown =
    file.guests.every(({ name }) => use.get(name)?.cpu != null) && [...cpus.values()].every((one) => one !== null)
  const measured = file.guests.filter(({ name }) => use.get(name)?.memory != null).length
  return {
    ...file,
    hosts: file.hosts.map((host) => (isCpuKnown ? { ...host, cpuMilli: cpus.get(host.name)! * 1_000 } : host)),
    guests: file.guests.map((guest): FileGuest => {
      const { memory = null, cpu = null } = use.get(guest.name) ?? {}
      return {
        ...guest,
        ...(memory !== null && { memoryMib: memory.amount }),
        ...(isCpuKnown && { cpuMilli: cpu!.amount }),
        daily: { memory: memory?.daily ?? 0, cpu: isCpuKnown ? cpu!.daily : 0, disk: 0 },
      }
    }),
    assumptions: [...(measured === 0 ? [] : [{ code: 'measured', count: measured } as const]), ...file.assumptions],
  }
}
