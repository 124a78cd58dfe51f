import { RemoteFault } from '../../client/client.ts'
import type { ClusterFileView } from '../../contract/apply.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { api } from '../api/api.ts'
import { type Asked, useAsked } from '../parts/use-asked.ts'

/** The file in force; an empty one where none was applied yet. */
export function useFile(): Asked<ClusterFileView> {
  return useAsked(async () => {
    try {
      return await api.clusterFile()
    } catch (error) {
      if (!(error instanceof RemoteFault) || error.details.why !== 'no-cluster-file') throw error
      return { schemaVersion, path: 'cluster.yaml', format: 'vigia', text: '', appliedBy: '', appliedAt: 0 }
    }
  }, [])
}
