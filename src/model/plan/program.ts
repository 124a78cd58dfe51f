/** A linear program with whole and fractional columns: least cost under rows. Columns lie between 0 and `upper`. */
export interface Program {
  readonly cost: readonly number[]
  readonly upper: readonly number[]
  readonly whole: readonly boolean[]
  readonly rows: readonly ProgramRow[]
}

/** lower <= sum of values x columns <= upper; each column once. */
export interface ProgramRow {
  readonly columns: readonly number[]
  readonly values: readonly number[]
  readonly lower: number
  readonly upper: number
}

export interface ProgramQuestion {
  readonly program: Program
  /** A solution that is known already: the search begins there. Null: none is. */
  readonly start: readonly number[] | null
  readonly limitMs: number
}

/** `tookMs`: so that who asks several times keeps to a time of its own. */
export type ProgramAnswer = { readonly tookMs: number } & (
  | {
      readonly kind: 'solved'
      readonly values: readonly number[]
      readonly cost: number
      /** No solution costs less. */
      readonly bound: number
      /** Nothing better exists. */
      readonly proven: boolean
    }
  /** No solution exists. */
  | { readonly kind: 'impossible' }
  /** The time was over before either was known; a bound is known all the same, or null. */
  | { readonly kind: 'unknown'; readonly bound: number | null }
)
