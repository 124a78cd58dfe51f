import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { apiPrefix } from '../contract/protocol.ts'
import { Fault, faultData } from '../model/fault.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConsoleLine } from '../ports/hypervisor.ts'
import { joinLines } from '../ports/lines.ts'
import type { Guard } from './access/guard.ts'
import { noteConsole } from './console.ts'
import { type ConsoleTickets, sessionMark } from './console-tickets.ts'
import { commandedPlace } from './guest-place.ts'
import type { Serving } from './serving.ts'
import { decodedName, type Upgrade, UpgradeRefused, upgradeHeaders } from './upgrades.ts'
import { maxMessageBytes, webSocketLine } from './web-socket-line.ts'

const place = new RegExp(`^${apiPrefix}/guests/([^/?]{1,200})/console-socket\\?ticket=([\\w-]{1,100})$`)

/** That who opened a console may still have it is looked at so often; the browser is asked whether it is still there. */
const lookEachMs = 10_000

/** Why a console was closed. Below 4000 the numbers are WebSocket's own. */
export const closeCodes = {
  /** The guest's line ended, or the browser left. */
  normal: 1_000,
  /** The session ended, or its role was changed. */
  sessionOver: 1_008,
  /** The line could not be opened: the reason is JSON with the fault's `code` and `why`. */
  notOpened: 4_000,
} as const

/** A close reason has 123 bytes. */
const maxReasonLength = 123

/**
 * Consoles for browsers: VNC and serial, by WebSocket, with a ticket that was given to the same session a moment ago. The guest may be on any host. It
 * ends with the guest's line, with the browser, or with the session.
 */
export function consoleSockets(serving: Serving, guard: Guard, tickets: ConsoleTickets): Upgrade {
  let server: Promise<WebSocketServer> | null = null
  return async (request, socket) => {
    const { method, url = '', headers } = request
    const match = place.exec(url)
    if (match === null || method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false
    const name = decodedName(match[1] ?? '')
    const caller = guard.admit(request, 'operator')
    requireSameOrigin(request)
    const wish = tickets.take(match[2] ?? '', name, sessionMark(caller, headers))
    if (wish === null) throw new Fault('access-denied', 'not-done')
    // Throws where the caller may no longer command it.
    const mayStill = () => commandedPlace(serving, guard.admit(request, 'operator'), name)
    const { guest, host, domain } = mayStill()
    server ??= makeServer()
    const webSocket = await accepted(await server, request, socket)
    try {
      const line = await serving.powers.guestsOf(host).openLine({ domain, kind: wish.kind, force: wish.force })
      noteConsole(serving, guest, caller.name, wish.kind === 'vnc' ? 'screen' : 'console')
      const stop = watch(serving.powers.clock, webSocket, line, mayStill)
      await joinLines(line, webSocketLine(webSocket))
      stop()
    } catch (error) {
      webSocket.close(closeCodes.notOpened, reasonOf(error))
    }
    return true
  }
}

/** The library is loaded when the first console is opened: most daemons never do. */
async function makeServer(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws')
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // What noVNC of some versions asks for; it means nothing.
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
  })
  server.on('headers', (headers, { socket }) => headers.push(...upgradeHeaders(socket)))
  // With a listener the library writes no refusals of its own: ours is made of what the answer is waited for with.
  server.on('wsClientError', (error, socket) => socket.emit(refusedHandshake, error))
  return server
}

/** What `accepted` hears of on the socket whose handshake it waits for. */
const refusedHandshake = Symbol('refused handshake')

function accepted(server: WebSocketServer, request: IncomingMessage, socket: Duplex): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Fault('bad-request', 'not-done', { text: 'the client left' })))
    socket.once(refusedHandshake, ({ message }: Error) => reject(new UpgradeRefused(message, spokenVersions)))
    ;(socket as Duplex & { setTimeout?: (ms: number) => void }).setTimeout?.(0)
    server.handleUpgrade(request, socket, Buffer.alloc(0), resolve)
  })
}

/** RFC 6455, 4.4: whoever asks for another version is told which ones there are. */
const spokenVersions = ['sec-websocket-version: 13, 8']

/** A page of another origin has no business here, ticket or not. Programs send none. */
function requireSameOrigin({ headers }: IncomingMessage): void {
  const { origin, host } = headers
  if (origin === undefined) return
  if (!URL.canParse(origin) || new URL(origin).host !== host) {
    throw new Fault('access-denied', 'not-done')
  }
}

/** Ends it when who opened it may have it no longer, or when the browser is silent for two looks. Returns what ends the watching. */
function watch(clock: Clock, webSocket: WebSocket, line: ConsoleLine, mayStill: () => unknown): () => void {
  let alive = true
  let cancel = (): void => {}
  webSocket.on('pong', () => {
    alive = true
  })
  const look = (): void => {
    cancel = clock.after(lookEachMs, look)
    if (!holds(mayStill)) {
      webSocket.close(closeCodes.sessionOver, 'session')
      line.close()
    } else if (!alive && !webSocket.isPaused) {
      // (One that waits for its guest to read hears nothing meanwhile.)
      webSocket.terminate()
    } else {
      alive = false
      webSocket.ping()
    }
  }
  cancel = clock.after(lookEachMs, look)
  return () => cancel()
}

function holds(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}

function reasonOf(error: unknown): string {
  const { code, details } = faultData(error)
  const why = typeof details.why === 'string' ? { why: details.why } : {}
  return JSON.stringify({ code, ...why }).slice(0, maxReasonLength)
}
