/** What the console asks beside the routes that it shares with the command line. */

export interface MetricsView {
  /** Between two values, ms. */
  readonly step: number
  /** Of the first value, ms since 1970. */
  readonly from: number
  readonly series: readonly {
    readonly name: string
    readonly unit: string
    readonly values: readonly (number | null)[]
  }[]
  /** Hosts that did not answer: what they had measured is missing. */
  readonly absent: readonly string[]
}

export type MetricsRange = 'hour' | 'day' | 'month' | 'year'
