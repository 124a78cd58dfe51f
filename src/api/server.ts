import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import type { FastifySerializerCompiler } from 'fastify/types/schema.js'
import { bodyLimitBytes } from '../contract/protocol.ts'
import { guardRoutes } from './access/guard.ts'
import { createCompiledClusters } from './compiled-clusters.ts'
import { serveConsoles } from './console.ts'
import { answerError, sendFault } from './errors.ts'
import { createLaunchClock } from './launch-clock.ts'
import type { ApiPowers } from './powers.ts'
import { aboutRoutes } from './routes-about.ts'
import { commandRoutes } from './routes-commands.ts'
import { fileRoutes } from './routes-file.ts'
import { hostRoutes } from './routes-hosts.ts'
import { streamRoutes } from './routes-streams.ts'
import { viewRoutes } from './routes-views.ts'
import { headersTimeoutMs, idleMs, maxConnections, requestTimeoutMs } from './server-limits.ts'
import type { Serving } from './serving.ts'
import { createServing } from './serving.ts'

export interface ApiOptions {
  /** Writes answers as JSON; the usual one writes them as they are. */
  readonly serializerCompiler?: FastifySerializerCompiler<unknown>
  /** Called for each route. */
  readonly onRoute?: (method: string, url: string) => void
}

/** The API as a Fastify instance, not listening yet. `close` ends live streams, too. */
export async function createApi(powers: ApiPowers, options: ApiOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: idleMs,
    keepAliveTimeout: idleMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100, ignoreTrailingSlash: true },
    logger: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  })
  app.server.maxConnections = maxConnections
  app.server.headersTimeout = headersTimeoutMs
  // Answers are written as they are: a schema that lags behind must not drop what a client should see.
  app.setSerializerCompiler(options.serializerCompiler ?? (() => JSON.stringify))
  app.setErrorHandler((error, request, reply) => answerError(powers.log, error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const details = { text: `no such resource: ${request.method} ${request.url.slice(0, 200)}` }
    sendFault(reply, 404, { code: 'bad-request', outcome: 'not-done', details }, {})
  })
  const guard = guardRoutes(app, () => null)
  const launchClock = createLaunchClock(powers)
  const serving: Serving = createServing(powers, createCompiledClusters(), launchClock)
  app.addHook('onClose', async () => launchClock.close())
  serveConsoles(app, serving, guard)
  const all = [aboutRoutes, viewRoutes, commandRoutes, hostRoutes, fileRoutes, streamRoutes]
  for (const routes of all) routes(app, serving)
  for (const { method, url } of guard.table) if (method !== 'HEAD') options.onRoute?.(method, url)
  await app.ready()
  return app
}
