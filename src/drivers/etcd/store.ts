import { Fault } from '../../model/fault.ts'
import type { Revision, Snapshot, Store, StoreListener, Transaction, TransactionResult } from '../../ports/store.ts'
import { checkPrefix, checkTransaction } from '../../ports/store-limits.ts'
import { Refusal } from './etcd-faults.ts'
import { Gateway, type GatewayOptions } from './gateway.ts'
import { Guard } from './guard.ts'
import { Keyspace } from './keyspace.ts'
import { readPrefix, type TransactionAnswer, transactOnce } from './kv.ts'
import { Watch, type WatchSettings } from './watch.ts'
import { WayHome } from './way-home.ts'

export interface EtcdOptions extends GatewayOptions {
  /** Name of the cluster: its keys lie under `/vigia/CLUSTER/`, its guards under `/vigia-guard/CLUSTER/`. */
  readonly cluster: string
  /** Name of this daemon, the same in each of its lives and no other's: the host's. */
  readonly client: string
  /** Longest wait for a read. Default 5 000. */
  readonly readMs?: number
  /** Longest wait for a transaction's answer, before a second for each MiB is added. Default 2 000. */
  readonly writeMs?: number
  /** Default 5 000. */
  readonly idleMs?: number
  /** Default 1 000. */
  readonly lagMs?: number
  /** Away from the first member for so long before it is looked at again. Default 15 000. */
  readonly homeMs?: number
}

/** Transactions sent again because the guard had changed; more means that another daemon goes by our name. */
const maxGuardTries = 5

/** Watches of one daemon: each holds a connection to a member. */
const maxWatches = 64

/** The store of several hosts, in etcd. Nothing is asked before the first call. */
export class EtcdStore implements Store {
  readonly #gateway: Gateway
  readonly #keys: Keyspace
  readonly #guard: Guard
  #settings: WatchSettings
  readonly #writeMs: number
  readonly #watches = new Set<Watch>()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #wayHome: WayHome
  #closed = false

  constructor(options: EtcdOptions) {
    const {
      endpoints,
      cluster,
      client,
      readMs = 5_000,
      writeMs = 2_000,
      idleMs = 5_000,
      lagMs = 1_000,
      homeMs = 15_000,
    } = options
    this.#gateway = new Gateway(options)
    this.#keys = new Keyspace(cluster, client)
    this.#guard = new Guard(this.#gateway, this.#keys, writeMs)
    this.#settings = { endpoints, idleMs, lagMs, readMs }
    this.#writeMs = writeMs
    const { endpoints: asked } = this.#gateway
    const traveller = {
      isAway: (): boolean => asked.isAway || [...this.#watches].some((watch) => watch.isAway),
      looks: (): Promise<boolean> => this.#gateway.answers(asked.first, this.#keys.guardKey).catch(() => false),
      goes: (): void => {
        asked.goHome()
        for (const watch of this.#watches) watch.goHome()
      },
    }
    this.#wayHome = new WayHome(traveller, homeMs)
  }

  async read(prefix: string): Promise<Snapshot> {
    checkPrefix(prefix)
    return this.#known(async () => {
      await this.#guard.settle()
      const snapshot = await readPrefix(this.#gateway, this.#keys, prefix, this.#settings.readMs)
      this.#expect(snapshot.entries)
      return snapshot
    })
  }

  async transact(transaction: Transaction): Promise<TransactionResult> {
    const bytes = checkTransaction(transaction)
    return this.#known(async () => {
      const { result, changed } = await this.#transact(transaction, this.#writeMs + Math.ceil(bytes / 1_048.576))
      if (result.done && changed) this.#expect(transaction.put.map(({ key }) => ({ key, revision: result.revision })))
      return result
    })
  }

  watch(prefix: string, from: Revision, listener: StoreListener): () => void {
    checkPrefix(prefix)
    if (this.#watches.size >= maxWatches)
      throw new Fault('limit-reached', 'not-done', { limit: maxWatches, what: 'watches' })
    const watch = new Watch(this.#gateway, this.#keys, this.#settings, prefix, from, listener)
    this.#watches.add(watch)
    if (!this.#closed) void watch.run().finally(() => this.#watches.delete(watch))
    return () => watch.stop()
  }

  /** Further members of the same etcd, which have joined since. */
  reach(urls: readonly string[]): void {
    this.#gateway.endpoints.add(urls)
    this.#settings = { ...this.#settings, endpoints: this.#gateway.endpoints.all.map(({ url }) => url) }
    for (const watch of this.#watches) watch.reach(urls)
  }

  /** Waits for what is under way, at most as long as its own limits, and ends every watch. */
  async close(): Promise<void> {
    this.#closed = true
    this.#wayHome.stop()
    for (const watch of this.#watches) watch.stop()
    await Promise.allSettled(this.#underWay)
    this.#gateway.close()
  }

  async #transact(transaction: Transaction, limitMs: number): Promise<TransactionAnswer> {
    if (transaction.put.length + transaction.remove.length === 0) {
      await this.#guard.settle()
      return transactOnce(this.#gateway, this.#keys, transaction, null, limitMs)
    }
    for (let tries = 0; tries < maxGuardTries; tries++) {
      const guard = this.#guard.current()
      const answer = await this.#guarded(transaction, guard, limitMs)
      if (answer.guarded) return answer
      this.#guard.outdated(guard)
      // Nothing was written, whatever the guard: what does not hold is an answer.
      if (!answer.result.done && answer.result.conflict.length > 0) return answer
    }
    throw new Fault('store-busy', 'not-done', { text: 'another daemon uses the name of this one' })
  }

  async #guarded(transaction: Transaction, guard: Promise<Revision>, limitMs: number): Promise<TransactionAnswer> {
    const revision = await guard
    try {
      return await transactOnce(this.#gateway, this.#keys, transaction, revision, limitMs)
    } catch (error) {
      const fault = error instanceof Refusal ? error.fault : null
      // A full etcd did answer: it will not write this one later.
      if (fault?.outcome === 'unknown' && fault.code !== 'disk-full') this.#guard.unsettled(guard)
      throw error
    }
  }

  /** Watches must tell what we know has happened. */
  #expect(written: readonly { readonly key: string; readonly revision: Revision }[]): void {
    for (const watch of this.#watches) {
      let newest = 0
      for (const { key, revision } of written) {
        if (revision > newest && key.startsWith(watch.prefix)) newest = revision
      }
      if (newest > 0) watch.expect(newest)
    }
  }

  async #known<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new Fault('store-lost', 'not-done', { text: 'closed' })
    const asked = ask()
    this.#underWay.add(asked)
    try {
      return await asked
    } catch (error) {
      throw error instanceof Refusal ? error.fault : error
    } finally {
      this.#underWay.delete(asked)
    }
  }
}
