import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { apiPrefix, consoleProtocol } from '../contract/protocol.ts'
import { commands } from '../core/access.ts'
import { Fault, faultData } from '../model/fault.ts'
import type { GuestId } from '../model/ids.ts'
import type { ConsoleLine } from '../ports/hypervisor.ts'
import type { Guard } from './access/guard.ts'
import { errorText } from './errors.ts'
import { statusOf } from './fault-status.ts'
import type { Serving } from './serving.ts'

/** Consoles open at once: each holds a connection to libvirt. */
export const maxConsoles = 16

const place = new RegExp(`^${apiPrefix}/guests/([^/?]{1,200})/console(\\?force=1)?$`)

/**
 * Serial consoles, as connections that are upgraded (RFC 9110, 7.8): after the answer 101 the bytes of the guest's line,
 * both ways, until either end closes. What is refused is answered as any other request.
 */
export function serveConsoles(app: FastifyInstance, serving: Serving, guard: Guard): void {
  const open = new Set<Duplex>()
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (head.length > 0) socket.unshift(head)
    socket.on('error', () => {
      // The client went away; `close` follows, and ends the line.
    })
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    void answer(serving, guard, request, socket, open.size > maxConsoles)
  })
  app.addHook('preClose', async () => {
    for (const socket of open) socket.destroy()
  })
}

async function answer(
  serving: Serving,
  guard: Guard,
  request: IncomingMessage,
  socket: Duplex,
  full: boolean,
): Promise<void> {
  try {
    if (full) throw new Fault('limit-reached', 'not-done', { limit: maxConsoles, what: 'consoles' })
    const caller = guard.admit(request, 'operator')
    const { guest, domain, force, spec } = asked(serving, request)
    if (!commands(caller, spec)) throw new Fault('access-denied', 'not-done', { role: 'operator', guests: [guest] })
    const line = await opened(serving, domain, force)
    note(serving, guest, caller.name)
    await join(line, socket)
  } catch (error) {
    refuse(socket, error)
  }
}

function asked(serving: Serving, { method, url = '', headers }: IncomingMessage) {
  const match = place.exec(url)
  if (match === null || method !== 'GET' || headers.upgrade !== consoleProtocol) {
    throw new Fault('bad-request', 'not-done', { text: `no such upgrade: ${method} ${url.slice(0, 200)}` })
  }
  const { compiled } = serving.guest(decoded(match[1] ?? '')).sight
  const { source } = compiled.spec
  const domain = source.kind === 'existing' ? source.domain : compiled.id
  return { guest: compiled.id, domain, force: match[2] !== undefined, spec: compiled.spec }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not a name of anything.
    return text
  }
}

function opened({ powers }: Serving, domain: string, force: boolean): Promise<ConsoleLine> {
  if (powers.openConsole === undefined) throw new Fault('not-supported', 'not-done', { action: 'console' })
  return powers.openConsole(domain, force)
}

/** Both ways until one end closes; neither end is sent more than it takes. */
async function join(line: ConsoleLine, socket: Duplex): Promise<void> {
  if (socket.destroyed) return line.close()
  socket.once('close', () => line.close())
  // No idle limit: a console may be silent for days. (Of the server's own sockets; a plain stream has none.)
  ;(socket as Duplex & { setTimeout?: (ms: number) => void }).setTimeout?.(0)
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${consoleProtocol}\r\n\r\n`)
  void typed(socket, line)
  try {
    for await (const bytes of line.output) {
      if (socket.destroyed) return
      if (!socket.write(bytes)) await drained(socket)
    }
  } catch {
    // The line broke: the client sees its connection end, as it would with the guest's own end.
  } finally {
    line.close()
    socket.end()
  }
}

async function typed(socket: Duplex, line: ConsoleLine): Promise<void> {
  try {
    for await (const bytes of socket) await line.write(bytes as Buffer)
  } catch {
    // One of the two ends is gone; the other way of `join` notices as well, and tidies up.
  } finally {
    line.close()
  }
}

function drained(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve)
    socket.once('close', resolve)
  })
}

function refuse(socket: Duplex, error: unknown): void {
  const fault = faultData(error)
  const status = statusOf[fault.code] ?? 500
  const body = errorText(status, fault, {})
  const head = [
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`HTTP/1.1 ${status} ${fault.code}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Whoever sits at a console can do anything to the guest: the history says who did. */
function note({ powers }: Serving, guest: GuestId, by: string): void {
  const event = {
    at: powers.clock.wall(),
    host: powers.host,
    actor: 'person' as const,
    word: 'wish' as const,
    guest,
    service: null,
    because: null,
    fault: null,
    note: by === '' ? 'console' : `console (${by})`,
  }
  powers.history.append([event]).catch((error: unknown) => {
    powers.log.warn('an opened console is not in the history', { guest, error: String(error) })
  })
}
