import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { Fault, faultData } from '../../model/fault.ts'
import type { WallTime } from '../../model/ids.ts'
import type { ConsoleLine } from '../../ports/hypervisor.ts'
import { joinLines } from '../../ports/lines.ts'
import type { Log } from '../../ports/log.ts'
import type { Identity, Shown } from '../ca/certificates.ts'
import { socketLine } from '../lines/socket-line.ts'
import { authoritiesOf, shownBy, tcpKeepaliveMs } from './connections.ts'
import { textOf } from './exchange.ts'
import { lineProtocol } from './upgrade.ts'
import type { PeerAddress } from './wire.ts'

/** Answers one request. `shown`: the certificate of this cluster that the caller holds the key of, not yet accepted; null = none. */
export interface Route {
  readonly maxBytes: number
  readonly answer: (body: string, shown: Shown | null) => string | Promise<string>
}

/** Opens a line of bytes for one connection. `shown` as of a route. */
export type LineRoute = (query: URLSearchParams, shown: Shown | null) => Promise<ConsoleLine>

export interface PeerServerOptions {
  readonly identity: Identity
  readonly wall: () => WallTime
  readonly log: Log
  /** What connections may be upgraded to, by path. */
  readonly lines?: ReadonlyMap<string, LineRoute>
}

/** Connections at once: seven members with some to spare. Beyond it new ones are closed, so that nobody's flood takes the daemon's memory. */
const maxConnections = 128

/** Of one address, so that one host that floods leaves room for the others. */
const maxConnectionsOfOne = 24

/** A handshake, the head of a request, and a whole request: what is slower holds a connection for nothing. */
const handshakeMs = 3_000
const headersMs = 3_000
const requestMs = 5_000

/** Idle connections are kept for the next question; members ask at least each second while it matters. */
const idleMs = 60_000

/** What was refused is read by its caller, or not: an upgraded connection has no other limit. */
const refusedMs = 1_000

/** A request line and the few headers that a member sends. */
const maxHeaderBytes = 2_048

/**
 * A daemon that was killed while it was starting another program lets go of its port only when that has begun. Longer than that takes on a busy
 * machine.
 */
const lettingGoMs = 5_000
const lookAgainMs = 50

/** HTTPS with certificates of both sides, TLS 1.3. What a caller may do without one is for each route to say. */
export class PeerServer {
  readonly #server: https.Server
  readonly #routes: ReadonlyMap<string, Route>
  readonly #lines: ReadonlyMap<string, LineRoute>
  readonly #wall: () => WallTime
  readonly #log: Log
  readonly #sockets = new Set<Socket>()
  #authority: readonly X509Certificate[]

  private constructor(options: PeerServerOptions, routes: ReadonlyMap<string, Route>) {
    this.#routes = routes
    this.#lines = options.lines ?? new Map()
    this.#wall = options.wall
    this.#log = options.log
    this.#authority = authoritiesOf(options.identity)
    this.#server = https.createServer(
      {
        ...material(options.identity),
        minVersion: 'TLSv1.3',
        requestCert: true,
        // Every caller is let in to here, and each is checked by ourselves: a new host has no certificate, an expired one has a reason.
        rejectUnauthorized: false,
        handshakeTimeout: handshakeMs,
        headersTimeout: headersMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: 1_000,
        keepAliveTimeout: idleMs,
        maxHeaderSize: maxHeaderBytes,
      },
      (request, response) => void this.#handle(request, response),
    )
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket as TLSSocket, head))
    this.#server.maxConnections = maxConnections
    this.#server.on('connection', (socket) => this.#count(socket as Socket))
    // Half a handshake, or bytes that are no TLS: nobody we know.
    this.#server.on('tlsClientError', () => {})
    this.#server.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Faults: `refused` when the address cannot be listened on. */
  static async listen(
    options: PeerServerOptions,
    at: PeerAddress,
    routes: ReadonlyMap<string, Route>,
  ): Promise<PeerServer> {
    const made = new PeerServer(options, routes)
    const until = performance.now() + lettingGoMs
    for (;;) {
      const cause = await made.#bind(at)
      if (cause === null) break
      if (cause.code !== 'EADDRINUSE' || performance.now() >= until) {
        const details = { path: `${at.host}:${at.port}`, text: String(cause.code) }
        throw new Fault('refused', 'not-done', details, { cause })
      }
      await delay(lookAgainMs)
    }
    made.#server.on('error', (error) => options.log.error('members cannot be listened to', { text: error.message }))
    return made
  }

  /** Null: done. */
  #bind({ host, port }: PeerAddress): Promise<NodeJS.ErrnoException | null> {
    return new Promise((resolve) => {
      const end = (error: NodeJS.ErrnoException | null) => {
        this.#server.removeAllListeners('error')
        this.#server.removeAllListeners('listening')
        resolve(error)
      }
      this.#server.once('error', end)
      this.#server.once('listening', () => end(null))
      this.#server.listen({ host, port })
    })
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Connections from now on see the new certificate; those that stand go on. */
  use(identity: Identity): void {
    this.#authority = authoritiesOf(identity)
    this.#server.setSecureContext({ ...material(identity), minVersion: 'TLSv1.3' })
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    // All of them: the server itself does not know of those in a handshake.
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #count(socket: Socket): void {
    const from = socket.remoteAddress
    const before = [...this.#sockets].filter(({ remoteAddress }) => remoteAddress === from).length
    if (before >= maxConnectionsOfOne) return void socket.destroy()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  async #upgrade(request: IncomingMessage, socket: TLSSocket, head: Buffer): Promise<void> {
    socket.on('error', () => {})
    if (head.length > 0) socket.unshift(head)
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const open = request.headers.upgrade === lineProtocol ? this.#lines.get(path) : undefined
    if (open === undefined) return refuse(socket, 404, '{}')
    try {
      const line = await open(new URLSearchParams(query), shownBy(socket, this.#authority, this.#wall()))
      if (socket.destroyed) return line.close()
      socket.setKeepAlive(true, tcpKeepaliveMs)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${lineProtocol}\r\n\r\n`)
      await joinLines(line, socketLine(socket, path))
    } catch (error) {
      if (error instanceof Fault) return refuse(socket, statusOf(error), JSON.stringify({ fault: error.data }))
      this.#log.error('a line to a member could not be opened', { path, fault: faultData(error) })
      refuse(socket, 500, '{}')
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {})
    const route = request.method === 'POST' ? this.#routes.get(request.url ?? '') : undefined
    if (route === undefined) return end(response, 404, '{}')
    // Null: the caller left, or sends too much. There is nobody to tell.
    const body = await textOf(request, route.maxBytes).catch(() => null)
    if (body === null) return void response.destroy()
    try {
      const shown = shownBy(request.socket as TLSSocket, this.#authority, this.#wall())
      const answer = route.answer(body, shown)
      end(response, 200, typeof answer === 'string' ? answer : await answer)
    } catch (error) {
      if (error instanceof Fault) return end(response, statusOf(error), JSON.stringify({ fault: error.data }))
      this.#log.error('a member could not be answered', { path: request.url, fault: faultData(error) })
      end(response, 500, '{}')
    }
  }
}

/** 503: nothing was done, and it may be asked again. 409: nothing was done, and it will stay so. 500: not known. */
function statusOf({ code, outcome }: Fault): number {
  if (outcome === 'unknown') return 500
  return code === 'peer-lost' || code.startsWith('store-') || code === 'daemon-busy' ? 503 : 409
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

function refuse(socket: Socket, status: number, text: string): void {
  const head = ['Connection: close', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]
  socket.end(`HTTP/1.1 ${status} refused\r\n${head.join('\r\n')}\r\n\r\n${text}`)
  setTimeout(() => socket.destroy(), refusedMs).unref()
}

function material({ key, certificate, authority }: Identity) {
  return { key, cert: certificate, ca: authority }
}
