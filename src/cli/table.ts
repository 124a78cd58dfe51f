import type { Paint } from './paint.ts'
import { cut, padded, widthOf } from './paint.ts'

export interface Column {
  readonly heading: string
}

/** Between columns. */
const gap = '  '

/** A last column narrower than this says nothing: it is left as wide as it is instead. */
const narrowest = 20

/** Aligned columns; empty ones are left out. `width`: the last column is cut to fit; null = nothing is cut. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width: number | null,
): string[] {
  const shown = columns.map((_, index) => index).filter((index) => rows.some((row) => (row[index] ?? '') !== ''))
  const widths = shown.map((index) =>
    Math.max(widthOf(columns[index]!.heading), ...rows.map((row) => widthOf(row[index] ?? ''))),
  )
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + gap.length, 0)
  const line = (cells: readonly string[]): string => {
    const last = cells.at(-1) ?? ''
    const room = width === null ? Number.POSITIVE_INFINITY : Math.max(narrowest, width - before)
    return [...cells.slice(0, -1).map((cell, place) => padded(cell, widths[place]!)), cut(last, room)]
      .join(gap)
      .trimEnd()
  }
  return [
    paint.strong(line(shown.map((index) => columns[index]!.heading))),
    ...rows.map((row) => line(shown.map((index) => row[index] ?? ''))),
  ]
}
