/** One moment of one guest: MiB of memory and disk, whole cores. Absent: it was not measured. */
export interface UseSample {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly guest: string
  readonly memoryMib?: number
  readonly cores?: number
  readonly diskMib?: number
}

/** `line` from 1. */
export type SamplesRead =
  | { readonly ok: true; readonly samples: readonly UseSample[] }
  | { readonly ok: false; readonly line: number; readonly got: string }

/** ISO 8601, or seconds since 1970. Null: neither. */
export function timeOf(text: string): number | null {
  if (/^\d{1,12}(?:\.\d+)?$/.test(text)) return Number(text) * 1_000
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : at
}
