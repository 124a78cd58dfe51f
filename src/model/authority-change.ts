import type { HostId, WallTime } from './ids.ts'

/** The cluster's authority is made anew. Stored under `authority/change`: written by who begins it, removed by the member that finds it done. */
export interface AuthorityChange {
  /** SHA-256 of the new authority's certificate, base64url. It names this change. */
  readonly next: string
  /** The new authority's certificate, PEM. Its key is never in the store: hosts give it to each other. */
  readonly certificate: string
  /** Who had the key first. */
  readonly begunBy: HostId
  readonly at: WallTime
}

/**
 * How far a member has come, in this order: `trusts-both` authorities, and so does its store; `renewed`, it shows a certificate of the new one;
 * `dropped` the old one.
 */
export type AuthorityStage = 'trusts-both' | 'renewed' | 'dropped'

/** Stored under `authority/at/<member>`; written by the member itself. Of another change: as if there were none. */
export interface AuthorityProgress {
  readonly member: HostId
  readonly next: string
  readonly stage: AuthorityStage
}
