/** Sizes and durations as people write them: `512 MiB`, `1.5 GiB`, `2s`, `500 ms`, `10min`, `1h 30min`. */

export type UnitProblem = 'no-unit' | 'unknown-unit' | 'not-a-number' | 'not-whole' | 'too-big'

export type Measured =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: UnitProblem; readonly unit: string }

/** Factor of each unit in MiB. KiB and bytes are left out: nothing here is that small. */
const sizeFactors: ReadonlyMap<string, number> = new Map([
  ['MiB', 1],
  ['GiB', 1024],
  ['TiB', 1024 * 1024],
])

/** Factor of each unit in milliseconds; the first spelling of each is the one written. */
const durationFactors: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['sec', 1_000],
  ['min', 60_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

export const sizeUnits: readonly string[] = [...sizeFactors.keys()]
export const durationUnits: readonly string[] = ['ms', 's', 'min', 'h', 'd']

/** Largest accepted amounts: beyond these a figure is a slip of the keyboard, and sums of them stay exact. */
export const maxSizeMib = 1024 * 1024 * 1024
export const maxDurationMs = 10 * 366 * 86_400_000

/** MiB, whole. Upper and lower case of the unit are both understood (`512mib`); decimal units (`MB`) are not: they are not what they seem. */
export function parseSizeMib(text: string): Measured {
  return parseMeasure(text, sizeUnitOf, maxSizeMib)
}

/** Milliseconds, whole. Several parts may follow each other: `1h 30min`. */
export function parseDurationMs(text: string): Measured {
  return parseMeasure(text, (unit) => durationFactors.get(unit) ?? null, maxDurationMs)
}

/** The shortest exact spelling: `512 MiB`, `2 GiB`. */
export function formatMib(mib: number): string {
  for (const [unit, factor] of [...sizeFactors].reverse()) {
    if (mib >= factor && mib % factor === 0) return `${mib / factor} ${unit}`
  }
  return `${mib} MiB`
}

/** The shortest exact spelling in one unit: `2s`, `500ms`, `90s`, `10min`. */
export function formatMs(ms: number): string {
  for (const unit of ['d', 'h', 'min', 's']) {
    const factor = durationFactors.get(unit)!
    if (ms >= factor && ms % factor === 0) return `${ms / factor}${unit}`
  }
  return `${ms}ms`
}

function sizeUnitOf(unit: string): number | null {
  const exact = sizeFactors.get(unit)
  if (exact !== undefined) return exact
  const found = sizeUnits.find((known) => known.toLowerCase() === unit.toLowerCase())
  return found === undefined ? null : sizeFactors.get(found)!
}

const part = /\s*(\d{1,15}(?:\.\d{1,9})?)\s*([A-Za-z]*)/y

function parseMeasure(text: string, factorOf: (unit: string) => number | null, max: number): Measured {
  const trimmed = text.trim()
  let sum = 0
  part.lastIndex = 0
  do {
    const match = part.exec(trimmed)
    if (match === null) return { ok: false, problem: 'not-a-number', unit: '' }
    const unit = match[2]!
    if (unit === '') return { ok: false, problem: part.lastIndex < trimmed.length ? 'not-a-number' : 'no-unit', unit }
    const factor = factorOf(unit)
    if (factor === null) return { ok: false, problem: 'unknown-unit', unit }
    sum += Number(match[1]) * factor
  } while (part.lastIndex < trimmed.length)
  // 0.1 s is 100 ms although binary fractions make it 100.00000000000001.
  const value = Math.round(sum)
  if (Math.abs(value - sum) > 1e-6) return { ok: false, problem: 'not-whole', unit: '' }
  return value > max ? { ok: false, problem: 'too-big', unit: '' } : { ok: true, value }
}
