import { faultData } from '../model/fault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Change, Store } from '../ports/store.ts'

/** While the store does not answer it is read again so often; what was read before stays. */
const retryMs = 500

export interface StoreCopyPorts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

/** What the store holds under a prefix, in memory, following what is written. For questions that may not wait. */
export class StoreCopy {
  readonly #ports: StoreCopyPorts
  readonly #prefix: string
  readonly #changed: () => void
  #values = new Map<string, unknown>()
  #loaded = false
  #stopped = false
  #unwatch: (() => void) | null = null

  constructor(ports: StoreCopyPorts, prefix: string, changed: () => void = () => {}) {
    this.#ports = ports
    this.#prefix = prefix
    this.#changed = changed
    void this.#load()
  }

  /** False until it was read once. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** The value under this key; undefined: there is none. */
  get(key: string): unknown {
    return this.#values.get(key)
  }

  /** All values under a prefix. */
  under(prefix: string): unknown[] {
    return [...this.#values].flatMap(([key, value]) => (key.startsWith(prefix) ? [value] : []))
  }

  stop(): void {
    this.#stopped = true
    this.#unwatch?.()
  }

  async #load(): Promise<void> {
    if (this.#stopped) return
    const { store, clock, log } = this.#ports
    try {
      const { revision, entries } = await store.read(this.#prefix)
      if (this.#stopped) return
      this.#values = new Map()
      this.#take(entries)
      this.#loaded = true
      this.#unwatch?.()
      this.#unwatch = store.watch(this.#prefix, revision, {
        changes: (changes) => {
          this.#take(changes)
          this.#changed()
        },
        gap: () => void this.#load(),
      })
      this.#changed()
    } catch (error) {
      log.warn('the store cannot be read', { prefix: this.#prefix, fault: faultData(error).code })
      clock.after(retryMs, () => void this.#load())
    }
  }

  #take(changes: readonly Pick<Change, 'key' | 'value'>[]): void {
    for (const { key, value } of changes) {
      if (value === null) this.#values.delete(key)
      else this.#values.set(key, JSON.parse(value))
    }
  }
}
