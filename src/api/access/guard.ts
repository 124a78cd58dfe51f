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
    /** What a handler knows better than the request says it. */
    audited: Audited | null
    /** The code of the fault that is answered. */
    faultCode: string | null
  }
}

export interface Audited {
  readonly who?: string
  readonly id?: string | null
  readonly what?: string
}

/** Finds out whom a request over the network comes from. Null: nobody known. Throws a Fault for what must not go on. */
export interface Identifier {
  of(request: IncomingMessage): Promise<Caller | null>
  now(request: IncomingMessage): Caller | null
  holds(caller: Caller): boolean
}

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
  /** Ends the connections of those who are in no longer: streams and consoles too. */
  recheck(): void
}

/** Each route says who may use it, and nobody else gets as far as its handler. Call it before any route is added. */
export function guardRoutes(app: FastifyInstance, identifier: Identifier): Guard {
  const local = localSockets(app)
  const open = new Map<Socket, Caller>()
  const judged = (caller: Caller | null, request: IncomingMessage, access: Access): Caller | null => {
    const verdict = admission(caller, access)
    if (verdict === 'unknown') throw new Fault('sign-in-wanted', 'not-done')
    if (verdict === 'denied') throw new Fault('access-denied', 'not-done', { role: access })
    if (caller !== null && caller.by !== 'local') follow(open, request.socket, caller)
    return caller
  }
  decorate(app)
  const table: RouteAccess[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access
    if (access === undefined) throw new Error(`${method} ${url} does not say who may use it (config.access)`)
    for (const one of [method].flat()) table.push({ method: one, url, access })
  })
  app.addHook('onRequest', async (request) => {
    const { raw } = request
    // What is no route is answered as such to everybody.
    const access = request.is404 ? 'public' : (request.routeOptions.config.access ?? 'administrator')
    const known = isLocal(local, raw) ? localCaller(raw) : identifier.of(raw)
    // What everybody may do is not refused because of what a browser still holds: of a session that is over, or of another.
    const caller = access === 'public' ? await orNobody(known) : await known
    request.maybeCaller = judged(caller, raw, access)
  })
  return {
    table,
    admit(request, access) {
      const caller = isLocal(local, request) ? localCaller(request) : identifier.now(request)
      const judgedCaller = judged(caller, request, access)
      if (judgedCaller === null) throw new Fault('sign-in-wanted', 'not-done')
      return judgedCaller
    },
    recheck() {
      for (const [socket, caller] of open) if (!identifier.holds(caller)) socket.destroy()
    },
  }
}

/** The address that a request came from, for the audit and for counting failures; `local`: the socket of this host. */
export function placeOf({ raw, maybeCaller }: FastifyRequest): string {
  if (maybeCaller?.by === 'local') return 'local'
  return raw.socket.remoteAddress ?? 'relay'
}

function decorate(app: FastifyInstance): void {
  app.decorateRequest('maybeCaller', null)
  app.decorateRequest('audited', null)
  app.decorateRequest('faultCode', null)
  app.decorateRequest('caller', {
    getter(this: FastifyRequest): Caller {
      if (this.maybeCaller === null) throw new Fault('sign-in-wanted', 'not-done')
      return this.maybeCaller
    },
  })
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

/** A connection is whose request came last: a browser's are all of one session. */
function follow(open: Map<Socket, Caller>, socket: Socket, caller: Caller): void {
  if (!open.has(socket)) socket.once('close', () => open.delete(socket))
  open.set(socket, caller)
}

async function orNobody(known: Caller | null | Promise<Caller | null>): Promise<Caller | null> {
  try {
    return await known
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
}

function localCaller({ headers }: IncomingMessage): Caller {
  return { name: speakerIn(headers), role: 'administrator', tags: null, by: 'local', id: null }
}
