import type { WishState } from './guest.ts'
import type { HostId, WallTime } from './ids.ts'

/**
 * What people said of one guest by command; stored under `wish/guest/<id>`, written only by the API, read by the leader.
 * Absent = the cluster file alone speaks.
 */
export interface GuestWish {
  /** Null: the cluster file's own wish. */
  readonly state: WishState | null
  /** Grows with every launch or shutdown by command: a failed or held-down guest is tried again when it is higher than the record's. */
  readonly launchSerial: number
  /** That command forgets failures also of a guest that is to be down. */
  readonly clears?: boolean
  /** False: hands off. Nothing automatic is done to this guest; what is said by command still is. */
  readonly watch: boolean
  readonly pausedByHand: boolean
  /** Null: the cluster file's running amount. */
  readonly memoryMib: number | null
  /** A shutdown that does not wait for the guests that need this one. */
  readonly ignoreDependents: boolean
  /** Where it shall go, asked for by a person; acted upon once, when `moveSerial` is higher than the record's. */
  readonly move?: { readonly to: HostId; readonly how: 'live' | 'cold' } | null
  readonly moveSerial?: number
  /** The live move (its serial in the record) that shall come to nothing, if it is still under way. A newer one is another wish's. */
  readonly moveCancel?: number
  readonly by: string
  readonly at: WallTime
}

/**
 * What people said of one host by command; stored under `wish/host/<id>`, written only by the API, read by the leader.
 * Absent = nothing.
 */
export interface HostWish {
  /**
   * In this boot of the host (its `bootId`) all its guests shall be down, whatever is wished of each; in any other boot it
   * means nothing, so they start again with the host. Null: taken back.
   */
  readonly downInBoot: string | null
  /** What follows: the host comes back, or stays off. Absent: not said. */
  readonly downFor?: 'reboot' | 'power-off'
  /** Its guests go elsewhere and none comes, until this is taken back; reboots change nothing. */
  readonly maintenance?: boolean
  /** S2 (d): somebody swears that it is dead, whatever its record was then (its revision). */
  readonly sworn?: { readonly aliveRevision: number; readonly by: string } | null
  /** Its power shall be taken although it is not silent: once, when this is higher than the fencing record's. */
  readonly fenceSerial?: number
  /** The boot that is meant by it: a host that was booted since is let alone. Null: not known. */
  readonly fenceBoot?: string | null
  readonly by: string
  readonly at: WallTime
}

/** Whether hosts may be fenced and guests taken from them; stored under `wish/armed`. Absent = armed. */
export interface ArmedWish {
  readonly armed: boolean
  /**
   * Disarmed for so long only, counted by each daemon on its own clock from when it saw the wish: wall clocks decide nothing, and
   * a leader that came later, or was started again, counts anew, which only delays. Absent: until somebody arms.
   */
  readonly forMs?: number
  readonly by: string
  readonly at: WallTime
}

/** What people said of fencing as a whole; stored under `wish/fencing`. Absent = nothing. */
export interface FencingWish {
  /** S6: the count begins anew when this is higher than the fencing record's. */
  readonly resetSerial: number
  readonly by: string
  readonly at: WallTime
}

export const noHostWish: HostWish = { downInBoot: null, by: '', at: 0 as WallTime }

export const noWish: GuestWish = {
  state: null,
  launchSerial: 0,
  watch: true,
  pausedByHand: false,
  memoryMib: null,
  ignoreDependents: false,
  by: '',
  at: 0 as WallTime,
}
