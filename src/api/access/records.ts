import type { AccountRecord, ApiTokenRecord, LinkRecord, SessionRecord } from '../../model/access.ts'
import { Fault, faultData } from '../../model/fault.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Change, Revision, Store, Transaction, TransactionResult } from '../../ports/store.ts'
import { storeKeys } from '../../ports/store.ts'

/** While the store does not answer it is read again so often; what was read before stays. */
const retryMs = 500

/** How long somebody waits for the first read. */
const firstReadMs = 5_000

/** A record, and the revision to compare when it is changed. */
export interface Kept<Record> {
  readonly value: Record
  readonly revision: Revision
}

export interface RecordsPorts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

/**
 * Who may come in, as the store has it, in memory and following what is written: each request asks it, and a store that is away locks
 * nobody out who is in. Nothing is read before the first who asks.
 */
export class AccessRecords {
  readonly #ports: RecordsPorts
  readonly #kept = new Map<string, Kept<unknown>>()
  readonly #listeners = new Set<() => void>()
  #loaded = false
  #stopped = false
  #waiting: (() => void)[] | null = null
  #unwatch: (() => void) | null = null

  constructor(ports: RecordsPorts) {
    this.#ports = ports
  }

  /** False until it was read once: nothing is known of anybody then. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** Begins to follow, and resolves when it was read once. Faults: `store-lost` when that takes too long. */
  ready(): Promise<void> {
    if (this.#loaded) return Promise.resolve()
    if (this.#waiting === null) {
      this.#waiting = []
      void this.#load()
    }
    const waiting = this.#waiting
    return new Promise((resolve, reject) => {
      const cancel = this.#ports.clock.after(firstReadMs, () =>
        reject(new Fault('store-lost', 'not-done', { text: 'the accounts cannot be read' })),
      )
      waiting.push(() => {
        cancel()
        resolve()
      })
    })
  }

  account(name: string): Kept<AccountRecord> | null {
    return this.#of(storeKeys.account(name))
  }

  accounts(): AccountRecord[] {
    return this.#under(storeKeys.accounts)
  }

  session(hash: string): Kept<SessionRecord> | null {
    return this.#of(storeKeys.session(hash))
  }

  /** With the hash of each. */
  sessions(): (readonly [string, SessionRecord])[] {
    return this.#entries(storeKeys.sessions)
  }

  token(id: string): Kept<ApiTokenRecord> | null {
    return this.#of(storeKeys.apiToken(id))
  }

  tokens(): ApiTokenRecord[] {
    return this.#under(storeKeys.apiTokens)
  }

  link(hash: string): Kept<LinkRecord> | null {
    return this.#of(storeKeys.link(hash))
  }

  links(): (readonly [string, LinkRecord])[] {
    return this.#entries(storeKeys.links)
  }

  /** As the store's; what was written is known here before it resolves. */
  async transact(transaction: Transaction): Promise<TransactionResult> {
    const result = await this.#ports.store.transact(transaction)
    if (result.done) {
      const { revision } = result
      this.#take([
        ...transaction.put.map(({ key, value }) => ({ key, value, revision })),
        ...transaction.remove.map((key) => ({ key, value: null, revision })),
      ])
    }
    return result
  }

  /** Called after something changed. Returns how to stop. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    this.#stopped = true
    this.#unwatch?.()
  }

  async #load(): Promise<void> {
    if (this.#stopped) return
    const { store, clock, log } = this.#ports
    try {
      const { revision, entries } = await store.read(storeKeys.access)
      if (this.#stopped) return
      this.#kept.clear()
      this.#loaded = true
      this.#take(entries)
      this.#unwatch?.()
      this.#unwatch = store.watch(storeKeys.access, revision, {
        changes: (changes) => this.#take(changes),
        gap: () => void this.#load(),
      })
      for (const go of this.#waiting ?? []) go()
      this.#waiting = []
    } catch (error) {
      log.warn('the accounts cannot be read', { fault: faultData(error).code })
      clock.after(retryMs, () => void this.#load())
    }
  }

  /** What comes late is older than what is known. */
  #take(changes: readonly Change[]): void {
    for (const { key, value, revision } of changes) {
      if ((this.#kept.get(key)?.revision ?? 0) > revision) continue
      if (value === null) this.#kept.delete(key)
      else this.#kept.set(key, { value: JSON.parse(value), revision })
    }
    for (const listener of this.#listeners) listener()
  }

  #of<Record>(key: string): Kept<Record> | null {
    return (this.#kept.get(key) as Kept<Record> | undefined) ?? null
  }

  #under<Record>(prefix: string): Record[] {
    return this.#entries<Record>(prefix).map(([, value]) => value)
  }

  #entries<Record>(prefix: string): (readonly [string, Record])[] {
    const found: (readonly [string, Record])[] = []
    for (const [key, { value }] of this.#kept) {
      if (key.startsWith(prefix)) found.push([key.slice(prefix.length), value as Record])
    }
    return found
  }
}
