import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import type { PeerAgent } from './connections.ts'

export interface Exchange {
  readonly agent: PeerAgent
  readonly path: string
  readonly body: string
  readonly maxAnswerBytes: number
  readonly signal: AbortSignal
}

export interface Reply {
  readonly status: number
  readonly text: string
}

/** No answer, or half of one. `sent` false: certainly nothing of the request reached a member. */
export class NoReply extends Error {
  override readonly name = 'NoReply'
  readonly sent: boolean

  constructor(text: string, sent: boolean, cause?: unknown) {
    super(text, { cause })
    this.sent = sent
  }
}

/** One request, sent once. Throws `NoReply`, also as soon as the signal says so. */
export async function exchange(wish: Exchange): Promise<Reply> {
  const { agent, signal } = wish
  if (!(await agent.turns.take(signal))) throw new NoReply('aborted', false)
  try {
    if (signal.aborted) throw new NoReply('aborted', false)
    return await send(wish)
  } finally {
    agent.turns.give()
  }
}

function send({ agent, path, body, maxAnswerBytes, signal }: Exchange): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let sent = false
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort)
      reject(new NoReply(error.message, sent, error))
    }
    // By hand: a request whose connection is still being made would not hear of the signal before that is over.
    const abort = (): void => {
      fail(new Error('aborted'))
      request.destroy()
    }
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const request = https.request({ agent, path, method: 'POST', headers, host: 'member' })
    signal.addEventListener('abort', abort, { once: true })
    // The agent gives a connection only when it stands and the other side was checked.
    request.once('socket', () => {
      sent = true
    })
    request.once('response', (answer) => {
      textOf(answer, maxAnswerBytes).then((text) => {
        signal.removeEventListener('abort', abort)
        resolve({ status: answer.statusCode ?? 0, text })
      }, fail)
    })
    request.on('error', fail)
    request.end(body)
  })
}

/** Throws for a longer one. Leaving the loop closes the connection. */
export async function textOf(message: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
