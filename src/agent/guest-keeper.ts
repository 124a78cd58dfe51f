import type { CompiledGuest } from '../core/graph.ts'
import { type Deeds, moveGoneMs, nextStep, noDeeds, type Step } from '../core/obey.ts'
import type { Assignment } from '../model/assignment.ts'
import type { EventWord } from '../model/event.ts'
import { Fault, type FaultData, faultData } from '../model/fault.ts'
import { type GuestId, type HostId, type Instant, instant, type ServiceKey } from '../model/ids.ts'
import type { MemoryUse } from '../model/memory-use.ts'
import type { GuestObservation, RunState, StopCause } from '../model/observation.ts'
import type { Reason } from '../model/reason.ts'
import type { DomainChange, DomainObservation } from '../ports/hypervisor.ts'
import type { ProbeOutcome } from '../ports/prober.ts'
import type { GuestOwners } from './agent-orders.ts'
import { sameFault } from './faults.ts'
import { GuestMover } from './guest-mover.ts'
import { GuestServices } from './guest-services.ts'
import { KeptMemory } from './kept-memory.ts'
import { MoveWatch } from './move-watch.ts'
import type { AgentPorts } from './ports.ts'

/** A host whose lease does not let it start guests asks again so often. */
const leaseAgainMs = 250

/** The store names another host, or another start, than the order that was heard. */
class NotOurs extends Error {}

/** What an event tells besides its word. */
export interface EventDetails {
  readonly service?: string
  readonly fault?: FaultData
  readonly because?: Reason
}

export interface KeeperHooks {
  /** Something observed has changed: publish soon. */
  readonly changed: () => void
  readonly tell: (word: EventWord, guest: GuestId, details: EventDetails) => void
  /** Each answer to a probe, for measuring. */
  readonly probed: (guest: GuestId, service: ServiceKey, outcome: ProbeOutcome) => void
  /** The hypervisor could not be asked: look at everything when it is back. */
  readonly lost: (error: unknown) => void
  /** Whom the guest's record names, as last heard; null: there is no record. */
  readonly owners: () => GuestOwners | null
  /** The same as the store says now. */
  readonly confirmedOwners: () => Promise<GuestOwners | null>
}

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
  #compiled: CompiledGuest
  /** Undefined: not looked yet, or not to be asked now. Null: no such domain. */
  #domain: DomainObservation | null | undefined = undefined
  #stopCause: StopCause | null = null
  #assignment: Assignment | null = null
  #allowed = false
  #deeds: Deeds = noDeeds
  #tried: GuestObservation['tried'] = null
  #trouble: FaultData | null = null
  #moved: GuestObservation['moved'] | null = null
  readonly #memory = new KeptMemory()
  readonly #watch: MoveWatch
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
    this.#watch = new MoveWatch(ports, () => this.domainName, {
      changed: hooks.changed,
      tell: (fault) => hooks.tell('fault', this.#compiled.id, { fault }),
    })
    this.#mover = new GuestMover(ports, this.#watch, (because) => hooks.tell('move-limit', compiled.id, { because }))
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
      ...(this.#moved != null && { moved: this.#moved }),
      ...this.#moving,
      ...(this.#deeds.settledGeneration > 0 && { settled: this.#deeds.settledGeneration }),
      services: this.#services.verdicts,
    }
  }

  /** Several hosts: this one has something to tell of the guest. */
  get concerns(): boolean {
    const owners = this.#hooks.owners()
    const named = owners !== null && (owners.owner === this.#ports.host || owners.to === this.#ports.host)
    return named || this.#run === 'running' || this.#run === 'paused'
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

  /** What was counted of a move that is over is nothing to tell any more. */
  get #moving(): Pick<GuestObservation, 'moving'> {
    const { progress } = this.#watch
    return progress != null && progress.serial === this.#assignment?.move?.serial ? { moving: progress } : {}
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
    if (before?.wanted !== assignment?.wanted || before?.generation !== assignment?.generation) this.#newOrder()
    this.#noteUp()
    if (assignment?.move?.cancelled) this.#watch.cancel(assignment.move.serial)
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

  #newOrder(): void {
    const { triedGeneration, movedSerial, movingAt, cancelledAt, noMoveSince, settledGeneration, settlingAt } =
      this.#deeds
    this.#deeds = {
      ...noDeeds,
      triedGeneration,
      movedSerial,
      movingAt,
      cancelledAt,
      noMoveSince,
      settledGeneration,
      settlingAt,
      memoryAt: this.#deeds.memoryAt,
      memoryAskedMib: this.#deeds.memoryAskedMib,
    }
    this.#trouble = null
  }

  #nextStep(): Step {
    const heldMs = this.#holdUntil - this.#ports.clock.now()
    if (heldMs > 0) return { kind: 'nothing', againInMs: heldMs }
    const up = this.#run === 'running' || this.#run === 'paused'
    if (up && this.#isForeign(this.#hooks.owners())) return { kind: 'expel' }
    if (this.#isToBeDiscarded(this.#hooks.owners())) return { kind: 'discard' }
    if (this.#isBroken) return this.#afterBreak()
    if (this.#assignment === null || !this.#allowed) return { kind: 'nothing', againInMs: null }
    const memoryMib = this.#domain?.memoryMib ?? null
    const { policy } = this.#compiled.spec
    const deeds = this.#goesByNeed && this.#memory.isUnsure ? { ...this.#deeds, memorySettled: false } : this.#deeds
    const step = nextStep(this.#assignment, this.#run, memoryMib, deeds, policy, this.#ports.clock.now())
    const waits = step.kind === 'start' && this.#ports.cluster != null && !this.#ports.cluster.lease.mayStart
    return waits ? { kind: 'nothing', againInMs: leaseAgainMs } : step
  }

  /** A move of it broke after it had begun to run over there. */
  get #isBroken(): boolean {
    return this.#run === 'paused' && this.#domain?.pauseCause === 'post-copy-broken'
  }

  /** S8: a half of it; on the host it was to come to, also one that waits for memory that cannot come any more. */
  #isToBeDiscarded(owners: GuestOwners | null): boolean {
    if (!owners?.broken || owners.ignored || this.#run !== 'paused') return false
    return this.#isBroken || (owners.to === this.#ports.host && this.#domain?.pauseCause === 'migration')
  }

  /** It is neither resumed nor moved once more: what becomes of it is the leader's to say, who sees both hosts. */
  #afterBreak(): Step {
    const { move, wanted } = this.#assignment ?? {}
    return this.#allowed && move == null && wanted === 'stopped'
      ? { kind: 'destroy' }
      : { kind: 'nothing', againInMs: null }
  }

  /** S13: a record that names other hosts. */
  #isForeign(owners: GuestOwners | null): boolean {
    const { host, cluster } = this.#ports
    if (cluster == null || owners === null || owners.owner === null || owners.ignored) return false
    return owners.owner !== host && owners.to !== host
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
    const { hypervisor, clock } = this.#ports
    const now = clock.now()
    switch (step.kind) {
      case 'nothing':
        return
      case 'start':
        if (this.#ports.cluster != null && !(await this.#isStillOurs(step.generation))) throw new NotOurs()
        this.#deeds = { ...this.#deeds, triedGeneration: step.generation }
        this.#stopCause = null
        await this.#start(name)
        return
      case 'migrate':
        this.#deeds = { ...this.#deeds, movingAt: now }
        if ((await this.#mover.move(name, step.to, step.serial)) === 'goes-on') return
        this.#deeds = { ...this.#deeds, movedSerial: step.serial }
        this.#moved = { serial: step.serial, fault: null }
        return
      case 'cancel-move':
        await this.#cancelMove(name, step.to, step.serial)
        return
      case 'expel':
        await this.#expel(name)
        return
      case 'discard':
        await this.#discard(name)
        return
      case 'settle':
        this.#deeds = { ...this.#deeds, settlingAt: now }
        // The hypervisor does one thing after the other to a domain: whatever was asked before is over when this is.
        await hypervisor.destroy(name)
        this.#deeds = { ...this.#deeds, settledGeneration: step.generation }
        return
      case 'shutdown':
        this.#deeds = { ...this.#deeds, stopSince: this.#deeds.stopSince ?? now, askedAt: now }
        await hypervisor.shutdown(name)
        return
      case 'destroy':
        await hypervisor.destroy(name)
        return
      case 'suspend':
        this.#deeds = { ...this.#deeds, suspendedAt: now }
        await hypervisor.suspend(name)
        return
      case 'resume':
        this.#deeds = { ...this.#deeds, resumedAt: now }
        if (this.#assignment?.wanted === 'stopped')
          this.#deeds = { ...this.#deeds, stopSince: this.#deeds.stopSince ?? now }
        await hypervisor.resume(name)
        return
      case 'set-memory':
        this.#deeds = { ...this.#deeds, memoryAt: now, memoryAskedMib: step.memoryMib }
        await this.#memory.asking(step.memoryMib, () => hypervisor.setMemory(name, step.memoryMib))
        return
      case 'refuse-stop':
        throw new Fault('stop-refused', 'not-done', { guest: this.#compiled.id })
    }
  }

  /** S1: by the store's word of now. A daemon that was frozen may have heard its order long ago. */
  async #isStillOurs(generation: number): Promise<boolean> {
    const owners = await this.#hooks.confirmedOwners().catch(() => null)
    return owners?.owner === this.#ports.host && owners.generation === generation && this.#ports.cluster!.lease.mayStart
  }

  async #expel(name: string): Promise<void> {
    const owners = await this.#hooks.confirmedOwners().catch(() => null)
    if (!this.#isForeign(owners)) throw new NotOurs()
    await this.#ports.hypervisor.destroy(name)
    const fault = new Fault('refused', 'not-done', { why: 'belongs-elsewhere', guest: this.#compiled.id }).data
    this.#hooks.tell('fault', this.#compiled.id, { fault })
  }

  /** S8: nothing of it may go on here when it starts anew. */
  async #discard(name: string): Promise<void> {
    const owners = await this.#hooks.confirmedOwners().catch(() => null)
    if (!this.#isToBeDiscarded(owners)) throw new NotOurs()
    await this.#ports.hypervisor.destroy(name)
  }

  /** One that is not, or no longer, this life's own deed: who asked for it is gone, and libvirt goes on with it. */
  async #cancelMove(name: string, to: HostId, serial: number): Promise<void> {
    const { hypervisor, clock } = this.#ports
    this.#deeds = { ...this.#deeds, cancelledAt: clock.now() }
    const found = await hypervisor.cancelMigration(name)
    const since = this.#deeds.noMoveSince ?? clock.now()
    this.#deeds = { ...this.#deeds, noMoveSince: found === 'none' ? since : null }
    if (found !== 'none' || clock.now() - since < moveGoneMs) return
    const { data } = new Fault('migration-failed', 'not-done', { domain: name, host: to, text: 'it was cancelled' })
    this.#deeds = { ...this.#deeds, movedSerial: serial }
    this.#moved = { serial, fault: data }
  }

  async #start(name: string): Promise<void> {
    const { source } = this.#compiled.spec
    if (source.kind === 'existing') await this.#ports.hypervisor.start(name, { kind: 'existing' })
    else {
      const xml = await this.#ports.machineMaker.prepare(this.#compiled.spec)
      await this.#ports.hypervisor.start(name, { kind: 'transient', xml })
    }
  }

  /** What to tell of a start that was tried; null: it was not. */
  #failed(step: Step, error: unknown): GuestObservation['tried'] {
    if (error instanceof NotOurs || step.kind === 'expel' || step.kind === 'discard' || step.kind === 'settle') {
      this.#holdUntil = this.#ports.clock.now() + leaseAgainMs
      return null
    }
    const fault = faultData(error)
    if (step.kind === 'cancel-move') {
      this.#watch.refused(fault)
      return null
    }
    if (step.kind === 'migrate') {
      // With an unknown outcome both hosts are looked at; if it still runs here, and is not under way, it is tried again.
      if (fault.outcome === 'not-done') {
        this.#deeds = { ...this.#deeds, movedSerial: step.serial }
        this.#moved = { serial: step.serial, fault }
      }
      // That it ended is what was asked for.
      if (this.#assignment?.move?.cancelled && fault.outcome === 'not-done') return null
      this.#hooks.tell('fault', this.#compiled.id, { fault })
      return null
    }
    // A hypervisor that cannot be asked is not the guest's failure: it is looked at when the hypervisor is back.
    const unasked = fault.code === 'hypervisor-absent' || fault.code === 'hypervisor-lost'
    if (step.kind === 'start' && unasked) this.#deeds = { ...this.#deeds, triedGeneration: step.generation - 1 }
    if (step.kind === 'destroy' && !unasked) this.#deeds = { ...this.#deeds, destroyFailed: true }
    if (step.kind === 'refuse-stop') this.#allowedOnce(fault)
    else if (!unasked && step.kind !== 'start' && !sameFault(this.#trouble, fault)) this.#trouble = fault
    this.#hooks.tell('fault', this.#compiled.id, { fault })
    return step.kind === 'start' && !unasked ? { generation: step.generation, fault } : null
  }

  /** A refused stop is told once; nothing more is done until the leader has another order. */
  #allowedOnce(fault: FaultData): void {
    this.#trouble = fault
    this.#allowed = false
  }

  /**
   * It runs: its present generation has been tried, by whomever. Without this a new agent life would start it by itself
   * when it goes down, before the leader has decided anything.
   */
  #noteUp(): void {
    if (this.#assignment?.wanted !== 'running' || (this.#run !== 'running' && this.#run !== 'paused')) return
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
