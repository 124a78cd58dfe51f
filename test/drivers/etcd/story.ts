import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { type EtcdOptions, EtcdStore } from '../../../src/drivers/etcd/store.ts'
import { Fault } from '../../../src/model/fault.ts'
import type { Change } from '../../../src/ports/store.ts'

/** What befell a writer and a watcher while something was done to etcd. */
export interface Story {
  readonly confirmed: number
  readonly notDone: number
  readonly unknown: number
  /** Between two confirmed writes. */
  readonly longestSilenceMs: number
  readonly gaps: number
}

/** Between two writes: a heartbeat, ten times as often. */
const everyMs = 100

/**
 * One daemon writes a new key each tenth of a second, another watches, while `happen` runs. Then: what was confirmed is there, what
 * was `not-done` is not, what was `unknown` is as the read right after it said, and the watcher was told of each key that is there, once
 * and in order. `happen` must leave etcd healthy.
 */
export async function writeAndWatchWhile(options: EtcdOptions, happen: () => Promise<void>): Promise<Story> {
  const writer = new EtcdStore({ ...options, client: 'writer' })
  const watcher = new EtcdStore({ ...options, client: 'watcher' })
  const writing = new Writing(writer)
  try {
    const told: Change[] = []
    let gaps = 0
    const listener = { changes: (changes: readonly Change[]) => void told.push(...changes), gap: () => void gaps++ }
    watcher.watch('seq/', (await watcher.read('seq/')).revision, listener)
    const written = writing.run()
    await delay(500)
    await happen()
    writing.stop()
    await written
    const there = (await watcher.read('seq/')).entries.toSorted((one, next) => one.revision - next.revision)
    const keys = there.map(({ key }) => key)
    for (let waited = 0; told.length < there.length && waited < 600; waited++) await delay(100)
    if (gaps === 0)
      assert.deepEqual(
        told.map(({ key }) => key),
        keys,
      )
    for (const [key, isThere] of writing.certain) assert.equal(keys.includes(key), isThere, key)
    return { ...writing.counts, gaps }
  } finally {
    writing.stop()
    await Promise.all([writer.close(), watcher.close()])
  }
}

class Writing {
  readonly certain = new Map<string, boolean>()
  readonly counts = { confirmed: 0, notDone: 0, unknown: 0, longestSilenceMs: 0 }
  readonly #store: EtcdStore
  #stopped = false

  constructor(store: EtcdStore) {
    this.#store = store
  }

  stop(): void {
    this.#stopped = true
  }

  async run(): Promise<void> {
    let heardAt = performance.now()
    for (let count = 0; !this.#stopped && count < 1_000; count++) {
      const key = `seq/${String(count).padStart(4, '0')}`
      if (await this.#write(key)) {
        this.counts.longestSilenceMs = Math.max(this.counts.longestSilenceMs, Math.round(performance.now() - heardAt))
        heardAt = performance.now()
      }
      await delay(everyMs)
    }
  }

  async #write(key: string): Promise<boolean> {
    try {
      // Without a comparison: only the driver's own guard keeps a late one from taking effect.
      const result = await this.#store.transact({ when: [], put: [{ key, value: '{}' }], remove: [] })
      assert.ok(result.done)
      this.counts.confirmed++
      this.certain.set(key, true)
      return true
    } catch (fault) {
      assert.ok(fault instanceof Fault, String(fault))
      if (fault.outcome === 'not-done') {
        this.counts.notDone++
        this.certain.set(key, false)
      } else {
        this.counts.unknown++
        await this.#settle(key)
      }
      return false
    }
  }

  /** As the port says: a read that succeeds settles what was unknown. */
  async #settle(key: string): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      try {
        const { entries } = await this.#store.read(key)
        this.certain.set(key, entries.length > 0)
        return
      } catch (fault) {
        assert.ok(fault instanceof Fault, String(fault))
        await delay(everyMs)
      }
    }
    assert.fail('the store does not come back')
  }
}
