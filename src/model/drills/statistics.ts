/** What a sample says. All are of the unit of the sample; null: the sample is too small to say. */
export interface Summary {
  readonly count: number
  readonly mean: number | null
  /** Of the sample: divided by n - 1. */
  readonly deviation: number | null
  /** Where the true mean lies with 95 % confidence (Student's t): mean - margin to mean + margin. */
  readonly margin: number | null
  readonly least: number | null
  readonly median: number | null
  readonly p90: number | null
  readonly most: number | null
}

/** How sure an interval is. */
export const confidence = 0.95

export function summarize(values: readonly number[]): Summary {
  const count = values.length
  const mean = meanOf(values)
  const deviation = deviationOf(values)
  const margin = deviation === null ? null : (studentQuantile(count - 1, confidence) * deviation) / Math.sqrt(count)
  const sorted = [...values].sort((a, b) => a - b)
  return {
    ...{ count, mean, deviation, margin },
    least: sorted[0] ?? null,
    median: percentile(sorted, 50),
    p90: percentile(sorted, 90),
    most: sorted.at(-1) ?? null,
  }
}

export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** In two passes: the difference of two large sums would lose what it is made of. */
export function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const mean = meanOf(values)!
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

/** The smallest value that so many per cent of a sorted sample do not exceed: never one that was not measured. */
export function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null
}

/** The t that so large a share of Student's distribution lies within, on both sides of 0. */
export function studentQuantile(freedom: number, share: number): number {
  let [low, high] = [0, 1]
  while (withinT(high, freedom) < share) high *= 2
  // Halved until it is as fine as a double can tell.
  for (let halvings = 0; halvings < 100; halvings++) {
    const middle = (low + high) / 2
    if (withinT(middle, freedom) < share) low = middle
    else high = middle
  }
  return high
}

/** Share of Student's distribution between -t and t. */
function withinT(t: number, freedom: number): number {
  return 1 - incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
}

/** The regularized incomplete beta function, by Lentz's continued fraction on the side where it converges fast. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x))
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b
}

const tiny = 1e-300

function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= 300; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / away(1 + numerator * d)
      c = away(1 + numerator / c)
      result *= d * c
    }
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return result
}

/** Lanczos, g = 7: good to 15 digits for x > 0. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  const t = z + 7.5
  const sum = lanczos.reduce((total, factor, index) => total + (index === 0 ? factor : factor / (z + index)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}
