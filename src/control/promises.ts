import { type Budget, budgetsOf, slaGuests } from '../core/availability/budget.ts'
import { observe, tellingWords } from '../core/availability/observe.ts'
import { dateOf } from '../core/availability/promised.ts'
import { dayMs } from '../core/availability/zone.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { EventWord, HistoryEvent, StoredEvent } from '../model/event.ts'
import { faultData } from '../model/fault.ts'
import { type Instant, wallTime } from '../model/ids.ts'
import { percentText, type SlaSpec, slaName } from '../model/sla.ts'
import { formatMs } from '../model/units.ts'
import type { LeaderPorts } from './ports.ts'

/** A budget of minutes is looked at so often: early enough to be told, seldom enough to cost nothing. */
const lookEachMs = 60_000

/** What a promise is reckoned from at most: reading more would hold up the leader. The oldest go first, and count as not observed. */
const maxEvents = 20_000

/** Of the history, one answer. */
const pageEvents = 2_000

/** Before a window began, so that what was up then is known. */
const beforeMs = 7 * dayMs

const longestUnitMs = { week: 7 * dayMs, month: 31 * dayMs, quarter: 92 * dayMs, year: 366 * dayMs }

const toldWords = ['sla-warning', 'sla-broken'] as const satisfies readonly EventWord[]

/**
 * Tells, once for each window, that a promise of the cluster file is in danger, and that it is broken. Who leads looks; what was told is
 * in the history, so that the next leader does not tell it again. Decides nothing.
 */
export class Promises {
  readonly #ports: LeaderPorts
  #spec: ClusterSpec | null = null
  #events: StoredEvent[] = []
  #afterId = 0
  readonly #told = new Map<string, number>()
  #nextAt: number = 0
  #busy = false

  constructor(ports: LeaderPorts) {
    this.#ports = ports
  }

  /** To be called often, by who leads. Returns at once. */
  look(spec: ClusterSpec | null, now: Instant): void {
    if (spec?.slas === undefined || this.#busy || now < this.#nextAt) return
    this.#nextAt = now + lookEachMs
    this.#busy = true
    this.#reckon(spec)
      .catch((error: unknown) => {
        this.#ports.log.warn('the promises could not be reckoned', { fault: faultData(error).code })
        this.forget()
      })
      .finally(() => {
        this.#busy = false
      })
  }

  /** Another leads by now. */
  forget(): void {
    this.#spec = null
    this.#events = []
    this.#afterId = 0
    this.#told.clear()
  }

  async #reckon(spec: ClusterSpec): Promise<void> {
    const nowMs = Math.floor(this.#ports.clock.wall())
    if (this.#spec !== spec) {
      this.forget()
      this.#spec = spec
    }
    await this.#read(spec, nowMs)
    const observed = observe(this.#events, nowMs)
    for (const budget of budgetsOf(spec, observed, nowMs)) await this.#tell(budget, nowMs)
  }

  async #read(spec: ClusterSpec, nowMs: number): Promise<void> {
    const { history } = this.#ports
    const fromMs = Math.max(0, nowMs - beforeMs - Math.max(...(spec.slas ?? []).map(({ window }) => lengthMs(window))))
    const guests = new Set(concerned(spec))
    for (;;) {
      const page = await history.query({
        ...{ fromMs, afterId: this.#afterId, limit: pageEvents },
        words: [...tellingWords, ...toldWords],
      })
      for (const event of page) {
        if (event.word === 'sla-warning' || event.word === 'sla-broken') this.#told.set(keyOf(event), event.at)
        else if (event.guest === null || guests.has(event.guest)) this.#events.push(event)
      }
      this.#afterId = page.at(-1)?.id ?? this.#afterId
      if (this.#events.length > maxEvents) this.#events = this.#events.slice(-maxEvents)
      if (page.length < pageEvents) return
    }
  }

  async #tell({ sla, state, window }: Budget, nowMs: number): Promise<void> {
    if (state === 'kept') return
    const { host, history } = this.#ports
    const event: HistoryEvent = {
      ...{ at: wallTime(nowMs), host, actor: 'leader', word: state === 'broken' ? 'sla-broken' : 'sla-warning' },
      ...{ guest: sla.of.kind === 'guest' ? sla.of.guest : null, service: null, because: null, fault: null },
      note: noteOf(sla, window.fromMs),
    }
    const toldAt = this.#told.get(keyOf(event))
    if (toldAt !== undefined && toldAt > nowMs - lengthMs(sla.window)) return
    this.#told.set(keyOf(event), nowMs)
    await history.append([event])
  }
}

function keyOf({ word, note }: Pick<HistoryEvent, 'word' | 'note'>): string {
  return `${word} ${note}`
}

function lengthMs(window: SlaSpec['window']): number {
  return window.kind === 'rolling' ? window.ms : longestUnitMs[window.unit]
}

/** `@shop 99.9 % (office, month from 2026-11-01)`: in figures and the file's own words, so that it reads in any language. */
function noteOf(sla: SlaSpec, fromMs: number): string {
  const { window, promised } = sla
  // The middle of the day: the window begins at midnight of some zone.
  const since = dateOf(Math.floor((fromMs + dayMs / 2) / dayMs))
  const span = window.kind === 'rolling' ? formatMs(window.ms) : `${window.unit} ${since}`
  const words = [...(promised === null ? [] : [promised.name]), span].join(', ')
  return `${slaName(sla)} ${percentText(sla.targetMillionths)} % (${words})`
}

/** Guests that a promise is about, and those that they need. */
function concerned(spec: ClusterSpec): readonly string[] {
  const byId = new Map(spec.guests.map((guest) => [guest.id, guest]))
  const found = new Set<string>()
  const add = (id: (typeof spec.guests)[number]['id']): void => {
    const guest = byId.get(id)
    if (guest === undefined || found.has(id)) return
    found.add(id)
    if (guest.standby !== undefined) add(guest.standby)
    for (const need of guest.needs) if (need.kind === 'guest') add(need.guest)
  }
  for (const sla of spec.slas ?? []) for (const guest of slaGuests(sla, spec)) add(guest)
  return [...found]
}
