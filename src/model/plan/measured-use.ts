import { readDomstats } from './use-domstats.ts'
import { readSadf } from './use-sadf.ts'
import { type SamplesRead, timeOf, type UseSample } from './use-sample.ts'

/** What one guest was measured to use: MiB of memory and disk, thousandths of a core. Null: not among the columns. */
export interface MeasuredUse {
  readonly memory: Measured | null
  readonly cpu: Measured | null
  readonly disk: Measured | null
}

export interface Measured {
  /** As much as it used in all but the highest twentieth of the samples; at the end of the time, with its growth. */
  readonly amount: number
  /** Growth a day: the slope of the straight line that fits the samples best. */
  readonly daily: number
}

export type UseRead =
  | { readonly ok: true; readonly guests: ReadonlyMap<string, MeasuredUse> }
  /** `line` from 1. */
  | { readonly ok: false; readonly line: number; readonly got: string }

/** Factor of each column: cores are counted in thousandths. */
const columns = { memoryMib: ['memory', 1], cores: ['cpu', 1_000], diskMib: ['disk', 1] } as const
type ColumnName = keyof typeof columns

const dayMs = 86_400_000
const share = 0.95

/** Samples beyond this many: one a minute of a hundred guests for a month is less. */
export const mostSamples = 5_000_000

/**
 * Reads what guests were measured to use, from whatever measured it:
 * - CSV `time,guest,memoryMib,cores,diskMib`: the first two and at least one of the others, in any order; times as ISO 8601 or seconds since 1970;
 * - `sadf -j` of sysstat (`sadf -j FILE -- -u -r`), taken in a guest whose host name is the guest's name;
 * - `virsh domstats`, each time after a line with the moment (`date -Is; virsh domstats`).
 */
export function readUse(text: string): UseRead {
  const source = text.replace(/^\uFEFF/, '')
  const read = /^\s*\{/.test(source)
    ? readSadf(source)
    : /^Domain: '/m.test(source)
      ? readDomstats(source)
      : readCsv(source)
  if (!read.ok) return read
  const byGuest = new Map<string, Map<ColumnName, [number, number][]>>()
  for (const sample of read.samples) {
    const own = byGuest.get(sample.guest) ?? new Map<ColumnName, [number, number][]>()
    byGuest.set(sample.guest, own)
    for (const name of Object.keys(columns) as ColumnName[]) {
      const value = sample[name]
      if (value === undefined) continue
      const list = own.get(name) ?? []
      own.set(name, list)
      list.push([sample.at, value * columns[name][1]])
    }
  }
  return { ok: true, guests: new Map([...byGuest].map(([guest, own]) => [guest, useOf(own)])) }
}

function readCsv(text: string): SamplesRead {
  const lines = text.split(/\r\n|\n|\r/, mostSamples)
  const heads = (lines[0] ?? '').split(',').map((head) => head.trim())
  const isHead = (head: string): boolean => head === 'time' || head === 'guest' || head in columns
  const hasAll = heads.includes('time') && heads.includes('guest') && heads.some((head) => head in columns)
  if (!hasAll || !heads.every(isHead)) return { ok: false, line: 1, got: lines[0] ?? '' }
  const samples: UseSample[] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    const cells = line.split(',').map((cell) => cell.trim())
    const at = timeOf(cells[heads.indexOf('time')] ?? '')
    const guest = cells[heads.indexOf('guest')] ?? ''
    if (at === null || guest === '' || cells.length !== heads.length) return { ok: false, line: index + 1, got: line }
    const values: Partial<Record<ColumnName, number>> = {}
    for (const [place, head] of heads.entries()) {
      if (!(head in columns) || cells[place] === '') continue
      const value = Number(cells[place])
      if (!Number.isFinite(value) || value < 0) return { ok: false, line: index + 1, got: line }
      values[head as ColumnName] = value
    }
    samples.push({ at, guest, ...values })
  }
  return { ok: true, samples }
}

function useOf(own: ReadonlyMap<ColumnName, readonly (readonly [number, number])[]>): MeasuredUse {
  const of = (name: ColumnName): Measured | null => (own.has(name) ? measuredOf(own.get(name)!) : null)
  return { memory: of('memoryMib'), cpu: of('cores'), disk: of('diskMib') }
}

/** `samples`: at least one; moment in milliseconds, and value. */
export function measuredOf(samples: readonly (readonly [number, number])[]): Measured {
  const daily = slope(samples)
  const last = samples.reduce((most, [at]) => Math.max(most, at), Number.NEGATIVE_INFINITY)
  // What was used long ago is worth what it has grown to since.
  const now = samples.map(([at, value]) => value + (daily * (last - at)) / dayMs).sort((a, b) => a - b)
  const amount = now[Math.max(0, Math.ceil(share * now.length) - 1)]!
  return { amount: Math.max(0, Math.ceil(amount - 1e-9)), daily }
}

/** Least squares, a day; 0 where all samples are of one moment. */
function slope(samples: readonly (readonly [number, number])[]): number {
  const count = samples.length
  const first = samples[0]![0]
  const days = samples.map(([at]) => (at - first) / dayMs)
  const middle = days.reduce((sum, day) => sum + day, 0) / count
  const mean = samples.reduce((sum, [, value]) => sum + value, 0) / count
  const spread = days.reduce((sum, day) => sum + (day - middle) ** 2, 0)
  if (spread === 0) return 0
  return samples.reduce((sum, [, value], index) => sum + (days[index]! - middle) * (value - mean), 0) / spread
}
