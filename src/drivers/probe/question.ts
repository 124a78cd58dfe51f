import type { Instant } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ProbeOutcome, ProbeTarget } from '../../ports/prober.ts'
import { type Attempt, type Method, startAttempt, type Verdict } from './method.ts'

/** Timers this late or later void a silence: the loop that was away may have lost the answer, not the service. */
export const lateBoundMs = 200

/**
 * One question from sending to outcome: tries, tries anew while nothing has come back, and judges at the timeout.
 * Q1: any answer wins; a refusal ends it at once.
 * Q2: before silence is declared the event loop has read what lay in the sockets.
 * Q3: every try is abandoned before the outcome is told.
 */
export class Question {
  private readonly method: Method
  private readonly target: ProbeTarget
  private readonly timeoutMs: number
  private readonly clock: Clock
  private settle: ((outcome: ProbeOutcome) => void) | null
  private readonly sentAt: Instant
  private attempts: Attempt[] = []
  private step = 0
  private lateMs = 0
  private detail = 'no answer'
  private cancelTimer: () => void

  constructor(
    method: Method,
    target: ProbeTarget,
    timeoutMs: number,
    clock: Clock,
    settle: (outcome: ProbeOutcome) => void,
  ) {
    this.method = method
    this.target = target
    this.timeoutMs = timeoutMs
    this.clock = clock
    this.settle = settle
    this.sentAt = clock.now()
    this.attempt()
    this.cancelTimer = this.schedule()
  }

  /** Ends it without having learnt anything. */
  cancel(): void {
    this.finish({ kind: 'void' })
  }

  private attempt(): void {
    const attempt = startAttempt(this.method, this.target, 'watch', (verdict) => this.ended(attempt, verdict))
    this.attempts.push(attempt)
  }

  private schedule(): () => void {
    const part = this.method.retryAt[this.step] ?? 1
    const dueAt = this.sentAt + part * this.timeoutMs
    return this.clock.after(Math.max(0, dueAt - this.clock.now()), () => this.due(dueAt))
  }

  private due(dueAt: number): void {
    this.lateMs = Math.max(this.lateMs, this.clock.now() - dueAt)
    const last = this.step >= this.method.retryAt.length
    if (last) {
      // Timers run before sockets are read: let those be read first (Q2).
      setImmediate(() => this.timedOut())
      return
    }
    this.step += 1
    if (!this.attempts.some((attempt) => attempt.inContact)) this.attempt()
    this.cancelTimer = this.schedule()
  }

  private ended(attempt: Attempt, verdict: Verdict): void {
    this.attempts = this.attempts.filter((other) => other !== attempt)
    const othersUnderWay = this.attempts.length > 0
    const triesLeft = this.step < this.method.retryAt.length
    if (verdict.kind === 'silent') this.detail = verdict.detail
    if (verdict.kind === 'silent' && (othersUnderWay || triesLeft)) return
    // What our machine could not do now it cannot do a moment later either, but a try under way may still bring an answer.
    if (verdict.kind === 'impossible' && othersUnderWay) return
    this.judge(verdict)
  }

  private timedOut(): void {
    const { afterSilence } = this.method
    const silent: Verdict = { kind: 'silent', detail: this.detail }
    if (this.settle === null) return
    if (this.lateMs > lateBoundMs) {
      this.finish({ kind: 'void' })
    } else if (afterSilence) {
      void afterSilence(this.target).then(
        (verdict) => this.judge(verdict),
        () => this.judge(silent),
      )
    } else {
      this.judge(silent)
    }
  }

  private judge(verdict: Verdict): void {
    if (verdict.kind === 'answered') this.finish({ kind: 'answered', latencyMs: this.clock.now() - this.sentAt })
    else this.finish(verdict)
  }

  private finish(outcome: ProbeOutcome): void {
    const settle = this.settle
    if (settle === null) return
    this.settle = null
    this.cancelTimer()
    for (const attempt of this.attempts) attempt.abandon()
    this.attempts = []
    settle(outcome)
  }
}
