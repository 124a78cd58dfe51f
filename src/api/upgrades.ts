import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Fault, faultData } from '../model/fault.ts'
import { upgradeHeaderLines } from './network-headers.ts'
import { overNetwork, refusalText } from './refusal-text.ts'

/** Consoles open at once at this daemon, of its own guests and of those it relays. */
export const maxConsoles = 16

/** Takes a connection that is to become something else, and resolves when that is over. Throws a Fault to refuse it. False: it is for another. */
export type Upgrade = (request: IncomingMessage, socket: Duplex) => Promise<boolean>

/** A refusal that tells in headers how to ask. */
export class UpgradeRefused extends Fault {
  readonly headers: readonly string[]

  constructor(text: string, headers: readonly string[]) {
    super('bad-request', 'not-done', { text })
    this.headers = headers
  }
}

/** What was refused is read by its client, or not: an upgraded connection has no other limit. */
const refusedMs = 1_000

/**
 * Connections that are upgraded (RFC 9110, 7.8). What nobody takes, and what is refused, is answered as any other request. Only those that were let in
 * count, each until its console ends: who may not come in cannot take the places of those who may.
 */
export function serveUpgrades(app: FastifyInstance, takers: readonly Upgrade[]): void {
  const open = new Set<Duplex>()
  let consoles = 0
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (head.length > 0) socket.unshift(head)
    socket.on('error', () => {
      // The client went away; `close` follows, and ends the line.
    })
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    consoles += 1
    void answer(takers, request, socket, consoles > maxConsoles).finally(() => {
      consoles -= 1
    })
  })
  app.addHook('preClose', async () => {
    for (const socket of open) socket.destroy()
  })
}

/** Resolves when it is over. */
async function answer(
  takers: readonly Upgrade[],
  request: IncomingMessage,
  socket: Duplex,
  full: boolean,
): Promise<void> {
  try {
    if (full) throw new Fault('limit-reached', 'not-done', { limit: maxConsoles, what: 'consoles' })
    for (const take of takers) if (await take(request, socket)) return
    const { method, url = '' } = request
    throw new Fault('bad-request', 'not-done', { text: `no such upgrade: ${method} ${url.slice(0, 200)}` })
  } catch (error) {
    refuse(socket, error)
  }
}

function refuse(socket: Duplex, error: unknown): void {
  const more = error instanceof UpgradeRefused ? error.headers : []
  socket.end(refusalText(faultData(error), socket, more))
  setTimeout(() => socket.destroy(), refusedMs).unref()
}

/** What an answer 101 says beside its protocol. */
export function upgradeHeaders(socket: object): readonly string[] {
  return overNetwork(socket) ? upgradeHeaderLines : []
}

/** The name in a path, as it was meant. */
export function decodedName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not a name of anything.
    return text
  }
}
