import type { HistoryEvent, StoredEvent } from '../model/event.ts'
import type { HostId } from '../model/ids.ts'

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

/** Events as the host has them that wrote them, in the order of its ids. `file` names its history: one made anew numbers anew. */
export interface OwnEvents {
  readonly file: string
  readonly events: readonly StoredEvent[]
}

/**
 * What happened, on this host, and copies of what other hosts wrote, with ids of this one in the order they came. Append-only but for pruning.
 * `append` resolves when the events are durable; it may gather several calls into one write. Faults as of the store.
 * History never holds up a decision: callers do not wait for `append` before acting.
 */
export interface History {
  append(events: readonly HistoryEvent[]): Promise<void>
  query(filter: HistoryFilter): Promise<readonly StoredEvent[]>
  /** Removes events older than `beforeMs` and the oldest beyond `keepAtMost`. Returns how many. */
  prune(beforeMs: number, keepAtMost: number): Promise<number>
  /** Those that this host wrote itself, after one of its ids; at most `limit`. */
  own(afterId: number, limit: number): Promise<OwnEvents>
  /**
   * Keeps copies of what another host wrote; those it knows already are left out. Returns the newest id of that file that it knows, 0 = none.
   * With no events it only answers that.
   */
  copy(origin: HostId, copies: OwnEvents): Promise<number>
  /** Called with each stored event, copies too, after it is durable. */
  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void
  close(): Promise<void>
}
