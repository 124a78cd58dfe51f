import type { RuleSpec } from '../cluster.ts'

/** Which hosts, and who where: as the file asks it. Sizes in MiB; sizes given in GB are kept in thousandths, too, so that sums are as printed. */
export interface ConsolidationFile {
  readonly kind: 'consolidation'
  /** Null: no prices; then each host counts one. */
  readonly currency: string | null
  readonly hosts: readonly FileHost[]
  readonly bareMetal: readonly { readonly name: string; readonly role: string; readonly memoryMilli: number | null }[]
  readonly guests: readonly FileGuest[]
  readonly rules: readonly RuleSpec[]
  readonly survive: number
  readonly critical: readonly CriticalService[]
  readonly weights: Weights
  /** Totals of the critical guests as somebody printed them. */
  readonly printedTotals: Totals | null
  readonly checkedTotals: Totals | null
  /** What was taken to be so because the file does not say. */
  readonly assumptions: readonly Assumption[]
  /** Disks are local, and copied to where the guest would go; false: all hosts reach them. */
  readonly mirrored: boolean
}

export interface FileHost {
  readonly name: string
  readonly present: boolean
  /** In the smallest unit of the currency; null: none given. */
  readonly price: number | null
  /** Thousandths of virtual cores that may be given; null: not known. */
  readonly cpuMilli: number | null
  /** That may be given to guests. */
  readonly memoryMib: number
  /** Usable; null: not known. */
  readonly diskMib: number | null
  readonly cores: number | null
}

export interface FileGuest {
  readonly name: string
  readonly host: string | null
  readonly service: string | null
  readonly cpuMilli: number
  readonly memoryMib: number
  readonly diskMib: number
  /** As written, in thousandths of a GB; null where it was not written so. */
  readonly memoryMilli: number | null
  readonly diskMilli: number | null
  /** Of memory, processors and disk: a part a year, and MiB or thousandths of a core a day. */
  readonly growth: number
  readonly daily: { readonly memory: number; readonly cpu: number; readonly disk: number }
  /** Its size is assumed, not known. */
  readonly assumed: boolean
}

export interface CriticalService {
  readonly service: string
  readonly guests: readonly string[]
  /** A figure, or words; null: not said. */
  readonly users: number | string | null
  readonly requests: number | string | null
  readonly volume: number | string | null
}

export interface Weights {
  readonly users: number
  readonly requests: number
  readonly volume: number
}

/** Cores whole; GB in thousandths. */
export interface Totals {
  readonly cores: number | null
  readonly memoryMilli: number | null
  readonly diskMilli: number | null
}

export type Assumption =
  | { readonly code: 'survive'; readonly hosts: number }
  | { readonly code: 'reserved'; readonly mib: number }
  | { readonly code: 'cpu-overcommit'; readonly times: number }
  | { readonly code: 'disk-usable'; readonly share: number }
  | { readonly code: 'mirrored' }
  /** So many guests are counted with what they were measured to use, not with what they were given. */
  | { readonly code: 'measured'; readonly count: number }
  /** Counted as if they needed nothing. */
  | { readonly code: 'size-unknown'; readonly guests: readonly string[] }
  | {
      readonly code: 'unspecified'
      readonly host: string
      readonly count: number
      readonly cores: number
      readonly memoryMilli: number
      readonly diskMilli: number
    }
  | { readonly code: 'users-in-words'; readonly service: string; readonly words: string }
