import type { Instant } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ProbeTarget } from '../../ports/prober.ts'
import type { Lane } from './lane.ts'
import { type Attempt, type Method, startAttempt } from './method.ts'

/** One clock for all that wait: forty wake-ups a second however many they are. */
export const tickMs = 25

/** Tries begun in one tick at most: a thousand guests launched at once are asked more slowly instead of filling the CPU. */
export const triesPerTick = 32

/** Who has waited long is in no hurry. From so long on, at least so much between tries. */
const patience = [
  { afterMs: 600_000, everyMs: 250 },
  { afterMs: 60_000, everyMs: 100 },
] as const

/** After a try our own machine could not make: it will hardly be able to a moment later. */
const impossibleWaitMs = 1_000

interface Try {
  readonly startedAt: Instant
  readonly attempt: Attempt
}

interface Waiter {
  readonly method: Method
  readonly lane: Lane | null
  readonly target: ProbeTarget
  readonly since: Instant
  readonly answered: (at: Instant) => void
  tries: readonly Try[]
  nextAt: number
  /** In a lane's queue: not to be queued twice. */
  queued: boolean
  gone: boolean
}

/**
 * Everything that waits for a service to come up.
 * W1: `answered` is called at most once, and never after cancel or close.
 * W2: a try is abandoned only after the sockets have been read: what came while the loop was away still counts.
 */
export class WaitingRoom {
  private readonly clock: Clock
  /** In the order of their turn. */
  private waiters: Waiter[] = []
  private cancelTick: (() => void) | null = null

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** `lane`: where tries of costly methods take a place; null where the tick's own limit is enough. */
  add(method: Method, lane: Lane | null, target: ProbeTarget, answered: (at: Instant) => void): () => void {
    const now = this.clock.now()
    const waiter: Waiter = {
      method,
      lane,
      target,
      since: now,
      answered,
      tries: [],
      nextAt: now,
      queued: false,
      gone: false,
    }
    this.waiters.push(waiter)
    this.ensureTick(0)
    return () => this.remove(waiter)
  }

  close(): void {
    for (const waiter of [...this.waiters]) this.remove(waiter)
  }

  private ensureTick(delayMs: number): void {
    if (this.cancelTick) return
    let cancelled = false
    const cancelTimer = this.clock.after(delayMs, () => {
      // Sockets first, then judgement (W2).
      setImmediate(() => {
        if (!cancelled) this.tick()
      })
    })
    this.cancelTick = () => {
      cancelled = true
      cancelTimer()
    }
  }

  private tick(): void {
    this.cancelTick = null
    const now = this.clock.now()
    for (const waiter of this.waiters) abandonOld(waiter, now)
    let left = triesPerTick
    let turn = 0
    for (; turn < this.waiters.length && left > 0; turn += 1) {
      const waiter = this.waiters[turn]
      if (waiter && this.begin(waiter, now)) left -= 1
    }
    // Whoever was not reached is first next time.
    if (turn < this.waiters.length) this.waiters = [...this.waiters.slice(turn), ...this.waiters.slice(0, turn)]
    this.ensureTick(tickMs)
  }

  private begin(waiter: Waiter, now: Instant): boolean {
    const { wait } = waiter.method
    if (now < waiter.nextAt || waiter.queued || waiter.tries.length >= wait.overlap) return false
    waiter.nextAt = now + Math.max(wait.everyMs, patienceMs(now - waiter.since)) - tickMs / 2
    if (waiter.lane === null) {
      this.start(waiter, () => undefined)
      return true
    }
    const { lane } = waiter
    waiter.queued = true
    const entered = lane.enter(waiter.target.domain ?? waiter.target.address, () => {
      waiter.queued = false
      if (waiter.gone) return lane.leave()
      this.start(waiter, () => lane.leave())
    })
    if (!entered) waiter.queued = false
    return true
  }

  private start(waiter: Waiter, leave: () => void): void {
    const attempt = startAttempt(waiter.method, waiter.target, 'wait', (verdict) => {
      waiter.tries = waiter.tries.filter((one) => one.attempt !== held)
      leave()
      const now = this.clock.now()
      if (verdict.kind === 'impossible') waiter.nextAt = now + impossibleWaitMs
      if (verdict.kind !== 'answered' || waiter.gone) return
      this.remove(waiter)
      waiter.answered(now)
    })
    const held: Attempt = leaving(attempt, leave)
    waiter.tries = [...waiter.tries, { startedAt: this.clock.now(), attempt: held }]
  }

  private remove(waiter: Waiter): void {
    if (waiter.gone) return
    waiter.gone = true
    this.waiters = this.waiters.filter((other) => other !== waiter)
    for (const one of waiter.tries) one.attempt.abandon()
    waiter.tries = []
    if (this.waiters.length > 0) return
    this.cancelTick?.()
    this.cancelTick = null
  }
}

/** Gives its place back when abandoned, too. */
function leaving(attempt: Attempt, leave: () => void): Attempt {
  return {
    get inContact() {
      return attempt.inContact
    },
    abandon: () => {
      attempt.abandon()
      leave()
    },
  }
}

function abandonOld(waiter: Waiter, now: Instant): void {
  const { wait } = waiter.method
  const old = waiter.tries.filter(({ startedAt, attempt }) => {
    const ageMs = now - startedAt
    return ageMs >= wait.answerMs || (ageMs >= wait.contactMs && !attempt.inContact)
  })
  if (old.length === 0) return
  waiter.tries = waiter.tries.filter((one) => !old.includes(one))
  for (const one of old) one.attempt.abandon()
}

function patienceMs(waitedMs: number): number {
  return patience.find(({ afterMs }) => waitedMs >= afterMs)?.everyMs ?? 0
}
