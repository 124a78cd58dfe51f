/**
 * Listens on many addresses of the loopback network, one port each, and hangs up on whoever connects: what stands for
 * the services of guests that have no machine. A process of its own, so that its work does not count as the daemon's.
 * usage: node listeners.ts COUNT    prints `ready` when all listen; ends with its standard input
 */
import { createServer, type Server } from 'node:net'

export const LISTENER_PORT = 7000

/** 127.1.0.0 and up: 16 million of them need no set-up. */
export function listenerAddress(index: number): string {
  return `127.1.${index >> 8}.${index & 255}`
}

function listening(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // A client that is gone already is no error of the listener's.
      socket.on('error', () => undefined)
      socket.destroy()
    })
    server.once('error', reject)
    server.listen(LISTENER_PORT, address, () => resolve(server))
  })
}

if (import.meta.main) {
  const count = Number(process.argv[2])
  await Promise.all(Array.from({ length: count }, (_, index) => listening(listenerAddress(index))))
  process.stdout.write('ready\n')
  process.stdin.on('end', () => process.exit(0)).resume()
}
