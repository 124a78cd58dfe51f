/** A mean of several plays, and how far it may be off: 95 of 100 such intervals hold the true one. */
export interface Estimate {
  readonly mean: number
  readonly from: number
  readonly until: number
  readonly plays: number
}

/** Student's t at 97.5 %, by degrees of freedom from 1 on; beyond the table, that of the normal distribution. */
const student = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
]

/** Null: fewer than two. */
export function estimate(values: readonly number[]): Estimate | null {
  const plays = values.length
  if (plays < 2) return null
  const mean = values.reduce((a, b) => a + b, 0) / plays
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (plays - 1)
  const half = (student[plays - 2] ?? 1.96) * Math.sqrt(variance / plays)
  return { mean, from: mean - half, until: mean + half, plays }
}
