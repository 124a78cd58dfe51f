import type { ChangeKind } from '../../model/availability.ts'
import type { ClusterSpec } from '../../model/cluster.ts'
import { type Assumed, assume, type GivenDesign } from './assumed.ts'
import { foresee, improvements, type Outlook } from './design.ts'
import type { Measured } from './measured.ts'

/** Hosts of a design at most: more are looked after with other means. */
export const mostHosts = 1_000

/** What is to be expected of a design, and of each change of it. */
export interface Foresight extends Assumed {
  readonly cluster: string
  /** Null: too large a design for the exact model. */
  readonly outlook: Outlook | null
  readonly improvements: readonly {
    readonly change: ChangeKind
    readonly outlook: Outlook
    readonly gain: number
  }[]
}

export function foresight(spec: ClusterSpec, measured: Measured | null, given: GivenDesign): Foresight {
  const assumed = assume(spec, measured, given)
  return {
    ...{ cluster: spec.name, ...assumed, outlook: foresee(assumed.design) },
    improvements: improvements(assumed.design, assumed.usualFailoverMs),
  }
}
