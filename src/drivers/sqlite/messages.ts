import type { FaultData } from '../../model/fault.ts'
import type { Subject, SubjectKind, TierPlace } from '../../model/metric.ts'
import type { AuditEntry, AuditFilter, StoredAuditEntry } from '../../ports/audit.ts'
import type { Entry, Transaction } from '../../ports/store.ts'

/** What travels between the main thread and the database worker. Plain data only. */
export type StoreRequest =
  | { readonly kind: 'read'; readonly prefix: string }
  | { readonly kind: 'transact'; readonly transaction: Transaction }

export type StoreAnswer =
  | { readonly kind: 'read'; readonly revision: number; readonly entries: readonly Entry[] }
  /** `removed`: the keys that were there to remove. */
  | { readonly kind: 'done'; readonly revision: number; readonly changed: boolean; readonly removed: readonly string[] }
  | { readonly kind: 'conflict'; readonly keys: readonly string[] }

/** An event as its row: `because` and `fault` as JSON text. */
export interface EventRow {
  readonly at: number
  readonly host: string
  readonly actor: string
  readonly word: string
  readonly guest: string | null
  readonly service: string | null
  readonly because: string | null
  readonly fault: string | null
  readonly note: string | null
}

export interface StoredEventRow extends EventRow {
  readonly id: number
}

/** Long questions are asked slice by slice, so that the store waits for one slice at most. */
export type HistoryRequest =
  | { readonly kind: 'append'; readonly rows: readonly EventRow[] }
  | { readonly kind: 'own'; readonly afterId: number; readonly limit: number }
  | { readonly kind: 'copy'; readonly origin: string; readonly file: string; readonly rows: readonly StoredEventRow[] }
  | { readonly kind: 'query'; readonly query: QuerySlice }
  | { readonly kind: 'prune'; readonly beforeMs: number; readonly keepAtMost: number }
  | { readonly kind: 'audit-append'; readonly entry: AuditEntry }
  | { readonly kind: 'audit-query'; readonly filter: AuditFilter }

export interface QuerySlice {
  readonly guest: string | null
  readonly fromMs: number | null
  readonly untilMs: number | null
  readonly words: readonly string[] | null
  readonly newestFirst: boolean
  /** Rows wanted of this slice and those after it. */
  readonly limit: number
  /** Only ids beyond this one in the direction of travel; null: from the beginning. */
  readonly beyondId: number | null
  /** Only ids greater than this one. */
  readonly afterId: number
}

export type HistoryAnswer =
  | { readonly kind: 'append'; readonly firstId: number }
  | { readonly kind: 'own'; readonly file: string; readonly rows: readonly StoredEventRow[] }
  /** `kept`: of the rows, the last so many, with ids of this file from `firstId` on. `known`: the newest id of the other file. */
  | { readonly kind: 'copy'; readonly known: number; readonly kept: number; readonly firstId: number }
  /** `beyondId` null: nothing more to find. */
  | { readonly kind: 'query'; readonly rows: readonly StoredEventRow[]; readonly beyondId: number | null }
  | { readonly kind: 'prune'; readonly removed: number; readonly more: boolean }
  | { readonly kind: 'audit-append' }
  | { readonly kind: 'audit-query'; readonly entries: readonly StoredAuditEntry[] }

/** Figures of one kind at one moment, as codes: those of each name side by side. */
export interface MetricStep {
  readonly atMs: number
  readonly kind: SubjectKind
  readonly names: readonly string[]
  readonly codes: Uint16Array
}

export type MetricsRequest =
  | { readonly kind: 'record'; readonly steps: readonly MetricStep[] }
  | {
      readonly kind: 'read'
      readonly subject: Subject
      readonly tier: TierPlace
      readonly from: number
      readonly count: number
    }

export type MetricsAnswer = { readonly kind: 'record' } | { readonly kind: 'read'; readonly codes: Uint16Array }

export type Outcome<Answer> = { readonly answer: Answer } | { readonly fault: FaultData }

export type LaneName = 'store' | 'history' | 'metrics'

/** Main thread to worker: one batch of one lane, answered as a whole and in order. */
export type ToWorker =
  | { readonly lane: 'store'; readonly requests: readonly StoreRequest[] }
  | { readonly lane: 'history'; readonly requests: readonly HistoryRequest[] }
  | { readonly lane: 'metrics'; readonly requests: readonly MetricsRequest[] }
  | { readonly lane: 'close' }

/** Worker to main thread. `opened` comes first, once. */
export type FromWorker =
  | { readonly lane: 'opened'; readonly revision: number }
  | { readonly lane: 'refused'; readonly fault: FaultData }
  | { readonly lane: 'store'; readonly outcomes: readonly Outcome<StoreAnswer>[] }
  | { readonly lane: 'history'; readonly outcomes: readonly Outcome<HistoryAnswer>[] }
  | { readonly lane: 'metrics'; readonly outcomes: readonly Outcome<MetricsAnswer>[] }
