import type { Duplex } from 'node:stream'
import { apiPrefix, consoleProtocol } from '../contract/protocol.ts'
import type { GuestId } from '../model/ids.ts'
import type { ConsoleLine } from '../ports/hypervisor.ts'
import type { Guard } from './access/guard.ts'
import { commandedPlace } from './guest-place.ts'
import type { Serving } from './serving.ts'
import { decodedName, type Upgrade, upgradeHeaders } from './upgrades.ts'

const place = new RegExp(`^${apiPrefix}/guests/([^/?]{1,200})/console(\\?force=1)?$`)

/**
 * Serial consoles for programs that have no WebSocket: after the answer 101 the bytes of the guest's line, both ways, until either end closes. The guest
 * may be on any host.
 */
export function serialConsoles(serving: Serving, guard: Guard): Upgrade {
  return async (request, socket) => {
    const { method, url = '', headers } = request
    const match = place.exec(url)
    if (match === null || method !== 'GET' || headers.upgrade !== consoleProtocol) return false
    const caller = guard.admit(request, 'operator')
    const { guest, host, domain } = commandedPlace(serving, caller, decodedName(match[1] ?? ''))
    const wish = { domain, kind: 'serial', force: match[2] !== undefined } as const
    const line = await serving.powers.guestsOf(host).openLine(wish)
    noteConsole(serving, guest, caller.name, 'console')
    await join(line, socket)
    return true
  }
}

/** Both ways until one end closes; neither end is sent more than it takes. */
async function join(line: ConsoleLine, socket: Duplex): Promise<void> {
  if (socket.destroyed) return line.close()
  socket.once('close', () => line.close())
  // No idle limit: a console may be silent for days. (Of the server's own sockets; a plain stream has none.)
  ;(socket as Duplex & { setTimeout?: (ms: number) => void }).setTimeout?.(0)
  const headers = [...upgradeHeaders(socket), 'connection: Upgrade', `upgrade: ${consoleProtocol}`]
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`)
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
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}

/** Whoever sits at a console can do anything to the guest: the history says who did. */
export function noteConsole({ powers }: Serving, guest: GuestId, by: string, what: 'console' | 'screen'): void {
  const event = {
    at: powers.clock.wall(),
    host: powers.host,
    actor: 'person' as const,
    word: 'wish' as const,
    guest,
    service: null,
    because: null,
    fault: null,
    note: by === '' ? what : `${what} (${by})`,
  }
  powers.history.append([event]).catch((error: unknown) => {
    powers.log.warn('an opened console is not in the history', { guest, error: String(error) })
  })
}
