import type { VerdictState } from '../core/settle.ts'
import { confirmRefusalMs, noVerdict, settle } from '../core/settle.ts'
import type { FaultData } from '../model/fault.ts'
import type { Verdict } from '../model/observation.ts'
import type { ProbePolicy } from '../model/service.ts'
import type { Clock } from '../ports/clock.ts'
import type { ProbeOutcome, Prober, ProbeTarget } from '../ports/prober.ts'

export interface ServiceWatchOptions {
  readonly clock: Clock
  readonly prober: Prober
  readonly policy: ProbePolicy
  /** Delay of the first question, so that many watches do not ask in step. */
  readonly offsetMs: number
  readonly changed: (verdict: Verdict) => void
  readonly impossible: (fault: FaultData) => void
  /** Each question's answer, for measuring. */
  readonly probed?: (outcome: ProbeOutcome) => void
}

/**
 * Watches one service of one running guest. Two ways at once while it does not answer: it is waited for in short
 * attempts, so that its first answer is known within milliseconds, and it is asked at the usual interval, so that
 * refused and silent are told apart. While it answers, only the interval remains.
 */
export class ServiceWatch {
  readonly #options: ServiceWatchOptions
  #target: ProbeTarget | null = null
  #state: VerdictState = noVerdict
  #cancelTimer: (() => void) | null = null
  #cancelWait: (() => void) | null = null
  /** Answers to questions of an earlier target or pause are not about now. */
  #round = 0

  constructor(options: ServiceWatchOptions) {
    this.#options = options
  }

  get verdict(): Verdict {
    return this.#state.verdict
  }

  /** Starts, or starts anew where the target changed. Harmless to repeat. */
  watch(target: ProbeTarget): void {
    if (this.#target !== null && sameTarget(this.#target, target)) return
    this.stop()
    this.#target = target
    this.#wait()
    this.#schedule(this.#options.offsetMs)
  }

  /** Forgets all: what is not watched has no verdict. */
  stop(): void {
    this.#round++
    this.#target = null
    this.#cancelTimer?.()
    this.#cancelWait?.()
    this.#cancelTimer = null
    this.#cancelWait = null
    this.#state = noVerdict
  }

  #wait(): void {
    if (this.#target === null || this.#cancelWait !== null) return
    const round = this.#round
    this.#cancelWait = this.#options.prober.untilAnswered(this.#target, () => {
      if (round !== this.#round) return
      this.#cancelWait = null
      this.#settle('answered')
    })
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer?.()
    const round = this.#round
    this.#cancelTimer = this.#options.clock.after(onGrid(this.#options.clock.now(), delayMs), () => {
      if (round === this.#round) void this.#ask(round)
    })
  }

  async #ask(round: number): Promise<void> {
    if (this.#target === null) return
    const startedAt = this.#options.clock.now()
    const outcome = await this.#options.prober.ask(this.#target, this.#options.policy.timeoutMs)
    if (round !== this.#round) return
    this.#options.probed?.(outcome)
    const spentMs = this.#options.clock.now() - startedAt
    const delayMs = this.#take(outcome)
    this.#schedule(Math.max(minimumPauseMs, delayMs - (delayMs === confirmRefusalMs ? 0 : spentMs)))
  }

  /** Returns when to ask next. */
  #take(outcome: ProbeOutcome): number {
    const { intervalMs } = this.#options.policy
    switch (outcome.kind) {
      case 'void':
        return Math.min(intervalMs, voidAgainMs)
      case 'impossible':
        this.#options.impossible(outcome.fault)
        return intervalMs
      default:
        return this.#settle(outcome.kind) ? confirmRefusalMs : intervalMs
    }
  }

  #settle(outcome: 'answered' | 'refused' | 'silent'): boolean {
    const before = this.#state.verdict
    // While the first answer is waited for, a refusal needs no haste: the guest is booting.
    const { state, confirm } = settle(this.#state, outcome, this.#options.policy)
    this.#state = state
    if (state.verdict === 'answering') this.#stopWaiting()
    else if (state.verdict !== 'unknown' || outcome === 'answered') this.#wait()
    if (state.verdict !== before) this.#options.changed(state.verdict)
    return confirm && before === 'answering'
  }

  #stopWaiting(): void {
    this.#cancelWait?.()
    this.#cancelWait = null
  }
}

/** Questions of many watches fall due together: a daemon that wakes less often takes a third less of a core. */
const gridMs = 20

function onGrid(nowMs: number, delayMs: number): number {
  if (delayMs < gridMs) return delayMs
  return Math.ceil((nowMs + delayMs) / gridMs) * gridMs - nowMs
}

/** Our own lateness voided a question: soon again, not at once, so that a late loop can catch up. */
const voidAgainMs = 200

/** Keeps a probe that takes its whole interval from asking without pause. */
const minimumPauseMs = 10

function sameTarget(a: ProbeTarget, b: ProbeTarget): boolean {
  return (
    a.address === b.address &&
    a.port === b.port &&
    a.protocol === b.protocol &&
    a.domain === b.domain &&
    a.probe === b.probe
  )
}
