import type { DrillView } from '../model/drill.ts'
import type { GuestId, HostId, ServiceKey } from '../model/ids.ts'

/**
 * What a drill does to a cluster, as people would: by commands that are checked and recorded like theirs. Called by whoever holds the drill.
 *
 * Each call resolves when the order was taken, not when it is done: that is seen in `view`. All may be repeated without harm. Faults: those of
 * the commands (`refused` says why), of fence devices, and `not-supported` where the cluster file says no way.
 */
export interface DrillHands {
  view(): Promise<DrillView>
  /** `to` null: a host that may take it, other than the one it is on. */
  move(guest: GuestId, to: HostId | null, how: 'live' | 'cold'): Promise<void>
  /** In an orderly way, whoever needs it. */
  shutdown(guest: GuestId): Promise<void>
  launch(guest: GuestId): Promise<void>
  /** What was said of it by command is taken back: the cluster file alone speaks. */
  unwish(guest: GuestId): Promise<void>
  /** Takes the power of a host without telling the cluster. Resolves when it reads off. */
  powerOff(host: HostId): Promise<void>
  powerOn(host: HostId): Promise<void>
  breakService(guest: GuestId, service: ServiceKey): Promise<void>
  mendService(guest: GuestId, service: ServiceKey): Promise<void>
}
