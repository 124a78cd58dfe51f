import type { ClusterSettings, HostSpec, RuleSpec } from '../cluster.ts'
import type { GuestSpec } from '../guest.ts'
import type { PromisedHours } from '../promised-hours.ts'
import type { DrillsRead } from './drill-shape.ts'
import type { NeedDraft } from './need-shape.ts'
import type { Located } from './reader.ts'
import type { SlaItem } from './sla-shape.ts'
import type { SourceText } from './source.ts'

/** A guest whose own values are settled; what it says of others is still to be looked up. */
export interface GuestDraft {
  readonly source: SourceText
  /** Place of its name. */
  readonly at: number
  readonly spec: Omit<GuestSpec, 'needs'>
  readonly needs: readonly Located<NeedDraft>[]
  /** Places of values that others may take too, or that name others; absent where not written. */
  readonly places: {
    readonly host?: number
    readonly address?: number
    readonly define?: number
    readonly domain?: number
    readonly services?: number
    readonly standby?: number
  }
}

export interface HostDraft {
  readonly source: SourceText
  readonly at: number
  readonly memoryAt: number
  readonly spec: HostSpec
}

export interface RuleDraft {
  readonly source: SourceText
  readonly index: number
  readonly at: number
  readonly kind: RuleSpec['kind']
  /** Names, and tags with their `@`. */
  readonly guests: readonly Located<string>[]
  readonly hosts: readonly { readonly host: string; readonly rank: number }[]
  readonly strict: boolean
}

export interface SlaDraft {
  readonly source: SourceText
  readonly index: number
  readonly at: number
  readonly values: SlaItem['values']
  readonly places: SlaItem['places']
}

export interface CalendarDraft {
  readonly source: SourceText
  readonly at: number
  readonly hours: PromisedHours
}

export interface DrillsDraft {
  readonly source: SourceText
  readonly read: DrillsRead
}

/** All files of a cluster together, before names are looked up. */
export interface ClusterDraft {
  name: string
  settings: ClusterSettings
  readonly hosts: HostDraft[]
  readonly guests: GuestDraft[]
  /** Names of all guests that are written, also of those with errors: a need on one of these is not unknown. */
  readonly declared: Set<string>
  readonly rules: RuleDraft[]
  readonly slas: SlaDraft[]
  readonly calendars: CalendarDraft[]
  /** Null: nothing is said of them. */
  drills: DrillsDraft | null
}
