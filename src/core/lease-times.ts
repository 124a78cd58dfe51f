/** All times of safety.md's rules, in milliseconds; they scale with T, the lease. */
export interface LeaseTimes {
  /** T: a record unchanged for so long has expired. */
  readonly leaseMs: number
  /** F: the longest an agent feeds its watchdog after its last renewal was sent. */
  readonly feedMs: number
  /** W: the watchdog's timeout. */
  readonly watchdogMs: number
  /** D: for drift of clocks and for scheduling. */
  readonly marginMs: number
  /** G: the longest gap allowed between renewals. */
  readonly gapMs: number
  readonly renewEachMs: number
  /** Silent for so long on both paths, the store and the direct one: a fence device may be asked. */
  readonly suspectMs: number
  /** Direct questions to members. */
  readonly askEachMs: number
}

export const defaultLeaseMs = 10_000

/** With T = 10 s: F 3.5, W 5, D 1.5, G 1.75, a renewal each second. */
export function leaseTimes(leaseMs: number): LeaseTimes {
  const part = (of: number): number => Math.round(leaseMs * of)
  return {
    leaseMs,
    feedMs: part(0.35),
    watchdogMs: part(0.5),
    marginMs: part(0.15),
    gapMs: part(0.175),
    renewEachMs: part(0.1),
    suspectMs: part(0.2),
    askEachMs: part(0.05),
  }
}

export interface ArmedTimes {
  readonly feedMs: number
  readonly timeoutMs: number
  readonly marginMs: number
}

/** S3: the watchdog dies first. Null: it holds; else what does not, with the numbers. */
export function brokenS3(leaseMs: number, { feedMs, timeoutMs, marginMs }: ArmedTimes): string | null {
  const sum = feedMs + timeoutMs + marginMs
  if (sum > leaseMs) return `F ${feedMs} + W ${timeoutMs} + D ${marginMs} = ${sum} > T ${leaseMs}`
  if (timeoutMs * 2 < leaseMs) return `W ${timeoutMs} < T / 2 = ${leaseMs / 2}`
  return null
}
