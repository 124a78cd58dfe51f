import type { X509Certificate } from 'node:crypto'
import { faultData } from '../../model/fault.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { signMember } from './certificate-maker.ts'
import { type AuthorityPair, type Identity, publicKeyOf, readCertificate } from './certificates.ts'
import type { IdentityFolder } from './identity-folder.ts'
import { type RenewalVerdict, renewalVerdict } from './renewal.ts'

export interface RenewerOptions {
  readonly folder: IdentityFolder
  readonly identity: Identity
  readonly clock: Clock
  readonly log: Log
  /** Gets a new certificate for this identity: signed here (`signItself`), or asked for from another member. */
  readonly renew: (identity: Identity) => Promise<string>
}

/** How often the dates are looked at: a clock that was set is noticed within this. */
const checkEachMs = 3_600_000

/** While out of its dates, or after a try that failed. */
const hurriedMs = 60_000

/** Keeps the certificate of this member in date, from its start to `stop`. It never fails: it says in the log what it could not do. */
export class Renewer {
  readonly #options: RenewerOptions
  readonly #listeners = new Set<(identity: Identity) => void>()
  #identity: Identity
  #cancel: () => void
  #stopped = false

  constructor(options: RenewerOptions) {
    this.#options = options
    this.#identity = options.identity
    this.#cancel = options.clock.after(0, () => void this.#check())
  }

  get identity(): Identity {
    return this.#identity
  }

  /** A new certificate, or others to trust, that came by another way and are on disk. */
  use(identity: Identity): void {
    this.#identity = identity
    for (const listener of this.#listeners) listener(identity)
  }

  /** Called with each new certificate, after it is on disk. Returns how to stop. */
  onRenewed(listener: (identity: Identity) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  async #check(): Promise<void> {
    const { clock } = this.#options
    const verdict = renewalVerdict(readCertificate(this.#identity.certificate), clock.wall())
    const calm = verdict.kind === 'good' || (await this.#renew(verdict))
    if (!this.#stopped) this.#cancel = clock.after(calm ? checkEachMs : hurriedMs, () => void this.#check())
  }

  /** False: not renewed. */
  async #renew(verdict: RenewalVerdict): Promise<boolean> {
    const { folder, log, renew } = this.#options
    try {
      const old = this.#identity
      this.#identity = await folder.renewed(old, await renew(old))
      if (verdict.kind !== 'due')
        log.warn('the certificate was out of its dates: renewed', { certificate: verdict.kind })
      else log.info('the certificate was renewed', { until: endOf(readCertificate(this.#identity.certificate)) })
      for (const listener of this.#listeners) listener(this.#identity)
      return true
    } catch (error) {
      log.warn('the certificate could not be renewed', { certificate: verdict.kind, fault: faultData(error) })
      return false
    }
  }
}

/** For members that hold the authority's key: it needs nobody, so it works with the network down. */
export function signItself(authority: AuthorityPair, clock: Pick<Clock, 'wall'>, addresses: readonly string[]) {
  return (identity: Identity): Promise<string> =>
    signMember(authority, publicKeyOf(identity.key), { member: identity.member, addresses }, clock.wall())
}

function endOf(certificate: X509Certificate): string {
  return certificate.validToDate.toISOString()
}
