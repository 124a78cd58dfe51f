import type { AvailabilityWish } from '../core/availability/report.ts'
import type { GivenDesign } from '../core/foresight/assumed.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { StoredEvent } from '../model/event.ts'
import type { Problem } from '../model/file/problem.ts'
import type { ConsolidationFile, Weights } from '../model/plan/consolidation.ts'

/** What takes longer than a daemon may be away from its work: reckoned beside it. Everything in it can be copied to a thread. */
export type ReckonQuestion = AvailabilityQuestion | ForesightQuestion | PlanQuestion | LivePlanQuestion

export interface AvailabilityQuestion {
  readonly kind: 'availability'
  readonly cluster: ClusterSpec
  readonly wish: AvailabilityWish
  /** Promises are looked at now, whatever time the report is of. */
  readonly nowMs: number
  readonly timeZone: string
  readonly mostIncidents: number
  readonly format: 'json' | 'csv'
}

export interface ForesightQuestion {
  readonly kind: 'foresight'
  readonly cluster: ClusterSpec
  readonly given: GivenDesign
  readonly nowMs: number
  /** Played so often with the real core; null: not. */
  readonly plays: number | null
}

interface PlanWish {
  /** Null: as the file says. */
  readonly survive: number | null
  readonly weights: Weights | null
  readonly limitMs: number
  readonly today: number
}

export interface PlanQuestion extends PlanWish {
  readonly kind: 'plan'
  readonly path: string
  readonly text: string
  /** What the file names. */
  readonly files: Readonly<Record<string, string>>
}

export interface LivePlanQuestion extends PlanWish {
  readonly kind: 'plan-live'
  readonly file: ConsolidationFile
}

export type Reckoned =
  /** As it is sent: JSON, or CSV where that was asked for. */
  | { readonly kind: 'text'; readonly text: string }
  /** Of a plan file: at least one is an error. */
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }

/**
 * Reckons beside the daemon's work, bounded in time by itself. `history`: what the question needs of it, page by page; read once. Reports
 * wait for each other, a few of them; plans and plays are one at a time. Faults: `daemon-busy`, `timeout`, `limit-reached`, `internal`.
 */
export type Reckoner = (
  question: ReckonQuestion,
  history: AsyncIterable<readonly StoredEvent[]> | null,
) => Promise<Reckoned>
