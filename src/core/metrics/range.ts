import { decodeFigure, unknownCode } from '../../model/figure-code.ts'
import { type Stretch, type Subject, seriesOf, tiers } from '../../model/metric.ts'

const ranges = {
  hour: { tier: 0, steps: 360, group: 1 },
  day: { tier: 1, steps: 1_440, group: 1 },
  month: { tier: 2, steps: 720, group: 1 },
  year: { tier: 2, steps: 8_760, group: 12 },
} as const

/** Up to the last step that is over, whole groups of the wall clock's own count, so that a graph does not shift with each look. */
export function stretchOf(range: keyof typeof ranges, wallMs: number): Stretch {
  const { tier, steps, group } = ranges[range]
  const end = Math.floor(wallMs / (tiers[tier].stepMs * group)) * group
  return { tier, from: end - steps, count: steps, group }
}

export function stretchStepMs({ tier, group }: Stretch): number {
  return tiers[tier].stepMs * group
}

/** Series of codes, one list a series, each of `count` steps; grouped by mean and in figures of four digits. */
export function figuresOf(codes: Uint16Array, series: number, group: number): (number | null)[][] {
  const groups = codes.length / series / group
  return Array.from({ length: series }, (_, which) =>
    Array.from({ length: groups }, (_, at) => {
      let sum = 0
      let known = 0
      for (let step = at * group; step < (at + 1) * group; step += 1) {
        const value = decodeFigure(codes[step * series + which] ?? unknownCode)
        if (value === null) continue
        sum += value
        known += 1
      }
      return known === 0 ? null : fourDigits(sum / known)
    }),
  )
}

/** The stored figure is not more exact, and a graph of a day is a third shorter so. */
export function fourDigits(value: number): number {
  return Number(value.toPrecision(4))
}

/**
 * What several hosts measured of one subject, as one: at each step what the first of them knows. A guest runs on one host; at the step
 * in which it moved, and for a moment of its migration, two have a part of it, and the host it is on now comes first.
 */
export function merged(parts: readonly (readonly (readonly (number | null)[])[])[]): (number | null)[][] {
  const [first = [], ...others] = parts
  return first.map((values, which) =>
    values.map((value, at) => others.reduce<number | null>((known, part) => known ?? part[which]?.[at] ?? null, value)),
  )
}

/** Nothing known. */
export function unknownFigures({ kind }: Subject, { count, group }: Stretch): null[][] {
  return seriesOf[kind].map(() => new Array<null>(count / group).fill(null))
}
