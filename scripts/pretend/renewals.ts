import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Store } from '../../src/ports/store.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { monotonicMs } from './config.ts'

/** What became of the renewals of this program's hosts since the last `reset`. */
export class Renewals {
  readonly #gapMs: number
  readonly #loop = monitorEventLoopDelay({ resolution: 5 })
  #tookMs: number[] = []
  #late = 0
  #failed = 0
  #cpu = process.cpuUsage()

  constructor(gapMs: number) {
    this.#gapMs = gapMs
    this.#loop.enable()
  }

  reset(): void {
    this.#tookMs = []
    this.#late = 0
    this.#failed = 0
    this.#cpu = process.cpuUsage()
    this.#loop.reset()
  }

  /** Milliseconds throughout; `late`: renewals after which more than G had passed since the one before was sent. */
  report(): object {
    const { user, system } = process.cpuUsage(this.#cpu)
    const loopMs = this.#loop.percentile(99) / 1e6
    const rssMib = process.memoryUsage().rss / 2 ** 20
    const { length } = this.#tookMs
    const tookMs = this.#tookMs.map((ms) => Math.round(ms * 10) / 10)
    return {
      tookMs,
      done: length,
      late: this.#late,
      failed: this.#failed,
      cpuMs: (user + system) / 1e3,
      loopMs,
      rssMib,
    }
  }

  /** The store as one host has it, its renewals counted. `watches`: whether it follows what others write. */
  counted(store: Store, watches: boolean): Store {
    let lastSentMs: number | null = null
    return {
      read: (prefix) => store.read(prefix),
      watch: (prefix, from, listener) => (watches ? store.watch(prefix, from, listener) : () => {}),
      close: () => store.close(),
      transact: async (transaction) => {
        if (!transaction.put.some(({ key }) => key.startsWith(storeKeys.alives))) return store.transact(transaction)
        const sentMs = monotonicMs()
        try {
          const result = await store.transact(transaction)
          const nowMs = monotonicMs()
          this.#tookMs.push(nowMs - sentMs)
          if (lastSentMs !== null && nowMs - lastSentMs > this.#gapMs) this.#late++
          lastSentMs = Math.max(lastSentMs ?? 0, sentMs)
          return result
        } catch (error) {
          this.#failed++
          throw error
        }
      },
    }
  }
}
