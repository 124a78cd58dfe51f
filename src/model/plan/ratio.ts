/** An exact fraction: tariffs, rates and shares are multiplied over years without a rounding on the way. `under` > 0, lowest terms. */
export interface Ratio {
  readonly over: bigint
  readonly under: bigint
}

const decimalPattern = /^[-+]?\d{1,15}(?:\.\d{1,15})?$/

/** Null: no decimal number. */
export function ratioFrom(text: string): Ratio | null {
  if (!decimalPattern.test(text)) return null
  const [whole = '0', part = ''] = text.split('.')
  return ratio(BigInt(`${whole}${part}`), 10n ** BigInt(part.length))
}

export function ratio(over: bigint, under = 1n): Ratio {
  const sign = under < 0n ? -1n : 1n
  const shared = greatestShared(over < 0n ? -over : over, under * sign)
  return { over: (over * sign) / shared, under: (under * sign) / shared }
}

export function plus(a: Ratio, b: Ratio): Ratio {
  return ratio(a.over * b.under + b.over * a.under, a.under * b.under)
}

export function minus(a: Ratio, b: Ratio): Ratio {
  return plus(a, { over: -b.over, under: b.under })
}

export function times(a: Ratio, b: Ratio): Ratio {
  return ratio(a.over * b.over, a.under * b.under)
}

/** Null: by zero. */
export function dividedBy(a: Ratio, b: Ratio): Ratio | null {
  return b.over === 0n ? null : ratio(a.over * b.under, a.under * b.over)
}

/** `exponent` >= 0. */
export function power(base: Ratio, exponent: number): Ratio {
  return ratio(base.over ** BigInt(exponent), base.under ** BigInt(exponent))
}

/** To the nearest whole number; a half goes away from zero, as on an invoice. */
export function rounded({ over, under }: Ratio): bigint {
  const size = over < 0n ? -over : over
  const whole = (2n * size + under) / (2n * under)
  return over < 0n ? -whole : whole
}

/** The smallest whole number that is not below it. */
export function roundedUp({ over, under }: Ratio): bigint {
  const whole = over / under
  return whole * under < over ? whole + 1n : whole
}

/** For showing, rounded to so many digits after the point. */
export function asNumber(value: Ratio, digits = 6): number {
  const scale = 10n ** BigInt(digits)
  return Number(rounded(times(value, ratio(scale)))) / Number(scale)
}

export const zero: Ratio = { over: 0n, under: 1n }
export const one: Ratio = { over: 1n, under: 1n }

function greatestShared(a: bigint, b: bigint): bigint {
  let [large, small] = [a, b]
  while (small !== 0n) [large, small] = [small, large % small]
  return large === 0n ? 1n : large
}
