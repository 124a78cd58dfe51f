import { csrfHeader } from '../contract/protocol.ts'
import { Fault } from '../model/fault.ts'
import type { Transport, TransportRequest } from './transport.ts'

/** An answer takes as long as the slowest write of the daemon's store, and no daemon in order is slower. */
const answerMs = 30_000

/** A live stream says something at least every 15 s: this much silence is a dead end. */
const silenceMs = 45_000

export interface BrowserOptions {
  /** The word of the session that goes with each write; null: nobody is signed in. Asked for with every write. */
  readonly csrf: () => string | null
  /** Where the daemon answers: `https://host:port`. Absent: where the page came from. */
  readonly base?: string
  /** Absent: the browser's own. */
  readonly fetch?: typeof fetch
}

/** Talks to the daemon that the page came from, by the session's cookie. Consoles go by WebSocket and not this way. */
export function browserTransport({ csrf, base = '', fetch: ask = browsersOwn }: BrowserOptions): Transport {
  const closed = new AbortController()
  const send = async (request: TransportRequest, signal: AbortSignal): Promise<Response> => {
    const { method, path, body } = request
    const word = method === 'GET' ? null : csrf()
    const headers = { ...request.headers, ...(word !== null && { [csrfHeader]: word }) }
    // A redirect of an API is somebody else's answer.
    return ask(base + path, {
      ...{ method, headers, body, signal: AbortSignal.any([signal, closed.signal]) },
      ...{ credentials: 'same-origin', cache: 'no-store', redirect: 'error' },
    })
  }
  return {
    async request(request) {
      const limitMs = request.answerMs ?? answerMs
      try {
        const response = await send(request, AbortSignal.timeout(limitMs))
        return { status: response.status, body: await response.text() }
      } catch (error) {
        throw connectionFault(error, request, limitMs)
      }
    },
    async stream(request, signal) {
      const silence = new AbortController()
      try {
        const response = await send(request, AbortSignal.any([signal, silence.signal]))
        return { status: response.status, pieces: piecesOf(response, request, silence) }
      } catch (error) {
        throw connectionFault(error, request, silenceMs)
      }
    },
    upgrade: () => Promise.reject(new Fault('not-supported', 'not-done', { action: 'console' })),
    close: () => closed.abort(),
  }
}

const browsersOwn: typeof fetch = (place, init) => fetch(place, init)

/** Read piece by piece: not every browser lets a stream be iterated. */
async function* piecesOf(
  { body }: Response,
  request: TransportRequest,
  silence: AbortController,
): AsyncGenerator<string> {
  if (body === null) return
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let timer = setTimeout(() => silence.abort(), silenceMs)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMs)
      yield decoder.decode(value, { stream: true })
    }
  } catch (error) {
    throw connectionFault(error, request, silenceMs)
  } finally {
    clearTimeout(timer)
    await reader.cancel().catch(() => {})
  }
}

/** A browser tells nothing of why: what was to be written may have been. */
function connectionFault(error: unknown, { method, path }: TransportRequest, limitMs: number): Fault {
  const cause = { cause: error }
  const outcome = method === 'GET' ? 'not-done' : 'unknown'
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError') return new Fault('timeout', outcome, { what: `${method} ${path}`, limitMs }, cause)
  return new Fault('daemon-absent', outcome, { text: String(error) }, cause)
}
