import type { FastifyInstance } from 'fastify'
import type { ApplyResult, ClusterFileView } from '../contract/apply.ts'
import { ApplyRequest } from '../contract/apply.ts'
import { paths } from '../contract/protocol.ts'
import { Fault } from '../model/fault.ts'
import { applyFile, clusterFile } from './apply.ts'
import type { Serving } from './serving.ts'

export function fileRoutes(app: FastifyInstance, { powers }: Serving): void {
  app.post<{ Body: ApplyRequest }>(
    paths.apply,
    { schema: { body: ApplyRequest }, config: { access: 'administrator' } },
    async (request): Promise<ApplyResult> => applyFile(powers, request.body, request.caller.name),
  )

  // It may tell of fence devices what only those need who change it.
  app.get(paths.clusterFile, { config: { access: 'administrator' } }, async (): Promise<ClusterFileView> => {
    const found = await clusterFile(powers)
    if (found === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
    return found
  })
}
