import type { WallTime } from './ids.ts'

/** What people may do, from the least to the most. Each may all that the ones before it may. */
export const roles = ['viewer', 'operator', 'administrator'] as const

/**
 * `viewer` sees; `operator` commands guests, all of them or those with one of some tags; `administrator` changes the cluster,
 * its hosts, and who may do what.
 */
export type Role = (typeof roles)[number]

/** What a route asks of who calls it. */
export type Access = 'public' | Role

/** What somebody may do. */
export interface Rights {
  readonly role: Role
  /** An operator's: only guests with one of these may be commanded. Null: all. */
  readonly tags: readonly string[] | null
}

/** Whom a request comes from. */
export interface Caller extends Rights {
  /** For the history. Of a caller at the socket: as they say themselves, no proof of anything; of others: the account's. */
  readonly name: string
  readonly by: 'local' | 'session' | 'token'
  /** Which session or token of theirs, for the audit: not what proves it. Null: local. */
  readonly id: string | null
}

/** A password as it is kept: argon2id. Salt and hash are base64url. */
export interface StoredPassword {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
  readonly salt: string
  readonly hash: string
}

/** An authenticator (RFC 6238: SHA-1, six digits, 30 s). Whoever can read the store could make its codes. */
export interface StoredTotp {
  /** Base32, as authenticators take it. */
  readonly secret: string
  /** False until a code of it was shown once: an authenticator that was set up wrongly locks nobody out. */
  readonly confirmed: boolean
  /** Of the newest code that was accepted: none is accepted twice, nor one before it. */
  readonly lastStep: number
}

/** Somebody who signs in with a name of Vigia's own. Stored under `access/account/NAME`; written by the API. */
export interface AccountRecord extends Rights {
  readonly name: string
  /** Null: by one-time link only. */
  readonly password: StoredPassword | null
  readonly totp: StoredTotp | null
  /** Grows with a new password or authenticator: sessions of a lower one are over. */
  readonly serial: number
  readonly createdAt: WallTime
  readonly createdBy: string
}

/** How somebody proved who they are. */
export type SignInWay = 'password' | 'link' | 'ldap' | 'openid'

/** Somebody is in. Stored under `access/session/HASH` (of what the cookie holds); written by the API. */
export interface SessionRecord extends Rights {
  readonly name: string
  /** Of the account, whose rights count then and not the session's own. Null: a directory or a link vouched for them. */
  readonly accountSerial: number | null
  readonly way: SignInWay
  readonly createdAt: WallTime
  /** Not of each request: it is written again when it is some minutes old. */
  readonly usedAt: WallTime
  readonly from: string
}

/** A program's way in. Stored under `access/token/ID`; written by the API. */
export interface ApiTokenRecord extends Rights {
  readonly id: string
  /** What it is for. */
  readonly name: string
  /** SHA-256 of the secret, base64url: 256 bits of chance need no slower one. */
  readonly hash: string
  /** The account that made it, beyond whose rights it does not go and without which it is void. Null: made at a host. */
  readonly owner: string | null
  readonly createdBy: string
  readonly createdAt: WallTime
  readonly expiresAt: WallTime
}

/** A one-time way in for an administrator. Stored under `access/link/HASH`; written by the API, removed by whoever uses it. */
export interface LinkRecord {
  readonly name: string
  readonly createdAt: WallTime
  readonly expiresAt: WallTime
}

export const accountNameMaxLength = 64

/** As people of directories are called, too: `ana`, `ana.silva`, `ana@example.org`. */
export const accountNamePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]*$/

export function isAccountName(text: string): boolean {
  return text.length <= accountNameMaxLength && accountNamePattern.test(text)
}
