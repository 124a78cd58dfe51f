import { Fault } from '../../model/fault.ts'
import type { DomainEvent } from '../../ports/hypervisor.ts'
import type { Dice } from '../dice.ts'
import type { Timeline } from '../timeline.ts'
import type { HypervisorTroubles } from './hypervisor-troubles.ts'

/** Calls that take longer have a `hypervisor-timeout`, as with the real driver. */
export const callDeadlineMs = 30_000

/** How long a call takes at least and at most, in milliseconds. */
export const tookMs = {
  look: [1, 3],
  start: [150, 450],
  shutdown: [2, 6],
  destroy: [80, 220],
  suspend: [3, 12],
  resume: [3, 12],
  setMemory: [3, 10],
} as const

/** What goes to and fro between daemons and a pretend hypervisor: calls, their answers, events; slow, failing or lost as its troubles say. */
export class HypervisorLine {
  readonly #timeline: Timeline
  readonly #dice: Dice
  readonly #troubles: HypervisorTroubles
  readonly #listeners = new Set<(event: DomainEvent) => void>()
  /** Grows whenever the connection is lost: an answer under way then is lost with it. */
  #connection = 0
  /** When the last deed asked of a machine takes effect: one after the other, as a hypervisor does it. */
  readonly #effects = new Map<string, number>()
  #toldUntilMs = 0
  #power = 0

  constructor(timeline: Timeline, dice: Dice, troubles: HypervisorTroubles) {
    this.#timeline = timeline
    this.#dice = dice
    this.#troubles = troubles
  }

  get connection(): number {
    return this.#connection
  }

  get power(): number {
    return this.#power
  }

  /** What was asked for and not done yet never is. */
  powerCut(): void {
    this.#power += 1
    this.#effects.clear()
  }

  lose(): void {
    if (this.#troubles.lost) return
    this.emit({ kind: 'lost' })
    this.#troubles.lost = true
    this.#connection += 1
  }

  comeBack(): void {
    if (!this.#troubles.lost) return
    this.#troubles.lost = false
    this.emit({ kind: 'back' })
  }

  /** One call: sent, its effect somewhere on the way, answered; or lost at any of these moments. */
  call<T>(
    call: string,
    [least, most]: readonly [number, number],
    effect: () => T,
    machine: string | null = null,
  ): Promise<T> {
    const [timeline, dice, troubles] = [this.#timeline, this.#dice, this.#troubles]
    const alone = (dice.between(least, most) + dice.next()) * troubles.slowness
    const waits = machine === null ? 0 : Math.max(0, (this.#effects.get(machine) ?? 0) - timeline.nowMs)
    const full = waits + alone
    const effectAt = waits + alone * (0.5 + dice.next() * 0.45)
    if (machine !== null) this.#effects.set(machine, timeline.nowMs + effectAt)
    const failing = dice.chance(troubles.failing)
    const answerLost = dice.chance(troubles.answersLost)
    return new Promise((resolve, reject) => {
      if (troubles.lost) return void timeline.after(1, () => reject(new Fault('hypervisor-lost', 'not-done', { call })))
      const connection = this.#connection
      const power = this.#power
      let over = false
      const end = (settle: () => void) => {
        if (!over) settle()
        over = true
      }
      if (full > callDeadlineMs) timeline.after(callDeadlineMs, () => end(() => reject(timedOut(call))))
      timeline.after(effectAt, () => {
        if (power !== this.#power) return
        // The request was on its way when the connection broke: some arrive, some do not.
        if (connection !== this.#connection && dice.chance(0.5)) return end(() => reject(lost(call)))
        if (failing) return end(() => reject(new Fault('hypervisor-error', 'not-done', { call })))
        const outcome = attempt(effect)
        timeline.after(full - effectAt, () => {
          if (connection !== this.#connection) end(() => reject(lost(call)))
          else if (answerLost) end(() => reject(timedOut(call)))
          else if (outcome.ok) end(() => resolve(outcome.value))
          else end(() => reject(outcome.error))
        })
      })
    })
  }

  /** Events are told in order, each a little after what it tells of; those under way when the connection breaks are missed. */
  emit(event: DomainEvent): void {
    const [timeline, dice] = [this.#timeline, this.#dice]
    const connection = this.#connection
    this.#toldUntilMs = Math.max(this.#toldUntilMs, timeline.nowMs + 1 + dice.next() * 4)
    for (const listener of this.#listeners) {
      timeline.after(this.#toldUntilMs - timeline.nowMs, () => {
        const missed = event.kind === 'domain' && connection !== this.#connection
        if (!missed && this.#listeners.has(listener)) listener(event)
      })
    }
  }

  subscribe(listener: (event: DomainEvent) => void): () => void {
    // A listener of its own, so that one function subscribed twice is told twice.
    const own = (event: DomainEvent) => listener(event)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

function attempt<T>(effect: () => T): Attempt<T> {
  try {
    return { ok: true, value: effect() }
  } catch (error) {
    return { ok: false, error }
  }
}

export const lost = (call: string) => new Fault('hypervisor-lost', 'unknown', { call })
const timedOut = (call: string) => new Fault('hypervisor-timeout', 'unknown', { call })
