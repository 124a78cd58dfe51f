import type { MeasuredOutcome } from '../../model/drill.ts'
import { Fault } from '../../model/fault.ts'
import type { Clock } from '../../ports/clock.ts'
import { answerLimitMs, type LoadSource, type LoadWish, type Measurement } from '../../ports/load-source.ts'

/** What a pretend guest carries: so many bytes of its download a second, one request of a connection after so long. */
const bytesPerSecond = 10_000_000
export const fakeTransferBytes = 20_000_000
const requestMs = 10
const requestBytes = 100

/** A connection that hears nothing for longer is lost. */
const breaksAfterMs = 5_000

/** How a pretend guest answers over time, by its address. */
export class FakeTraffic {
  readonly #clock: Clock
  readonly #spans = new Map<string, { readonly fromMs: number; untilMs: number | null }[]>()
  readonly #cuts = new Map<string, number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  answers(address: string): boolean {
    return this.#spans.get(address)?.at(-1)?.untilMs === null
  }

  wake(address: string): void {
    if (this.answers(address)) return
    const spans = this.#spans.get(address) ?? []
    spans.push({ fromMs: this.#clock.now(), untilMs: null })
    this.#spans.set(address, spans)
  }

  silence(address: string): void {
    const last = this.#spans.get(address)?.at(-1)
    if (last?.untilMs === null) last.untilMs = this.#clock.now()
  }

  /** Every open connection ends; the guest goes on. */
  cut(address: string): void {
    this.#cuts.set(address, [...(this.#cuts.get(address) ?? []), this.#clock.now()])
  }

  answeredAt(address: string, ms: number): boolean {
    const spans = this.#spans.get(address) ?? []
    return spans.some(({ fromMs, untilMs }) => fromMs <= ms && (untilMs === null || ms < untilMs))
  }

  cutBetween(address: string, fromMs: number, untilMs: number): number {
    return (this.#cuts.get(address) ?? []).filter((ms) => ms >= fromMs && ms <= untilMs).length
  }

  /** Times without an answer between two moments. */
  gaps(address: string, fromMs: number, untilMs: number): readonly number[] {
    const gaps: number[] = []
    let heard = fromMs
    for (const span of this.#spans.get(address) ?? []) {
      const [from, until] = [Math.max(span.fromMs, fromMs), Math.min(span.untilMs ?? untilMs, untilMs)]
      if (until < from) continue
      if (from > heard) gaps.push(from - heard)
      heard = until
    }
    return untilMs > heard ? [...gaps, untilMs - heard] : gaps
  }
}

/** Measures pretend guests: what a client of theirs would have seen, reckoned from when they answered. */
export class FakeLoadSource implements LoadSource {
  readonly #clock: Clock
  readonly #traffic: FakeTraffic

  constructor(clock: Clock, traffic: FakeTraffic) {
    this.#clock = clock
    this.#traffic = traffic
  }

  async measure(wish: LoadWish): Promise<Measurement> {
    const from = this.#clock.now()
    while (!this.#traffic.answers(wish.address)) {
      if (this.#clock.now() - from >= answerLimitMs)
        throw new Fault('timeout', 'not-done', { what: wish.address, limitMs: answerLimitMs })
      await this.#pause(100)
    }
    return this.#begun(wish, this.#clock.now())
  }

  #begun(wish: LoadWish, fromMs: number): Measurement {
    let stoppedAt: number | null = null
    let wantedBytes = wish.kind === 'transfer' && wish.repeats ? Number.POSITIVE_INFINITY : fakeTransferBytes
    let settle: (outcome: MeasuredOutcome) => void = () => {}
    const ended = new Promise<MeasuredOutcome>((resolve) => {
      settle = resolve
    })
    const look = (): void => {
      if (stoppedAt !== null) return
      if (this.#isOver(wish, fromMs, wantedBytes)) end()
      else this.#clock.after(10, look)
    }
    const end = (): void => {
      if (stoppedAt !== null) return
      stoppedAt = this.#clock.now()
      settle(this.#outcome(wish, fromMs, stoppedAt, wantedBytes))
    }
    if (wish.kind !== 'downtime') look()
    return {
      ended,
      enough: () => {
        const { downloads } = this.#carried(wish.address, fromMs, this.#clock.now())
        wantedBytes = Math.min(wantedBytes, downloads * fakeTransferBytes)
      },
      stop: () => {
        end()
        return ended
      },
    }
  }

  #isOver(wish: LoadWish, fromMs: number, wantedBytes: number): boolean {
    const now = this.#clock.now()
    if (wish.kind === 'transfer')
      return (
        this.#carried(wish.address, fromMs, now).bytes >= wantedBytes || this.#breaks(wish.address, fromMs, now) > 0
      )
    return wish.kind === 'load' && this.#requests(wish, fromMs, now).total >= wish.requests
  }

  #carried(address: string, fromMs: number, untilMs: number) {
    const silent = sum(this.#traffic.gaps(address, fromMs, untilMs))
    const bytes = ((untilMs - fromMs - silent) / 1_000) * bytesPerSecond
    return { bytes, downloads: Math.max(1, Math.ceil(bytes / fakeTransferBytes)) }
  }

  #breaks(address: string, fromMs: number, untilMs: number): number {
    const long = this.#traffic.gaps(address, fromMs, untilMs).filter((ms) => ms >= breaksAfterMs).length
    return long + this.#traffic.cutBetween(address, fromMs, untilMs)
  }

  #requests(wish: LoadWish & { readonly kind: 'load' }, fromMs: number, untilMs: number) {
    const gaps = this.#traffic.gaps(wish.address, fromMs, untilMs)
    const lost = this.#breaks(wish.address, fromMs, untilMs) * wish.connections
    const could = Math.floor(((untilMs - fromMs - sum(gaps)) / requestMs) * wish.connections)
    const answered = Math.max(0, Math.min(could, wish.requests - lost))
    return { answered, lost, total: answered + lost }
  }

  #outcome(wish: LoadWish, fromMs: number, untilMs: number, wantedBytes: number): MeasuredOutcome {
    const { address } = wish
    const tookMs = Math.max(1, untilMs - fromMs)
    const gaps = this.#traffic.gaps(address, fromMs, untilMs)
    const longestSilenceMs = Math.max(wish.kind === 'downtime' ? wish.intervalMs : 1, ...gaps)
    switch (wish.kind) {
      case 'downtime': {
        const sent = Math.floor(tookMs / wish.intervalMs)
        const times = Array.from({ length: sent }, (_, index) => fromMs + index * wish.intervalMs)
        const received = times.filter((ms) => this.#traffic.answeredAt(address, ms)).length
        const common = { kind: wish.kind, intervalMs: wish.intervalMs, sent, received, lost: sent - received }
        return { ...common, duplicated: 0, longestSilenceMs }
      }
      case 'transfer': {
        const carried = this.#carried(address, fromMs, untilMs)
        const bytes = Math.min(carried.bytes, wantedBytes)
        const broken = bytes < wantedBytes
        const downloads = Math.min(carried.downloads, Math.ceil(wantedBytes / fakeTransferBytes))
        const common = { kind: wish.kind, downloads, bytes, expectedBytes: downloads * fakeTransferBytes, tookMs }
        return { ...common, bytesPerSecond: (bytes / tookMs) * 1_000, broken, longestSilenceMs }
      }
      case 'load': {
        const { answered, lost, total } = this.#requests(wish, fromMs, untilMs)
        const bytes = answered * requestBytes
        return {
          ...{ kind: wish.kind, connections: wish.connections, requests: total, answered, lost, duplicated: 0 },
          ...{ broken: lost, bytes, tookMs, requestsPerSecond: (answered / tookMs) * 1_000 },
          ...{ bytesPerSecond: (bytes / tookMs) * 1_000, meanMs: requestMs, p50Ms: requestMs, p90Ms: requestMs },
          ...{ p99Ms: requestMs, slowestMs: Math.max(requestMs, ...gaps), longestSilenceMs },
        }
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve))
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
