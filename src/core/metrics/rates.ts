import type { GuestReading, HostReading, TrafficCounters } from '../../model/reading.ts'

/** Figures of a guest between two readings of one run, `elapsedMs` apart, in the order of its series. `before` null: there is none to compare with. */
export function guestFigures(before: GuestReading | null, now: GuestReading, elapsedMs: number): (number | null)[] {
  const same = before !== null && before.run === now.run ? before : null
  const busyMs = grown(same?.cpuMs, now.cpuMs)
  return [
    busyMs === null ? null : perSecond(busyMs / 10, elapsedMs),
    now.memoryGivenMib,
    now.memoryUsedMib,
    ...trafficRates(same, now, elapsedMs),
  ]
}

/** The same of a host. */
export function hostFigures(before: HostReading | null, now: HostReading, elapsedMs: number): (number | null)[] {
  const busy = grown(before?.cpuBusyTicks, now.cpuBusyTicks)
  const all = grown(before?.cpuAllTicks, now.cpuAllTicks)
  return [
    busy === null || all === null || all === 0 ? null : Math.min(100, (busy / all) * 100),
    now.memoryTotalMib,
    now.memoryUsedMib,
    ...trafficRates(before, now, elapsedMs),
  ]
}

function trafficRates(before: TrafficCounters | null, now: TrafficCounters, elapsedMs: number): (number | null)[] {
  const rate = (was: number | null | undefined, is: number | null): number | null => {
    const bytes = grown(was, is)
    return bytes === null ? null : perSecond(bytes, elapsedMs)
  }
  return [
    rate(before?.diskReadBytes, now.diskReadBytes),
    rate(before?.diskWrittenBytes, now.diskWrittenBytes),
    rate(before?.netReceivedBytes, now.netReceivedBytes),
    rate(before?.netSentBytes, now.netSentBytes),
  ]
}

/** Null: not known, or the counter began anew (a device was taken out, a card was reset). */
function grown(was: number | null | undefined, is: number | null): number | null {
  if (was === null || was === undefined || is === null || is < was) return null
  return is - was
}

function perSecond(amount: number, elapsedMs: number): number | null {
  return elapsedMs > 0 ? (amount * 1_000) / elapsedMs : null
}

/** What the probes of one service came to since the last step. */
export interface ProbeTally {
  readonly answered: number
  readonly unanswered: number
  readonly latencySumMs: number
}

export function serviceFigures({ answered, unanswered, latencySumMs }: ProbeTally): (number | null)[] {
  const all = answered + unanswered
  return [answered === 0 ? null : latencySumMs / answered, all === 0 ? null : (answered / all) * 100]
}
