import type { Socket } from 'node:net'
import { Fault } from '../../model/fault.ts'
import type { ConsoleLine } from '../../ports/hypervisor.ts'

/** What was written and not yet taken by the other end gets so long after the line was closed. */
const farewellMs = 3_000

/** A connected socket as a line; whoever writes waits while the other end does not read. `name`: for faults. */
export function socketLine(socket: Socket, name: string): ConsoleLine {
  socket.on('error', () => {
    // `close` follows; the reader is told by its loop.
  })
  let closed = false
  const close = (): void => {
    if (closed) return
    closed = true
    socket.destroySoon()
    const timer = setTimeout(() => socket.destroy(), farewellMs)
    socket.once('close', () => clearTimeout(timer))
  }
  async function* output(): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of socket) yield bytes as Buffer
    } catch (cause) {
      // What we closed ourselves has not broken.
      if (!closed) throw ended(name, cause)
    } finally {
      close()
    }
  }
  return {
    output: output(),
    async write(bytes) {
      if (closed || !socket.writable) throw ended(name)
      if (!socket.write(bytes)) await drained(socket)
    },
    close,
  }
}

function drained(socket: Socket): Promise<void> {
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

function ended(domain: string, cause?: unknown): Fault {
  const text = 'the line has ended'
  return new Fault('domain-refused', 'not-done', { action: 'console', domain, text }, { cause })
}
