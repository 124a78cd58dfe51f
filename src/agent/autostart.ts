import type { EventWord } from '../model/event.ts'
import { type FaultData, faultData } from '../model/fault.ts'
import type { GuestId } from '../model/ids.ts'
import type { Hypervisor } from '../ports/hypervisor.ts'

type Tell = (word: EventWord, guest: GuestId, details: { fault?: FaultData }) => void

/**
 * Keeps libvirt from starting watched guests by itself (S9): at boot they would come up out of order, or on a host they
 * no longer belong to. Looks with each full look of the agent, beside its work: nothing waits for it, and what fails is
 * told once and tried again with the next look.
 */
export class Autostart {
  readonly #hypervisor: Pick<Hypervisor, 'autostarting' | 'setAutostart'>
  readonly #tell: Tell
  readonly #told = new Set<string>()
  #busy = false

  constructor(hypervisor: Pick<Hypervisor, 'autostarting' | 'setAutostart'>, tell: Tell) {
    this.#hypervisor = hypervisor
    this.#tell = tell
  }

  /** `watched`: guests by the name of their domain. Never throws; harmless to repeat, also while under way. */
  async settle(watched: ReadonlyMap<string, GuestId>): Promise<void> {
    if (this.#busy || watched.size === 0) return
    this.#busy = true
    try {
      for (const domain of await this.#hypervisor.autostarting()) {
        const guest = watched.get(domain)
        if (guest !== undefined) await this.#turnOff(domain, guest)
      }
    } catch {
      // The hypervisor cannot be asked: the agent's own look says so, and the next one asks again.
    } finally {
      this.#busy = false
    }
  }

  async #turnOff(domain: string, guest: GuestId): Promise<void> {
    try {
      await this.#hypervisor.setAutostart(domain, false)
      this.#told.delete(domain)
      this.#tell('autostart-off', guest, {})
    } catch (error) {
      if (this.#told.has(domain)) return
      this.#told.add(domain)
      this.#tell('fault', guest, { fault: faultData(error) })
    }
  }
}
