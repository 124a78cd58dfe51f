import type { ClusterSpec } from './cluster.ts'
import type { WallTime } from './ids.ts'

/** The applied cluster file: the parsed form that is acted upon, and the text it came from. Stored under `wish/cluster`. */
export interface StoredCluster {
  readonly spec: ClusterSpec
  readonly source: { readonly path: string; readonly format: 'vigia' | 'lauxen'; readonly text: string }
  readonly appliedBy: string
  readonly appliedAt: WallTime
}
