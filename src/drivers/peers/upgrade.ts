import https from 'node:https'
import type { Socket } from 'node:net'
import type { PeerAgent } from './connections.ts'
import { NoReply, type Reply, textOf } from './exchange.ts'

/** What a connection between members is upgraded to where it carries the bytes of a guest's console. */
export const lineProtocol = 'vigia-line'

/** A refusal is a fault. */
const maxRefusalBytes = 16 * 1024

/** Asks for a line. Resolves with its connection, or with the refusal. Throws `NoReply`, also as soon as the signal says so. */
export function upgrade(agent: PeerAgent, path: string, signal: AbortSignal): Promise<Socket | Reply> {
  return new Promise((resolve, reject) => {
    let sent = false
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort)
      reject(new NoReply(error.message, sent, error))
    }
    const abort = (): void => {
      fail(new Error('aborted'))
      request.destroy()
    }
    const headers = { connection: 'Upgrade', upgrade: lineProtocol }
    const request = https.request({ agent, path, method: 'GET', headers, host: 'member' })
    signal.addEventListener('abort', abort, { once: true })
    request.once('socket', () => {
      sent = true
    })
    request.once('upgrade', (_, socket: Socket, head: Buffer) => {
      signal.removeEventListener('abort', abort)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.once('response', (answer) => {
      textOf(answer, maxRefusalBytes).then((text) => {
        signal.removeEventListener('abort', abort)
        resolve({ status: answer.statusCode ?? 0, text })
      }, fail)
    })
    request.on('error', fail)
    request.end()
  })
}
