import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { isAlive } from './process-mark.ts'
import { readState } from './state.ts'

const socketName = 'console.sock'

/** For each host's vigiad: it serves the console on a path, since no address is made outside of the hosts' namespaces. */
export function consoleArguments(port: number): string[] {
  return ['--listen', `/run/vigia/${socketName}`, '--url', `https://127.0.0.1:${port}`]
}

/** Where people look first; taken: any that is free. */
const usualPort = 8443

/** Of this machine's loopback, free just now. */
export async function freePort(wanted = usualPort): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', () => (wanted === 0 ? reject(new Error('no port is free')) : resolve(freePort(0))))
    server.listen({ host: '127.0.0.1', port: wanted }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : wanted))
    })
  })
}

/** How soon a host's end is noticed. */
const lookMs = 200

/** A daemon that takes no connection within this time is passed over. */
const connectMs = 1_000

/**
 * A door of this machine's loopback to the console: each connection goes to a host that lives. TLS is the daemon's own, the door sees nothing of it.
 * When a host dies, what went to it ends, and the browser comes again.
 */
export class ConsoleDoor {
  readonly #server: Server
  readonly #open = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  /** `folder`: of the lab, whose state is looked at anew for each connection: hosts are switched on and off by others as well. */
  static async open(folder: string, port: number): Promise<ConsoleDoor> {
    const server = createServer()
    const door = new ConsoleDoor(server)
    server.on('connection', (socket) => void door.#relay(socket, folder))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    return door
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#open) socket.destroy()
  }

  async #relay(outer: Socket, folder: string): Promise<void> {
    this.#keep(outer)
    for (const host of livingHosts(folder)) {
      const inner = await connected(join(folder, host, 'run', 'vigia', socketName))
      if (inner === null) continue
      this.#keep(inner)
      // A host without power says no goodbye: its kernel is gone, its socket is not.
      const look = setInterval(() => {
        if (!livingHosts(folder).includes(host)) inner.destroy()
      }, lookMs)
      inner.once('close', () => {
        clearInterval(look)
        outer.destroy()
      })
      outer.once('close', () => inner.destroy())
      outer.pipe(inner).pipe(outer)
      return
    }
    outer.destroy()
  }

  #keep(socket: Socket): void {
    this.#open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#open.delete(socket))
  }
}

function livingHosts(folder: string): string[] {
  const state = readState(folder)
  if (state === undefined) return []
  const isOn = (name: string): boolean =>
    state.processes.some((mark) => mark.what === `${name}: first process` && isAlive(mark))
  return state.hosts.map(({ name }) => name).filter(isOn)
}

function connected(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const give = (found: Socket | null): void => {
      socket.setTimeout(0)
      socket.removeAllListeners('error')
      if (found === null) socket.destroy()
      resolve(found)
    }
    socket.setTimeout(connectMs, () => give(null))
    socket.once('connect', () => give(socket))
    socket.once('error', () => give(null))
  })
}
