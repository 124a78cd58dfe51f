import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import type { FastifySerializerCompiler } from 'fastify/types/schema.js'
import { bodyLimitBytes } from '../contract/protocol.ts'
import type { Access } from '../model/access.ts'
import { createDesk } from './access/desk.ts'
import { guardRoutes, type Identifier } from './access/guard.ts'
import { serveAccess } from './access/serve-access.ts'
import { createCompiledClusters } from './compiled-clusters.ts'
import { serialConsoles } from './console.ts'
import { consoleSockets } from './console-socket.ts'
import { ConsoleTickets } from './console-tickets.ts'
import { answerError, sendFault } from './errors.ts'
import { createLaunchClock } from './launch-clock.ts'
import { honourKeys } from './once.ts'
import type { ApiPowers } from './powers.ts'
import { aboutRoutes } from './routes-about.ts'
import { availabilityRoutes } from './routes-availability.ts'
import { commandRoutes } from './routes-commands.ts'
import { drillRoutes } from './routes-drills.ts'
import { fileRoutes } from './routes-file.ts'
import { guestRoutes } from './routes-guests.ts'
import { hostRoutes } from './routes-hosts.ts'
import { metricRoutes } from './routes-metrics.ts'
import { planRoutes } from './routes-plan.ts'
import { prometheusRoutes } from './routes-prometheus.ts'
import { streamRoutes } from './routes-streams.ts'
import { taskRoutes } from './routes-tasks.ts'
import { viewRoutes } from './routes-views.ts'
import { whatIfRoutes } from './routes-what-if.ts'
import { headersTimeoutMs, idleMs, maxConnections, requestTimeoutMs } from './server-limits.ts'
import type { Serving } from './serving.ts'
import { createServing } from './serving.ts'
import { serveUpgrades } from './upgrades.ts'
import type { WebFiles } from './web-files.ts'
import { rememberedText } from './written.ts'

export interface ApiOptions {
  /** Writes answers as JSON; the usual one writes them as they are. */
  readonly serializerCompiler?: FastifySerializerCompiler<unknown>
  /** The console, where it is served. */
  readonly web?: WebFiles
  /** Called for each route. */
  readonly onRoute?: (method: string, url: string, access: Access) => void
}

/** The API as a Fastify instance, not listening yet. `close` ends live streams, too. */
export async function createApi(powers: ApiPowers, options: ApiOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({
    // Where another is named, the usual one, which is large, is not even loaded.
    schemaController: { compilersFactory: { buildSerializer: () => () => rememberedText } },
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
  app.setSerializerCompiler(options.serializerCompiler ?? (() => rememberedText))
  app.setErrorHandler((error, request, reply) => answerError(powers.log, error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const details = { text: `no such resource: ${request.method} ${request.url.slice(0, 200)}` }
    sendFault(reply, 404, { code: 'bad-request', outcome: 'not-done', details }, {})
  })
  const desk = powers.access === undefined ? null : createDesk(powers.access, powers, clusterName)
  const guard = guardRoutes(app, desk?.identity ?? nobodyKnown)
  const launchClock = createLaunchClock(powers)
  const serving: Serving = createServing(powers, createCompiledClusters(), launchClock)
  app.addHook('onClose', async () => {
    launchClock.close()
    serving.close()
  })
  const tickets = new ConsoleTickets(powers.clock)
  serveUpgrades(app, [serialConsoles(serving, guard), consoleSockets(serving, guard, tickets)])
  honourKeys(app, serving)
  const all = [
    aboutRoutes,
    prometheusRoutes,
    viewRoutes,
    commandRoutes,
    hostRoutes,
    fileRoutes,
    taskRoutes,
    whatIfRoutes,
    drillRoutes,
    availabilityRoutes,
    planRoutes,
    streamRoutes,
    metricRoutes,
  ]
  for (const routes of all) routes(app, serving)
  guestRoutes(app, serving, tickets)
  if (desk !== null) serveAccess(app, desk, guard, powers.log)
  if (options.web !== undefined) {
    const { webRoutes } = await import('./web-files.ts')
    webRoutes(app, options.web)
  }
  for (const { method, url, access } of guard.table) if (method !== 'HEAD') options.onRoute?.(method, url, access)
  await app.ready()
  return app
}

/** What authenticators show beside the code. */
const clusterName = 'Vigia'

/** Of a daemon without accounts: whoever does not come through the socket is nobody. */
const nobodyKnown: Identifier = { of: async () => null, now: () => null, holds: () => false }
