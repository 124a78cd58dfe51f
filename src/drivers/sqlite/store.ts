import type {
  Change,
  Revision,
  Snapshot,
  Store,
  StoreListener,
  Transaction,
  TransactionResult,
} from '../../ports/store.ts'
import { checkPrefix, checkTransaction } from '../../ports/store-limits.ts'
import { ChangeLog } from './change-log.ts'
import type { Lane } from './lane.ts'
import type { StoreAnswer, StoreRequest } from './messages.ts'

/** The store of one host. The database thread writes; here are the questions, the answers and the watchers. */
export class SqliteStore implements Store {
  readonly #lane: Lane<StoreRequest, StoreAnswer>
  readonly #log = new ChangeLog(0)

  constructor(lane: Lane<StoreRequest, StoreAnswer>) {
    this.#lane = lane
  }

  async read(prefix: string): Promise<Snapshot> {
    checkPrefix(prefix)
    const answer = await this.#lane.call({ kind: 'read', prefix })
    if (answer.kind !== 'read') throw new Error(`a read was answered with ${answer.kind}`)
    return { revision: answer.revision, entries: answer.entries }
  }

  async transact(transaction: Transaction): Promise<TransactionResult> {
    const bytes = checkTransaction(transaction)
    const answer = await this.#lane.call({ kind: 'transact', transaction }, bytes)
    if (answer.kind === 'read') throw new Error('a transaction was answered with a read')
    if (answer.kind === 'conflict') return { done: false, conflict: answer.keys }
    return { done: true, revision: answer.revision }
  }

  watch(prefix: string, from: Revision, listener: StoreListener): () => void {
    checkPrefix(prefix)
    return this.#log.watch(prefix, from, listener)
  }

  async close(): Promise<void> {
    await this.#lane.drain()
    this.#log.stopAll()
  }

  /** A database thread has opened the file: at first, or after the one before died with an unanswered transaction. */
  opened(revision: Revision): void {
    if (revision !== this.#log.newest) this.#log.missedUpTo(revision)
  }

  /** Called for each answer in order, so that watchers hear every transaction, even one whose caller was told it was lost. */
  answered(request: StoreRequest, answer: StoreAnswer): void {
    if (request.kind !== 'transact' || answer.kind !== 'done' || !answer.changed) return
    const { revision, removed } = answer
    const changes: Change[] = request.transaction.put.map(({ key, value }) => ({ key, value, revision }))
    for (const key of removed) changes.push({ key, value: null, revision })
    this.#log.append(revision, changes)
  }
}
