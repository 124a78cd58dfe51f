import type { DrillGuest, DrillHost, DrillView } from '../../../src/model/drill.ts'
import type { Fault } from '../../../src/model/fault.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { DrillHands } from '../../../src/ports/drill-hands.ts'
import { FakeTraffic } from '../../../src/sim/fakes/fake-load-source.ts'
import { view } from '../../core/drills/world.ts'

/** How long things take in it. */
export const times = {
  shutdownMs: 2_000,
  bootMs: 8_000,
  moveMs: 1_200,
  pauseMs: 300,
  failoverMs: 12_000,
  hostBootMs: 30_000,
}

/** Three hosts and three guests as of `view`; commands take effect after a while, as they do. */
export class PretendCluster implements DrillHands {
  readonly traffic: FakeTraffic
  readonly done: string[] = []
  /** Faults to throw, by deed. */
  readonly fails = new Map<string, Fault>()
  readonly #clock: Clock
  #view: DrillView

  constructor(clock: Clock, begin = view) {
    this.#clock = clock
    this.traffic = new FakeTraffic(clock)
    this.#view = { ...begin, guests: begin.guests.map((one) => ({ ...one, address: one.id })) }
    for (const { id } of begin.guests) this.traffic.wake(id)
  }

  get now(): DrillView {
    return this.#view
  }

  async view(): Promise<DrillView> {
    return this.#view
  }

  guest(id: string, change: Partial<DrillGuest>): void {
    const guests = this.#view.guests.map((one) => (one.id === id ? { ...one, ...change } : one))
    this.#view = { ...this.#view, guests }
    const { phase } = guests.find((one) => one.id === id)!
    if (phase === 'ready') this.traffic.wake(id)
    else this.traffic.silence(id)
  }

  host(id: string, change: Partial<DrillHost>): void {
    this.#view = { ...this.#view, hosts: this.#view.hosts.map((one) => (one.id === id ? { ...one, ...change } : one)) }
  }

  async move(id: never, to: never | null, how: 'live' | 'cold'): Promise<void> {
    this.#deed(`move ${id} ${how}`)
    const from = this.#view.guests.find((one) => one.id === id)!.host
    const there = to ?? this.#view.hosts.find((one) => one.id !== from && one.id !== 'h1')!.id
    this.guest(id, { moving: true })
    if (how === 'live') {
      this.#later(times.moveMs - times.pauseMs, () => this.traffic.silence(id))
      this.#later(times.moveMs, () => {
        this.traffic.wake(id)
        this.guest(id, { moving: false, host: there })
      })
    } else {
      this.#later(10, () => this.guest(id, { phase: 'stopping' }))
      this.#later(times.shutdownMs, () => this.guest(id, { phase: 'starting', host: there }))
      this.#later(times.shutdownMs + times.bootMs, () => this.guest(id, { phase: 'ready', moving: false }))
    }
  }

  async shutdown(id: never): Promise<void> {
    this.#deed(`shutdown ${id}`)
    this.guest(id, { phase: 'stopping', wish: 'stopped' })
    this.#later(times.shutdownMs, () => this.guest(id, { phase: 'stopped' }))
  }

  async launch(id: never): Promise<void> {
    this.#deed(`launch ${id}`)
    this.guest(id, { phase: 'starting', wish: 'running' })
    this.#later(times.bootMs, () => this.guest(id, { phase: 'ready' }))
  }

  async unwish(id: never): Promise<void> {
    this.#deed(`unwish ${id}`)
    this.guest(id, { wish: null })
  }

  async powerOff(id: never): Promise<void> {
    this.#deed(`off ${id}`)
    this.host(id, { online: false, gone: true })
    const lost = this.#view.guests.filter((one) => one.host === id)
    for (const { id: guest } of lost) this.traffic.silence(guest)
    this.#later(times.failoverMs, () => {
      for (const { id: guest } of lost) this.guest(guest, { phase: 'starting', host: 'h3' as never })
    })
    this.#later(times.failoverMs + times.bootMs, () => {
      for (const { id: guest } of lost) this.guest(guest, { phase: 'ready' })
    })
  }

  async powerOn(id: never): Promise<void> {
    this.#deed(`on ${id}`)
    this.#later(times.hostBootMs, () => this.host(id, { online: true, gone: false }))
  }

  async breakService(id: never, service: never): Promise<void> {
    this.#deed(`break ${service}`)
    this.traffic.silence(id)
    this.traffic.cut(id)
  }

  async mendService(id: never, service: never): Promise<void> {
    this.#deed(`mend ${service}`)
    this.traffic.wake(id)
  }

  #deed(what: string): void {
    const fault = this.fails.get(what)
    if (fault !== undefined) throw fault
    this.done.push(what)
  }

  #later(ms: number, run: () => void): void {
    this.#clock.after(ms, run)
  }
}
