import type { Change, Revision, StoreListener } from '../../ports/store.ts'

/** What a late watcher may catch up on. Beyond either bound it reads again: a gap costs one read, an endless log the memory. */
const keptChanges = 10_000
const keptTextUnits = 4 * 1024 * 1024

interface Watcher {
  readonly prefix: string
  readonly listener: StoreListener
  /** Newest revision this watcher was told, or chose to begin after. */
  told: Revision
  waiting: Change[]
  scheduled: boolean
}

/**
 * The newest changes and who watches them. It lives in memory: only this process writes the store, so after a restart a watcher
 * from before it is told of a gap, as the port allows.
 * C1: `#floor` is the newest revision of which changes may be missing. C2: each watcher is told in revision order, never twice, never within a call of ours.
 */
export class ChangeLog {
  readonly #watchers = new Set<Watcher>()
  #changes: Change[] = []
  #textUnits = 0
  #floor: Revision
  #newest: Revision

  constructor(revision: Revision) {
    this.#floor = revision
    this.#newest = revision
  }

  get newest(): Revision {
    return this.#newest
  }

  /** All changes of one transaction. */
  append(revision: Revision, changes: readonly Change[]): void {
    this.#newest = revision
    for (const change of changes) {
      this.#changes.push(change)
      this.#textUnits += sizeOf(change)
    }
    this.#forgetOldest()
    for (const watcher of this.#watchers) this.#tell(watcher, changes)
  }

  /** Transactions up to `revision` went by unseen: every watcher must read again. */
  missedUpTo(revision: Revision): void {
    this.#floor = revision
    this.#newest = revision
    this.#changes = []
    this.#textUnits = 0
    for (const watcher of this.#watchers) this.#tellGap(watcher)
  }

  watch(prefix: string, from: Revision, listener: StoreListener): () => void {
    const watcher: Watcher = { prefix, listener, told: from, waiting: [], scheduled: false }
    this.#watchers.add(watcher)
    if (from < this.#floor || from > this.#newest) this.#tellGap(watcher)
    else this.#tell(watcher, this.#changes)
    return () => this.#watchers.delete(watcher)
  }

  stopAll(): void {
    this.#watchers.clear()
  }

  #tell(watcher: Watcher, changes: readonly Change[]): void {
    const { prefix, told } = watcher
    const news = changes.filter(({ key, revision }) => revision > told && key.startsWith(prefix))
    if (news.length === 0) return
    watcher.told = news.at(-1)?.revision ?? told
    watcher.waiting.push(...news)
    if (watcher.scheduled) return
    watcher.scheduled = true
    queueMicrotask(() => {
      const told = watcher.waiting
      watcher.waiting = []
      watcher.scheduled = false
      if (this.#watchers.has(watcher)) watcher.listener.changes(told)
    })
  }

  #tellGap(watcher: Watcher): void {
    queueMicrotask(() => {
      if (this.#watchers.delete(watcher)) watcher.listener.gap()
    })
  }

  /** Whole transactions at a time: half of one would be told as if it were all. */
  #forgetOldest(): void {
    let count = 0
    while (this.#changes.length - count > keptChanges || this.#textUnits > keptTextUnits) {
      const revision = this.#changes[count]?.revision
      if (revision === undefined) break
      for (let change = this.#changes[count]; change?.revision === revision; change = this.#changes[++count]) {
        this.#textUnits -= sizeOf(change)
      }
      this.#floor = revision
    }
    if (count > 0) this.#changes.splice(0, count)
  }
}

function sizeOf({ key, value }: Change): number {
  return key.length + (value?.length ?? 0)
}
