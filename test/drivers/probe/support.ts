import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createProber } from '../../../src/drivers/probe/prober.ts'
import { instant, wallTime } from '../../../src/model/ids.ts'
import type { ProbeSpec, Protocol } from '../../../src/model/service.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { Prober, ProbeTarget } from '../../../src/ports/prober.ts'

/** Real time. Drivers meet real sockets here, so pretended time would not move them. */
export const realClock: Clock = {
  now: () => instant(performance.now()),
  wall: () => wallTime(Date.now()),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

export function testProber(clock: Clock = realClock): Prober {
  return createProber({ clock, pingAgent: async () => true, resolve: async () => [] })
}

export function targetOf(
  port: number | null,
  probe: ProbeSpec = { kind: 'tcp' },
  protocol: Protocol = 'tcp',
): ProbeTarget {
  return { address: '127.0.0.1', port, protocol, probe, domain: null }
}

/** Things to be ended after a test, last first. */
export class Cleanup {
  private readonly ends: (() => unknown)[] = []

  add(end: () => unknown): void {
    this.ends.push(end)
  }

  async run(): Promise<void> {
    for (const end of this.ends.reverse()) await end()
    this.ends.length = 0
  }
}

/** A TCP server on loopback; port 0 = any. Its connections end with it. */
export async function tcpServer(cleanup: Cleanup, onSocket: (socket: Socket) => void, port = 0): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    onSocket(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  cleanup.add(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return portOf(server)
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** A port nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

/** A listener of its own process that is stopped and whose backlog is full: the kernel drops further SYNs. */
export async function silentPort(cleanup: Cleanup): Promise<number> {
  const script = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    process.send(this.address().port) })`
  const child: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [port] = (await once(child, 'message')) as [number]
  child.kill('SIGSTOP')
  cleanup.add(() => child.kill('SIGKILL'))
  await fillBacklog(cleanup, port)
  return port
}

/** Connects until the kernel lets nobody in any more. */
async function fillBacklog(cleanup: Cleanup, port: number): Promise<void> {
  const { connect } = await import('node:net')
  for (let n = 0; n < 16; n += 1) {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => socket.destroy())
    cleanup.add(() => socket.destroy())
    const connected = await Promise.race([once(socket, 'connect').then(() => true), passed(80).then(() => false)])
    if (!connected) return
  }
  throw new Error('the backlog never filled')
}

/** Real time, for sockets. Keep it short. */
export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
