import { freshUse, lookAtMemoryEachMs, type WatchedMemory, watched } from '../core/memory-use.ts'
import type { MemoryUse } from '../model/memory-use.ts'
import type { Clock } from '../ports/clock.ts'
import type { Hypervisor } from '../ports/hypervisor.ts'

/** A guest whose memory goes by its need, as its keeper shows it here. */
export interface WatchedGuest {
  readonly domainName: string
  /** It runs, and is ours to settle. */
  readonly memoryGoesByNeed: boolean
  /** What it needs; null: not known, or not any more. `givenMib`: what it was seen to have; null: not seen. */
  noteMemory(use: MemoryUse | null, givenMib: number | null): void
}

export interface MemoryWatchPorts {
  readonly clock: Clock
  readonly hypervisor: Hypervisor
  readonly guests: () => Iterable<WatchedGuest>
}

/** A hypervisor that could not be asked is left in peace for so many looks, twice as many each time. */
const mostLeftOut = 16

/**
 * Looks each second at what guests need of memory, as long as there are any whose memory goes by that. One look at a time: while one is
 * under way the next is left out, and a guest that tells nothing new is not known any more after a while.
 */
export class MemoryWatch {
  readonly #ports: MemoryWatchPorts
  readonly #memories = new Map<string, WatchedMemory>()
  #busy = false
  #leftOut = 0
  #failures = 0
  #stopped = false
  #cancel: (() => void) | null = null

  constructor(ports: MemoryWatchPorts) {
    this.#ports = ports
  }

  /** There may be guests to look at now. Harmless if repeated. */
  wake(): void {
    if (this.#cancel !== null || this.#stopped) return
    for (const guest of this.#ports.guests()) {
      if (!guest.memoryGoesByNeed) continue
      this.#schedule()
      return
    }
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #guests(): WatchedGuest[] {
    return [...this.#ports.guests()].filter((guest) => guest.memoryGoesByNeed)
  }

  #schedule(): void {
    this.#cancel = this.#ports.clock.after(lookAtMemoryEachMs, () => {
      this.#cancel = null
      if (this.#stopped) return
      const guests = this.#guests()
      if (guests.length === 0) {
        this.#memories.clear()
        return
      }
      this.#schedule()
      this.#forgetStale(guests)
      void this.#look(guests)
    })
  }

  async #look(guests: readonly WatchedGuest[]): Promise<void> {
    if (this.#busy) return
    if (this.#leftOut > 0) {
      this.#leftOut -= 1
      return
    }
    this.#busy = true
    try {
      const told = await this.#ports.hypervisor.memoryStatistics(guests.map(({ domainName }) => domainName))
      if (this.#stopped) return
      this.#failures = 0
      const now = this.#ports.clock.now()
      const byName = new Map(guests.map((guest) => [guest.domainName, guest]))
      for (const seen of told) {
        const memory = watched(this.#memories.get(seen.domain) ?? null, seen, now)
        if (memory !== null) this.#memories.set(seen.domain, memory)
        byName.get(seen.domain)?.noteMemory(freshUse(memory, now), Math.round(seen.givenMib))
      }
    } catch {
      // What is not told gets old, and that is said then.
      this.#failures += 1
      this.#leftOut = Math.min(2 ** this.#failures - 1, mostLeftOut)
    } finally {
      this.#busy = false
    }
  }

  #forgetStale(guests: readonly WatchedGuest[]): void {
    const now = this.#ports.clock.now()
    const names = new Set(guests.map(({ domainName }) => domainName))
    for (const name of this.#memories.keys()) if (!names.has(name)) this.#memories.delete(name)
    for (const guest of guests) {
      const memory = this.#memories.get(guest.domainName) ?? null
      if (freshUse(memory, now) === null) guest.noteMemory(null, null)
    }
  }
}
