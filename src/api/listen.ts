import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { Fault } from '../model/fault.ts'

/** The socket is for root and the group of its folder: nobody else. */
const socketMask = 0o117

/** A left-over socket answers nothing within this time; a living daemon does at once. */
const probeMs = 2_000

/**
 * A daemon that was killed while it was starting another program lets go of its sockets only when that has begun: until then they take connections
 * that nobody answers. Longer than that takes on a busy machine.
 */
export const lettingGoMs = 5_000
const lookAgainMs = 50

/** Serves on a unix socket, mode 0660. A socket left over by a daemon that was killed is replaced, one that goes on answering for `waitMs` is not. */
export async function listenOn(app: FastifyInstance, path: string, waitMs = lettingGoMs): Promise<void> {
  try {
    await prepareSocketPath(path, waitMs)
    await bindPath(app.server, path)
  } catch (error) {
    if (error instanceof Fault) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    const allowed = code !== 'EACCES' && code !== 'EPERM'
    throw new Fault(
      allowed ? 'daemon-busy' : 'not-allowed',
      'not-done',
      { path, text: code || message },
      { cause: error },
    )
  }
}

/** Its folder is there, and it is not. Faults: `store-busy` where somebody goes on answering; throws the file system's errors. */
export async function prepareSocketPath(path: string, waitMs = lettingGoMs): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  if (!existsSync(path)) return
  const until = performance.now() + waitMs
  while (await answers(path)) {
    if (performance.now() >= until) throw new Fault('store-busy', 'not-done', { path })
    await delay(lookAgainMs)
  }
  rmSync(path, { force: true })
}

/** The mode is set by the mask while the socket is made: there is no moment at which everybody may connect. */
export function bindPath(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const before = process.umask(socketMask)
    try {
      server.once('error', reject)
      server.listen({ path }, () => {
        server.off('error', reject)
        resolve()
      })
    } finally {
      process.umask(before)
    }
  })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const done = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.setTimeout(probeMs, () => done(true))
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}
