import type { Span } from './timeline.ts'

/** A time in which the clocks of a zone differ from UTC by the same amount. Local time = UTC + `offsetMs`. */
export interface ZonePiece extends Span {
  readonly offsetMs: number
}

export const dayMs = 86_400_000

/** True where the runtime's zone tables know it. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/**
 * The span cut where the zone's clocks are changed, to the second. Two changes within one day that undo each other are not found; no
 * zone has ever had them.
 */
export function zonePieces(timeZone: string, { fromMs, untilMs }: Span): readonly ZonePiece[] {
  const offsetAt = offsetsOf(timeZone)
  const pieces: ZonePiece[] = []
  let begunAt = fromMs
  let known = fromMs
  let offsetMs = offsetAt(fromMs)
  while (known < untilMs) {
    const next = Math.min(known + dayMs, untilMs)
    const after = offsetAt(next)
    if (after !== offsetMs) {
      const change = changeBetween(known, next, offsetMs, offsetAt)
      if (change > begunAt) pieces.push({ fromMs: begunAt, untilMs: change, offsetMs })
      begunAt = change
      offsetMs = offsetAt(change)
      known = change
    } else known = next
  }
  if (begunAt < untilMs) pieces.push({ fromMs: begunAt, untilMs, offsetMs })
  return pieces
}

/** The first whole second at which the offset is no longer `offsetMs`. Clocks are changed on whole seconds. */
function changeBetween(fromMs: number, untilMs: number, offsetMs: number, offsetAt: (ms: number) => number): number {
  let [low, high] = [Math.floor(fromMs / 1000), Math.ceil(untilMs / 1000)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * 1000) === offsetMs) low = middle
    else high = middle
  }
  return high * 1000
}

function offsetsOf(timeZone: string): (ms: number) => number {
  if (timeZone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
  return (ms) => {
    const second = Math.floor(ms / 1000) * 1000
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(second)) part[type] = Number(value)
    const { year, month, day, hour, minute } = part
    return Date.UTC(year!, month! - 1, day!, hour!, minute!, part.second!) - second
  }
}
