import type { CertificateSource, ServerCertificate } from '../../ports/certificate-source.ts'
import type { Clock } from '../../ports/clock.ts'

/** A certificate that is replaced now and then, and who wants to know. */
export class RenewableCertificate implements CertificateSource {
  readonly #listeners = new Set<(newer: ServerCertificate) => void>()
  #current: ServerCertificate
  #cancel: () => void = () => {}
  #stopped = false

  constructor(current: ServerCertificate) {
    this.#current = current
  }

  get current(): ServerCertificate {
    return this.#current
  }

  onRenewed(listener: (newer: ServerCertificate) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  /** Says nothing where it is the same as before. */
  use(newer: ServerCertificate): void {
    if (newer.certificate === this.#current.certificate && newer.key === this.#current.key) return
    this.#current = newer
    for (const listener of this.#listeners) listener(newer)
  }

  /** Looks again and again, until `stop`; `look` does not throw. */
  each(clock: Clock, everyMs: number, look: () => Promise<void>): void {
    this.#cancel = clock.after(everyMs, () => {
      void look().then(() => {
        if (!this.#stopped) this.each(clock, everyMs, look)
      })
    })
  }
}
