import { guestFigures, hostFigures, type ProbeTally, serviceFigures } from '../core/metrics/rates.ts'
import { type GuestId, type Instant, wallTime } from '../model/ids.ts'
import { type NewestFigures, type Sample, tiers } from '../model/metric.ts'
import type { GuestReading, HostReading } from '../model/reading.ts'
import type { Clock } from '../ports/clock.ts'
import type { Meter } from '../ports/meter.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { ProbeOutcome } from '../ports/prober.ts'

/** How often all is measured. */
const { stepMs } = tiers[0]

/** A meter that failed is left in peace for so many steps, twice as many each time, five minutes at most: what hangs is not asked into a heap. */
const maxPause = 30

export interface SamplerPorts {
  readonly host: string
  readonly clock: Clock
  readonly meter: Meter
  readonly metrics: Metrics
  /** The guests of the cluster file, by the domain that each is. */
  readonly guests: () => ReadonlyMap<string, GuestId>
}

/**
 * Measures this host and its guests each 10 s, on the wall clock's own tens, so that each step of the figures has one measurement. Nothing waits for it:
 * while a measurement is under way the next is left out, and one that fails leaves a gap.
 */
export class Sampler {
  readonly #ports: SamplerPorts
  readonly #tallies = new Map<string, { answered: number; unanswered: number; latencySumMs: number }>()
  #guests: { readonly at: Instant; readonly byDomain: ReadonlyMap<string, GuestReading> } | null = null
  #host: { readonly at: Instant; readonly reading: HostReading } | null = null
  #newest: NewestFigures | null = null
  #busy = false
  #pause = 0
  #failures = 0
  #stopped = false
  #cancel: () => void = () => {}

  constructor(ports: SamplerPorts) {
    this.#ports = ports
  }

  start(): void {
    this.#schedule()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  get newest(): NewestFigures | null {
    return this.#newest
  }

  /** What a probe came to. `void` and `impossible` say nothing of the service. */
  probed(guest: GuestId, service: string, outcome: ProbeOutcome): void {
    if (outcome.kind === 'void' || outcome.kind === 'impossible') return
    const name = `${guest}/${service}`
    let tally = this.#tallies.get(name)
    if (tally === undefined) {
      tally = { answered: 0, unanswered: 0, latencySumMs: 0 }
      this.#tallies.set(name, tally)
    }
    if (outcome.kind === 'answered') {
      tally.answered += 1
      tally.latencySumMs += outcome.latencyMs
    } else tally.unanswered += 1
  }

  #schedule(): void {
    if (this.#stopped) return
    const { clock } = this.#ports
    this.#cancel = clock.after(stepMs - (clock.wall() % stepMs), () => {
      if (this.#stopped) return
      this.#schedule()
      void this.#measure()
    })
  }

  async #measure(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    const { clock, metrics } = this.#ports
    // What is read now is of the step that has just ended.
    const at = wallTime(clock.wall() - stepMs / 2)
    try {
      const [guests, host] = await Promise.all([this.#readGuests(), this.#readHost()])
      if (this.#stopped) return
      this.#newest = { measuredAt: clock.wall(), host, guests: Object.fromEntries(guests) }
      metrics.record(at, this.#samples(guests, host))
    } finally {
      this.#busy = false
    }
  }

  #samples(
    guests: ReadonlyMap<GuestId, readonly (number | null)[]>,
    host: readonly (number | null)[] | null,
  ): Sample[] {
    const samples: Sample[] = [...guests].map(([name, values]) => ({ kind: 'guest', name, values }))
    if (host !== null) samples.push({ kind: 'host', name: this.#ports.host, values: host })
    for (const [name, tally] of this.#takeTallies()) {
      samples.push({ kind: 'service', name, values: serviceFigures(tally) })
    }
    return samples
  }

  #takeTallies(): [string, ProbeTally][] {
    const taken = [...this.#tallies]
    this.#tallies.clear()
    return taken
  }

  /** Empty where they cannot be read. */
  async #readGuests(): Promise<ReadonlyMap<GuestId, readonly (number | null)[]>> {
    const { clock, meter } = this.#ports
    const figures = new Map<GuestId, readonly (number | null)[]>()
    if (this.#pause > 0) {
      this.#pause -= 1
      return figures
    }
    try {
      const readings = await meter.guests()
      const now = clock.now()
      const before = this.#guests
      const guests = this.#ports.guests()
      for (const reading of readings) {
        const guest = guests.get(reading.domain)
        if (guest === undefined) continue
        const last = before?.byDomain.get(reading.domain) ?? null
        figures.set(guest, guestFigures(last, reading, before === null ? 0 : now - before.at))
      }
      this.#guests = { at: now, byDomain: new Map(readings.map((reading) => [reading.domain, reading])) }
      this.#failures = 0
    } catch {
      this.#failures += 1
      this.#pause = Math.min(2 ** (this.#failures - 1) - 1, maxPause)
    }
    return figures
  }

  async #readHost(): Promise<readonly (number | null)[] | null> {
    const { clock, meter } = this.#ports
    try {
      const reading = await meter.host()
      const now = clock.now()
      const before = this.#host
      this.#host = { at: now, reading }
      return hostFigures(before?.reading ?? null, reading, before === null ? 0 : now - before.at)
    } catch {
      return null
    }
  }
}
