import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createProber } from '../../../src/drivers/probe/prober.ts'
import { instant, wallTime } from '../../../src/model/ids.ts'
import type { ProbeSpec, Protocol } from '../../../src/model/service.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { ProbeOutcome, Prober, ProbeTarget } from '../../../src/ports/prober.ts'
import { socketsRead } from '../../until.ts'

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

/** Generous: what answers at once is not told later because of it, and a busy machine does not reach it. */
export const patientMs = 20_000

/** Asks again where the own event loop was too late to judge, as whoever asks for a living does. */
export async function sure(ask: () => Promise<ProbeOutcome>): Promise<ProbeOutcome> {
  for (let turn = 0; turn < 50; turn += 1) {
    const outcome = await ask()
    if (outcome.kind !== 'void') return outcome
  }
  return { kind: 'void' }
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

/**
 * A port nothing listens on, and that the kernel gives to nobody else meanwhile: a connection of our own goes out from it. `release`
 * lets go of it, to listen there.
 */
export async function refusingPort(cleanup: Cleanup): Promise<{ port: number; release(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Bound on purpose: a port that a connection merely has, the kernel gives to connections to other places as well.
  const holder = connect({ port: portOf(server), host: '127.0.0.1', localAddress: '127.0.0.1' })
  const [[peer]] = (await Promise.all([once(server, 'connection'), once(holder, 'connect')])) as [[Socket], unknown]
  const port = holder.localPort as number
  for (const socket of [holder, peer]) socket.on('error', () => undefined)
  const release = async () => {
    if (holder.closed) return
    const closed = new Promise<void>((resolve) => holder.on('close', () => resolve()))
    // By a reset: after an orderly end the kernel would keep the port for a minute.
    peer.resetAndDestroy()
    server.close()
    await closed
  }
  cleanup.add(release)
  return { port, release }
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
  for (let n = 0; n < 16; n += 1) {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => socket.destroy())
    cleanup.add(() => socket.destroy())
    let connected = false
    socket.on('connect', () => {
      connected = true
    })
    await passed(80)
    await socketsRead()
    if (!connected) return
  }
  throw new Error('the backlog never filled')
}

/** Real time, for sockets. Keep it short. */
export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
