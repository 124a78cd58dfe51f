import { strayed } from '../../core/drills/well.ts'
import type { DrillStop, DrillView } from '../../model/drill.ts'
import { Fault } from '../../model/fault.ts'
import type { GuestId } from '../../model/ids.ts'
import { type DrillHold, Stopped } from './hold.ts'
import type { DrillPorts } from './ports.ts'

/** How often the cluster is looked at. */
export const lookEachMs = 250

/** A download or a load that goes on for longer is no measurement any more. */
export const measureLimitMs = 1_800_000

/** Waits during one run, and sees to it that nothing goes wrong meanwhile but what the run does (D4). */
export class DrillWatch {
  readonly #ports: Pick<DrillPorts, 'clock' | 'hands'>
  readonly #hold: DrillHold
  /** Guests to which the run may do anything. */
  readonly #disturbed: ReadonlySet<GuestId>

  constructor(ports: Pick<DrillPorts, 'clock' | 'hands'>, hold: DrillHold, disturbed: ReadonlySet<GuestId>) {
    this.#ports = ports
    this.#hold = hold
    this.#disturbed = disturbed
  }

  /** Looks again and again, at what the drill waits for and at everything else. */
  async until(holds: (view: DrillView) => boolean, limitMs: number, overdue?: DrillStop): Promise<void> {
    const { clock, hands } = this.#ports
    const from = clock.now()
    for (;;) {
      const view = await hands.view()
      const stray = strayed(this.#hold.drill.before, view, this.#disturbed, this.#hold.drill.deeds)
      if (stray !== null) throw new Stopped(stray)
      if (holds(view)) return
      await this.#hold.asked()
      if (clock.now() - from > limitMs)
        throw overdue === undefined ? new Fault('timeout', 'unknown', { what: 'drill', limitMs }) : new Stopped(overdue)
      await this.#hold.pause(lookEachMs)
    }
  }

  /** So long, while all else stays as it is. */
  passed(ms: number): Promise<void> {
    const { clock } = this.#ports
    const from = clock.now()
    return this.until(() => clock.now() - from >= ms, ms + measureLimitMs)
  }
}
