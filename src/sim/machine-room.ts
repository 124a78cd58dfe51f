import type { AgentLife, HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { StopCause } from '../model/observation.ts'
import type { DomainChange } from '../ports/hypervisor.ts'
import type { MachineSpec } from './machine.ts'
import { Machine } from './machine.ts'
import type { Timeline } from './timeline.ts'

/** Who asked, and when. */
export interface Asker {
  readonly life: AgentLife | null
  readonly atMs: number
}

/** Something that truly happened to a machine. `by`: the daemon whose call it was; null = by itself, or by people. */
export interface Deed {
  /** When it was asked for; for what nobody asked, when it happened. */
  readonly askedAtMs: number
  readonly kind: 'started' | 'asked-to-stop' | 'destroyed' | 'suspended' | 'resumed' | 'memory' | 'down' | 'arrived'
  readonly host: HostId
  readonly machine: Machine
  readonly by: AgentLife | null
}

/** The machines of one host, as they truly are. */
export class MachineRoom {
  readonly host: HostId
  readonly #timeline: Timeline
  readonly #machines = new Map<string, Machine>()
  readonly #byAddress = new Map<string, Machine>()
  readonly #changeListeners = new Set<(name: string, change: DomainChange) => void>()
  readonly #deedListeners = new Set<(deed: Deed) => void>()
  readonly #answerListeners = new Set<() => void>()

  constructor(host: HostId, timeline: Timeline) {
    this.host = host
    this.#timeline = timeline
  }

  get(name: string): Machine | undefined {
    return this.#machines.get(name)
  }

  /** In order of name. */
  all(): Machine[] {
    return [...this.#machines.values()].sort((a, b) => byName(a.spec.name, b.spec.name))
  }

  byAddress(address: string): Machine | undefined {
    return this.#byAddress.get(address)
  }

  define(spec: MachineSpec): Machine {
    const machine = new Machine(spec, this.#timeline, () => {
      for (const listener of this.#answerListeners) listener()
    })
    this.#machines.set(spec.name, machine)
    this.#byAddress.set(spec.address, machine)
    return machine
  }

  start(machine: Machine, memoryMib: number, by: Asker | null): void {
    machine.start(memoryMib)
    this.#tell('started', machine, by, { kind: 'started' })
  }

  /** It runs here from now on and is gone where it was, in one moment. */
  receive(machine: Machine, from: MachineRoom, by: Asker | null): void {
    const there = from.get(machine.spec.name)
    if (there === undefined) throw new Error('assertion: what is moved is somewhere')
    machine.takeOver(there)
    from.goDown(there, 'migrated')
    this.#tell('arrived', machine, by, { kind: 'resumed' })
  }

  /** It had begun to run here when the way broke: what is here and what is there is of no use to anybody. `noticed`: here, too. */
  receiveHalf(machine: Machine, from: MachineRoom, by: Asker | null, noticed: boolean): void {
    const there = from.get(machine.spec.name)
    if (there === undefined) throw new Error('assertion: what is moved is somewhere')
    machine.takeOver(there)
    machine.pause(noticed ? 'post-copy-broken' : 'migration')
    there.pause('post-copy-broken')
    this.#tell('arrived', machine, by, { kind: 'resumed' })
    from.#tell('suspended', there, by, { kind: 'paused', cause: 'post-copy-broken' })
  }

  pressPower(machine: Machine, by: Asker | null): void {
    this.#did('asked-to-stop', machine, by)
    machine.pressPower(() => this.goDown(machine, 'shutdown'))
  }

  destroy(machine: Machine, by: Asker | null): void {
    this.#did('destroyed', machine, by)
    this.goDown(machine, 'destroyed')
  }

  suspend(machine: Machine, by: Asker | null): void {
    machine.pause('asked')
    this.#tell('suspended', machine, by, { kind: 'paused', cause: 'asked' })
  }

  resume(machine: Machine, by: Asker | null): void {
    machine.unpause()
    this.#tell('resumed', machine, by, { kind: 'resumed' })
  }

  setMemory(machine: Machine, memoryMib: number, by: Asker | null): void {
    machine.setMemory(memoryMib, () => {
      this.#tell('memory', machine, by, { kind: 'memory', memoryMib: machine.memoryMib })
    })
  }

  /** It stops by itself: crashed, powered off from inside, or at the end of an orderly stop. */
  goDown(machine: Machine, cause: StopCause): void {
    machine.halt(cause)
    this.#forget(machine)
    this.#tell('down', machine, null, { kind: 'stopped', cause })
  }

  /** The host lost its power: all is gone at once, and nobody is told. */
  powerCut(): void {
    for (const machine of this.all()) {
      if (machine.up) {
        machine.halt('unknown')
        this.#did('down', machine, null)
      }
      this.#forget(machine)
    }
  }

  onChange(listener: (name: string, change: DomainChange) => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  onDeed(listener: (deed: Deed) => void): void {
    this.#deedListeners.add(listener)
  }

  /** What some port answers may have changed. */
  onAnswer(listener: () => void): () => void {
    this.#answerListeners.add(listener)
    return () => this.#answerListeners.delete(listener)
  }

  /** A transient machine is gone when it is down. */
  #forget(machine: Machine): void {
    if (machine.spec.persistent) return
    this.#machines.delete(machine.spec.name)
    this.#byAddress.delete(machine.spec.address)
  }

  #tell(kind: Deed['kind'], machine: Machine, by: Asker | null, change: DomainChange): void {
    this.#did(kind, machine, by)
    for (const listener of this.#changeListeners) listener(machine.spec.name, change)
  }

  #did(kind: Deed['kind'], machine: Machine, by: Asker | null): void {
    const askedAtMs = by?.atMs ?? this.#timeline.nowMs
    const deed: Deed = { kind, host: this.host, machine, by: by?.life ?? null, askedAtMs }
    for (const listener of this.#deedListeners) listener(deed)
  }
}
