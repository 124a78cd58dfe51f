import type { HostId } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'
import type { ConsolidationFile, FileGuest, FileHost } from '../../model/plan/consolidation.ts'
import { hostSpecOf, startMib } from '../capacity.ts'
import { compileCluster } from '../graph.ts'
import type { GuestSight } from '../sight.ts'
import type { ClusterSnapshot } from '../snapshot.ts'
import { clusterView } from '../views/cluster-view.ts'

/**
 * The cluster as it is now, as a file of `vigia plan` would say it: hosts that are there with the memory they may give, guests that shall run
 * with what they start with or hold, the strict rules, and as many losses as the cluster's file asks for, at least one. Null: no cluster file is in force.
 */
export function liveFile(snapshot: ClusterSnapshot): ConsolidationFile | null {
  const { cluster } = snapshot
  if (cluster === null) return null
  const { sights, hosts: views } = clusterView(compileCluster(cluster), snapshot)
  const ids =
    views === null
      ? [...snapshot.observations.keys()]
      : [...views.values()].filter(({ gone }) => !gone).map(({ id }) => id)
  const hosts = [...ids].sort(byName).flatMap((id): FileHost[] => {
    const usableMib = views?.get(id)?.usableMib ?? aloneMib(snapshot, id)
    return usableMib === null ? [] : [hostOf(id, usableMib)]
  })
  const names = new Set(hosts.map(({ name }) => name))
  const guests = sights.filter(({ ownWish }) => ownWish === 'running').map((sight) => guestOf(sight, names))
  const unknown = guests.filter(({ memoryMib }) => memoryMib === 0).map(({ name }) => name)
  return {
    kind: 'consolidation',
    currency: null,
    hosts,
    bareMetal: [],
    guests,
    rules: cluster.rules.filter(({ strict }) => strict),
    survive: Math.max(1, Math.min(4, cluster.settings.survive)),
    critical: [],
    weights: { users: 1, requests: 1, volume: 1 },
    printedTotals: null,
    checkedTotals: null,
    assumptions: unknown.length === 0 ? [] : [{ code: 'size-unknown', guests: unknown }],
    mirrored: false,
  }
}

function hostOf(id: HostId, usableMib: number): FileHost {
  const memoryMib = Math.max(0, Math.floor(usableMib))
  return { name: id, present: true, price: null, cpuMilli: null, memoryMib, diskMib: null, cores: null }
}

function aloneMib({ cluster, observations }: ClusterSnapshot, id: HostId): number | null {
  const observation = observations.get(id)?.observation
  const spec = hostSpecOf(cluster!, id)
  const total = spec?.memoryMib ?? observation?.memoryMib ?? null
  if (total === null) return null
  return Math.max(0, total - (spec?.reservedMib ?? 0)) * (spec?.overcommit ?? 1) - (observation?.otherGuestsMib ?? 0)
}

/** A guest has to find room for what it starts with, also when it holds less once it runs. */
function guestOf(sight: GuestSight, hosts: ReadonlySet<string>): FileGuest {
  const owner = sight.record?.owner ?? null
  return {
    name: sight.compiled.id,
    host: owner !== null && hosts.has(owner) ? owner : null,
    service: null,
    cpuMilli: 0,
    memoryMib: Math.ceil(Math.max(startMib(sight) ?? 0, sight.seen.memoryMib ?? 0)),
    diskMib: 0,
    memoryMilli: null,
    diskMilli: null,
    growth: 0,
    daily: { memory: 0, cpu: 0, disk: 0 },
    assumed: false,
  }
}
