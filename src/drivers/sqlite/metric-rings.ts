import { decodeFigure, encodeFigure, unknownCode } from '../../model/figure-code.ts'
import { type SubjectKind, seriesOf, subjectKinds, type TierPlace, tiers } from '../../model/metric.ts'

/**
 * Where figures are kept: rings of steps, so that a table never grows beyond its size and nothing is ever swept up. A row holds one step of
 * `shardSubjects` subjects of one kind side by side. A place in a ring is taken again after its length; each row tells its own step, so that
 * what an earlier round, or a clock that was wrong, left there is not taken for now. All of this is part of the file's format.
 */
export const shardSubjects = 64

/**
 * Subjects of one kind that have a place. Beyond it the one that was not seen for longest gives its place up: what comes and goes for two
 * years does not fill the disk. All rings full of as many come to 1.1 GiB for guests.
 */
export const maxSubjects = 4_096

/** More than the longest ring, so that neighbouring rings do not meet. */
const ringSpan = 32_768
const maxShards = maxSubjects / shardSubjects

/** Bytes of one subject in a row. */
export function widthOf(kind: SubjectKind): number {
  return seriesOf[kind].length * 2
}

/** The key of a row: kind, tier, shard and place in the ring, in one number. Rows of neighbouring steps lie side by side. */
export function rowKey(kind: SubjectKind, tier: TierPlace, shard: number, step: number): number {
  const ring = (subjectKinds.indexOf(kind) * tiers.length + tier) * maxShards + shard
  return ring * ringSpan + (step % tiers[tier].length)
}

export function stepAt(tier: TierPlace, wallMs: number): number {
  return Math.floor(wallMs / tiers[tier].stepMs)
}

/** Runs of steps that lie side by side in the ring, in order. At most one whole ring. */
export function runsOf(
  tier: TierPlace,
  from: number,
  count: number,
): { readonly from: number; readonly count: number }[] {
  const { length } = tiers[tier]
  const wanted = Math.min(count, length)
  const first = Math.min(wanted, length - (from % length))
  const runs = [{ from, count: first }]
  if (wanted > first) runs.push({ from: from + first, count: wanted - first })
  return runs
}

/** The steps of the finer tier that make up one of this tier. */
export function finerSteps(tier: 1 | 2, step: number): { readonly from: number; readonly count: number } {
  const count = tiers[tier].stepMs / tiers[(tier - 1) as TierPlace].stepMs
  return { from: step * count, count }
}

/** Rows of the finer tier as one of the coarser; null: none of them knows anything. Rows may be of different lengths. */
export function meanRow(rows: readonly Uint8Array[]): Uint8Array | null {
  const longest = rows.reduce((most, { length }) => Math.max(most, length), 0)
  const sums = new Float64Array(longest / 2)
  const counts = new Uint16Array(longest / 2)
  for (const row of rows) {
    const view = viewOf(row)
    for (let at = 0; at < row.length; at += 2) {
      const value = decodeFigure(view.getUint16(at, true))
      if (value === null) continue
      sums[at / 2]! += value
      counts[at / 2]! += 1
    }
  }
  if (counts.every((count) => count === 0)) return null
  const mean = unknownRow(longest)
  const out = viewOf(mean)
  counts.forEach((count, place) => {
    if (count > 0) out.setUint16(place * 2, encodeFigure(sums[place]! / count), true)
  })
  return mean
}

export function unknownRow(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(0xff)
}

/** The codes of one subject in (a part of) a row that begins with it; those beyond its end are unknown. */
export function codesIn(part: Uint8Array | null, series: number): number[] {
  const view = part === null ? null : viewOf(part)
  return Array.from({ length: series }, (_, at) =>
    view !== null && at * 2 + 1 < view.byteLength ? view.getUint16(at * 2, true) : unknownCode,
  )
}

/** Writes the codes of the subject at this place of its shard. */
export function setCodes(row: Uint8Array, place: number, codes: readonly number[]): void {
  const view = viewOf(row)
  codes.forEach((code, at) => {
    view.setUint16((place * codes.length + at) * 2, code, true)
  })
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
