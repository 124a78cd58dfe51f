import { same } from '../core/same.ts'
import type { MemoryUse } from '../model/memory-use.ts'
import type { GuestObservation } from '../model/observation.ts'

/** What one agent life knows of a guest's memory: what the guest needs, and what its balloon was asked for. */
export class KeptMemory {
  #use: MemoryUse | null = null
  /** The most that was asked for and may still come about; null: nothing was asked, or the guest has been started since. */
  #askedMib: number | null = null

  get observation(): Pick<GuestObservation, 'memoryUse' | 'memoryAskedMib'> {
    return {
      ...(this.#use !== null && { memoryUse: this.#use }),
      ...(this.#askedMib !== null && { memoryAskedMib: this.#askedMib }),
    }
  }

  /** Nothing was asked in this life that would end what an earlier one asked. */
  get isUnsure(): boolean {
    return this.#askedMib === null
  }

  /** It is down: nothing of this is of its next run. */
  forget(): void {
    this.#use = null
    this.#askedMib = null
  }

  /** True: that is news. */
  note(use: MemoryUse | null): boolean {
    if (same(use, this.#use)) return false
    this.#use = use
    return true
  }

  /**
   * The hypervisor does one thing after the other to a domain: when this is done, whatever was asked before is over. If its end is not
   * known, the larger of both may still come about.
   */
  async asking(memoryMib: number, ask: () => Promise<void>): Promise<void> {
    this.#askedMib = Math.max(this.#askedMib ?? 0, memoryMib)
    await ask()
    this.#askedMib = memoryMib
  }
}
