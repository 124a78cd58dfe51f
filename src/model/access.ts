import type { HostId } from './ids.ts'

/** What people may do, from the least to the most. Each may all that the ones before it may. */
export const roles = ['viewer', 'operator', 'administrator'] as const

/**
 * `viewer` sees; `operator` commands guests, all of them or those with one of some tags; `administrator` changes the cluster,
 * its hosts, and who may do what.
 */
export type Role = (typeof roles)[number]

/** What a route asks of who calls it. */
export type Access = 'public' | Role

/** Whom a request comes from. */
export interface Caller {
  /** For the history. Of a caller at the socket: as they say themselves, no proof of anything; of others: the account's. */
  readonly name: string
  readonly role: Role
  /** An operator's: only guests with one of these may be commanded. Null: all. */
  readonly tags: readonly string[] | null
  readonly by: 'local' | 'session' | 'token'
}

/** Where a request came in. */
export interface CallPlace {
  readonly host: HostId
  /** The address it came from; null: through the socket of this host. */
  readonly from: string | null
}
