import type { HistoryEvent, StoredEvent } from '../../model/event.ts'
import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { History, HistoryFilter, OwnEvents } from '../../ports/history.ts'
import { type FakeHooks, FakeWire } from './fake-wire.ts'

const maxLimit = 10_000

export type HistoryOperation =
  | { readonly kind: 'append'; readonly events: readonly HistoryEvent[] }
  | { readonly kind: 'query'; readonly filter: HistoryFilter }
  | { readonly kind: 'own' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'prune' }
  | { readonly kind: 'subscribe' }

/** The pretend history of one host; it outlives daemons. */
export class FakeHistory {
  readonly #clock: Pick<Clock, 'after'>
  readonly #connections = new Set<FakeHistoryConnection>()
  readonly #copied = new Map<HostId, { readonly file: string; readonly known: number }>()
  #events: StoredEvent[] = []
  #own = new Set<number>()
  #lastId = 0

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  /** For checkers: everything kept, in the order it happened. */
  get events(): readonly StoredEvent[] {
    return this.#events
  }

  connect(hooks: FakeHooks<HistoryOperation> = {}): FakeHistoryConnection {
    const connection = new FakeHistoryConnection(this, new FakeWire(this.#clock, hooks, 'history'), () =>
      this.#connections.delete(connection),
    )
    this.#connections.add(connection)
    return connection
  }

  append(events: readonly HistoryEvent[]): void {
    for (const { id } of this.#store(events)) this.#own.add(id)
  }

  own(afterId: number, limit: number): OwnEvents {
    const events = this.#events.filter(({ id }) => id > afterId && this.#own.has(id)).slice(0, limit)
    return { file: 'fake', events }
  }

  copy(origin: HostId, { file, events }: OwnEvents): number {
    const before = this.#copied.get(origin)
    const known = before?.file === file ? before.known : 0
    const fresh = events.filter(({ id }) => id > known)
    this.#store(fresh)
    const newest = fresh.at(-1)?.id ?? known
    this.#copied.set(origin, { file, known: newest })
    return newest
  }

  #store(events: readonly HistoryEvent[]): readonly StoredEvent[] {
    const stored = events.map((event) => ({ ...event, id: ++this.#lastId }))
    this.#events.push(...stored)
    for (const connection of this.#connections) connection.stored(stored)
    return stored
  }

  query(filter: HistoryFilter): readonly StoredEvent[] {
    const found = this.#events.filter((event) => matches(event, filter))
    return (filter.newestFirst ? found.reverse() : found).slice(0, filter.limit)
  }

  prune(beforeMs: number, keepAtMost: number): number {
    const before = this.#events.length
    const newest = keepAtMost > 0 ? this.#events.slice(-keepAtMost) : []
    this.#events = newest.filter(({ at }) => at >= beforeMs)
    return before - this.#events.length
  }
}

/** One daemon's view of the pretend history. */
export class FakeHistoryConnection implements History {
  readonly #history: FakeHistory
  readonly #wire: FakeWire<HistoryOperation>
  readonly #leave: () => void
  readonly #subscribers = new Set<{ readonly listener: (events: readonly StoredEvent[]) => void }>()

  constructor(history: FakeHistory, wire: FakeWire<HistoryOperation>, leave: () => void) {
    this.#history = history
    this.#wire = wire
    this.#leave = leave
  }

  async append(events: readonly HistoryEvent[]): Promise<void> {
    if (events.length === 0) return
    await this.#wire.call({ kind: 'append', events }, () => this.#history.append(events))
  }

  async query(filter: HistoryFilter): Promise<readonly StoredEvent[]> {
    const { limit } = filter
    if (!(limit >= 0 && limit <= maxLimit)) {
      throw new Fault('limit-reached', 'not-done', { what: 'events', limit: maxLimit, got: limit })
    }
    return this.#wire.call({ kind: 'query', filter }, () => this.#history.query(filter))
  }

  own(afterId: number, limit: number): Promise<OwnEvents> {
    return this.#wire.call({ kind: 'own' }, () => this.#history.own(afterId, limit))
  }

  copy(origin: HostId, copies: OwnEvents): Promise<number> {
    return this.#wire.call({ kind: 'copy' }, () => this.#history.copy(origin, copies))
  }

  prune(beforeMs: number, keepAtMost: number): Promise<number> {
    return this.#wire.call({ kind: 'prune' }, () => this.#history.prune(beforeMs, keepAtMost))
  }

  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void {
    const subscriber = { listener }
    this.#subscribers.add(subscriber)
    return () => this.#subscribers.delete(subscriber)
  }

  close(): Promise<void> {
    this.#end()
    return this.#wire.close()
  }

  /** The daemon dies: its calls never settle, its subscribers hear nothing more. */
  kill(): void {
    this.#end()
    this.#wire.kill()
  }

  /** Called by the history. */
  stored(events: readonly StoredEvent[]): void {
    for (const subscriber of this.#subscribers) {
      this.#wire.tell({ kind: 'subscribe' }, () => {
        if (this.#subscribers.has(subscriber)) subscriber.listener(events)
      })
    }
  }

  #end(): void {
    this.#subscribers.clear()
    this.#leave()
  }
}

function matches(event: StoredEvent, { guest, fromMs, untilMs, afterId, words }: HistoryFilter): boolean {
  return (
    (guest === undefined || event.guest === guest) &&
    (fromMs === undefined || event.at >= fromMs) &&
    (untilMs === undefined || event.at < untilMs) &&
    (afterId === undefined || event.id > afterId) &&
    (words === undefined || words.includes(event.word))
  )
}
