import type { ClusterSpec, HostSpec } from '../model/cluster.ts'
import type { HostId } from '../model/ids.ts'
import type { HostObservation } from '../model/observation.ts'
import type { GuestRecord } from '../model/record.ts'
import type { GuestSight } from './sight.ts'
import { runs } from './sight.ts'

/** Memory a host can still give, spent as guests are started within one round. */
export interface MemoryBudget {
  /** Null: the host's size is not known, nothing is refused. */
  freeMib: number | null
}

/** What the host has, less what it keeps, less what its guests hold or were promised at their start. */
export function memoryBudget(
  spec: ClusterSpec,
  host: HostId,
  observation: HostObservation,
  sights: readonly GuestSight[],
): MemoryBudget {
  const usable = usableMib(spec, host, observation)
  if (usable === null) return { freeMib: null }
  let held = 0
  for (const sight of sights) {
    if (sight.host?.observation.host === host || isComing(sight, host)) held += heldMib(sight)
  }
  return { freeMib: usable - held }
}

/** Its memory is settled by what it needs. */
export function goesByNeed({ compiled }: GuestSight): boolean {
  return compiled.spec.memory.minMib !== undefined
}

/** So is it now: it runs, tells what it needs, is watched, and nobody said by hand what it shall have. */
export function isShared(sight: GuestSight): boolean {
  const { seen, wish } = sight
  return (
    goesByNeed(sight) && seen.run === 'running' && seen.memoryUse !== undefined && wish.watch && wish.memoryMib === null
  )
}

/** On its way to that host, with an amount that placement did not reckon with. */
export function isComing({ compiled, record }: GuestSight, host: HostId): boolean {
  return compiled.spec.memory.minMib !== undefined && record?.seat?.move?.to === host
}

/** A file that names one host means the host it is applied on, whatever its name. */
export function hostSpecOf(spec: ClusterSpec, host: HostId): HostSpec | null {
  let byId = hostsById.get(spec)
  if (byId === undefined) {
    byId = new Map(spec.hosts.map((one) => [one.id, one]))
    hostsById.set(spec, byId)
  }
  return byId.get(host) ?? (spec.hosts.length === 1 ? spec.hosts[0]! : null)
}

/** Looked up once a file: a round of a thousand hosts asks for each of them several times. */
const hostsById = new WeakMap<ClusterSpec, ReadonlyMap<HostId, HostSpec>>()

/** Memory a guest takes when it starts; null: not known before it runs. */
export function startMib(sight: GuestSight): number | null {
  const { spec } = sight.compiled
  if (spec.memory.startMib !== null) return spec.memory.startMib
  if (spec.source.kind === 'defined') return spec.source.definition.memoryStartMib
  return sight.seen.memoryMib ?? sight.seen.memoryMaxMib ?? sight.record?.seat?.memoryMib ?? null
}

/** What it holds, or was promised, whichever is more: at its start, or by a change of its balloon that may still come about. */
export function heldMib(sight: GuestSight, record: GuestRecord | null = sight.record): number {
  const promisedMib = record?.phase.kind === 'starting' ? (startMib(sight) ?? 0) : 0
  if (!runs(sight.seen)) return promisedMib
  const { memoryMib, memoryAskedMib } = sight.seen
  return Math.max(memoryMib ?? 0, promisedMib, record?.memoryMib ?? 0, memoryAskedMib ?? 0)
}

/** What the host can give in all; null: its size is not known. */
export function usableMib(spec: ClusterSpec, host: HostId, observation: HostObservation): number | null {
  const hostSpec = hostSpecOf(spec, host)
  const total = hostSpec?.memoryMib ?? observation.memoryMib
  if (total === null) return null
  const own = Math.max(0, total - (hostSpec?.reservedMib ?? 0)) * (hostSpec?.overcommit ?? 1)
  return own - observation.otherGuestsMib
}
