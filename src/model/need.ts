import type { GuestId, ServiceKey } from './ids.ts'
import type { ProbePolicy, ProbeSpec, Protocol } from './service.ts'

/**
 * What becomes of a guest when a need of it is lost:
 * - `pause`: suspended while the need does not answer; spreads to whatever needs the paused guest.
 * - `keep`: goes on; the need only orders launch and shutdown.
 * - `restart`: once the need is lost for good (its own restart began), goes down too and starts again when its needs answer.
 * - `stop`: once the need is lost for good, goes down and stays down until somebody launches it.
 */
export type OnLoss = 'pause' | 'keep' | 'restart' | 'stop'

export interface GuestNeed {
  readonly kind: 'guest'
  readonly guest: GuestId
  /** Null: the need is met when that guest runs. */
  readonly service: ServiceKey | null
  readonly onLoss: OnLoss
}

/** A service outside the cluster file: probed by the host of the guest that needs it, never started or stopped. */
export interface ExternalNeed {
  readonly kind: 'external'
  readonly address: string
  readonly port: number
  readonly protocol: Protocol
  readonly probe: ProbeSpec
  readonly probePolicy: ProbePolicy
  readonly onLoss: OnLoss
}

export type NeedSpec = GuestNeed | ExternalNeed

/** How a need is written: `dns:53/udp`, `dns`, `192.0.2.1:3306/tcp`. */
export function needText(need: NeedSpec): string {
  if (need.kind === 'external') return `${need.address}:${need.port}/${need.protocol}`
  return need.service === null ? need.guest : `${need.guest}:${need.service}`
}
