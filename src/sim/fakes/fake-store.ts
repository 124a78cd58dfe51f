import { byName } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  Change,
  Entry,
  Revision,
  Snapshot,
  Store,
  StoreListener,
  Transaction,
  TransactionResult,
} from '../../ports/store.ts'
import { checkPrefix, checkTransaction } from '../../ports/store-limits.ts'
import { type FakeHooks, FakeWire } from './fake-wire.ts'

/** What a watcher may catch up on, as the real store keeps. */
const keptChanges = 10_000

export type StoreOperation =
  | { readonly kind: 'read'; readonly prefix: string }
  | { readonly kind: 'transact'; readonly transaction: Transaction }
  | { readonly kind: 'watch'; readonly prefix: string }

/** The pretend store that outlives daemons. Each daemon has its own connection, with its own slowness and faults. */
export class FakeStore {
  readonly #clock: Pick<Clock, 'after'>
  readonly #entries = new Map<string, Entry>()
  readonly #connections = new Set<FakeStoreConnection>()
  readonly #committed = new Set<(changes: readonly Change[]) => void>()
  #changes: Change[] = []
  /** So many of them are not kept any more. */
  #forgotten = 0
  #floor: Revision = 0
  #revision: Revision = 0

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  /** `deaf`: nothing that the store says by itself arrives; afterwards `loseWatches` must be called. */
  connect(hooks: FakeHooks<StoreOperation> = {}, deaf: () => boolean = () => false): FakeStoreConnection {
    const wire = new FakeWire(this.#clock, hooks, 'store')
    const connection = new FakeStoreConnection(this, wire, deaf, () => this.#connections.delete(connection))
    this.#connections.add(connection)
    return connection
  }

  /** For checkers: called within each commit, before anyone is answered. */
  onCommit(listener: (changes: readonly Change[]) => void): void {
    this.#committed.add(listener)
  }

  /** At once and without faults. For the connection and for checkers. */
  snapshot(prefix: string): Snapshot {
    const entries = [...this.#entries.values()].filter(({ key }) => key.startsWith(prefix))
    return { revision: this.#revision, entries: entries.sort((a, b) => byName(a.key, b.key)) }
  }

  /** At once and without faults, as `snapshot`. */
  apply({ when, put, remove }: Transaction): TransactionResult {
    const conflict = when.filter(({ key, revision }) => (this.#entries.get(key)?.revision ?? 0) !== revision)
    if (conflict.length > 0) return { done: false, conflict: [...new Set(conflict.map(({ key }) => key))] }
    const removed = remove.filter((key) => this.#entries.has(key))
    if (put.length + removed.length === 0) return { done: true, revision: this.#revision }
    const revision = ++this.#revision
    for (const { key, value } of put) this.#entries.set(key, { key, value, revision })
    for (const key of removed) this.#entries.delete(key)
    this.#publish([
      ...put.map(({ key, value }) => ({ key, value, revision })),
      ...removed.map((key) => ({ key, value: null, revision })),
    ])
    return { done: true, revision }
  }

  /** Every change after `from`; null when some of them are not kept any more, or never were. */
  changesAfter(from: Revision): readonly Change[] | null {
    if (from < this.#floor || from > this.#revision) return null
    return this.#changes.filter(({ revision }) => revision > from)
  }

  #publish(changes: readonly Change[]): void {
    this.#changes.push(...changes)
    const excess = this.#changes.length - this.#forgotten - keptChanges
    if (excess > 0) {
      this.#floor = this.#changes[this.#forgotten + excess - 1]?.revision ?? this.#floor
      while (this.#forgotten < this.#changes.length && this.#changes[this.#forgotten]!.revision <= this.#floor)
        this.#forgotten++
    }
    // Taken out many at a time: one by one it would be the longest part of a play of many hosts.
    if (this.#forgotten > keptChanges) {
      this.#changes = this.#changes.slice(this.#forgotten)
      this.#forgotten = 0
    }
    for (const listener of this.#committed) listener(changes)
    for (const connection of this.#connections) connection.committed(changes)
  }
}

interface Watcher {
  readonly prefix: string
  readonly listener: StoreListener
  /** Newest revision on its way to this watcher. */
  sent: Revision
}

/** One daemon's view of the pretend store. */
export class FakeStoreConnection implements Store {
  readonly #store: FakeStore
  readonly #wire: FakeWire<StoreOperation>
  readonly #leave: () => void
  readonly #deaf: () => boolean
  readonly #watchers = new Set<Watcher>()

  constructor(store: FakeStore, wire: FakeWire<StoreOperation>, deaf: () => boolean, leave: () => void) {
    this.#store = store
    this.#wire = wire
    this.#deaf = deaf
    this.#leave = leave
  }

  async read(prefix: string): Promise<Snapshot> {
    checkPrefix(prefix)
    return this.#wire.call({ kind: 'read', prefix }, () => this.#store.snapshot(prefix))
  }

  async transact(transaction: Transaction): Promise<TransactionResult> {
    checkTransaction(transaction)
    return this.#wire.call({ kind: 'transact', transaction }, () => this.#store.apply(transaction))
  }

  watch(prefix: string, from: Revision, listener: StoreListener): () => void {
    checkPrefix(prefix)
    const watcher: Watcher = { prefix, listener, sent: from }
    this.#watchers.add(watcher)
    const missed = this.#store.changesAfter(from)
    if (missed === null) this.#sendGap(watcher)
    else this.#send(watcher, missed)
    return () => this.#watchers.delete(watcher)
  }

  close(): Promise<void> {
    this.#end()
    return this.#wire.close()
  }

  /** The daemon dies: its calls never settle, its watchers hear nothing more. */
  kill(): void {
    this.#end()
    this.#wire.kill()
  }

  /** The connection was away for too long: every watcher is told of a gap. */
  loseWatches(): void {
    for (const watcher of [...this.#watchers]) this.#sendGap(watcher)
  }

  /** Called by the store. */
  committed(changes: readonly Change[]): void {
    for (const watcher of this.#watchers) this.#send(watcher, changes)
  }

  #send(watcher: Watcher, changes: readonly Change[]): void {
    const news = changes.filter(({ key, revision }) => revision > watcher.sent && key.startsWith(watcher.prefix))
    if (news.length === 0 || this.#deaf()) return
    watcher.sent = news.at(-1)?.revision ?? watcher.sent
    this.#wire.tell({ kind: 'watch', prefix: watcher.prefix }, () => {
      if (this.#watchers.has(watcher)) watcher.listener.changes(news)
    })
  }

  #sendGap(watcher: Watcher): void {
    this.#wire.tell({ kind: 'watch', prefix: watcher.prefix }, () => {
      if (this.#watchers.delete(watcher)) watcher.listener.gap()
    })
  }

  #end(): void {
    this.#watchers.clear()
    this.#leave()
  }
}
