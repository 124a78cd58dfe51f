import type { DrillDeeds, DrillResult, DrillStop, RunningDrill } from '../../model/drill.ts'
import type { HeldDrill } from '../../ports/drill-store.ts'
import type { DrillPorts } from './ports.ts'

/** How often the store is asked whether somebody wants the end. */
const askEachMs = 2_000

/** Everything is as it was by then, or it is told what is not. */
export const restoreLimitMs = 900_000

/** Held back by nothing that a caller could do: the daemon has been taken over (D2). */
export class TakenOver extends Error {}

/** Ends the drill in an orderly way. */
export class Stopped extends Error {
  readonly stop: DrillStop
  constructor(stop: DrillStop) {
    super(stop.code)
    this.stop = stop
  }
}

/** A drill as the store has it, while it is held by this daemon. */
export class DrillHold {
  readonly #ports: Pick<DrillPorts, 'clock' | 'store'>
  #held: HeldDrill
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(ports: Pick<DrillPorts, 'clock' | 'store'>, held: HeldDrill) {
    this.#ports = ports
    this.#held = held
  }

  get drill(): RunningDrill {
    return this.#held.drill
  }

  deed(deeds: DrillDeeds): Promise<void> {
    return this.keep({ deeds })
  }

  /** D2, D3. An unknown end is settled by reading. */
  async keep(change: Partial<RunningDrill>): Promise<void> {
    const { store, clock } = this.#ports
    const drill = { ...this.drill, ...change }
    const from = clock.now()
    for (;;) {
      try {
        const held = await store.keep(this.#held, drill)
        if (held === null) throw new TakenOver()
        this.#held = held
        return
      } catch (error) {
        if (error instanceof TakenOver || clock.now() - from > restoreLimitMs) throw error
        await this.pause(1_000)
        const now = await store.running().catch(() => undefined)
        if (now === undefined) continue
        if (now === null || now.drill.id !== drill.id || now.drill.life !== drill.life) throw new TakenOver()
        this.#held = now
      }
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#ports.clock.after(ms, resolve))
  }

  async finish(result: DrillResult): Promise<void> {
    if (!(await this.#ports.store.finish(this.#held, result))) throw new TakenOver()
  }

  /** Throws `Stopped` where somebody wants the end. */
  async asked(): Promise<void> {
    const { clock, store } = this.#ports
    if (clock.now() - this.#askedAt < askEachMs) return
    this.#askedAt = clock.now()
    // A store that is away for a moment: asked again.
    const by = await store.stopAsked(this.drill.id).catch(() => null)
    if (by !== null) throw new Stopped({ code: 'asked-to-stop', by })
  }
}
