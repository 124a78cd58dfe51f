import { type ClusterSpec, defaultHostMeans, defaultSettings } from './cluster.ts'
import type { WallTime } from './ids.ts'

/** The applied cluster file: the parsed form that is acted upon, and the text it came from. Stored under `wish/cluster`. */
export interface StoredCluster {
  readonly spec: ClusterSpec
  readonly source: { readonly path: string; readonly format: 'vigia' | 'lauxen'; readonly text: string }
  readonly appliedBy: string
  readonly appliedAt: WallTime
}

/** Reads what is stored, which an earlier version may have written: settings and means of hosts that it did not know are as usual. */
export function readStoredCluster(json: string): StoredCluster {
  const stored = JSON.parse(json) as StoredCluster
  const { spec } = stored
  const hosts = spec.hosts.map((host) => ({ ...defaultHostMeans, ...host }))
  return { ...stored, spec: { ...spec, hosts, settings: { ...defaultSettings, ...spec.settings } } }
}
