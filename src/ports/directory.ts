import type { Rights } from '../model/access.ts'

/** A directory of people (LDAP), which knows their passwords and groups. */
export interface Directory {
  /**
   * Null: no such person, a wrong password, or none of the groups that may come in; which of these is for the log. Bounded in time.
   * Faults: `sign-in-refused` (`unknown`) with the text when the directory cannot be asked.
   */
  signIn(name: string, password: string): Promise<Rights | null>
}

/** Somebody whom an OpenID provider vouches for. */
export interface Vouched extends Rights {
  readonly name: string
}

/** An OpenID provider, by the code flow with PKCE. */
export interface OpenId {
  /** What people know it by. */
  readonly name: string
  /** Where a browser is sent; `attempt` is kept for when it comes back. Faults: `sign-in-refused` when the provider cannot be reached. */
  begin(): Promise<{ readonly url: string; readonly attempt: OpenIdAttempt }>
  /** What the browser came back with. Null: a person who may not come in. Faults: `sign-in-refused`. */
  finish(attempt: OpenIdAttempt, returned: URLSearchParams): Promise<Vouched | null>
}

/** What proves that the browser that comes back is the one that was sent. Secret. */
export interface OpenIdAttempt {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}
