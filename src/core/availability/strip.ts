import type { Condition } from '../../model/availability.ts'
import type { Span, Timeline } from './timeline.ts'

/** Columns of a picture of a timeline. */
export const stripColumns = 1_000

/** An outage is drawn at least so wide: one of a minute in a month would be thinner than any line. */
const narrowestOutage = 3

/** A timeline as a picture: so many columns of one condition after each other; `stripColumns` in all. */
export type Strip = readonly { readonly condition: Condition; readonly columns: number }[]

const worst = ['up', 'not-observed', 'planned', 'down'] as const satisfies readonly Condition[]

/**
 * Each column shows the worst that it holds, so that an outage of seconds is still seen in a year. The figures beside it, not the picture,
 * say how long it was.
 */
export function stripOf(timeline: Timeline, { fromMs, untilMs }: Span): Strip {
  const columns = new Uint8Array(stripColumns)
  const scale = stripColumns / (untilMs - fromMs)
  for (const { fromMs: from, untilMs: until, condition } of timeline) {
    const rank = worst.indexOf(condition)
    if (rank === 0) continue
    const first = Math.max(0, Math.floor((from - fromMs) * scale))
    const last = Math.min(stripColumns, Math.ceil((until - fromMs) * scale))
    const end = condition === 'down' ? Math.min(stripColumns, Math.max(last, first + narrowestOutage)) : last
    for (let column = first; column < end; column++) if (columns[column]! < rank) columns[column] = rank
  }
  const runs: { condition: Condition; columns: number }[] = []
  for (const rank of columns) {
    const condition = worst[rank]!
    const last = runs.at(-1)
    if (last?.condition === condition) last.columns++
    else runs.push({ condition, columns: 1 })
  }
  return runs
}
