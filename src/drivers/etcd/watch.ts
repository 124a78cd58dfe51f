import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../model/fault.ts'
import type { Change, Revision, StoreListener } from '../../ports/store.ts'
import { type Endpoint, Endpoints } from './endpoints.ts'
import { Refusal } from './etcd-faults.ts'
import { type Gateway, isOfTheWire } from './gateway.ts'
import type { Keyspace } from './keyspace.ts'
import { decodeEntry, newestRevision } from './kv.ts'
import { LineTooLong, linesOf, type StoredChange, WatchAnswers, type WatchNews } from './watch-answers.ts'
import { record } from './wire.ts'

export interface WatchSettings {
  readonly endpoints: readonly string[]
  /** After so long without a word the member is asked whether it still lives and belongs to the majority. */
  readonly idleMs: number
  /** A change known from elsewhere that this watch has not told after so long: another member is asked. */
  readonly lagMs: number
  readonly readMs: number
}

/** Between two connections, doubled up to the last: all members may be down for long. */
const pausesMs = [0, 50, 100, 200, 400, 800, 1_000] as const

/** A connection that lived so long was a good one: the next begins without a pause. */
const goodConnectionMs = 1_000

/**
 * One watch, over as many connections as it takes.
 * W1  `told` is the newest revision up to which the listener has been told everything; each connection begins right after it.
 * W2  A change reaches the listener with its whole transaction, in order of revision, once: what is not newer than `told` is dropped.
 * W3  The first gap ends the watch.
 * W4  No call before `watch` returned, none after `stop`.
 */
export class Watch {
  readonly prefix: string
  readonly #gateway: Gateway
  readonly #keys: Keyspace
  readonly #settings: WatchSettings
  readonly #listener: StoreListener
  /** Its own: a member that fails to tell this watch may still answer calls. */
  readonly #endpoints: Endpoints
  readonly #ended = new AbortController()
  #told: Revision
  #connection: AbortController | null = null
  #heardAt = 0
  #expected: Revision = 0
  #lagCheck: NodeJS.Timeout | null = null

  constructor(
    gateway: Gateway,
    keys: Keyspace,
    settings: WatchSettings,
    prefix: string,
    from: Revision,
    listener: StoreListener,
  ) {
    this.prefix = prefix
    this.#gateway = gateway
    this.#keys = keys
    this.#settings = settings
    this.#listener = listener
    this.#endpoints = new Endpoints(settings.endpoints)
    this.#told = from
  }

  /** Resolves when the watch has ended, by `stop` or by a gap. */
  async run(): Promise<void> {
    let poor = 0
    while (!this.#ended.signal.aborted) {
      const began = performance.now()
      const endpoint = this.#endpoints.pick()
      if ((await this.#follow(endpoint)) === 'gap') return this.#gap()
      this.#endpoints.failed(endpoint)
      poor = performance.now() - began >= goodConnectionMs ? 0 : poor + 1
      const pauseMs = pausesMs[Math.min(poor, pausesMs.length - 1)] ?? 0
      await delay(pauseMs, undefined, { signal: this.#ended.signal }).catch(() => {})
    }
  }

  reach(urls: readonly string[]): void {
    this.#endpoints.add(urls)
  }

  get isAway(): boolean {
    return this.#endpoints.isAway
  }

  /** Goes on at the first member; what was told is not told again (W1). */
  goHome(): void {
    if (!this.isAway) return
    this.#endpoints.goHome()
    this.#connection?.abort()
  }

  stop(): void {
    this.#ended.abort()
    this.#connection?.abort()
    if (this.#lagCheck !== null) clearTimeout(this.#lagCheck)
  }

  /** A change under the prefix is known to have this revision: a watch that does not tell it in time is a broken one. */
  expect(revision: Revision): void {
    this.#expected = Math.max(this.#expected, revision)
    if (this.#lagCheck !== null || this.#expected <= this.#told || this.#ended.signal.aborted) return
    const awaited = this.#expected
    this.#lagCheck = setTimeout(() => {
      this.#lagCheck = null
      // One that is still being told things, or has just begun, is slow but not broken.
      const quiet = performance.now() - this.#heardAt >= this.#settings.lagMs
      if (this.#told < awaited && quiet) this.#connection?.abort()
      this.expect(this.#told)
    }, this.#settings.lagMs)
  }

  async #follow(endpoint: Endpoint): Promise<'again' | 'gap'> {
    const connection = new AbortController()
    this.#connection = connection
    this.#heardAt = performance.now()
    const idleCheck = setInterval(() => void this.#checkIdle(endpoint, connection), this.#settings.idleMs)
    try {
      const stream = await this.#gateway.stream(endpoint, '/v3/watch', this.#request(), connection.signal)
      const answers = new WatchAnswers()
      const heard = (): void => {
        this.#heardAt = performance.now()
      }
      for await (const line of linesOf(stream, heard)) {
        const news = answers.take(record(JSON.parse(line), 'an answer'), line.length)
        const end = await this.#hear(news)
        if (end !== null) return end
      }
      return 'again'
    } catch (error) {
      return endOf(error)
    } finally {
      clearInterval(idleCheck)
      connection.abort()
    }
  }

  #request(): string {
    const create = { ...this.#keys.range(this.prefix), start_revision: String(this.#told + 1) }
    return JSON.stringify({ create_request: { ...create, fragment: true, progress_notify: true } })
  }

  /** Null: go on listening. */
  async #hear(news: WatchNews): Promise<'again' | 'gap' | null> {
    switch (news.kind) {
      case 'created':
        return (await this.#hasBeen(news.revision)) ? null : 'gap'
      case 'changes':
        await this.#tell(news.changes)
        return null
      case 'progress':
        this.#told = Math.max(this.#told, news.revision)
        return null
      case 'part':
        return null
      case 'gap':
        return 'gap'
      case 'ended':
        return 'again'
    }
  }

  /** Whether etcd has ever had the revision told last. Not so after it was restored from a backup. */
  async #hasBeen(revisionOfMember: Revision): Promise<boolean> {
    if (revisionOfMember >= this.#told) return true
    return (await newestRevision(this.#gateway, this.#keys, this.#settings.readMs)) >= this.#told
  }

  async #tell(stored: readonly StoredChange[]): Promise<void> {
    const changes: Change[] = []
    for (const change of stored) {
      if (change.revision <= this.#told) continue
      const { removed, key, revision } = change
      changes.push(
        removed ? { key: this.#keys.decode(key), value: null, revision } : await decodeEntry(this.#keys, change),
      )
    }
    const newest = changes.at(-1)?.revision
    if (newest === undefined) return
    this.#told = newest
    this.#call(() => this.#listener.changes(changes))
  }

  #gap(): void {
    this.#call(() => {
      this.stop()
      this.#listener.gap()
    })
  }

  /** Outside our own calls: a mistake of the listener is not a fault of the watch. */
  #call(tell: () => void): void {
    queueMicrotask(() => {
      if (!this.#ended.signal.aborted) tell()
    })
  }

  /** A paused member, or one cut off, keeps its connections open and says nothing. */
  async #checkIdle(endpoint: Endpoint, connection: AbortController): Promise<void> {
    if (performance.now() - this.#heardAt < this.#settings.idleMs) return
    const alive = await this.#gateway.answers(endpoint, this.#keys.guardKey)
    if (!alive) connection.abort()
  }
}

/** What cannot be followed further is read anew; what broke on the way is asked again. */
function endOf(error: unknown): 'again' | 'gap' {
  if (error instanceof LineTooLong) return 'gap'
  // The reader will meet the broken key and can name it.
  if (error instanceof Fault && error.code === 'store-corrupt') return 'gap'
  if (error instanceof Refusal || (error instanceof Error && isOfTheWire(error))) return 'again'
  throw error
}
