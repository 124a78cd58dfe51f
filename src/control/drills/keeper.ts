import { type DrillFacts, refusals } from '../../core/drills/admission.ts'
import { drillDuty } from '../../core/drills/duty.ts'
import { dueWindow, scheduleName } from '../../core/drills/schedule.ts'
import type { DrillId, DrillPlan, DrillRefusal, DrillResult, RunningDrill } from '../../model/drill.ts'
import { drillId, noDeeds, usualPlan } from '../../model/drill.ts'
import type { DrillSchedule, DrillSettings } from '../../model/drill-settings.ts'
import { faultData } from '../../model/fault.ts'
import type { GuestId, HostId, ServiceKey } from '../../model/ids.ts'
import type { DrillStore } from '../../ports/drill-store.ts'
import { Drill } from './drill.ts'
import type { DrillPorts } from './ports.ts'

export interface KeeperPorts extends Omit<DrillPorts, 'services' | 'mayGoOn'> {
  readonly self: HostId
  readonly life: string
  readonly leads: () => boolean
  readonly isThere: (host: HostId) => boolean
  readonly settings: () => DrillSettings
  readonly servicesOf: (guest: GuestId) => readonly ServiceKey[]
  readonly armed: () => boolean
  readonly waitingWithout: (host: HostId) => readonly GuestId[]
  /** When a schedule's window opens next after a moment; null: never. */
  readonly opensAfter: (schedule: DrillSchedule, afterMs: number) => number | null
}

export interface BeginOptions {
  readonly by: string
  readonly confirmed: boolean
  /** Nothing is begun. */
  readonly dryRun: boolean
  /** By the wall clock; null: none. */
  readonly untilMs: number | null
}

export type Begun =
  | { readonly begun: RunningDrill | null; readonly refusals: readonly [] }
  | { readonly begun: null; readonly refusals: readonly DrillRefusal[] }

/** How often orphans and windows are looked for. A read of one key each minute: at rest it costs nothing. */
const lookEachMs = 60_000

/** Of a number in base 36 that tells apart two drills of one second. */
const idDigits = 36

/** What a daemon does about drills: begins those that are asked for or due, and clears up after one whose daemon ended. */
export class DrillKeeper {
  readonly #ports: KeeperPorts
  #cancel: () => void = () => {}
  #closed = false
  #looking = false

  constructor(ports: KeeperPorts) {
    this.#ports = ports
  }

  get store(): DrillStore {
    return this.#ports.store
  }

  /** Looks now, and then each minute. */
  start(): void {
    const again = (): void => {
      if (this.#closed) return
      this.#cancel = this.#ports.clock.after(lookEachMs, again)
      void this.look()
    }
    again()
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }

  /** All refusals at once, or the drill that has begun: it goes on by itself. Faults: those of the store. */
  async begin(plan: DrillPlan, { by, confirmed, dryRun, untilMs }: BeginOptions): Promise<Begun> {
    const { store, hands, clock, self, life } = this.#ports
    const running = await store.running()
    const facts: DrillFacts = {
      ...{ view: await hands.view(), running: running?.drill ?? null, confirmed, self },
      armed: this.#ports.armed(),
      waitingWithout: this.#ports.waitingWithout,
      services: this.#ports.servicesOf(plan.guest),
      breakable: this.#breakable(plan.guest),
      production: this.#ports.settings().production,
    }
    const refused = refusals(plan, facts)
    if (refused.length > 0 || dryRun) return { begun: null, refusals: refused }
    const at = clock.wall()
    const id = drillId(`${plan.guest}-${Math.floor(at / 1_000).toString(idDigits)}`)
    const drill: RunningDrill = {
      ...{ id, plan, by, at, host: self, life, before: facts.view, deeds: noDeeds, doing: 'resting', runs: [] },
    }
    const held = await store.begin(drill)
    if (held === null) {
      const other = (await store.running())?.drill
      return { begun: null, refusals: [{ code: 'drill-under-way', drill: other?.id ?? id, host: other?.host ?? self }] }
    }
    const mayGoOn = (): boolean => untilMs === null || clock.wall() < untilMs
    this.#log('a drill begins', { drill: id, by })
    void this.#toItsEnd(new Drill(this.#drillPorts(plan, mayGoOn), held).run())
    return { begun: drill, refusals: [] }
  }

  askStop(id: DrillId, by: string): Promise<boolean> {
    return this.#ports.store.askStop(id, by)
  }

  /** Never throws: what fails is looked at again a minute later. */
  async look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      await this.#clearUp()
      if (this.#ports.leads()) await this.#whatIsDue()
    } catch (error) {
      this.#ports.log.warn('drills could not be looked at', { fault: faultData(error).code })
    } finally {
      this.#looking = false
    }
  }

  async #clearUp(): Promise<void> {
    const { store, self, life, leads, isThere } = this.#ports
    const held = await store.running()
    if (held === null) return
    const duty = drillDuty(held.drill, { self, life, leads: leads(), isThere })
    if (duty.kind === 'none') return
    const { drill } = held
    const taken = await store.keep(held, { ...drill, host: self, life, doing: 'restoring' })
    if (taken === null) return
    this.#log('a drill was interrupted: what it did is undone', { drill: drill.id, because: duty.because })
    const clearing = new Drill(
      this.#drillPorts(drill.plan, () => true),
      taken,
    )
    void this.#toItsEnd(clearing.clearUp(drill.host))
  }

  async #whatIsDue(): Promise<void> {
    const { settings, store, clock, opensAfter } = this.#ports
    const { schedules } = settings()
    if (schedules.length === 0 || (await store.running()) !== null) return
    const due = dueWindow(schedules, await store.results(), clock.wall(), opensAfter)
    if (due === null) return
    const { guest, measures, during, runs } = due.schedule
    const plan: DrillPlan = { ...usualPlan, guest, measures, during, runs }
    // Whoever wrote it into the file has said yes.
    const options = { by: scheduleName(due.schedule), confirmed: true, dryRun: false, untilMs: due.untilMs }
    const { refusals: refused } = await this.begin(plan, options)
    if (refused.length > 0)
      this.#log('a drill that is due cannot begin yet', { schedule: due.schedule.name, because: refused[0]!.code })
  }

  #breakable(guest: GuestId): readonly ServiceKey[] {
    return this.#ports
      .settings()
      .failures.filter((one) => one.guest === guest)
      .map(({ service }) => service)
  }

  #drillPorts(plan: DrillPlan, mayGoOn: () => boolean): DrillPorts {
    return { ...this.#ports, services: this.#ports.servicesOf(plan.guest), mayGoOn }
  }

  async #toItsEnd(drill: Promise<DrillResult | null>): Promise<void> {
    try {
      if ((await drill) === null) this.#log('a drill was taken over', {})
    } catch (error) {
      // Its record stays: it is cleared up by the next life, or by the next look of the leader.
      this.#ports.log.error('a drill could not be brought to its end', { ...faultData(error) })
    }
  }

  #log(message: string, fields: Record<string, string>): void {
    this.#ports.log.info(message, fields)
  }
}
