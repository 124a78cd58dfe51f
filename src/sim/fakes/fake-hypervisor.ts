import { Fault } from '../../model/fault.ts'
import type { AgentLife, HostId } from '../../model/ids.ts'
import type { Hypervisor, HypervisorCapabilities, HypervisorNode, StartWith } from '../../ports/hypervisor.ts'
import type { Dice } from '../dice.ts'
import type { MachineSpec } from '../machine.ts'
import type { Asker, MachineRoom } from '../machine-room.ts'
import { definitionOf, memoryStatisticsOf, observationOf } from '../machine-view.ts'
import type { Timeline } from '../timeline.ts'
import { known, missing, refused } from './domain-faults.ts'
import { FakeMigrations, type MigrationPeer } from './fake-migrations.ts'
import { HypervisorLine, tookMs } from './hypervisor-line.ts'
import { fails, failuresLeft, type HypervisorTroubles, noTroubles } from './hypervisor-troubles.ts'

export interface FakeHypervisorOptions {
  readonly timeline: Timeline
  readonly dice: Dice
  readonly room: MachineRoom
  readonly node: HypervisorNode
  /** What a transient domain of this name becomes; null: its XML is refused. */
  readonly machineFor: (name: string, xml: string) => MachineSpec | null
  /** Null: there is no such host. */
  readonly peer?: (host: HostId) => MigrationPeer | null
  readonly migrationMs?: number
}

const capabilities: HypervisorCapabilities = {
  bulkStatistics: true,
  balloon: true,
  guestAgent: true,
  liveMigration: true,
  console: false,
}

/** The hypervisor of a pretend host. It outlives daemons: what a dead one had asked for still happens. */
export class FakeHypervisor {
  readonly troubles: HypervisorTroubles = noTroubles()
  readonly #options: FakeHypervisorOptions
  readonly #line: HypervisorLine
  readonly #moves: FakeMigrations

  constructor(options: FakeHypervisorOptions) {
    this.#options = options
    this.#line = new HypervisorLine(options.timeline, options.dice, this.troubles)
    this.#moves = new FakeMigrations(options, this.#line, this.troubles)
    options.room.onChange((name, change) => {
      if (!this.troubles.lost) this.#line.emit({ kind: 'domain', name, change })
    })
  }

  get node(): HypervisorNode {
    return this.#options.node
  }

  /** The host lost its power: what was asked for and not done yet never is. */
  powerCut(): void {
    this.#line.powerCut()
    this.#moves.powerCut()
  }

  lose(): void {
    this.#line.lose()
  }

  comeBack(): void {
    this.#line.comeBack()
  }

  /** The port as one daemon uses it; `by` is told with each deed. */
  port(by: AgentLife | null): Hypervisor {
    const look = <T>(effect: () => T): Promise<T> => this.#line.call('look', tookMs.look, effect)
    const { room, timeline } = this.#options
    const deed = <T>(name: keyof typeof tookMs, effect: (by: Asker) => T, machine: string): Promise<T> => {
      const asker = { life: by, atMs: timeline.nowMs }
      return this.#line.call(name, tookMs[name], () => effect(asker), machine)
    }
    return {
      node: () => look(() => this.#options.node),
      capabilities: () => look(() => capabilities),
      list: () => look(() => room.all().map(observationOf)),
      look: (name) => look(() => nullable(room.get(name), observationOf)),
      definition: (name) => look(() => nullable(room.get(name), definitionOf)),
      start: (name, startWith) => deed('start', (by) => this.#start(name, startWith, by), name),
      shutdown: (name) => deed('shutdown', (by) => this.#shutdown(name, by), name),
      destroy: (name) => deed('destroy', (by) => this.#destroy(name, by), name),
      suspend: (name) => deed('suspend', (by) => this.#suspend(name, by), name),
      resume: (name) => deed('resume', (by) => this.#resume(name, by), name),
      setMemory: (name, mib) => deed('setMemory', (by) => this.#setMemory(name, mib, by), name),
      memoryStatistics: (names) =>
        look(() => {
          const machines = names.map((name) => room.get(name)).filter((machine) => machine !== undefined)
          return machines.flatMap((machine) => memoryStatisticsOf(machine, timeline.nowMs) ?? [])
        }),
      autostart: (name) => look(() => known(this.#options.room, name).autostart),
      setAutostart: (name, on) =>
        look(() => {
          known(this.#options.room, name).autostart = on
        }),
      autostarting: () =>
        look(() =>
          room
            .all()
            .filter(({ autostart }) => autostart)
            .map(({ spec }) => spec.name),
        ),
      addresses: (name, source) =>
        look(() => (source === 'lease' && room.get(name)?.booted ? [room.get(name)!.spec.address] : [])),
      pingAgent: (name) => look(() => known(this.#options.room, name).serving),
      readGuestFile: (name) =>
        look(() => {
          known(this.#options.room, name)
          return null
        }),
      console: (name) =>
        look(() => {
          known(this.#options.room, name)
          throw new Fault('not-supported', 'not-done', { action: 'console' })
        }),
      graphics: (name) =>
        look(() => {
          known(this.#options.room, name)
          throw new Fault('refused', 'not-done', { why: 'no-vnc', domain: name })
        }),
      migrate: (name, to) => this.#moves.migrate(name, to, { life: by, atMs: timeline.nowMs }),
      migrationProgress: (name) => look(() => this.#moves.progress(name)),
      // Moves here end in time.
      hurryMigration: (name) => look(() => (this.#moves.cancel(name) ? 'cancel' : null)),
      cancelMigration: (name) => look(() => (this.#moves.cancel(name) ? 'cancelled' : 'none')),
      migrationNeeds: () => look(() => null),
      migrationOffer: () =>
        look(
          () => ({ cpu: 'fits', machine: 'known', memoryFreeMib: null, missingFiles: [], runsThere: false }) as const,
        ),
      hostCpu: () => look(() => null),
      subscribe: (listener) => this.#line.subscribe(listener),
      close: () => Promise.resolve(),
    }
  }

  #start(name: string, startWith: StartWith, by: Asker): 'started' | 'already-running' {
    const { room, node } = this.#options
    const present = room.get(name)
    if (present?.up) return 'already-running'
    if (present === undefined && startWith.kind === 'existing') throw missing(name)
    if (fails(this.troubles, 'failStarts', name)) throw refused(name, 'the machine did not come up')
    const spec = startWith.kind === 'transient' ? this.#options.machineFor(name, startWith.xml) : null
    if (startWith.kind === 'transient' && spec === null) throw refused(name, 'the definition is not understood')
    const machine = spec === null ? present! : room.define(spec)
    const used = room.all().reduce((sum, other) => sum + (other.up ? other.memoryMib : 0), 0)
    const neededMib = machine.spec.memoryMib
    if (used + neededMib > node.memoryMib) throw refused(name, 'cannot allocate memory')
    room.start(machine, neededMib, by)
    return 'started'
  }

  #shutdown(name: string, by: Asker): 'asked' | 'not-running' {
    const machine = known(this.#options.room, name)
    if (!machine.up) return 'not-running'
    if (failuresLeft(this.troubles, 'failStops', name) > 0) return 'asked'
    this.#options.room.pressPower(machine, by)
    return 'asked'
  }

  #destroy(name: string, by: Asker): 'destroyed' | 'not-running' {
    const machine = this.#options.room.get(name)
    if (!machine?.up) return 'not-running'
    if (fails(this.troubles, 'failStops', name)) throw refused(name, 'the process does not go away')
    this.#options.room.destroy(machine, by)
    return 'destroyed'
  }

  #suspend(name: string, by: Asker): 'suspended' | 'already' | 'not-running' {
    const machine = known(this.#options.room, name)
    if (!machine.up) return 'not-running'
    if (machine.state.run === 'paused') return 'already'
    this.#options.room.suspend(machine, by)
    return 'suspended'
  }

  #resume(name: string, by: Asker): 'resumed' | 'already' | 'not-running' {
    const machine = known(this.#options.room, name)
    if (!machine.up) return 'not-running'
    if (machine.state.run === 'running') return 'already'
    if (machine.isHalf) throw refused(name, 'its move broke')
    this.#options.room.resume(machine, by)
    return 'resumed'
  }

  #setMemory(name: string, memoryMib: number, by: Asker): void {
    const machine = known(this.#options.room, name)
    if (!machine.up) throw refused(name, 'the domain is not running')
    if (memoryMib > machine.memoryMaxMib) throw refused(name, 'more than the maximum memory')
    this.#options.room.setMemory(machine, memoryMib, by)
  }
}

function nullable<A, B>(value: A | undefined, map: (value: A) => B): B | null {
  return value === undefined ? null : map(value)
}
