import type { NewestFigures, Stretch, Subject } from '../model/metric.ts'
import type { ConsoleLine } from './hypervisor.ts'

export interface LineWish {
  /** Of the hypervisor. */
  readonly domain: string
  readonly kind: 'vnc' | 'serial'
  /** A serial console that somebody has open is taken from them. */
  readonly force: boolean
}

/**
 * What the daemon of one host tells of its guests: to its own API, or to that of any other member. Every call is bounded in time by itself, changes
 * nothing that lasts, and throws the Faults of the hypervisor and of the figures' file, or `peer-lost` where the host does not answer.
 */
export interface HostGuests {
  /** By series, means over `group` steps; null: not known. Nothing is known of a subject that was never measured here. */
  figures(subject: Subject, stretch: Stretch): Promise<readonly (readonly (number | null)[])[]>
  /** Null: nothing was measured yet. */
  newest(): Promise<NewestFigures | null>
  /** XML as the hypervisor has it now, without secrets. Null: no such domain. */
  definition(domain: string): Promise<string | null>
  openLine(wish: LineWish): Promise<ConsoleLine>
}
