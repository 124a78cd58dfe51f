import type { GuestId, ServiceKey } from '../model/ids.ts'
import type { PauseCause, StopCause } from '../model/observation.ts'
import type { PretendNeed } from './pretend-need.ts'
import type { Timeline } from './timeline.ts'

/** What a pretend machine is and how long it takes. */
export interface MachineSpec {
  readonly name: string
  /** Null: no guest of ours. */
  readonly guest: GuestId | null
  readonly address: string
  readonly serves: readonly ServiceKey[]
  readonly memoryMib: number
  readonly memoryMaxMib: number
  readonly persistent: boolean
  readonly bootMs: number
  readonly serviceStartMs: number
  readonly stopMs: number
  /** What it needs of memory. Absent: nothing in particular, and its balloon tells nothing. */
  readonly need?: PretendNeed
}

/** A balloon takes memory from a guest so fast; it gives back all at once. */
const shrinkMib = 64
const shrinkEachMs = 200

export type MachineState =
  | { readonly run: 'running' }
  | { readonly run: 'paused'; readonly cause: PauseCause }
  | { readonly run: 'stopped'; readonly cause: StopCause }

/** What a question to one of its ports brings. */
export type Answer = 'answers' | 'refuses' | 'silent'

/**
 * The truth about one guest: what runs, how far its boot is, what its services would answer.
 * Time inside stands still while it is paused.
 */
export class Machine {
  readonly spec: MachineSpec
  state: MachineState = { run: 'stopped', cause: 'unknown' }
  memoryMib: number
  memoryMaxMib: number
  autostart = false
  /** How many starts it has had. */
  starts = 0
  readonly #timeline: Timeline
  readonly #changed: () => void
  /** Network up, kernel there: refuses instead of being silent, and hears a power button. */
  #booted = false
  #serving = false
  readonly #servicesDown = new Set<ServiceKey>()
  #tasks: GuestTask[] = []

  /** `changed` is called whenever what its ports answer may have changed. */
  constructor(spec: MachineSpec, timeline: Timeline, changed: () => void) {
    this.spec = spec
    this.memoryMib = spec.memoryMib
    this.memoryMaxMib = spec.memoryMaxMib
    this.#timeline = timeline
    this.#changed = changed
  }

  get up(): boolean {
    return this.state.run !== 'stopped'
  }

  /** A broken move left it here: it never runs on. */
  get isHalf(): boolean {
    return this.state.run === 'paused' && ['post-copy-broken', 'migration'].includes(this.state.cause)
  }

  get booted(): boolean {
    return this.up && this.#booted
  }

  get serving(): boolean {
    return this.state.run === 'running' && this.#serving
  }

  start(memoryMib: number): void {
    this.state = { run: 'running' }
    this.memoryMib = memoryMib
    this.starts += 1
    this.#booted = false
    this.#serving = false
    this.#servicesDown.clear()
    this.#later(this.spec.bootMs, () => this.#bootEnds())
    this.#changed()
  }

  #bootEnds(): void {
    this.#booted = true
    this.#later(this.spec.serviceStartMs, () => {
      this.#serving = true
      this.#changed()
    })
    this.#changed()
  }

  /** Presses the power button; a machine that still boots does not hear it. `down` runs when it is off. */
  pressPower(down: () => void): void {
    if (!this.#booted || this.#tasks.some((task) => task.name === 'stop')) return
    this.#later(this.spec.stopMs, down, 'stop')
  }

  /** `changed` is called whenever the balloon has come further. */
  setMemory(memoryMib: number, changed: () => void): void {
    for (const task of this.#tasks) if (task.name === 'balloon') task.cancel()
    this.#tasks = this.#tasks.filter((task) => task.name !== 'balloon')
    const slowly = this.spec.need !== undefined && memoryMib < this.memoryMib
    this.memoryMib = slowly ? Math.max(memoryMib, this.memoryMib - shrinkMib) : memoryMib
    changed()
    if (this.memoryMib > memoryMib) this.#later(shrinkEachMs, () => this.setMemory(memoryMib, changed), 'balloon')
  }

  /** All that another machine was goes on here, as it was; that one is then halted by whoever moved it. */
  takeOver(other: Machine): void {
    this.state = other.state
    this.memoryMib = other.memoryMib
    this.#booted = other.#booted
    this.#serving = other.#serving
    this.#servicesDown.clear()
    for (const key of other.#servicesDown) this.#servicesDown.add(key)
    if (!this.#booted) this.#later(this.spec.bootMs, () => this.#bootEnds())
    else if (!this.#serving) this.#bootEnds()
    this.#changed()
  }

  halt(cause: StopCause): void {
    for (const task of this.#tasks) task.cancel()
    this.#tasks = []
    this.#booted = false
    this.#serving = false
    this.state = { run: 'stopped', cause }
    this.#changed()
  }

  pause(cause: PauseCause): void {
    this.state = { run: 'paused', cause }
    for (const task of this.#tasks) task.hold()
    this.#changed()
  }

  unpause(): void {
    this.state = { run: 'running' }
    for (const task of [...this.#tasks]) task.go()
    this.#changed()
  }

  /** Down until `up`, or until its next boot. */
  setService(key: ServiceKey, up: boolean): void {
    if (up) this.#servicesDown.delete(key)
    else this.#servicesDown.add(key)
    this.#changed()
  }

  answer(key: string): Answer {
    if (this.state.run !== 'running' || !this.#booted) return 'silent'
    const service = this.spec.serves.find((candidate) => candidate === key)
    if (service !== undefined && this.#serving && !this.#servicesDown.has(service)) return 'answers'
    return key.endsWith('/udp') ? 'silent' : 'refuses'
  }

  #later(delayMs: number, run: () => void, name = ''): void {
    const task = new GuestTask(this.#timeline, name, delayMs, () => {
      this.#tasks = this.#tasks.filter((other) => other !== task)
      run()
    })
    this.#tasks.push(task)
    if (this.state.run === 'running') task.go()
  }
}

/** Something that happens after so much time inside the machine. */
class GuestTask {
  readonly name: string
  readonly #timeline: Timeline
  readonly #run: () => void
  #leftMs: number
  #goingSinceMs: number | null = null
  #cancel: () => void = () => {}

  constructor(timeline: Timeline, name: string, delayMs: number, run: () => void) {
    this.#timeline = timeline
    this.name = name
    this.#leftMs = delayMs
    this.#run = run
  }

  go(): void {
    if (this.#goingSinceMs !== null) return
    this.#goingSinceMs = this.#timeline.nowMs
    this.#cancel = this.#timeline.after(this.#leftMs, this.#run)
  }

  hold(): void {
    if (this.#goingSinceMs === null) return
    this.#cancel()
    this.#leftMs -= this.#timeline.nowMs - this.#goingSinceMs
    this.#goingSinceMs = null
  }

  cancel(): void {
    this.#cancel()
  }
}
