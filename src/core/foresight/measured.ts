import type { StoredEvent } from '../../model/event.ts'
import type { GuestId } from '../../model/ids.ts'
import type { Observed } from '../availability/observe.ts'
import { observedEvents } from '../availability/observed-events.ts'
import { figuresIn } from '../availability/report.ts'
import type { Span, Timeline } from '../availability/timeline.ts'

/** A mean and how many it is made of. */
export interface MeasuredMean {
  readonly meanMs: number
  readonly count: number
}

/** What the history says of how often things fail and how long they take. Null: it says nothing of that. */
export interface Measured {
  /** Uptime of all hosts to a loss of one. */
  readonly hostMtbf: MeasuredMean | null
  readonly hostMttr: MeasuredMean | null
  readonly guestMtbf: MeasuredMean | null
  /** From start to ready. */
  readonly boot: MeasuredMean | null
  /** From a host's last renewal until a guest of it is started elsewhere. */
  readonly failover: MeasuredMean | null
  /** From a failure of a guest itself until it is started again. */
  readonly notice: MeasuredMean | null
}

/** Causes that are a guest's own. */
const ownCauses: readonly string[] = ['service-lost', 'crashed', 'powered-off', 'start-failed']

export function measure(events: readonly StoredEvent[], observed: Observed, span: Span): Measured {
  const hosts = failuresOf([...observed.hosts.values()], span, (cause) => cause === 'power-lost')
  const guests = failuresOf([...observed.guests.values()], span, (cause) => ownCauses.includes(cause))
  return {
    hostMtbf: mean(hosts.upMs, hosts.count),
    hostMttr: mean(hosts.downMs, hosts.repaired),
    guestMtbf: mean(guests.upMs, guests.count),
    ...durations(events, span),
  }
}

function failuresOf(timelines: readonly Timeline[], span: Span, counts: (cause: string) => boolean) {
  const sum = { upMs: 0, downMs: 0, count: 0, repaired: 0 }
  for (const timeline of timelines) {
    const figures = figuresIn(timeline, span, [span])
    if (figures === null) continue
    sum.upMs += figures.upMs
    for (const { cause, carriedOver, closedAt, downMs } of figures.incidents) {
      if (carriedOver || !counts(cause)) continue
      sum.count++
      if (closedAt === null) continue
      sum.repaired++
      sum.downMs += downMs
    }
  }
  return sum
}

function durations(events: readonly StoredEvent[], span: Span): Pick<Measured, 'boot' | 'failover' | 'notice'> {
  const sums = { boot: [0, 0], failover: [0, 0], notice: [0, 0] } as Record<string, [number, number]>
  const add = (what: 'boot' | 'failover' | 'notice', ms: number): void => {
    sums[what]![0] += ms
    sums[what]![1]++
  }
  const startedAt = new Map<GuestId, number>()
  const failedAt = new Map<GuestId, number>()
  const hostLostAt = new Map<string, number>()
  for (const { at, word, guest, host, because } of observedEvents(events)) {
    if (at < span.fromMs || at >= span.untilMs) continue
    if (word === 'power-lost') hostLostAt.set(host, at)
    if (guest === null) continue
    if (word === 'crashed' || word === 'silent') failedAt.set(guest, at)
    if (word === 'recover' && because?.code === 'moved' && because.from !== null) {
      const lostAt = hostLostAt.get(because.from)
      if (lostAt !== undefined) add('failover', at - lostAt)
    }
    if (word === 'start') {
      const failed = failedAt.get(guest)
      if (failed !== undefined) add('notice', at - failed)
      failedAt.delete(guest)
      startedAt.set(guest, at)
    }
    if (word === 'ready') {
      const started = startedAt.get(guest)
      if (started !== undefined) add('boot', at - started)
      startedAt.delete(guest)
      failedAt.delete(guest)
    }
    if (word === 'stop' || word === 'failed') startedAt.delete(guest)
  }
  const of = (what: string): MeasuredMean | null => mean(sums[what]![0], sums[what]![1])
  return { boot: of('boot'), failover: of('failover'), notice: of('notice') }
}

function mean(sumMs: number, count: number): MeasuredMean | null {
  return count === 0 ? null : { meanMs: sumMs / count, count }
}
