import { type FaultData, faultData } from '../model/fault.ts'
import type { GuestObservation } from '../model/observation.ts'
import type { MigrationProgress } from '../ports/hypervisor.ts'
import { sameFault } from './faults.ts'
import type { AgentPorts } from './ports.ts'

/** How far a move has come is looked at so often, and so its cancelling is tried again. */
const lookEachMs = 1_000

interface Hooks {
  /** There is something new to publish. */
  readonly changed: () => void
  readonly tell: (fault: FaultData) => void
}

/** What there is to do beside a move while it is under way from here: to see how far it is, and to tell it to end. */
export class MoveWatch {
  readonly #ports: Pick<AgentPorts, 'hypervisor' | 'clock'>
  readonly #domain: () => string
  readonly #hooks: Hooks
  /** Of this life's own, while the hypervisor has not answered. */
  #serial: number | null = null
  #cancelSerial = 0
  #told: FaultData | null = null
  #progress: GuestObservation['moving'] | null = null

  constructor(ports: Pick<AgentPorts, 'hypervisor' | 'clock'>, domain: () => string, hooks: Hooks) {
    this.#ports = ports
    this.#domain = domain
    this.#hooks = hooks
  }

  get progress(): GuestObservation['moving'] | null {
    return this.#progress
  }

  /** Watches a move until its end, and returns or throws what it came to. */
  async during(serial: number, move: Promise<void>): Promise<void> {
    this.#serial = serial
    this.#told = null
    let cancelLook = (): void => {}
    const look = async (): Promise<void> => {
      if (this.#cancelSerial === serial) await this.#end()
      // That the hypervisor does not tell is no news of the move.
      await this.look(serial).catch(() => {})
      if (this.#serial !== serial) this.#progress = null
      else cancelLook = this.#ports.clock.after(lookEachMs, () => void look())
    }
    cancelLook = this.#ports.clock.after(lookEachMs, () => void look())
    if (this.#cancelSerial === serial) void this.#end()
    try {
      await move
    } finally {
      cancelLook()
      this.#serial = null
      this.#progress = null
    }
  }

  /** How far the move of the guest is that the hypervisor shows, whoever asked for it. Null, and throws, as `migrationProgress`. */
  async look(serial: number): Promise<MigrationProgress | null> {
    const found = await this.#ports.hypervisor.migrationProgress(this.#domain())
    const counted = found !== null && found.totalBytes > 0
    const doneBytes = counted ? Math.max(0, found.totalBytes - found.leftBytes) : 0
    const progress = counted ? { serial, doneBytes, totalBytes: found.totalBytes } : null
    const changed = progress?.doneBytes !== this.#progress?.doneBytes
    this.#progress = progress
    if (changed) this.#hooks.changed()
    return found
  }

  /** Tells it to end; tried again while it goes on. */
  cancel(serial: number): void {
    if (this.#cancelSerial === serial) return
    this.#cancelSerial = serial
    if (this.#serial === serial) void this.#end()
  }

  /** Told once: memory that is on its way after the guest cannot be called back. */
  refused(fault: FaultData): void {
    if (sameFault(this.#told, fault)) return
    this.#told = fault
    this.#hooks.tell(fault)
  }

  async #end(): Promise<void> {
    try {
      await this.#ports.hypervisor.cancelMigration(this.#domain())
    } catch (error) {
      this.refused(faultData(error))
    }
  }
}
