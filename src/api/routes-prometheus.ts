import type { FastifyInstance } from 'fastify'
import { paths } from '../contract/protocol.ts'
import { clusterMetrics } from './metrics/cluster-metrics.ts'
import { exposition, expositionType } from './metrics/exposition.ts'
import { createOwnMetrics } from './metrics/own-metrics.ts'
import { described, plain } from './route.ts'
import type { Serving } from './serving.ts'

/** Counts what is answered, and tells Prometheus. */
export function prometheusRoutes(app: FastifyInstance, { powers, status, liveClients }: Serving): void {
  const own = createOwnMetrics(powers)
  app.addHook('onResponse', async (request, reply) => {
    const { url = 'none', schema } = request.routeOptions
    // How long somebody listened is nothing that was waited for.
    const { tags = [] } = (schema ?? {}) as { readonly tags?: readonly string[] }
    const ms = tags.includes('live') ? null : reply.elapsedTime
    own.answered(request.method, request.is404 ? 'none' : url, reply.statusCode, ms)
  })
  app.addHook('onClose', async () => own.close())

  const metrics = described(
    {
      access: 'viewer',
      tag: 'daemon',
      summary: 'The state of the cluster and what this daemon measures of itself, for Prometheus',
    },
    { response: { 200: plain('text/plain', { type: 'string' }) } },
  )
  app.get(paths.metrics, metrics, async (_, reply) => {
    reply.type(expositionType)
    return exposition([...clusterMetrics(status(), powers.snapshot(), powers.host), ...own.read(liveClients())])
  })
}
