/** Of a sample of any order; an empty one has no figure: NaN. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2
}

/** The smallest value that at least `percent` of the sample do not exceed (nearest rank): never an invented one. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = ascending(values)
  return at(sorted, Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1))
}

export function largest(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : Math.max(...values)
}

export function smallest(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : Math.min(...values)
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}
