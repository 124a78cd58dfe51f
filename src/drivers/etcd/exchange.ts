import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Endpoint } from './endpoints.ts'

/** PEM texts. The same object for as long as nothing changed: a new one makes new connections. */
export interface TlsMaterial {
  readonly ca: string
  readonly cert?: string
  readonly key?: string
}

export interface Exchange {
  readonly endpoint: Endpoint
  readonly path: string
  readonly body: string
  readonly token: string | null
  /** A host without power answers nothing, not even "refused": this is what finding that out may cost. */
  readonly connectMs: number
  readonly signal: AbortSignal
}

/** No answer, or half of one. `sent` false: certainly nothing of the request reached the other side. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly sent: boolean

  constructor(text: string, sent: boolean, cause?: unknown) {
    super(text, { cause })
    this.sent = sent
  }
}

/** After so long without a byte the kernel asks whether the peer still lives. */
const tcpKeepaliveMs = 1_000

/** HTTP connections to all members, kept open between requests. */
export class Transport {
  readonly #tls: (() => TlsMaterial) | null
  readonly #settings: http.AgentOptions
  readonly #plain: http.Agent
  #secure: { readonly agent: https.Agent; readonly material: TlsMaterial | null } | null = null
  /** Sockets on which a request may have left. */
  readonly #ready = new WeakSet<Socket>()

  /** `maxSockets`: connections to one member; more requests than this wait for one. */
  constructor(tls: (() => TlsMaterial) | null, maxSockets: number) {
    this.#tls = tls
    this.#settings = { keepAlive: true, keepAliveMsecs: tcpKeepaliveMs, maxSockets }
    this.#plain = new http.Agent(this.#settings)
  }

  /** Resolves with the head of the answer; its body is still to be read. Throws `TransportError`. */
  post(exchange: Exchange): Promise<IncomingMessage> {
    const { endpoint, path, body, token, connectMs, signal } = exchange
    return new Promise((resolve, reject) => {
      let sent = false
      const request = (endpoint.secure ? https : http).request({
        agent: endpoint.secure ? this.#secureAgent() : this.#plain,
        hostname: endpoint.hostname,
        port: endpoint.port,
        path,
        method: 'POST',
        headers: headersFor(body, token),
        signal,
      })
      const connectLimit = setTimeout(() => request.destroy(new Error(`no connection in ${connectMs} ms`)), connectMs)
      const connected = (socket: Socket): void => {
        sent = true
        this.#ready.add(socket)
        clearTimeout(connectLimit)
      }
      request.once('socket', (socket) => {
        if (this.#ready.has(socket)) connected(socket)
        else socket.once(endpoint.secure ? 'secureConnect' : 'connect', () => connected(socket))
      })
      request.once('response', resolve)
      request.on('error', (error) => {
        clearTimeout(connectLimit)
        reject(new TransportError(`${endpoint.url}: ${error.message}`, sent, error))
      })
      request.end(body)
    })
  }

  close(): void {
    this.#plain.destroy()
    this.#secure?.agent.destroy()
  }

  #secureAgent(): https.Agent {
    const material = this.#tls?.() ?? null
    if (this.#secure?.material === material) return this.#secure.agent
    if (this.#secure !== null) retire(this.#secure.agent)
    const agent = new https.Agent({ ...this.#settings, minVersion: 'TLSv1.2', ...material })
    this.#secure = { agent, material }
    return agent
  }
}

/** Requests under way keep their connections; idle ones are closed, and none is kept afterwards. */
function retire(agent: https.Agent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}

function headersFor(body: string, token: string | null): Record<string, string | number> {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    // A member that has lost its leader says so at once instead of keeping us waiting.
    'grpc-metadata-hasleader': 'true',
    ...(token === null ? {} : { authorization: token }),
  }
}
