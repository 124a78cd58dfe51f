/** A user of etcd's own, where its authentication is on. The password is read anew for each renewal, so it can be changed in its file. */
export interface Credentials {
  readonly name: string
  readonly password: string
}

/** One token for all calls. It is renewed when etcd refuses it: tokens expire, and a restarted member knows none. */
export class Tokens {
  readonly #ask: () => Promise<string>
  #token: Promise<string> | null = null

  /** `ask` asks etcd for a new one. */
  constructor(ask: () => Promise<string>) {
    this.#ask = ask
  }

  /** Callers at the same time share one question; a failed one is asked again by the next caller. */
  current(): Promise<string> {
    if (this.#token !== null) return this.#token
    const asked = this.#ask()
    this.#token = asked
    asked.catch(() => this.#forget(asked))
    return asked
  }

  /** etcd refused this token. A newer one stays. */
  async refused(token: string): Promise<void> {
    const held = this.#token
    if (held !== null && (await held.catch(() => token)) === token) this.#forget(held)
  }

  #forget(held: Promise<string>): void {
    if (this.#token === held) this.#token = null
  }
}
