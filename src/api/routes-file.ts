import type { FastifyInstance } from 'fastify'
import { ApplyRequest, ApplyResult, ClusterFileView } from '../contract/apply.ts'
import { paths } from '../contract/protocol.ts'
import { Fault } from '../model/fault.ts'
import { applyFile, clusterFile } from './apply.ts'
import { described, doneOnce, typed } from './route.ts'
import type { Serving } from './serving.ts'

export function fileRoutes(app: FastifyInstance, { powers, tasks }: Serving): void {
  const routes = typed(app)

  const apply = doneOnce(
    described(
      {
        access: 'administrator',
        tag: 'cluster',
        summary: 'Check a cluster file, compare it with what runs, and unless it is a dry run make it the one in force',
      },
      { body: ApplyRequest, response: { 200: ApplyResult } },
    ),
  )
  routes.post(paths.apply, apply, async (request) =>
    applyFile(powers, request.body, { by: request.caller.name, tasks, once: request.once }),
  )

  // It may tell of fence devices what only those need who change it.
  const file = described(
    { access: 'administrator', tag: 'cluster', summary: 'The cluster file in force, as it was sent' },
    { response: { 200: ClusterFileView } },
  )
  routes.get(paths.clusterFile, file, async () => {
    const found = await clusterFile(powers)
    if (found === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
    return found
  })
}
