import { type ClientRequest, request } from 'node:http'
import { paths } from '../src/contract/protocol.ts'
import type { StoredEvent } from '../src/model/event.ts'

/** An event, and how long after it happened each client had it. */
interface Seen {
  readonly note: string
  readonly afterMs: number[]
}

/** Many clients of the live stream, each on a connection of its own. */
export class LiveClients {
  readonly #requests: ClientRequest[] = []
  readonly #seen = new Map<number, Seen>()
  #begun = 0
  #broken = 0

  constructor(socketPath: string, count: number) {
    for (let client = 0; client < count; client++) this.#requests.push(this.#connect(socketPath))
  }

  /** Clients that have been told the whole status. */
  get begun(): number {
    return this.#begun
  }

  get broken(): number {
    return this.#broken
  }

  /** Of each event with this note: milliseconds until the last client had it; clients that had it. */
  arrivals(note: string): { readonly lastMs: number; readonly clients: number }[] {
    return [...this.#seen.values()]
      .filter((one) => one.note.startsWith(note))
      .map(({ afterMs }) => ({ lastMs: Math.max(...afterMs), clients: afterMs.length }))
  }

  close(): void {
    for (const one of this.#requests) one.destroy()
  }

  #connect(socketPath: string): ClientRequest {
    const asked = request({ socketPath, path: paths.live, agent: false }, (response) => {
      let rest = ''
      let begun = false
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        const at = Date.now()
        if (!begun && piece.includes('event: status')) {
          begun = true
          this.#begun += 1
        }
        rest += piece
        const end = rest.lastIndexOf('\n\n')
        if (end < 0) return
        for (const block of rest.slice(0, end).split('\n\n')) this.#take(block, at)
        rest = rest.slice(end + 2)
      })
      response.on('close', () => {
        this.#broken += 1
      })
    })
    asked.on('error', () => {
      // Ended by `close`, or counted as broken by its answer.
    })
    asked.end()
    return asked
  }

  #take(block: string, at: number): void {
    if (!block.includes('event: event\n')) return
    const event = JSON.parse(block.slice(block.indexOf('data: ') + 6)) as StoredEvent
    const seen = this.#seen.get(event.id) ?? { note: event.note ?? '', afterMs: [] }
    seen.afterMs.push(at - event.at)
    this.#seen.set(event.id, seen)
  }
}
