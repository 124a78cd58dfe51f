import { Fault } from '../../model/fault.ts'
import type { Instant } from '../../model/ids.ts'
import { instant } from '../../model/ids.ts'
import type { Watchdog, WatchdogState } from '../../ports/watchdog.ts'
import type { Timeline } from '../timeline.ts'

/** What is wrong with the device. */
export interface WatchdogTroubles {
  /** It knows this timeout only. Null: any. */
  fixedTimeoutMs: number | null
}

export interface FakeWatchdogSpec {
  /** `none`: the host has no watchdog. */
  readonly kind: WatchdogState['kind']
  /** It was not fed for its timeout: the host's power goes. */
  readonly fired: () => void
}

/** A device counts whole seconds: what it reads back may differ by less than this. */
const roundingMs = 1_000

/** How long opening and closing it take. */
const deviceMs = 5

/**
 * The watchdog of one pretend host with the process that feeds it. It outlives the host's daemons; the host's power takes both.
 *
 * The last word of a daemon counts. Fed without a gap until the end of the allowed time, it fires one whole timeout after it:
 * as late as a real one ever does.
 */
export class FakeWatchdog {
  readonly troubles: WatchdogTroubles = { fixedTimeoutMs: null }
  readonly #timeline: Timeline
  readonly #spec: FakeWatchdogSpec
  #armedTimeoutMs: number | null = null
  /** True time of the last feed, which may lie ahead: until then it is fed without a gap. */
  #fedUntilMs = 0
  #cancelWake: (() => void) | null = null
  #wakesAtMs = 0
  /** A daemon of an earlier boot reaches nothing any more. */
  #boot = 0

  constructor(timeline: Timeline, spec: FakeWatchdogSpec) {
    this.#timeline = timeline
    this.#spec = spec
  }

  /** In force now; null: not armed. */
  get timeoutMs(): number | null {
    return this.#armedTimeoutMs
  }

  /** True time at which it fires if nobody allows more; null: not armed. */
  get firesAtMs(): number | null {
    return this.#armedTimeoutMs === null ? null : this.#fedUntilMs + this.#armedTimeoutMs
  }

  /** The host's power went, whoever took it: device and feeder are as new. */
  powerCut(): void {
    this.#boot += 1
    this.#release()
  }

  /** The port as one daemon uses it. `now` is that daemon's own monotonic clock. */
  port(now: () => Instant = () => instant(this.#timeline.nowMs)): Watchdog {
    const boot = this.#boot
    let closed = false
    // Only who armed it, or inherited it, says for how long.
    let ours = false
    return {
      arm: async (timeoutMs) => {
        await this.#timeline.sleep(deviceMs)
        if (boot !== this.#boot) return this.#state()
        const state = this.#arm(timeoutMs)
        ours = true
        return state
      },
      inherit: async () => {
        await this.#timeline.sleep(deviceMs)
        ours ||= boot === this.#boot && this.#armedTimeoutMs !== null
        return this.#state()
      },
      // What is allowed is an absolute time: counted from the instant of the call, not from its arrival.
      allow: (until) => {
        if (ours && !closed && boot === this.#boot) this.#allow(this.#timeline.nowMs + (until - now()))
      },
      disarm: async () => {
        await this.#timeline.sleep(deviceMs)
        if (boot === this.#boot) this.#release()
      },
      state: () => Promise.resolve(this.#state()),
      close: () => {
        closed = true
        return Promise.resolve()
      },
    }
  }

  #arm(timeoutMs: number): WatchdogState {
    if (this.#spec.kind === 'none') throw new Fault('watchdog-absent', 'not-done', { path: '/dev/watchdog' })
    if (this.#armedTimeoutMs !== null) return this.#state()
    const got = this.troubles.fixedTimeoutMs ?? timeoutMs
    if (Math.abs(got - timeoutMs) >= roundingMs) {
      throw new Fault('watchdog-refused', 'not-done', { path: '/dev/watchdog', wishedMs: timeoutMs, gotMs: got })
    }
    this.#armedTimeoutMs = got
    this.#fedUntilMs = this.#timeline.nowMs
    this.#wake()
    return this.#state()
  }

  #allow(untilMs: number): void {
    if (this.#armedTimeoutMs === null) return
    const { nowMs } = this.#timeline
    this.#fedUntilMs = untilMs > nowMs ? untilMs : Math.min(this.#fedUntilMs, nowMs)
    this.#wake()
  }

  #release(): void {
    this.#armedTimeoutMs = null
    this.#cancelWake?.()
    this.#cancelWake = null
  }

  /** One timer, which looks again when it comes too early: a daemon allows more each second. */
  #wake(): void {
    if (this.firesAtMs !== null && this.#cancelWake !== null && this.#wakesAtMs <= this.firesAtMs) return
    this.#cancelWake?.()
    this.#cancelWake = null
    if (this.firesAtMs === null) return
    this.#wakesAtMs = this.firesAtMs
    this.#cancelWake = this.#timeline.after(this.firesAtMs - this.#timeline.nowMs, () => {
      this.#cancelWake = null
      if (this.firesAtMs === null) return
      if (this.firesAtMs > this.#timeline.nowMs) return this.#wake()
      this.powerCut()
      this.#spec.fired()
    })
  }

  #state(): WatchdogState {
    const { kind } = this.#spec
    return { kind, identity: kind === 'none' ? '' : 'pretend', timeoutMs: this.#armedTimeoutMs }
  }
}
