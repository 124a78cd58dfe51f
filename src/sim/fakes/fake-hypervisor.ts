import { Fault } from '../../model/fault.ts'
import type { AgentLife, HostId } from '../../model/ids.ts'
import type {
  DomainEvent,
  Hypervisor,
  HypervisorCapabilities,
  HypervisorNode,
  MigrationProgress,
  MigrationTarget,
  StartWith,
} from '../../ports/hypervisor.ts'
import type { Dice } from '../dice.ts'
import type { Machine, MachineSpec } from '../machine.ts'
import type { Asker, MachineRoom } from '../machine-room.ts'
import { definitionOf, memoryStatisticsOf, observationOf } from '../machine-view.ts'
import type { Timeline } from '../timeline.ts'
import { type HypervisorTroubles, noTroubles, spend } from './hypervisor-troubles.ts'

/** What a pretend hypervisor needs of the one a guest is moved to. */
export interface MigrationPeer {
  readonly room: MachineRoom
  readonly node: HypervisorNode
  /** It answers, and its host is reached. */
  readonly reached: () => boolean
  /** Names the present boot of its host. */
  readonly boot: () => string
  readonly machineFor: (name: string) => MachineSpec | null
}

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

/** Calls that take longer have a `hypervisor-timeout`, as with the real driver. */
export const callDeadlineMs = 30_000

/** How long a call takes at least and at most, in milliseconds. */
const tookMs = {
  look: [1, 3],
  start: [150, 450],
  shutdown: [2, 6],
  destroy: [80, 220],
  suspend: [3, 12],
  resume: [3, 12],
  setMemory: [3, 10],
} as const

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
  /** Moves from here that are under way: when each began, and how to end it. */
  readonly #migrations = new Map<string, { readonly sinceMs: number; cancelled: boolean }>()
  readonly #options: FakeHypervisorOptions
  readonly #listeners = new Set<(event: DomainEvent) => void>()
  /** Grows whenever the connection is lost: an answer under way then is lost with it. */
  #connection = 0
  /** When the last deed asked of a machine takes effect: one after the other, as a hypervisor does it. */
  readonly #effects = new Map<string, number>()
  #toldUntilMs = 0
  #power = 0

  constructor(options: FakeHypervisorOptions) {
    this.#options = options
    options.room.onChange((name, change) => {
      if (!this.troubles.lost) this.#emit({ kind: 'domain', name, change })
    })
  }

  get node(): HypervisorNode {
    return this.#options.node
  }

  /** The host lost its power: what was asked for and not done yet never is. */
  powerCut(): void {
    this.#power += 1
    this.#migrations.clear()
    this.#effects.clear()
  }

  lose(): void {
    if (this.troubles.lost) return
    this.#emit({ kind: 'lost' })
    this.troubles.lost = true
    this.#connection += 1
  }

  comeBack(): void {
    if (!this.troubles.lost) return
    this.troubles.lost = false
    this.#emit({ kind: 'back' })
  }

  /** The port as one daemon uses it; `by` is told with each deed. */
  port(by: AgentLife | null): Hypervisor {
    const look = <T>(effect: () => T): Promise<T> => this.#call('look', tookMs.look, effect)
    const { room, timeline } = this.#options
    const deed = <T>(name: keyof typeof tookMs, effect: (by: Asker) => T, machine: string): Promise<T> => {
      const asker = { life: by, atMs: timeline.nowMs }
      return this.#call(name, tookMs[name], () => effect(asker), machine)
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
      autostart: (name) => look(() => this.#known(name).autostart),
      setAutostart: (name, on) =>
        look(() => {
          this.#known(name).autostart = on
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
      pingAgent: (name) => look(() => this.#known(name).serving),
      readGuestFile: (name) =>
        look(() => {
          this.#known(name)
          return null
        }),
      console: (name) =>
        look(() => {
          this.#known(name)
          throw new Fault('not-supported', 'not-done', { action: 'console' })
        }),
      graphics: (name) =>
        look(() => {
          this.#known(name)
          throw new Fault('refused', 'not-done', { why: 'no-vnc', domain: name })
        }),
      migrate: (name, to) => this.#migrate(name, to, { life: by, atMs: timeline.nowMs }),
      migrationProgress: (name) => look(() => this.#progress(name)),
      // Moves here end in time.
      hurryMigration: (name) =>
        look(() => {
          const move = this.#migrations.get(name)
          if (move === undefined) return null
          move.cancelled = true
          return 'cancel'
        }),
      cancelMigration: (name) =>
        look(() => {
          const move = this.#migrations.get(name)
          if (move === undefined) return 'none'
          move.cancelled = true
          return 'cancelled'
        }),
      migrationNeeds: () => look(() => null),
      migrationOffer: () =>
        look(
          () => ({ cpu: 'fits', machine: 'known', memoryFreeMib: null, missingFiles: [], runsThere: false }) as const,
        ),
      hostCpu: () => look(() => null),
      subscribe: (listener) => this.#subscribe(listener),
      close: () => Promise.resolve(),
    }
  }

  #start(name: string, startWith: StartWith, by: Asker): 'started' | 'already-running' {
    const { room, node } = this.#options
    const present = room.get(name)
    if (present?.up) return 'already-running'
    if (present === undefined && startWith.kind === 'existing') throw missing(name)
    if (this.#fails('failStarts', name)) throw refused(name, 'the machine did not come up')
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
    const machine = this.#known(name)
    if (!machine.up) return 'not-running'
    if (this.#left('failStops', name) > 0) return 'asked'
    this.#options.room.pressPower(machine, by)
    return 'asked'
  }

  #destroy(name: string, by: Asker): 'destroyed' | 'not-running' {
    const machine = this.#options.room.get(name)
    if (!machine?.up) return 'not-running'
    if (this.#fails('failStops', name)) throw refused(name, 'the process does not go away')
    this.#options.room.destroy(machine, by)
    return 'destroyed'
  }

  #suspend(name: string, by: Asker): 'suspended' | 'already' | 'not-running' {
    const machine = this.#known(name)
    if (!machine.up) return 'not-running'
    if (machine.state.run === 'paused') return 'already'
    this.#options.room.suspend(machine, by)
    return 'suspended'
  }

  #resume(name: string, by: Asker): 'resumed' | 'already' | 'not-running' {
    const machine = this.#known(name)
    if (!machine.up) return 'not-running'
    if (machine.state.run === 'running') return 'already'
    if (machine.isHalf) throw refused(name, 'its move broke')
    this.#options.room.resume(machine, by)
    return 'resumed'
  }

  #setMemory(name: string, memoryMib: number, by: Asker): void {
    const machine = this.#known(name)
    if (!machine.up) throw refused(name, 'the domain is not running')
    if (memoryMib > machine.memoryMaxMib) throw refused(name, 'more than the maximum memory')
    this.#options.room.setMemory(machine, memoryMib, by)
  }

  #progress(name: string): MigrationProgress | null {
    const move = this.#migrations.get(name)
    if (move === undefined) return null
    const elapsedMs = this.#options.timeline.nowMs - move.sinceMs
    const totalBytes = (this.#options.room.get(name)?.memoryMib ?? 0) * 1024 * 1024
    const sentBytes = Math.floor(totalBytes * Math.min(1, elapsedMs / (this.#options.migrationMs ?? usualMigrationMs)))
    return { elapsedMs, totalBytes, sentBytes, leftBytes: totalBytes - sentBytes }
  }

  /** The hypervisors do it between them: the caller may be gone before the end. */
  async #migrate(name: string, to: MigrationTarget, by: Asker): Promise<void> {
    const began = await this.#call('migrate', tookMs.look, () => this.#beginMigration(name, to))
    const { timeline } = this.#options
    const [power, connection] = [this.#power, this.#connection]
    // In slices: who is slow for a while is slow no longer than that.
    for (let leftMs = this.#options.migrationMs ?? usualMigrationMs; leftMs > 0; leftMs -= sliceMs)
      await timeline.sleep(Math.min(leftMs, sliceMs) * this.troubles.slowness)
    if (power !== this.#power) return new Promise(() => {})
    const cancelled = this.#migrations.get(name)?.cancelled === true
    this.#migrations.delete(name)
    const failed = cancelled ? 'it was cancelled' : this.#endMigration(name, began, by)
    if (connection !== this.#connection) throw lost('migrate')
    if (failed === 'broken')
      throw new Fault('migration-failed', 'unknown', { domain: name, text: 'it broke on the way' })
    if (failed !== null) throw migrationFailed(name, failed)
  }

  #beginMigration(name: string, to: MigrationTarget): MigrationBegun {
    const machine = this.#known(name)
    if (!machine.up) throw refused(name, 'the domain is not running')
    if (this.#migrations.has(name)) throw migrationFailed(name, 'it is being moved already')
    const peer = this.#options.peer?.(to.host) ?? null
    if (peer === null || !peer.reached()) throw migrationFailed(name, 'the other host does not answer')
    if (peer.room.get(name)?.up) throw migrationFailed(name, 'it runs there already')
    this.#migrations.set(name, { sinceMs: this.#options.timeline.nowMs, cancelled: false })
    return { peer, boot: peer.boot(), starts: machine.starts }
  }

  /** Null: it is there; `broken`: a part of it. */
  #endMigration(name: string, { peer, boot, starts }: MigrationBegun, by: Asker): string | null {
    const machine = this.#options.room.get(name)
    // What was started since is another process, of which nothing was sent.
    if (!machine?.up || machine.starts !== starts) return 'the domain is gone'
    if (this.#fails('failMigrations', name)) return 'the transfer broke'
    if (!peer.reached() || peer.boot() !== boot) return 'the other host does not answer'
    if (peer.room.get(name)?.up) return 'it runs there already'
    const spec = peer.machineFor(name)
    const there = peer.room.get(name) ?? (spec === null ? undefined : peer.room.define(spec))
    if (there === undefined) return 'the other host does not take it'
    const used = peer.room.all().reduce((sum, other) => sum + (other.up ? other.memoryMib : 0), 0)
    if (used + machine.memoryMib > peer.node.memoryMib) return 'cannot allocate memory'
    if (!this.#options.dice.chance(this.troubles.breaking)) {
      peer.room.receive(there, this.#options.room, by)
      return null
    }
    peer.room.receiveHalf(there, this.#options.room, by, this.#options.dice.chance(0.5))
    return 'broken'
  }

  #left(what: keyof HypervisorTroubles['everywhere'], name: string): number {
    return (this.troubles[what].get(name) ?? 0) + (this.troubles.everywhere[what].get(name) ?? 0)
  }

  /** This try is one of those that are to fail. */
  #fails(what: keyof HypervisorTroubles['everywhere'], name: string): boolean {
    return spend(this.troubles[what], name) || spend(this.troubles.everywhere[what], name)
  }

  #known(name: string): Machine {
    const machine = this.#options.room.get(name)
    if (machine === undefined) throw missing(name)
    return machine
  }

  /** One call: sent, its effect somewhere on the way, answered; or lost at any of these moments. */
  #call<T>(
    call: string,
    [least, most]: readonly [number, number],
    effect: () => T,
    machine: string | null = null,
  ): Promise<T> {
    const { timeline, dice } = this.#options
    const { troubles } = this
    const alone = (dice.between(least, most) + dice.next()) * troubles.slowness
    const waits = machine === null ? 0 : Math.max(0, (this.#effects.get(machine) ?? 0) - timeline.nowMs)
    const full = waits + alone
    const effectAt = waits + alone * (0.5 + dice.next() * 0.45)
    if (machine !== null) this.#effects.set(machine, timeline.nowMs + effectAt)
    const failing = dice.chance(troubles.failing)
    const answerLost = dice.chance(troubles.answersLost)
    return new Promise((resolve, reject) => {
      if (troubles.lost) return void timeline.after(1, () => reject(new Fault('hypervisor-lost', 'not-done', { call })))
      const connection = this.#connection
      const power = this.#power
      let over = false
      const end = (settle: () => void) => {
        if (!over) settle()
        over = true
      }
      if (full > callDeadlineMs) timeline.after(callDeadlineMs, () => end(() => reject(timedOut(call))))
      timeline.after(effectAt, () => {
        if (power !== this.#power) return
        // The request was on its way when the connection broke: some arrive, some do not.
        if (connection !== this.#connection && dice.chance(0.5)) return end(() => reject(lost(call)))
        if (failing) return end(() => reject(new Fault('hypervisor-error', 'not-done', { call })))
        const outcome = attempt(effect)
        timeline.after(full - effectAt, () => {
          if (connection !== this.#connection) end(() => reject(lost(call)))
          else if (answerLost) end(() => reject(timedOut(call)))
          else if (outcome.ok) end(() => resolve(outcome.value))
          else end(() => reject(outcome.error))
        })
      })
    })
  }

  /** Events are told in order, each a little after what it tells of; those under way when the connection breaks are missed. */
  #emit(event: DomainEvent): void {
    const { timeline, dice } = this.#options
    const connection = this.#connection
    this.#toldUntilMs = Math.max(this.#toldUntilMs, timeline.nowMs + 1 + dice.next() * 4)
    for (const listener of this.#listeners) {
      timeline.after(this.#toldUntilMs - timeline.nowMs, () => {
        const missed = event.kind === 'domain' && connection !== this.#connection
        if (!missed && this.#listeners.has(listener)) listener(event)
      })
    }
  }

  #subscribe(listener: (event: DomainEvent) => void): () => void {
    // A listener of its own, so that one function subscribed twice is told twice.
    const own = (event: DomainEvent) => listener(event)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

function attempt<T>(effect: () => T): Attempt<T> {
  try {
    return { ok: true, value: effect() }
  } catch (error) {
    return { ok: false, error }
  }
}

function nullable<A, B>(value: A | undefined, map: (value: A) => B): B | null {
  return value === undefined ? null : map(value)
}

/** Of a migration: each slice takes as long as the hypervisor is slow when it begins. */
const sliceMs = 250

/** Of a guest, where the world does not say another. */
const usualMigrationMs = 1_000

interface MigrationBegun {
  readonly peer: MigrationPeer
  /** What was sent is gone with the boot that it was sent to. */
  readonly boot: string
  /** Of the machine that is sent. */
  readonly starts: number
}

const migrationFailed = (domain: string, text: string) => new Fault('migration-failed', 'not-done', { domain, text })
const missing = (name: string) => new Fault('domain-missing', 'not-done', { domain: name })
const refused = (name: string, text: string) => new Fault('domain-refused', 'not-done', { domain: name, text })
const lost = (call: string) => new Fault('hypervisor-lost', 'unknown', { call })
const timedOut = (call: string) => new Fault('hypervisor-timeout', 'unknown', { call })
