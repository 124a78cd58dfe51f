import { disturbedBy } from '../../core/drills/well.ts'
import type { DrillResult, DrillRun, DrillStop, MeasuredOutcome, RunningDrill } from '../../model/drill.ts'
import { type DrillStep, nextStep } from '../../model/drills/steps.ts'
import { Fault, faultData } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { HeldDrill } from '../../ports/drill-store.ts'
import type { LoadWish, Measurement } from '../../ports/load-source.ts'
import { disturb } from './disturb.ts'
import { DrillHold, restoreLimitMs, Stopped, TakenOver } from './hold.ts'
import type { DrillPorts } from './ports.ts'
import { putBack } from './put-back.ts'
import { DrillWatch, measureLimitMs } from './watch.ts'

/** A load is not kept waiting for its disturbance: it may be short. */
const startEdgeMs = 300

/** Between two runs, so that what the one stirred up does not fall on the next. */
const restMs = 1_000

/**
 * Does one drill that is held already, to its end: every run, then everything back. D3: what is done to the world is written down first. D4: whatever
 * happens that the drill did not do ends it. D5: it always ends by putting everything back, also where a run failed.
 */
export class Drill {
  readonly #ports: DrillPorts
  readonly #hold: DrillHold

  constructor(ports: DrillPorts, held: HeldDrill) {
    this.#ports = ports
    this.#hold = new DrillHold(ports, held)
  }

  /** Null: somebody else holds it now. */
  async run(): Promise<DrillResult | null> {
    try {
      let stopped: DrillStop | null = null
      try {
        await this.#allRuns()
      } catch (error) {
        if (error instanceof TakenOver) throw error
        stopped = error instanceof Stopped ? error.stop : { code: 'failed', fault: faultData(error) }
      }
      return await this.#end(stopped)
    } catch (error) {
      if (error instanceof TakenOver) return null
      throw error
    }
  }

  /** Of a drill whose daemon ended: this one has taken it over. */
  async clearUp(interruptedOn: HostId): Promise<DrillResult | null> {
    try {
      return await this.#end({ code: 'interrupted', host: interruptedOn })
    } catch (error) {
      if (error instanceof TakenOver) return null
      throw error
    }
  }

  async #allRuns(): Promise<void> {
    for (;;) {
      const step = nextStep(this.#hold.drill.plan, this.#hold.drill.runs)
      if (step === null) return
      if (!this.#ports.mayGoOn()) throw new Stopped({ code: 'window-over' })
      await this.#hold.keep({ doing: 'resting' })
      const left = await putBack(this.#ports, this.#hold, true)
      if (left.kind === 'left')
        throw new Fault('timeout', 'unknown', { what: left.subjects.join(', '), limitMs: restoreLimitMs })
      await this.#hold.pause(restMs)
      const run = await this.#oneRun(step)
      await this.#hold.keep({ runs: [...this.#hold.drill.runs, run], doing: 'resting' })
    }
  }

  async #oneRun(step: DrillStep): Promise<DrillRun> {
    const { clock, load } = this.#ports
    const { before, plan } = this.#hold.drill
    await this.#hold.keep({ doing: 'measuring' })
    const at = clock.wall()
    const measurement = await load.measure(wishOf(step, this.#hold.drill))
    const ended = watched(measurement)
    try {
      const watch = new DrillWatch(this.#ports, this.#hold, disturbedBy(step.during, plan, before))
      const edgeMs = step.measure === 'downtime' ? plan.edgeMs : Math.min(plan.edgeMs, startEdgeMs)
      if (step.during !== 'nothing') await watch.passed(edgeMs)
      const from = clock.now()
      await disturb(this.#ports, step.during, this.#hold, watch)
      const actMs = step.during === 'nothing' ? null : clock.now() - from
      measurement.enough()
      const covered = step.during === 'nothing' || ended.outcome === null || isBroken(ended.outcome)
      const outcome = await this.#measured(step, measurement, ended, watch)
      return { ...step, at, actMs, covered, outcome }
    } catch (error) {
      await measurement.stop().catch(() => {})
      throw error
    }
  }

  async #measured(
    { measure, during }: DrillStep,
    measurement: Measurement,
    ended: Watched,
    watch: DrillWatch,
  ): Promise<MeasuredOutcome> {
    const { baselineMs, edgeMs } = this.#hold.drill.plan
    if (measure === 'downtime') {
      await watch.passed(during === 'nothing' ? baselineMs : edgeMs)
      return measurement.stop()
    }
    await watch.until(() => ended.over, measureLimitMs)
    return measurement.ended
  }

  async #end(stopped: DrillStop | null): Promise<DrillResult> {
    const { clock, log } = this.#ports
    await this.#hold.keep({ doing: 'restoring' })
    const restore = await putBack(this.#ports, this.#hold, false)
    const { id, plan, by, at, host, runs } = this.#hold.drill
    const result: DrillResult = { id, plan, by, at, host, runs, endedAt: clock.wall(), stopped, restore }
    await this.#hold.finish(result)
    log.info('a drill is over', { drill: id, runs: runs.length, stopped: stopped?.code ?? 'no', restore: restore.kind })
    return result
  }
}

interface Watched {
  outcome: MeasuredOutcome | null
  over: boolean
}

/** Whether it is over is asked while other things are waited for. */
function watched({ ended }: Measurement): Watched {
  const found: Watched = { outcome: null, over: false }
  ended.then(
    (outcome) => {
      found.outcome = outcome
      found.over = true
    },
    () => {
      found.over = true
    },
  )
  return found
}

/** It ended because of the disturbance, not before it. */
function isBroken(outcome: MeasuredOutcome): boolean {
  return outcome.kind === 'transfer' ? outcome.broken : outcome.kind === 'load' && outcome.broken > 0
}

function wishOf({ measure, during }: DrillStep, { plan, before }: RunningDrill): LoadWish {
  const address = before.guests.find(({ id }) => id === plan.guest)?.address ?? ''
  switch (measure) {
    case 'downtime': {
      const { pingIntervalMs: intervalMs, port } = plan
      // A guest whose service fails answers pings all the same.
      const by = during === 'service-failure' ? ({ kind: 'connect', port } as const) : ({ kind: 'ping' } as const)
      return { kind: 'downtime', address, intervalMs, by }
    }
    case 'transfer':
      // One download may be shorter than what is to disturb it.
      return { kind: 'transfer', address, port: plan.port, path: plan.transferPath, repeats: during !== 'nothing' }
    case 'load': {
      const { port, loadPath: path, connections, requests } = plan
      return { kind: 'load', address, port, path, connections, requests }
    }
  }
}
