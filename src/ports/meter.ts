import type { GuestReading, HostReading } from '../model/reading.ts'

/**
 * Measures one host and the guests that run on it. Asked by that host's agent each 10 s, never twice at once.
 *
 * Nothing depends on it: both calls are bounded in time, use no connection that watching waits for, and throw a Fault when there is nothing to tell:
 * `hypervisor-absent`/`hypervisor-lost`, `hypervisor-timeout` (a guest's monitor hangs), `not-supported`. A figure that is not told is null in a
 * reading, never 0.
 */
export interface Meter {
  /** Every running domain in one question, those that the cluster file does not name included. Paused ones are running ones. */
  guests(): Promise<readonly GuestReading[]>
  /** Never throws for a figure that is missing. */
  host(): Promise<HostReading>
}
