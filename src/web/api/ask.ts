import { browserTransport } from '../../client/browser-transport.ts'
import { RemoteFault } from '../../client/client.ts'
import type { Transport, TransportRequest } from '../../client/transport.ts'
import type { SessionView } from '../../contract/access.ts'
import type { ErrorBody } from '../../contract/error.ts'
import { Fault } from '../../model/fault.ts'
import { createStore } from '../state/store.ts'

/** Null: nobody is in. Undefined: not known yet. */
export const session = createStore<SessionView | null | undefined>(undefined)

type Method = TransportRequest['method']

const browser = browserTransport({ csrf: () => session.get()?.csrf ?? null })

/** How everything that is asked and said travels; whoever is not let in any more is sent to the door. */
export const transport: Transport = {
  ...browser,
  async request(request) {
    const answer = await browser.request(request)
    if (answer.status === 401 && !request.path.endsWith('/session')) session.set(null)
    return answer
  },
}

/** A JSON answer of the daemon. Throws a Fault of the connection or (RemoteFault) of the daemon. Writes that are to be done once go by the client. */
export async function ask<T>(method: Method, path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await transport.request({
    method,
    path,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  })
  if (answer.status < 200 || answer.status >= 300) throw refused(answer.status, answer.body)
  return answer.body === '' ? (undefined as T) : (JSON.parse(answer.body) as T)
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
