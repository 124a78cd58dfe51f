import type { ClassName } from '../../model/availability.ts'

/** Names that two earlier works give to levels of availability. `millionths`: at least so much of the time is up. */
export interface AvailabilityClass {
  readonly millionths: number
  /** Null: the work gives it none. */
  readonly name: ClassName | null
}

export const classesOf2009: readonly AvailabilityClass[] = [
  { millionths: 995_000, name: 'conventional' },
  { millionths: 999_000, name: 'available' },
  { millionths: 999_900, name: 'high-availability' },
  { millionths: 999_990, name: 'fault-resistant' },
  { millionths: 999_999, name: 'fault-tolerant' },
]

export const classesOf2016: readonly AvailabilityClass[] = [
  { millionths: 900_000, name: 'personal-computers' },
  { millionths: 980_000, name: null },
  { millionths: 990_000, name: 'access-systems' },
  { millionths: 998_000, name: null },
  { millionths: 999_000, name: 'internet-providers' },
  { millionths: 999_900, name: 'business-systems' },
  { millionths: 999_990, name: 'telephony-and-banking' },
  { millionths: 999_999, name: 'defence' },
]

/** The documents reckon with years of 365 days. */
export const yearMs = 365 * 86_400_000

/** Downtime that a level allows in a time, in whole milliseconds. */
export function allowedDownMs(millionths: number, ofMs: number): number {
  return Number((BigInt(Math.round(ofMs)) * BigInt(1_000_000 - millionths)) / 1_000_000n)
}

/** The best named class whose level was reached. Whole numbers only: no rounding decides. Null: below all of them, or nothing was seen. */
export function classOf(classes: readonly AvailabilityClass[], upMs: number, downMs: number): ClassName | null {
  const [up, down] = [BigInt(Math.round(upMs)), BigInt(Math.round(downMs))]
  const all = up + down
  if (all === 0n) return null
  const reached = classes.filter(({ millionths }) => down * 1_000_000n <= all * BigInt(1_000_000 - millionths))
  return reached.findLast(({ name }) => name !== null)?.name ?? null
}
