import type { Instant } from '../../model/ids.ts'
import { instant } from '../../model/ids.ts'
import type { ProbeOutcome, Prober, ProbeTarget } from '../../ports/prober.ts'
import type { Dice } from '../dice.ts'
import type { Answer } from '../machine.ts'
import type { Timeline } from '../timeline.ts'

/** What is wrong with the asking itself. */
export interface ProberTroubles {
  /** Chance that our own lateness makes an outcome void. */
  late: number
  /** Chance that one question is lost on the way: silence, though the service answers. */
  lossy: number
}

/** What the pretend network answers. `watch` calls whenever some answer may have changed. */
export interface Answers {
  answer(target: ProbeTarget): Answer
  watch(changed: () => void): () => void
}

/** Attempts of `untilAnswered` are so far apart. */
const attemptGapMs = 50

/** Asks pretend services. Nothing is polled: a wait looks again when some answer may have changed. */
export class FakeProber {
  readonly troubles: ProberTroubles = { late: 0, lossy: 0 }
  /** Called with every outcome that says something, before the daemon hears it. */
  onOutcome: (target: ProbeTarget, outcome: ProbeOutcome) => void = () => {}
  readonly #timeline: Timeline
  readonly #dice: Dice
  readonly #answers: Answers

  constructor(timeline: Timeline, dice: Dice, answers: Answers) {
    this.#timeline = timeline
    this.#dice = dice
    this.#answers = answers
  }

  /** The port as one daemon uses it. `now` is that daemon's own monotonic clock. */
  port(now: () => Instant = () => instant(this.#timeline.nowMs)): Prober {
    const waits = new Set<() => void>()
    let closed = false
    return {
      ask: (target, timeoutMs) => (closed ? Promise.resolve({ kind: 'void' }) : this.#ask(target, timeoutMs)),
      untilAnswered: (target, answered) => {
        if (closed) return () => {}
        const cancel = this.#untilAnswered(target, answered, now)
        waits.add(cancel)
        return () => {
          cancel()
          waits.delete(cancel)
        }
      },
      close: () => {
        closed = true
        for (const cancel of waits) cancel()
        waits.clear()
        return Promise.resolve()
      },
    }
  }

  #ask(target: ProbeTarget, timeoutMs: number): Promise<ProbeOutcome> {
    const latencyMs = 1 + this.#dice.next() * 4
    const late = this.#dice.chance(this.troubles.late)
    const lossy = this.#dice.chance(this.troubles.lossy)
    return new Promise((resolve) => {
      const tell = (outcome: ProbeOutcome) => {
        this.onOutcome(target, outcome)
        resolve(outcome)
      }
      // The question reaches the guest half-way; what it is then decides.
      this.#timeline.after(latencyMs / 2, () => {
        const answer = lossy ? 'silent' : this.#answers.answer(target)
        const waitMs = answer === 'silent' || late ? timeoutMs - latencyMs / 2 : latencyMs / 2
        this.#timeline.after(waitMs, () => tell(late ? { kind: 'void' } : outcomeOf(answer, latencyMs, timeoutMs)))
      })
    })
  }

  #untilAnswered(target: ProbeTarget, answered: (at: Instant) => void, now: () => Instant): () => void {
    let over = false
    let trying = false
    const look = () => {
      if (over || trying || this.#answers.answer(target) !== 'answers') return
      trying = true
      this.#timeline.after(1 + this.#dice.next() * attemptGapMs, () => {
        trying = false
        if (over || this.#answers.answer(target) !== 'answers') return
        cancel()
        this.onOutcome(target, { kind: 'answered', latencyMs: 1 })
        answered(now())
      })
    }
    const unwatch = this.#answers.watch(look)
    const cancel = () => {
      over = true
      unwatch()
    }
    look()
    return cancel
  }
}

function outcomeOf(answer: Answer, latencyMs: number, timeoutMs: number): ProbeOutcome {
  switch (answer) {
    case 'answers':
      return { kind: 'answered', latencyMs }
    case 'refuses':
      return { kind: 'refused', detail: 'connection refused' }
    case 'silent':
      return { kind: 'silent', detail: `no answer within ${timeoutMs} ms` }
  }
}
