import type { CompiledCluster } from '../core/graph.ts'
import { compileCluster } from '../core/graph.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import type { ClusterView } from '../core/views/cluster-view.ts'
import { clusterView } from '../core/views/cluster-view.ts'
import type { ClusterSpec } from '../model/cluster.ts'

/** The applied cluster, compiled once for each file and not for each request. */
export interface CompiledClusters {
  of(snapshot: ClusterSnapshot): CompiledCluster | null
  view(snapshot: ClusterSnapshot): ClusterView | null
}

export function createCompiledClusters(): CompiledClusters {
  let last: CompiledCluster | null = null
  const compiled = (spec: ClusterSpec): CompiledCluster => {
    if (last?.spec !== spec) last = compileCluster(spec)
    return last
  }
  const of = (snapshot: ClusterSnapshot) => (snapshot.cluster === null ? null : compiled(snapshot.cluster))
  return {
    of,
    view(snapshot) {
      const cluster = of(snapshot)
      return cluster === null ? null : clusterView(cluster, snapshot)
    },
  }
}
