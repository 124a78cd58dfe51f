/**
 * A figure in 16 bits: 6 of exponent, 10 of mantissa, no sign. Off by 0.05 % at most, whole numbers up to 2047 exact, from 2^-23 to 2^40:
 * enough for a graph, and half of what the next smaller type of the machine would take on the disk for two years.
 */

/** Not known. */
export const unknownCode = 0xffff

const mantissaBits = 10
const mantissas = 1 << mantissaBits
const bias = 23
const largestCode = (63 << mantissaBits) | (mantissas - 1)

export function encodeFigure(value: number | null): number {
  if (value === null || !(value >= 0 && value < Number.POSITIVE_INFINITY)) return unknownCode
  const exponent = Math.floor(Math.log2(value))
  if (exponent < -bias) return 0
  // Above a power of two by rounding: the carry into the exponent is the right answer.
  const code = ((exponent + bias) << mantissaBits) + Math.round((value / 2 ** exponent - 1) * mantissas)
  // 0 is nought itself, and the last code says that nothing is known.
  return Math.min(Math.max(code, 1), largestCode - 1)
}

export function decodeFigure(code: number): number | null {
  if (code === unknownCode) return null
  if (code === 0) return 0
  return (1 + (code & (mantissas - 1)) / mantissas) * 2 ** ((code >> mantissaBits) - bias)
}
