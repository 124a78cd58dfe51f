import { failingService } from '../../core/drills/admission.ts'
import { notRestored, type RestoreStep, restoreStep } from '../../core/drills/restore.ts'
import { type DrillStep, nextStep } from '../../core/drills/steps.ts'
import { disturbedBy, strayed } from '../../core/drills/well.ts'
import type {
  DrillDeeds,
  DrillGuest,
  DrillRestore,
  DrillResult,
  DrillRun,
  DrillStop,
  DrillView,
  MeasuredOutcome,
  RunningDrill,
} from '../../model/drill.ts'
import { Fault, faultData } from '../../model/fault.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DrillHands } from '../../ports/drill-hands.ts'
import type { DrillStore, HeldDrill } from '../../ports/drill-store.ts'
import type { LoadSource, LoadWish, Measurement } from '../../ports/load-source.ts'
import type { Log } from '../../ports/log.ts'

export interface DrillPorts {
  readonly clock: Clock
  readonly store: DrillStore
  readonly hands: DrillHands
  readonly load: LoadSource
  readonly log: Log
  /** Services of the guest that is drilled. */
  readonly services: readonly ServiceKey[]
  /** Before each run: false = its window is over. */
  readonly mayGoOn: () => boolean
}

/** How often the cluster is looked at, and how often the store is asked whether somebody wants the end. */
const lookEachMs = 250
const askEachMs = 2_000

/** A disturbance that is not over by then has failed; a guest may boot slowly on a busy machine. */
const actLimitMs = 600_000

/** A download or a load that goes on for longer is no measurement any more. */
const measureLimitMs = 1_800_000

/** Everything is as it was by then, or it is told what is not. */
const restoreLimitMs = 900_000

/** An order is not given again before this: what it changes is not seen at once. */
const orderAgainMs = 15_000

/** One that was refused is given again sooner. */
const refusedAgainMs = 3_000

/** A download is not kept waiting for its disturbance: it may be short. */
const startEdgeMs = 300

/** Between two runs, so that what the one stirred up does not fall on the next. */
const restMs = 1_000

/** Held back by nothing that a caller could do: the daemon has been taken over (D2). */
class TakenOver extends Error {}

/** Ends the drill in an orderly way. */
class Stopped extends Error {
  readonly stop: DrillStop
  constructor(stop: DrillStop) {
    super(stop.code)
    this.stop = stop
  }
}

/**
 * Does one drill that is held already, to its end: every run, then everything back. D3: what is done to the world is written down first. D4: whatever
 * happens that the drill did not do ends it. D5: it always ends by putting everything back, also where a run failed.
 */
export class Drill {
  readonly #ports: DrillPorts
  #held: HeldDrill
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(ports: DrillPorts, held: HeldDrill) {
    this.#ports = ports
    this.#held = held
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

  get #drill(): RunningDrill {
    return this.#held.drill
  }

  async #allRuns(): Promise<void> {
    for (;;) {
      const step = nextStep(this.#drill.plan, this.#drill.runs)
      if (step === null) return
      if (!this.#ports.mayGoOn()) throw new Stopped({ code: 'window-over' })
      await this.#keep({ doing: 'resting' })
      const left = await this.#restore(true)
      if (left.kind === 'left')
        throw new Fault('timeout', 'unknown', { what: left.subjects.join(', '), limitMs: restoreLimitMs })
      await this.#pause(restMs)
      const run = await this.#oneRun(step)
      await this.#keep({ runs: [...this.#drill.runs, run], doing: 'resting' })
    }
  }

  async #oneRun(step: DrillStep): Promise<DrillRun> {
    const { clock, load } = this.#ports
    const { before, plan } = this.#drill
    await this.#keep({ doing: 'measuring' })
    const at = clock.wall()
    const measurement = await load.measure(this.#wish(step))
    const ended = watched(measurement)
    try {
      const disturbed = disturbedBy(step.during, plan, before)
      const until = (what: (view: DrillView) => boolean, limitMs: number, overdue?: DrillStop): Promise<void> =>
        this.#until(what, limitMs, disturbed, overdue)
      const edgeMs = step.measure === 'downtime' ? plan.edgeMs : Math.min(plan.edgeMs, startEdgeMs)
      if (step.during !== 'nothing') await this.#passed(edgeMs, until)
      const from = clock.now()
      await this.#act(step, until)
      const actMs = step.during === 'nothing' ? null : clock.now() - from
      const covered = step.during === 'nothing' || ended.outcome === null || isBroken(ended.outcome)
      const outcome = await this.#measured(step, measurement, ended, until)
      return { ...step, at, actMs, covered, outcome }
    } catch (error) {
      await measurement.stop().catch(() => {})
      throw error
    }
  }

  #wish({ measure, during }: DrillStep): LoadWish {
    const { plan, before } = this.#drill
    const address = before.guests.find(({ id }) => id === plan.guest)?.address ?? ''
    switch (measure) {
      case 'downtime': {
        const { pingIntervalMs: intervalMs, port } = plan
        // A guest whose service fails answers pings all the same.
        const by = during === 'service-failure' ? ({ kind: 'connect', port } as const) : ({ kind: 'ping' } as const)
        return { kind: 'downtime', address, intervalMs, by }
      }
      case 'transfer':
        return { kind: 'transfer', address, port: plan.port, path: plan.transferPath }
      case 'load': {
        const { port, loadPath: path, connections, requests } = plan
        return { kind: 'load', address, port, path, connections, requests }
      }
    }
  }

  async #measured(
    { measure, during }: DrillStep,
    measurement: Measurement,
    ended: Watched,
    until: Until,
  ): Promise<MeasuredOutcome> {
    const { baselineMs, edgeMs } = this.#drill.plan
    if (measure === 'downtime') {
      await this.#passed(during === 'nothing' ? baselineMs : edgeMs, until)
      return measurement.stop()
    }
    await until(() => ended.over, measureLimitMs)
    return measurement.ended
  }

  async #act({ during }: DrillStep, until: Until): Promise<void> {
    const { hands } = this.#ports
    const { plan, before } = this.#drill
    const { guest, to } = plan
    const was = guestIn(before, guest)!
    const overdue: DrillStop = { code: 'not-done-in-time', during, limitMs: actLimitMs }
    const isUp = (view: DrillView): boolean => {
      const is = guestIn(view, guest)
      return is?.phase === 'ready' && !is.moving
    }
    const isUpElsewhere = (view: DrillView): boolean => isUp(view) && guestIn(view, guest)?.host !== was.host
    switch (during) {
      case 'nothing':
        return
      case 'reboot':
        await hands.shutdown(guest)
        await until((view) => guestIn(view, guest)?.phase === 'stopped', actLimitMs, overdue)
        await hands.launch(guest)
        return until(isUp, actLimitMs, overdue)
      case 'cold-move':
      case 'live-migration':
        await hands.move(guest, to, during === 'cold-move' ? 'cold' : 'live')
        return until(isUpElsewhere, actLimitMs, overdue)
      case 'power-cut':
        await this.#deed({ cut: was.host, broke: null })
        await hands.powerOff(was.host!)
        return until(isUpElsewhere, actLimitMs, overdue)
      case 'service-failure': {
        const service = failingService(plan, this.#ports.services)!
        await this.#deed({ cut: null, broke: service })
        await hands.breakService(guest, service)
        await this.#passed(plan.failureMs, until)
        await hands.mendService(guest, service)
        await this.#deed({ cut: null, broke: null })
        return until((view) => isUp(view) && isBack(before, view), actLimitMs, overdue)
      }
    }
  }

  async #end(stopped: DrillStop | null): Promise<DrillResult> {
    const { clock, store, log } = this.#ports
    await this.#keep({ doing: 'restoring' })
    const restore = await this.#restore(false)
    const { id, plan, by, at, host, runs } = this.#drill
    const result: DrillResult = { id, plan, by, at, host, runs, endedAt: clock.wall(), stopped, restore }
    if (!(await store.finish(this.#held, result))) throw new TakenOver()
    log.info('a drill is over', { drill: id, runs: runs.length, stopped: stopped?.code ?? 'no', restore: restore.kind })
    return result
  }

  /** Step by step until everything is as before. `strict`: what goes wrong meanwhile ends the drill; otherwise it goes on as well as it can. */
  async #restore(strict: boolean): Promise<DrillRestore> {
    const { clock, hands, log } = this.#ports
    const from = clock.now()
    let [given, givenAt] = ['', Number.NEGATIVE_INFINITY]
    for (;;) {
      if (strict) await this.#asked()
      const view = await hands.view().catch(() => null)
      const { before, deeds, plan } = this.#drill
      if (strict && view !== null) {
        const disturbed = new Set(plan.during.flatMap((during) => [...disturbedBy(during, plan, before)]))
        const stray = strayed(before, view, disturbed, deeds)
        if (stray !== null) throw new Stopped(stray)
      }
      const step: RestoreStep =
        view === null
          ? { kind: 'wait', because: { code: 'on-the-way', subjects: [] } }
          : restoreStep(before, view, deeds)
      if (step.kind === 'done') {
        if (deeds.cut !== null) await this.#deed({ cut: null, broke: null })
        return { kind: 'restored' }
      }
      if (clock.now() - from > restoreLimitMs)
        return { kind: 'left', subjects: view === null ? [] : notRestored(before, view) }
      const order = JSON.stringify(step)
      if (step.kind !== 'wait' && (given !== order || clock.now() - givenAt > orderAgainMs)) {
        ;[given, givenAt] = [order, clock.now()]
        await this.#order(step).catch((error: unknown) => {
          // A host that is only just back may say no for a moment.
          givenAt = clock.now() - orderAgainMs + refusedAgainMs
          log.warn('a drill could not put something back yet', { step: step.kind, fault: faultData(error).code })
        })
      }
      await this.#pause(lookEachMs)
    }
  }

  async #order(step: Exclude<RestoreStep, { readonly kind: 'wait' | 'done' }>): Promise<void> {
    const { hands } = this.#ports
    switch (step.kind) {
      case 'mend':
        await hands.mendService(this.#drill.plan.guest, step.service)
        return this.#deed({ ...this.#drill.deeds, broke: null })
      case 'power-on':
        return hands.powerOn(step.host)
      case 'launch':
        return hands.launch(step.guest)
      case 'move':
        return hands.move(step.guest, step.to, 'live')
      case 'unwish':
        return hands.unwish(step.guest)
    }
  }

  /** Looks again and again, at what the drill waits for and at everything else. */
  async #until(
    holds: (view: DrillView) => boolean,
    limitMs: number,
    disturbed: ReadonlySet<GuestId>,
    overdue?: DrillStop,
  ): Promise<void> {
    const { clock, hands } = this.#ports
    const from = clock.now()
    for (;;) {
      const view = await hands.view()
      const stray = strayed(this.#drill.before, view, disturbed, this.#drill.deeds)
      if (stray !== null) throw new Stopped(stray)
      if (holds(view)) return
      await this.#asked()
      if (clock.now() - from > limitMs)
        throw overdue === undefined ? new Fault('timeout', 'unknown', { what: 'drill', limitMs }) : new Stopped(overdue)
      await this.#pause(lookEachMs)
    }
  }

  #passed(ms: number, until: Until): Promise<void> {
    const { clock } = this.#ports
    const from = clock.now()
    return until(() => clock.now() - from >= ms, ms + measureLimitMs)
  }

  async #asked(): Promise<void> {
    const { clock, store } = this.#ports
    if (clock.now() - this.#askedAt < askEachMs) return
    this.#askedAt = clock.now()
    // A store that is away for a moment: asked again.
    const by = await store.stopAsked(this.#drill.id).catch(() => null)
    if (by !== null) throw new Stopped({ code: 'asked-to-stop', by })
  }

  #deed(deeds: DrillDeeds): Promise<void> {
    return this.#keep({ deeds })
  }

  /** D2, D3. An unknown end is settled by reading. */
  async #keep(change: Partial<RunningDrill>): Promise<void> {
    const { store, clock } = this.#ports
    const drill = { ...this.#drill, ...change }
    const from = clock.now()
    for (;;) {
      try {
        const held = await store.keep(this.#held, drill)
        if (held === null) throw new TakenOver()
        this.#held = held
        return
      } catch (error) {
        if (error instanceof TakenOver || clock.now() - from > restoreLimitMs) throw error
        await this.#pause(1_000)
        const now = await store.running().catch(() => undefined)
        if (now === undefined) continue
        if (now === null || now.drill.id !== drill.id || now.drill.life !== drill.life) throw new TakenOver()
        this.#held = now
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#ports.clock.after(ms, resolve))
  }
}

type Until = (holds: (view: DrillView) => boolean, limitMs: number, overdue?: DrillStop) => Promise<void>

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

function guestIn({ guests }: DrillView, guest: GuestId): DrillGuest | undefined {
  return guests.find(({ id }) => id === guest)
}

/** All guests are in their phases again. */
function isBack(before: DrillView, now: DrillView): boolean {
  return before.guests.every(({ id, phase }) => guestIn(now, id)?.phase === phase)
}
