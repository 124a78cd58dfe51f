import type { HostObservation } from '../model/observation.ts'

/**
 * What agents see, on its way to the leader. Not durable: an agent publishes anew after any restart.
 * The newest observation of a host replaces the older; listeners are called soon after, several publications may be one call.
 */
export interface Observations {
  publish(observation: HostObservation): void
  /** The newest of each host that has published and is still heard of. */
  current(): ReadonlyMap<string, HostObservation>
  subscribe(listener: () => void): () => void
}
