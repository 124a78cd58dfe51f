import type { HostObservation } from '../../model/observation.ts'
import type { Observations } from '../../ports/observations.ts'

/** What agent and leader of one daemon share: one host, in memory. Publications of one task are told as one, right after it. */
export class LocalObservations implements Observations {
  readonly #newest = new Map<string, HostObservation>()
  readonly #listeners = new Set<() => void>()
  #scheduled = false

  publish(observation: HostObservation): void {
    this.#newest.set(observation.host, observation)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener()
    })
  }

  current(): ReadonlyMap<string, HostObservation> {
    return new Map(this.#newest)
  }

  subscribe(listener: () => void): () => void {
    // Wrapped: the same function given twice is two subscriptions.
    const subscription = (): void => listener()
    this.#listeners.add(subscription)
    return () => this.#listeners.delete(subscription)
  }
}
