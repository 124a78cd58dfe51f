import type { FastifyInstance } from 'fastify'
import type { ApplyResult, ClusterFileView } from '../contract/apply.ts'
import { ApplyRequest } from '../contract/apply.ts'
import { paths } from '../contract/protocol.ts'
import { Fault } from '../model/fault.ts'
import { applyFile, clusterFile } from './apply.ts'
import type { Serving } from './serving.ts'
import { speakerOf } from './serving.ts'

export function fileRoutes(app: FastifyInstance, { powers }: Serving): void {
  app.post<{ Body: ApplyRequest }>(
    paths.apply,
    { schema: { body: ApplyRequest } },
    async (request): Promise<ApplyResult> => applyFile(powers, request.body, speakerOf(request)),
  )

  app.get(paths.clusterFile, async (): Promise<ClusterFileView> => {
    const found = await clusterFile(powers)
    if (found === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
    return found
  })
}
