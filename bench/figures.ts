/** One measured figure. Nothing here is ever written by hand: it comes out of a run or it is not there. */
export interface Figure {
  /** Stable, for whoever makes tables: `launch-b.total`. */
  readonly name: string
  readonly what: string
  readonly unit: 's' | 'ms' | 'MiB' | 'MB/s' | 'KB/s' | '%' | 'times' | 'count'
  readonly value: number
  /** How many measurements it stands for. */
  readonly n: number
  /** Of those measurements, where the figure is a middle one. */
  readonly least?: number
  readonly most?: number
  /** What was promised; absent = nothing. */
  readonly limit?: { readonly kind: 'at-most' | 'below' | 'exactly'; readonly value: number; readonly unit?: string }
  /** Null: nothing was promised. */
  readonly held: boolean | null
}

export interface Measured {
  readonly figures: readonly Figure[]
  /** Everything the figures were made from. */
  readonly details: unknown
  /** Sentences a reader of the figures must know: how it was measured, what it is no measure of. */
  readonly notes: readonly string[]
}

type Given = Omit<Figure, 'held'>

/** A figure that is not a number holds nothing: a measurement that failed must not pass for a good one. */
export function figure(given: Given): Figure {
  const { limit, value } = given
  if (limit === undefined) return { ...given, held: null }
  const held =
    limit.kind === 'at-most'
      ? value <= limit.value
      : limit.kind === 'below'
        ? value < limit.value
        : value === limit.value
  return { ...given, held }
}

export function atMost(value: number): Figure['limit'] {
  return { kind: 'at-most', value }
}

export function exactly(value: number): Figure['limit'] {
  return { kind: 'exactly', value }
}

/** Makes figures that count something over `n` parts of a run, their names under `prefix`. */
export function counted(prefix: string, n: number) {
  return (name: string, what: string, value: number, limit?: Figure['limit']): Figure =>
    figure({ name: `${prefix}.${name}`, what, unit: 'count', value, n, ...(limit && { limit }) })
}

/** The table a person reads. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((one) => [one.what, shown(one), range(one), promised(one), verdict(one)])
  const head = ['', 'measured', 'least … most (n)', 'promised', '']
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}

function shown({ value, unit }: Figure): string {
  return `${rounded(value)} ${unit === 'times' ? 'x' : unit === 'count' ? '' : unit}`.trimEnd()
}

function range({ least, most, n }: Figure): string {
  return least === undefined || most === undefined ? `(${n})` : `${rounded(least)} … ${rounded(most)} (${n})`
}

function promised({ limit, unit }: Figure): string {
  if (limit === undefined) return ''
  const sign = { 'at-most': '<=', below: '<', exactly: '=' }[limit.kind]
  return `${sign} ${rounded(limit.value)} ${unit === 'times' ? 'x' : unit === 'count' ? '' : unit}`.trimEnd()
}

function verdict({ held }: Figure): string {
  return held === null ? '' : held ? 'held' : 'NOT HELD'
}

/** Three digits that mean something; whole numbers as they are. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return 'none'
  if (Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}
