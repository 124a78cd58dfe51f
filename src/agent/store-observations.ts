import { faultData } from '../model/fault.ts'
import { type HostObservation, observationFrom, observationText } from '../model/observation.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Observations } from '../ports/observations.ts'
import { type Change, type Store, storeKeys } from '../ports/store.ts'

/** What could not be written is written again so much later, or when there is something newer. */
const retryMs = 500

/**
 * Observations between hosts, through the store: each host writes its own, everybody reads all. Its own a host knows before it is
 * written, and what the store says of it later is older.
 */
export class StoreObservations implements Observations {
  readonly #ports: { readonly store: Store; readonly clock: Clock; readonly log: Log; readonly host: string }
  #current: ReadonlyMap<string, HostObservation> = new Map()
  #own: HostObservation | null = null
  readonly #listeners = new Set<() => void>()
  #waiting: HostObservation | null = null
  #written = ''
  #writing = false
  #stopped = false
  #unwatch: (() => void) | null = null
  #notifying = false

  constructor(ports: { store: Store; clock: Clock; log: Log; host: string }) {
    this.#ports = ports
    void this.#load()
  }

  publish(observation: HostObservation): void {
    if (this.#stopped) return
    this.#own = observation
    this.#current = new Map(this.#current).set(this.#ports.host, observation)
    this.#notify()
    this.#waiting = observation
    if (!this.#writing) void this.#write()
  }

  current(): ReadonlyMap<string, HostObservation> {
    return this.#current
  }

  subscribe(listener: () => void): () => void {
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  stop(): void {
    this.#stopped = true
    this.#unwatch?.()
    this.#listeners.clear()
  }

  /** One write at a time, always of the newest. */
  async #write(): Promise<void> {
    this.#writing = true
    while (this.#waiting !== null && !this.#stopped) {
      const observation = this.#waiting
      this.#waiting = null
      const value = observationText(observation)
      if (value === this.#written) continue
      try {
        const key = storeKeys.seen(this.#ports.host)
        await this.#ports.store.transact({ when: [], put: [{ key, value }], remove: [] })
        this.#written = value
      } catch (error) {
        // It may have been written; the same again does no harm.
        this.#ports.log.warn('what is seen could not be written', { fault: faultData(error).code })
        this.#written = ''
        this.#waiting ??= observation
        await new Promise<void>((resolve) => this.#ports.clock.after(retryMs, resolve))
      }
    }
    this.#writing = false
  }

  async #load(): Promise<void> {
    if (this.#stopped) return
    try {
      const { revision, entries } = await this.#ports.store.read(storeKeys.seens)
      if (this.#stopped) return
      const known = this.#current.size
      this.#current = new Map(this.#own === null ? [] : [[this.#ports.host, this.#own]])
      this.#take(entries)
      if (this.#current.size < known) this.#notify()
      this.#unwatch?.()
      this.#unwatch = this.#ports.store.watch(storeKeys.seens, revision, {
        changes: (changes) => this.#take(changes),
        gap: () => void this.#load(),
      })
    } catch {
      this.#ports.clock.after(retryMs, () => void this.#load())
    }
  }

  #take(changes: readonly Pick<Change, 'key' | 'value'>[]): void {
    const others = changes.filter(({ key }) => this.#own === null || key !== storeKeys.seen(this.#ports.host))
    if (others.length === 0) return
    const current = new Map(this.#current)
    for (const { key, value } of others) {
      const host = key.slice(storeKeys.seens.length)
      if (value === null) current.delete(host)
      else current.set(host, observationFrom(value))
    }
    this.#current = current
    this.#notify()
  }

  #notify(): void {
    if (this.#notifying || this.#stopped) return
    this.#notifying = true
    queueMicrotask(() => {
      this.#notifying = false
      for (const listener of [...this.#listeners]) listener()
    })
  }
}
