import type { HistoryEvent, StoredEvent } from '../../model/event.ts'
import { Fault, faultData } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { History, HistoryFilter, OwnEvents } from '../../ports/history.ts'
import type { Lane } from './lane.ts'
import type { EventRow, HistoryAnswer, HistoryRequest, StoredEventRow } from './messages.ts'

/** Events that come within so long share one write: a launch of many guests is a burst of events, and each write is a flush of the disk. */
const gatherMs = 5

/** Events not yet written. Beyond this the disk is not keeping up, and history must not eat the daemon's memory. */
const maxGathered = 20_000

const maxLimit = 10_000

interface Gathered {
  readonly events: readonly HistoryEvent[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The history of one host. The database thread writes; here are gathering, slicing and subscribers. */
export class SqliteHistory implements History {
  readonly #lane: Lane<HistoryRequest, HistoryAnswer>
  readonly #subscribers = new Set<(events: readonly StoredEvent[]) => void>()
  #gathered: Gathered[] = []
  #unwritten = 0
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(lane: Lane<HistoryRequest, HistoryAnswer>) {
    this.#lane = lane
  }

  append(events: readonly HistoryEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Fault('store-lost', 'not-done', { text: 'closed' }))
      if (this.#unwritten > 0 && this.#unwritten + events.length > maxGathered) {
        return reject(new Fault('store-busy', 'not-done', { text: 'too many events wait to be written' }))
      }
      this.#unwritten += events.length
      this.#gathered.push({ events, resolve, reject })
      this.#timer ??= setTimeout(() => void this.#write(), gatherMs)
    })
  }

  async query(filter: HistoryFilter): Promise<readonly StoredEvent[]> {
    const { limit } = filter
    if (!(limit >= 0 && limit <= maxLimit)) {
      throw new Fault('limit-reached', 'not-done', { what: 'events', limit: maxLimit, got: limit })
    }
    const events: StoredEvent[] = []
    let beyondId: number | null = null
    do {
      const query = { ...sliceOf(filter), limit: limit - events.length, beyondId }
      const answer: HistoryAnswer = await this.#lane.call({ kind: 'query', query })
      if (answer.kind !== 'query') throw new Error(`a query was answered with ${answer.kind}`)
      events.push(...answer.rows.map(eventOf))
      beyondId = answer.beyondId
    } while (beyondId !== null)
    return events
  }

  async own(afterId: number, limit: number): Promise<OwnEvents> {
    const answer = await this.#lane.call({ kind: 'own', afterId, limit })
    if (answer.kind !== 'own') throw new Error(`own events were answered with ${answer.kind}`)
    return { file: answer.file, events: answer.rows.map(eventOf) }
  }

  async copy(origin: HostId, { file, events }: OwnEvents): Promise<number> {
    const rows = events.map((event) => ({ ...rowOf(event), id: event.id }))
    const answer = await this.#lane.call({ kind: 'copy', origin, file, rows })
    if (answer.kind !== 'copy') throw new Error(`copies were answered with ${answer.kind}`)
    const { kept, firstId, known } = answer
    if (kept > 0) this.#tell(events.slice(-kept), firstId)
    return known
  }

  async prune(beforeMs: number, keepAtMost: number): Promise<number> {
    let removed = 0
    for (;;) {
      const answer = await this.#lane.call({ kind: 'prune', beforeMs, keepAtMost })
      if (answer.kind !== 'prune') throw new Error(`pruning was answered with ${answer.kind}`)
      removed += answer.removed
      if (!answer.more) return removed
    }
  }

  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.#subscribers.add(listener)
    return () => this.#subscribers.delete(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) await this.#write()
    await this.#lane.drain()
    this.#subscribers.clear()
  }

  async #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const gathered = this.#gathered
    this.#gathered = []
    const events = gathered.flatMap((each) => each.events)
    try {
      const answer = await this.#lane.call({ kind: 'append', rows: events.map(rowOf) })
      if (answer.kind !== 'append') throw new Error(`an append was answered with ${answer.kind}`)
      this.#tell(events, answer.firstId)
      for (const { resolve } of gathered) resolve()
    } catch (error) {
      for (const { reject } of gathered) reject(error)
    } finally {
      this.#unwritten -= events.length
    }
  }

  #tell(events: readonly HistoryEvent[], firstId: number): void {
    const stored = events.map((event, place) => ({ ...event, id: firstId + place }))
    for (const listener of this.#subscribers) queueMicrotask(() => listener(stored))
  }
}

function sliceOf({ guest, fromMs, untilMs, afterId, words, newestFirst }: HistoryFilter) {
  return {
    guest: guest ?? null,
    fromMs: fromMs ?? null,
    untilMs: untilMs ?? null,
    words: words ?? null,
    newestFirst: newestFirst ?? false,
    afterId: afterId ?? 0,
  }
}

function rowOf({ at, host, actor, word, guest, service, because, fault, note }: HistoryEvent): EventRow {
  const text = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))
  return { at, host, actor, word, guest, service, because: text(because), fault: text(fault), note }
}

/** The file is written by this program alone, so its rows are trusted to be events; text that is not JSON means a damaged file. */
function eventOf(row: StoredEventRow): StoredEvent {
  try {
    const because: unknown = row.because === null ? null : JSON.parse(row.because)
    const fault: unknown = row.fault === null ? null : JSON.parse(row.fault)
    return { ...row, because, fault } as StoredEvent
  } catch (error) {
    const text = `event ${row.id}: ${faultData(error).details.text}`
    throw new Fault('store-corrupt', 'not-done', { path: 'history.db', text }, { cause: error })
  }
}
