import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Fault } from '../model/fault.ts'
import type { CertificateSource, ServerCertificate } from '../ports/certificate-source.ts'
import type { Log } from '../ports/log.ts'
import { bindPath, prepareSocketPath } from './listen.ts'
import { type ListenPlace, placeText } from './listen-place.ts'
import { networkHeaders } from './network-headers.ts'
import { refusalText } from './refusal-text.ts'
import { maxConnections, type Patience, usualPatience } from './server-limits.ts'

/** Of one address: a browser takes six and its consoles; more than this is a flood, or a relay that should have its own path. */
const maxConnectionsOfOne = 64

/** From the first byte to the end of the handshake: longer is somebody who holds connections open. */
const handshakeMs = 10_000

/** TLS 1.2 is left for programs; with it only what has forward secrecy and authenticates what it encrypts. */
const tlsSettings = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
  honorCipherOrder: true,
  ecdhCurve: 'X25519:P-256:P-384',
  ALPNProtocols: ['http/1.1'],
  handshakeTimeout: handshakeMs,
} as const

export interface NetworkListener {
  /** As it was asked for, with the port that was found where that was 0. */
  readonly place: ListenPlace
  close(): Promise<void>
}

/**
 * Serves the app's routes by TLS, beside its unix socket. A newer certificate is shown to whoever connects from then on.
 * Faults: `daemon-busy`, `not-allowed`, `certificate-refused`.
 */
export async function listenNetwork(
  app: FastifyInstance,
  place: ListenPlace,
  source: CertificateSource,
  log: Log,
  patience: Patience = usualPatience,
): Promise<NetworkListener> {
  const server = tlsServer(source.current, patience)
  server.on('request', (request, response) => {
    // Before the app sees it: no answer of it, nor of what stands before it, goes without them.
    for (const [name, value] of Object.entries(networkHeaders)) response.setHeader(name, value)
    app.routing(request, response)
  })
  server.on('upgrade', (request, socket, head) => app.server.emit('upgrade', request, socket, head))
  server.on('clientError', (_, socket: Duplex) => answerNonsense(socket))
  const sockets = limitEach(server)
  const found = await bound(server, place)
  const stop = source.onRenewed((newer) => show(server, newer, log))
  server.on('error', (error) => log.error('a listener failed', { place: placeText(place), text: error.message }))
  return {
    place: found,
    close: () =>
      new Promise((resolve) => {
        stop()
        server.close(() => resolve())
        // Those too that have said nothing yet, of which the server does not know.
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function tlsServer({ certificate, key }: ServerCertificate, patience: Patience): Server {
  try {
    const server = createServer({
      ...tlsSettings,
      cert: certificate,
      key,
      connectionsCheckingInterval: patience.checkEachMs,
      requestTimeout: patience.requestMs,
      headersTimeout: patience.headersMs,
      keepAliveTimeout: patience.idleMs,
    })
    server.maxConnections = maxConnections
    server.setTimeout(patience.idleMs)
    return server
  } catch (cause) {
    throw new Fault('certificate-refused', 'not-done', { text: (cause as Error).message }, { cause })
  }
}

function show(server: Server, { certificate, key }: ServerCertificate, log: Log): void {
  try {
    server.setSecureContext({ ...tlsSettings, cert: certificate, key })
    log.info('a newer certificate is shown from now on')
  } catch (error) {
    log.error('a newer certificate cannot be shown', { text: (error as Error).message })
  }
}

/** One address must not take all the connections that there are for everybody. Returns those that are open. */
function limitEach(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const from = socket.remoteAddress
    // Behind a path is something that relays for many.
    if (from === undefined) return
    const count = (open.get(from) ?? 0) + 1
    open.set(from, count)
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1
      if (left === 0) open.delete(from)
      else open.set(from, left)
    })
    if (count > maxConnectionsOfOne) socket.destroy()
  })
  return sockets
}

/** What is no HTTP. The parser has given up: nothing more can be understood on this connection. */
function answerNonsense(socket: Duplex): void {
  if (!socket.writable || socket.destroyed) return
  const details = { text: 'this is no HTTP/1.1 that can be understood' }
  socket.end(refusalText({ code: 'bad-request', outcome: 'not-done', details }, socket))
}

async function bound(server: Server, place: ListenPlace): Promise<ListenPlace> {
  const where = placeText(place)
  try {
    if (place.kind === 'path') {
      await prepareSocketPath(place.path)
      await bindPath(server, place.path)
      return place
    }
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: place.host, port: place.port, ipv6Only: false }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    const address = server.address()
    return typeof address === 'object' && address !== null ? { ...place, port: address.port } : place
  } catch (error) {
    if (error instanceof Fault) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    const allowed = code !== 'EACCES' && code !== 'EPERM'
    const details = { path: where, text: code || message }
    throw new Fault(allowed ? 'daemon-busy' : 'not-allowed', 'not-done', details, { cause: error })
  }
}
