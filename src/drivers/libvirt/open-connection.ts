import { createConnection, type Socket } from 'node:net'
import { Connection, type Trace } from './connection.ts'
import { ConnectionError, type ConnectionProblem } from './errors.ts'
import type { KeepaliveOptions } from './keepalive.ts'

export interface OpenOptions {
  /** libvirtd's socket, such as /run/libvirt/libvirt-sock. */
  readonly socketPath: string
  /** The hypervisor, such as qemu:///system. */
  readonly uri: string
  /** For all of opening: connecting, greeting, opening the hypervisor. */
  readonly timeoutMs?: number
  /** Our pings; null leaves keepalive out, for connections that carry one stream. */
  readonly keepalive: KeepaliveOptions | null
  readonly trace?: Trace
}

/** A libvirtd under load answers within a second; one that takes longer than this is hung. */
export const OPEN_TIMEOUT_MS = 10_000

const AUTH_NONE = 0
const AUTH_NAMES: Readonly<Record<number, string>> = { 1: 'SASL', 2: 'polkit' }
/** libvirt's `virDrvFeature` numbers. */
const Feature = { keepalive: 10, closeCallback: 15 } as const

/** Connects, greets and opens the hypervisor. Fails with `ConnectionError` (nothing was done) or `LibvirtError`. */
export async function openConnection(options: OpenOptions): Promise<Connection> {
  const deadline = performance.now() + (options.timeoutMs ?? OPEN_TIMEOUT_MS)
  const left = () => ({ timeoutMs: Math.max(1, deadline - performance.now()) })
  const socket = await dial(options.socketPath, left().timeoutMs)
  const connection = new Connection(socket, options.trace)
  try {
    await greet(connection, options, left)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

async function greet(connection: Connection, options: OpenOptions, left: () => { timeoutMs: number }): Promise<void> {
  const { types } = await connection.call('authList', {}, left())
  if (types.length > 0 && !types.includes(AUTH_NONE)) {
    const names = types.map((type) => AUTH_NAMES[type] ?? `type ${type}`).join(', ')
    throw new ConnectionError('auth-required', 'not-done', `libvirtd asks for authentication: ${names}`)
  }
  // Asked before opening: from this question on, the server pings us too.
  if (options.keepalive !== null) {
    const { supported } = await connection.call('connectSupportsFeature', { feature: Feature.keepalive }, left())
    if (supported !== 0) connection.startKeepalive(options.keepalive)
  }
  await connection.call('connectOpen', { name: options.uri, flags: 0 }, left())
  const { supported } = await connection.call('connectSupportsFeature', { feature: Feature.closeCallback }, left())
  if (supported !== 0) await connection.call('connectRegisterCloseCallback', {}, left())
}

function dial(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path })
    const timer = setTimeout(() => fail('timeout', `${path} did not accept within ${timeoutMs} ms`), timeoutMs)
    const fail = (problem: ConnectionProblem, message: string, cause?: unknown) => {
      clearTimeout(timer)
      socket.destroy()
      reject(new ConnectionError(problem, 'not-done', message, cause))
    }
    socket.once('error', (error: NodeJS.ErrnoException) => fail(dialProblem(error.code), describe(path, error), error))
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}

function dialProblem(code: string | undefined): ConnectionProblem {
  switch (code) {
    case 'ENOENT':
      return 'absent'
    case 'ECONNREFUSED':
      return 'refused'
    case 'EACCES':
    case 'EPERM':
      return 'denied'
    default:
      return 'lost'
  }
}

function describe(path: string, error: NodeJS.ErrnoException): string {
  switch (dialProblem(error.code)) {
    case 'absent':
      return `no libvirt socket at ${path}`
    case 'refused':
      return `nothing listens on ${path}`
    case 'denied':
      return `no permission to open ${path}`
    default:
      return `${path}: ${error.message}`
  }
}
