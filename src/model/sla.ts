import type { GuestId } from './ids.ts'
import type { PromisedHours } from './promised-hours.ts'

export type SlaSubject =
  | { readonly kind: 'guest'; readonly guest: GuestId }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'cluster' }

/** `rolling`: the time until now. `calendar`: the week (from Monday), month, quarter or year that now lies in. */
export type SlaWindow =
  | { readonly kind: 'rolling'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: 'week' | 'month' | 'quarter' | 'year' }

/** An availability that is promised. */
export interface SlaSpec {
  readonly of: SlaSubject
  /** 999 000 = 99.9 %. Whole, so that a budget is exact. */
  readonly targetMillionths: number
  readonly window: SlaWindow
  /** Null: always. */
  readonly promised: PromisedHours | null
  /** Of several guests: the promise is kept while all of them are there, or while any is. */
  readonly together: 'all' | 'any'
  /** Whether a need that is down counts as downtime of the guest. */
  readonly seenBy: 'users' | 'itself'
  readonly planned: 'left-out' | 'counted'
  /** Share of the budget that may be spent before it is told. */
  readonly warnAtMillionths: number
}

export const defaultWarnAtMillionths = 750_000

/** `web`, `@shop`; of the cluster `cluster`. */
export function slaName({ of }: SlaSpec): string {
  return of.kind === 'guest' ? of.guest : of.kind === 'tag' ? `@${of.tag}` : 'cluster'
}

/** `99.9`: as it is written, without the sign. */
export function percentText(millionths: number): string {
  return String(millionths / 10_000)
}
