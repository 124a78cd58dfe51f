import { RemoteFault } from '../../client/client.ts'
import type { Transport } from '../../client/transport.ts'
import type { SessionView } from '../../contract/access.ts'
import type { ErrorBody } from '../../contract/error.ts'
import { csrfHeader } from '../../contract/protocol.ts'
import { Fault } from '../../model/fault.ts'
import { createStore } from '../state/store.ts'

/** Null: nobody is in. Undefined: not known yet. */
export const session = createStore<SessionView | null | undefined>(undefined)

/** Longest wait for an answer. */
const answerMs = 30_000

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** A JSON answer of the daemon. Throws a Fault of the connection or (RemoteFault) of the daemon; whoever is not let in any more is sent to the door. */
export async function ask<T>(method: Method, path: string, body?: object): Promise<T> {
  const { status, text } = await send(method, path, body === undefined ? null : JSON.stringify(body))
  if (status >= 200 && status < 300) return text === '' ? (undefined as T) : (JSON.parse(text) as T)
  throw refused(status, text)
}

/** The same for text. */
export async function askText(path: string): Promise<string> {
  const { status, text } = await send('GET', path, null)
  if (status >= 200 && status < 300) return text
  throw refused(status, text)
}

/** For the client that the command line uses, too. */
export const fetchTransport: Transport = {
  async request({ method, path, body, answerMs: limit }) {
    const { status, text } = await send(method, path, body, limit)
    return { status, body: text }
  },
  stream: () => Promise.reject(new Fault('not-supported', 'not-done', { action: 'stream' })),
  upgrade: () => Promise.reject(new Fault('not-supported', 'not-done', { action: 'upgrade' })),
  close: () => undefined,
}

async function send(
  method: Method,
  path: string,
  body: string | null,
  limitMs = answerMs,
): Promise<{ status: number; text: string }> {
  const csrf = session.get()?.csrf
  const headers: Record<string, string> = {}
  if (body !== null) headers['content-type'] = 'application/json'
  if (method !== 'GET' && csrf !== undefined) headers[csrfHeader] = csrf
  try {
    const response = await fetch(path, { method, headers, body, signal: AbortSignal.timeout(limitMs) })
    const text = await response.text()
    if (response.status === 401 && !path.endsWith('/session')) session.set(null)
    return { status: response.status, text }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new Fault('timeout', 'unknown', { what: `${method} ${path}`, limitMs }, { cause: error })
    }
    throw new Fault('daemon-absent', 'unknown', { text: String(error) }, { cause: error })
  }
}

function refused(status: number, text: string): Fault {
  try {
    const said = JSON.parse(text) as Partial<ErrorBody>
    if (said.fault?.code) return new RemoteFault(said as ErrorBody)
  } catch {
    // Not one of ours: said below with what came instead.
  }
  return new Fault('bad-data', 'unknown', { where: 'vigiad', text: `HTTP ${status} ${text.slice(0, 200)}` })
}

export function faultOf(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('internal', 'unknown', { text: String(error) })
}
