import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { admission } from '../../core/access.ts'
import type { Access, Caller } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import { speakerIn } from '../speaker.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. A route without it is not served: `createApi` throws. */
    access?: Access
  }
  interface FastifyRequest {
    /** Whom the request comes from. Throws on a public route that nobody known calls: ask `maybeCaller` there. */
    readonly caller: Caller
    maybeCaller: Caller | null
  }
}

/** Finds out whom a request comes from. Null: nobody known. Throws a Fault for what is shown and does not hold. */
export type Identify = (request: IncomingMessage) => Caller | null

export interface RouteAccess {
  readonly method: string
  readonly url: string
  readonly access: Access
}

export interface Guard {
  /** Every route of the app, as it was added. */
  readonly table: readonly RouteAccess[]
  /** For connections that are upgraded, which no route answers. Throws `sign-in-wanted` and `access-denied`. */
  admit(request: IncomingMessage, access: Access): Caller
}

/** Each route says who may use it, and nobody else gets as far as its handler. Call it before any route is added. */
export function guardRoutes(app: FastifyInstance, identify: Identify): Guard {
  const local = localSockets(app)
  const identified = (request: IncomingMessage): Caller | null =>
    isLocal(local, request) ? localCaller(request) : identify(request)
  const admitted = (request: IncomingMessage, access: Access): Caller | null => {
    const caller = identified(request)
    const verdict = admission(caller, access)
    if (verdict === 'unknown') throw new Fault('sign-in-wanted', 'not-done')
    if (verdict === 'denied') throw new Fault('access-denied', 'not-done', { role: access })
    return caller
  }
  app.decorateRequest('maybeCaller', null)
  app.decorateRequest('caller', {
    getter(this: FastifyRequest): Caller {
      if (this.maybeCaller === null) throw new Fault('sign-in-wanted', 'not-done')
      return this.maybeCaller
    },
  })
  const table: RouteAccess[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access
    if (access === undefined) throw new Error(`${method} ${url} does not say who may use it (config.access)`)
    for (const one of [method].flat()) table.push({ method: one, url, access })
  })
  app.addHook('onRequest', async (request) => {
    // What is no route is answered as such to everybody.
    const access = request.is404 ? 'public' : request.routeOptions.config.access
    request.maybeCaller = admitted(request.raw, access ?? 'administrator')
  })
  return {
    table,
    admit(request, access) {
      const caller = admitted(request, access)
      if (caller === null) throw new Fault('sign-in-wanted', 'not-done')
      return caller
    },
  }
}

/** Connections of the app's own server, the unix socket: whoever may open that may do all. */
function localSockets({ server }: FastifyInstance): WeakSet<object> {
  const local = new WeakSet<object>()
  server.on('connection', (socket) => local.add(socket))
  return local
}

/** A request that is injected by this very process has no socket at all. */
function isLocal(local: WeakSet<object>, { socket }: IncomingMessage): boolean {
  return local.has(socket) || !(socket instanceof Socket)
}

function localCaller({ headers }: IncomingMessage): Caller {
  return { name: speakerIn(headers), role: 'administrator', tags: null, by: 'local' }
}
