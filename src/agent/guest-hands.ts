import type { Step } from '../core/deeds.ts'
import { type GuestOwners, isForeign, isOrderedHere, isToBeDiscarded, type SeenHere } from '../core/owners.ts'
import { Fault } from '../model/fault.ts'
import type { GuestSpec } from '../model/guest.ts'
import type { GuestMover } from './guest-mover.ts'
import type { KeptMemory } from './kept-memory.ts'
import type { AgentPorts } from './ports.ts'

/** The store names another host, or another start, than the order that was heard. */
export class NotOurs extends Error {}

/** Does one step to one guest, as it was decided elsewhere. Faults as of the hypervisor's calls. */
export class GuestHands {
  readonly #ports: AgentPorts
  readonly #mover: GuestMover
  readonly #memory: KeptMemory
  /** Whom the store names now. */
  readonly #confirmedOwners: () => Promise<GuestOwners | null>

  constructor(
    ports: AgentPorts,
    mover: GuestMover,
    memory: KeptMemory,
    confirmedOwners: () => Promise<GuestOwners | null>,
  ) {
    this.#ports = ports
    this.#mover = mover
    this.#memory = memory
    this.#confirmedOwners = confirmedOwners
  }

  /**
   * S1, S8, S13: what cannot be undone is done by the store's word of now. A daemon that was frozen may have heard its order long ago. Null: this step
   * needs no word; rejects with `NotOurs`.
   */
  confirm(step: Step, seen: SeenHere): Promise<void> | null {
    const { host, cluster } = this.#ports
    if (step.kind === 'start' && cluster != null)
      return this.#asked((owners) => isOrderedHere(owners, host, step.generation) && cluster.lease.mayStart)
    if (step.kind === 'expel') return this.#asked((owners) => isForeign(owners, host))
    if (step.kind === 'discard') return this.#asked((owners) => isToBeDiscarded(owners, host, seen))
    return null
  }

  do(step: Step, name: string, spec: GuestSpec): Promise<unknown> {
    const { hypervisor } = this.#ports
    switch (step.kind) {
      case 'nothing':
        return Promise.resolve()
      case 'start':
        return this.#start(name, spec)
      case 'migrate':
        return this.#mover.move(name, step.to, step.serial)
      case 'cancel-move':
        return this.#mover.cancel(name, step.to, step.serial)
      case 'destroy':
      // S8: nothing of it may go on here when it starts anew.
      case 'discard':
      case 'expel':
      // The hypervisor does one thing after the other to a domain: whatever was asked before is over when this is.
      case 'settle':
        return hypervisor.destroy(name)
      case 'shutdown':
        return hypervisor.shutdown(name)
      case 'suspend':
        return hypervisor.suspend(name)
      case 'resume':
        return hypervisor.resume(name)
      case 'set-memory':
        return this.#memory.asking(step.memoryMib, () => hypervisor.setMemory(name, step.memoryMib))
      case 'refuse-stop':
        return Promise.reject(new Fault('stop-refused', 'not-done', { guest: spec.id }))
    }
  }

  async #asked(isSo: (owners: GuestOwners | null) => boolean): Promise<void> {
    if (!isSo(await this.#confirmedOwners().catch(() => null))) throw new NotOurs()
  }

  async #start(name: string, spec: GuestSpec): Promise<void> {
    const { hypervisor, machineMaker } = this.#ports
    if (spec.source.kind === 'existing') await hypervisor.start(name, { kind: 'existing' })
    else await hypervisor.start(name, { kind: 'transient', xml: await machineMaker.prepare(spec) })
  }
}
