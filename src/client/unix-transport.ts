import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Fault } from '../model/fault.ts'
import type { Transport, TransportAnswer, TransportLine, TransportRequest } from './transport.ts'

/** An answer takes as long as the slowest write of the daemon's store, and no daemon in order is slower. */
const answerMs = 30_000

/** A live stream says something at least every 15 s: this much silence is a dead end. */
const silenceMs = 45_000

/** Largest answer taken: a status of many thousand guests fits. */
const answerLimitBytes = 64 * 1024 * 1024

/** Talks to the daemon on this host. One connection is kept open between requests. */
export function unixTransport(socketPath: string, options: { readonly answerMs?: number } = {}): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, maxFreeSockets: 1 })
  const streams = new Agent()
  const send = (request: TransportRequest, timeoutMs: number, signal?: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, path, headers, body } = request
      // A live stream has a connection of its own: questions would queue up behind it.
      const way = signal ? { agent: streams, signal } : { agent }
      const sent = httpRequest({ socketPath, method, path, headers, ...way }, resolve)
      sent.setTimeout(timeoutMs, () =>
        sent.destroy(new Fault('timeout', 'unknown', { what: `${method} ${path}`, limitMs: timeoutMs })),
      )
      sent.once('error', (error) => reject(connectFault(error, socketPath)))
      sent.end(body ?? undefined)
    })
  return {
    async request(request) {
      const response = await send(request, request.answerMs ?? options.answerMs ?? answerMs)
      return { status: response.statusCode ?? 0, body: await whole(response, socketPath) }
    },
    async stream(request, signal) {
      const response = await send(request, silenceMs, signal)
      response.setEncoding('utf8')
      return { status: response.statusCode ?? 0, pieces: response }
    },
    upgrade: (request, protocol) => upgrade(socketPath, request, protocol),
    close() {
      agent.destroy()
      streams.destroy()
    },
  }
}

function upgrade(
  socketPath: string,
  { method, path, headers }: TransportRequest,
  protocol: string,
): Promise<TransportAnswer | TransportLine> {
  return new Promise((resolve, reject) => {
    const asking = { ...headers, connection: 'Upgrade', upgrade: protocol }
    const sent = httpRequest({ socketPath, method, path, headers: asking, agent: false })
    sent.setTimeout(answerMs, () => sent.destroy(new Fault('timeout', 'not-done', { what: path, limitMs: answerMs })))
    sent.once('error', (error) => reject(connectFault(error, socketPath)))
    sent.once('response', (response) => {
      const status = response.statusCode ?? 0
      whole(response, socketPath).then((body) => resolve({ status, body }), reject)
    })
    sent.once('upgrade', (_, socket: Socket, head) => {
      socket.setTimeout(0)
      if (head.length > 0) socket.unshift(head)
      resolve({
        status: 101,
        output: bytesOf(socket),
        write: (bytes) => void socket.write(bytes),
        close: () => socket.destroy(),
      })
    })
    sent.end()
  })
}

async function* bytesOf(socket: Socket): AsyncGenerator<Uint8Array> {
  socket.on('error', () => {
    // A connection that breaks ends, to whoever reads it, as one that was closed.
  })
  try {
    for await (const bytes of socket) yield bytes as Buffer
  } catch {
    // As above: the end is all there is to know.
  } finally {
    socket.destroy()
  }
}

async function whole(response: IncomingMessage, socketPath: string): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  try {
    for await (const piece of response) {
      length += (piece as Buffer).length
      if (length > answerLimitBytes)
        throw new Fault('limit-reached', 'unknown', { what: 'bytes of an answer', limit: answerLimitBytes })
      pieces.push(piece as Buffer)
    }
  } catch (error) {
    throw connectFault(error, socketPath)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** What a broken connection means to the one who asked. */
export function connectFault(error: unknown, socket: string): Fault {
  if (error instanceof Fault) return error
  const { code = '', message = '' } = error as NodeJS.ErrnoException
  const cause = { cause: error }
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTDIR':
      return new Fault('daemon-absent', 'not-done', { socket, text: code }, cause)
    case 'ENOTSOCK':
    case 'EINVAL':
    case 'ENAMETOOLONG':
      return new Fault('daemon-absent', 'not-done', { socket, text: code }, cause)
    case 'EACCES':
    case 'EPERM':
      return new Fault('not-allowed', 'not-done', { path: socket }, cause)
    case 'EAGAIN':
    case 'EMFILE':
      return new Fault('daemon-busy', 'not-done', { text: code }, cause)
    default:
      // The connection broke in the middle: the request may have been acted upon.
      return new Fault('daemon-absent', 'unknown', { socket, text: code || message }, cause)
  }
}
