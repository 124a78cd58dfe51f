import { afterFailure, begun, type Deeds, isUnasked, noDeeds, type Step, underNewOrder } from '../core/deeds.ts'
import type { CompiledGuest } from '../core/graph.ts'
import { nextStep } from '../core/obey.ts'
import { isUp, type SeenHere, stepByOwners } from '../core/owners.ts'
import type { Assignment } from '../model/assignment.ts'
import { Fault, type FaultData, faultData } from '../model/fault.ts'
import { type Instant, instant } from '../model/ids.ts'
import type { MemoryUse } from '../model/memory-use.ts'
import type { GuestObservation, RunState, StopCause } from '../model/observation.ts'
import type { DomainChange, DomainObservation } from '../ports/hypervisor.ts'
import { sameFault } from './faults.ts'
import { GuestHands, NotOurs } from './guest-hands.ts'
import { GuestMover } from './guest-mover.ts'
import { GuestServices } from './guest-services.ts'
import type { KeeperHooks } from './keeper-hooks.ts'
import { KeptMemory } from './kept-memory.ts'
import type { AgentPorts } from './ports.ts'

/** A host whose lease does not let it start guests asks again so often. */
const leaseAgainMs = 250

/**
 * Keeps one guest as assigned.
 * 1. One deed at a time; after each it looks again, whatever the answer was (S7). Only a move is told to end while it is that deed.
 * 2. Nothing is done before the leader has named this agent life (S9), nor for an epoch lower than one seen (S1).
 * 3. A generation is tried once; the leader decides about the next.
 * 4. Of several hosts: a start is confirmed by the store (S1), and what runs here and belongs elsewhere is destroyed (S13),
 *    both after the store was asked anew, never by what was heard before.
 */
export class GuestKeeper {
  readonly #ports: AgentPorts
  readonly #hooks: KeeperHooks
  readonly #services: GuestServices
  readonly #mover: GuestMover
  readonly #hands: GuestHands
  #compiled: CompiledGuest
  /** Undefined: not looked yet, or not to be asked now. Null: no such domain. */
  #domain: DomainObservation | null | undefined = undefined
  #stopCause: StopCause | null = null
  #assignment: Assignment | null = null
  #allowed = false
  #deeds: Deeds = noDeeds
  #tried: GuestObservation['tried'] = null
  #trouble: FaultData | null = null
  readonly #memory = new KeptMemory()
  #busy = false
  #lookSentAt = instant(0)
  /** What the store did not confirm is not tried again before. */
  #holdUntil = 0
  #dismissed = false
  #lookAgain = false
  #cancelTimer: (() => void) | null = null

  constructor(compiled: CompiledGuest, ports: AgentPorts, hooks: KeeperHooks) {
    this.#compiled = compiled
    this.#ports = ports
    this.#hooks = hooks
    this.#mover = new GuestMover(ports, () => this.domainName, {
      changed: hooks.changed,
      tell: (fault) => hooks.tell('fault', compiled.id, { fault }),
      tellLimit: (because) => hooks.tell('move-limit', compiled.id, { because }),
    })
    this.#hands = new GuestHands(ports, this.#mover, this.#memory, hooks.confirmedOwners)
    this.#services = new GuestServices(compiled, ports, {
      changed: hooks.changed,
      tell: (word, details) => hooks.tell(word, compiled.id, details),
      probed: (service, outcome) => hooks.probed(compiled.id, service, outcome),
    })
  }

  get domainName(): string {
    const { source } = this.#compiled.spec
    return source.kind === 'existing' ? source.domain : this.#compiled.id
  }

  /** Ours to start and stop, and defined in libvirt, which must then not start it by itself. */
  get adopted(): boolean {
    if (this.#compiled.spec.source.kind !== 'existing' || !this.#allowed) return false
    const because = this.#assignment?.because.code
    return because !== undefined && because !== 'wish-ignored' && because !== 'watch-off'
  }

  /** A deed is under way. */
  get busy(): boolean {
    return this.#busy
  }

  get looked(): boolean {
    return this.#domain !== undefined
  }

  get observation(): GuestObservation {
    const domain = this.#domain
    const { moved } = this.#mover
    return {
      run: this.#run,
      stopCause: domain?.stopCause ?? this.#stopCause,
      pauseCause: domain?.pauseCause ?? null,
      memoryMib: domain?.memoryMib ?? null,
      memoryMaxMib: domain?.memoryMaxMib ?? null,
      memoryUsedMib: domain?.memoryUsedMib ?? null,
      ...(this.#goesByNeed && this.#memory.observation),
      address: this.#services.address,
      tried: this.#tried,
      trouble: this.#trouble,
      ...(moved != null && { moved }),
      ...this.#mover.progressOf(this.#assignment?.move?.serial),
      ...(this.#deeds.settledGeneration > 0 && { settled: this.#deeds.settledGeneration }),
      services: this.#services.verdicts,
    }
  }

  /** Several hosts: this one has something to tell of the guest. */
  get concerns(): boolean {
    const owners = this.#hooks.owners()
    const named = owners !== null && (owners.owner === this.#ports.host || owners.to === this.#ports.host)
    return named || isUp(this.#run)
  }

  get #goesByNeed(): boolean {
    return this.#compiled.spec.memory.minMib !== undefined
  }

  /** It runs, and is told what it shall have by what it needs. */
  get memoryGoesByNeed(): boolean {
    const ours = this.#allowed && this.#assignment?.wanted === 'running' && !this.#dismissed
    return this.#goesByNeed && ours && this.#run === 'running'
  }

  noteMemory(use: MemoryUse | null, givenMib: number | null): void {
    const news = this.#memory.note(use)
    const domain = this.#domain
    const other = givenMib !== null && domain != null && domain.run === 'running' && domain.memoryMib !== givenMib
    // A deed under way is followed by a look of its own.
    if (other && !this.#busy) this.#domain = { ...domain, memoryMib: givenMib }
    if (news || other) this.#hooks.changed()
  }

  get #run(): RunState {
    return this.#domain === undefined ? 'unknown' : (this.#domain?.run ?? 'absent')
  }

  /** The cluster file was applied anew. */
  respecify(compiled: CompiledGuest): void {
    this.#compiled = compiled
    this.#services.respecify(compiled)
    this.advance()
  }

  assign(assignment: Assignment | null, allowed: boolean): void {
    const before = this.#assignment
    if (before !== null && assignment !== null && assignment.epoch < before.epoch) return
    this.#assignment = assignment
    this.#allowed = allowed
    if (before?.wanted !== assignment?.wanted || before?.generation !== assignment?.generation) {
      this.#deeds = underNewOrder(this.#deeds)
      this.#trouble = null
    }
    this.#noteUp()
    if (assignment?.move?.cancelled) this.#mover.endWhileUnderWay(assignment.move.serial)
    this.advance()
  }

  /** What a full look asked for at `askedAt` showed. Undefined: the hypervisor cannot be asked. */
  seen(domain: DomainObservation | null | undefined, askedAt: Instant): boolean {
    // Older than a deed under way, or than a look of its own: it would show the guest as it was before.
    if (domain !== undefined && (this.#busy || askedAt < this.#lookSentAt)) return false
    this.#take(domain)
    this.advance()
    return true
  }

  /** An event is a reason to look, and carries the one thing a look cannot tell: why a transient domain is gone. */
  happened(change: DomainChange): void {
    if (change.kind === 'stopped') this.#stopCause = change.cause
    if (change.kind === 'started') this.#stopCause = null
    this.#lookAgain = true
    this.advance()
  }

  /** No more to do with this guest: it stays as it is. */
  dismiss(): void {
    this.#dismissed = true
    this.#cancelTimer?.()
    this.#services.stop()
  }

  /** Does the next deed, if there is one and none is under way. */
  advance(): void {
    if (this.#busy || this.#dismissed) return
    const step = this.#nextStep()
    if (!this.#lookAgain && step.kind === 'nothing') {
      this.#rest(step.againInMs)
      return
    }
    this.#busy = true
    void this.#work(this.#lookAgain ? null : step).finally(() => {
      this.#busy = false
      this.advance()
    })
  }

  #nextStep(): Step {
    const heldMs = this.#holdUntil - this.#ports.clock.now()
    if (heldMs > 0) return { kind: 'nothing', againInMs: heldMs }
    const { host, cluster, clock } = this.#ports
    const order = this.#allowed ? this.#assignment : null
    const demanded = stepByOwners(this.#hooks.owners(), host, this.#seenHere, order)
    if (demanded !== null) return demanded
    if (order === null) return { kind: 'nothing', againInMs: null }
    const memoryMib = this.#domain?.memoryMib ?? null
    const step = nextStep(order, this.#run, memoryMib, this.#known, this.#compiled.spec.policy, clock.now())
    const waits = step.kind === 'start' && cluster != null && !cluster.lease.mayStart
    return waits ? { kind: 'nothing', againInMs: leaseAgainMs } : step
  }

  get #seenHere(): SeenHere {
    return { run: this.#run, pauseCause: this.#domain?.pauseCause ?? null }
  }

  /** Its deeds, with what is known of its moves and its memory. */
  get #known(): Deeds {
    const movedSerial = this.#mover.moved?.serial ?? 0
    const unsure = this.#goesByNeed && this.#memory.isUnsure
    return { ...this.#deeds, movedSerial, ...(unsure && { memorySettled: false }) }
  }

  #rest(againInMs: number | null): void {
    this.#cancelTimer?.()
    this.#cancelTimer = againInMs === null ? null : this.#ports.clock.after(againInMs, () => this.advance())
  }

  async #work(step: Step | null): Promise<void> {
    const name = this.domainName
    let tried = this.#tried
    try {
      if (step !== null) await this.#do(step, name)
      if (step?.kind === 'start') tried = { generation: step.generation, fault: null }
    } catch (error) {
      tried = this.#failed(step as Step, error) ?? tried
    }
    this.#lookAgain = false
    this.#lookSentAt = this.#ports.clock.now()
    try {
      const domain = await this.#ports.hypervisor.look(name)
      // A try and what became of it are told together: beside an older look it would read as a crash.
      this.#tried = tried
      this.#take(domain)
    } catch (error) {
      this.#tried = tried
      this.#take(undefined)
      this.#hooks.lost(error)
    }
  }

  async #do(step: Step, name: string): Promise<void> {
    const { spec } = this.#compiled
    const confirming = this.#hands.confirm(step, this.#seenHere)
    if (confirming !== null) await confirming
    this.#deeds = begun(step, this.#deeds, this.#assignment?.wanted ?? null, this.#ports.clock.now())
    if (step.kind === 'start') this.#stopCause = null
    await this.#hands.do(step, name, spec)
    if (step.kind === 'settle') this.#deeds = { ...this.#deeds, settledGeneration: step.generation }
    if (step.kind !== 'expel') return
    const fault = new Fault('refused', 'not-done', { why: 'belongs-elsewhere', guest: spec.id }).data
    this.#hooks.tell('fault', spec.id, { fault })
  }

  /** What to tell of a start that was tried; null: it was not. */
  #failed(step: Step, error: unknown): GuestObservation['tried'] {
    if (error instanceof NotOurs || step.kind === 'expel' || step.kind === 'discard' || step.kind === 'settle') {
      this.#holdUntil = this.#ports.clock.now() + leaseAgainMs
      return null
    }
    const fault = faultData(error)
    // That it ended is what was asked for.
    const asAsked =
      step.kind === 'migrate' && fault.outcome === 'not-done' && this.#assignment?.move?.cancelled === true
    if (!asAsked) this.#note(step, fault)
    return step.kind === 'start' && !isUnasked(fault) ? { generation: step.generation, fault } : null
  }

  #note(step: Step, fault: FaultData): void {
    this.#deeds = afterFailure(step, this.#deeds, fault)
    const troubles = step.kind !== 'migrate' && step.kind !== 'start' && !isUnasked(fault)
    if (troubles && !sameFault(this.#trouble, fault)) this.#trouble = fault
    // A refused stop is told once; nothing more is done until the leader has another order.
    if (step.kind === 'refuse-stop') this.#allowed = false
    this.#hooks.tell('fault', this.#compiled.id, { fault })
  }

  /**
   * It runs: its present generation has been tried, by whomever. Without this a new agent life would start it by itself
   * when it goes down, before the leader has decided anything.
   */
  #noteUp(): void {
    if (this.#assignment?.wanted !== 'running' || !isUp(this.#run)) return
    const { generation } = this.#assignment
    if (this.#tried !== null && this.#tried.generation >= generation) return
    this.#deeds = { ...this.#deeds, triedGeneration: Math.max(generation, this.#deeds.triedGeneration) }
    this.#tried = { generation, fault: null }
  }

  #take(domain: DomainObservation | null | undefined): void {
    this.#domain = domain
    if (domain === null || domain?.run === 'stopped') this.#memory.forget()
    this.#noteUp()
    if (this.#dismissed) return
    // A hypervisor that cannot be asked says nothing of the guest: its services go on being asked.
    if (domain !== undefined) this.#services.follow(this.#run === 'running', this.domainName)
    this.#hooks.changed()
  }
}
