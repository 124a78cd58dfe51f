import type { ClusterSpec, HostSpec } from '../model/cluster.ts'
import type { HostId } from '../model/ids.ts'
import type { HostObservation } from '../model/observation.ts'
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
  const hostSpec = hostSpecOf(spec, host)
  const total = hostSpec?.memoryMib ?? observation.memoryMib
  if (total === null) return { freeMib: null }
  const usable = Math.max(0, total - (hostSpec?.reservedMib ?? 0)) * (hostSpec?.overcommit ?? 1)
  let held = 0
  for (const sight of sights) if (sight.host?.observation.host === host) held += heldMib(sight)
  return { freeMib: usable - held - observation.otherGuestsMib }
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

function heldMib(sight: GuestSight): number {
  const starting = sight.record?.phase.kind === 'starting'
  if (runs(sight.seen)) return Math.max(sight.seen.memoryMib ?? 0, starting ? (startMib(sight) ?? 0) : 0)
  return starting ? (startMib(sight) ?? 0) : 0
}
