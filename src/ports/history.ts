import type { HistoryEvent, StoredEvent } from '../model/event.ts'

export interface HistoryFilter {
  readonly guest?: string
  /** Wall-clock milliseconds, inclusive from, exclusive until. */
  readonly fromMs?: number
  readonly untilMs?: number
  readonly afterId?: number
  readonly words?: readonly string[]
  /** Newest first when true; otherwise in the order they happened. */
  readonly newestFirst?: boolean
  /** At most 10 000. */
  readonly limit: number
}

/**
 * What happened, on this host. Append-only but for pruning.
 * `append` resolves when the events are durable; it may gather several calls into one write. Faults as of the store.
 * History never holds up a decision: callers do not wait for `append` before acting.
 */
export interface History {
  append(events: readonly HistoryEvent[]): Promise<void>
  query(filter: HistoryFilter): Promise<readonly StoredEvent[]>
  /** Removes events older than `beforeMs` and the oldest beyond `keepAtMost`. Returns how many. */
  prune(beforeMs: number, keepAtMost: number): Promise<number>
  /** Called with each stored event after it is durable. */
  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void
  close(): Promise<void>
}
