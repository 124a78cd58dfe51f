import type { Audit } from '../../ports/audit.ts'
import type { Directory, OpenId } from '../../ports/directory.ts'
import type { Passwords } from '../../ports/passwords.ts'

/** What the daemon gives its API for who may come in. */
export interface AccessPowers {
  readonly passwords: Passwords
  readonly audit: Audit
  /** Of other people than those with an account. Null: there is none. Loaded when it is asked for first. */
  readonly directory: (() => Promise<Directory>) | null
  readonly openId: { readonly name: string; readonly load: () => Promise<OpenId> } | null
  /** What people type into their browsers (`https://HOST:PORT`), the one they are meant to first. Empty: nothing is served over the network. */
  urls(): readonly string[]
}
