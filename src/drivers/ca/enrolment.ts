import { timingSafeEqual, X509Certificate } from 'node:crypto'
import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Store, Transaction } from '../../ports/store.ts'
import { keyOfRequest, type MemberNames, signMember } from './certificate-maker.ts'
import { type AuthorityPair, fingerprint, keyHash, type Shown } from './certificates.ts'
import type { Admission } from './identity-folder.ts'
import { formatToken, newToken, parseToken, secretHash } from './join-token.ts'
import { type MemberKey, type MemberRole, memberKeyEntry, readOne, type TokenRecord } from './stored-identities.ts'

export interface JoinRequest extends MemberNames {
  readonly token: string
  /** A PKCS 10 request, PEM. */
  readonly request: string
}

export interface TokenWish {
  readonly role: MemberRole
  /** Where members listen, `HOST:PORT`. */
  readonly addresses: readonly string[]
  /** The member whose place, with a new key, the holder may take; null = only a name that no member has. */
  readonly replaces: HostId | null
}

/** How long a token is good: the walk to the other machine. */
export const tokenLifeMs = 3_600_000

/** A store that changes under us so often is being written by something gone wild. */
const maxTries = 5

/**
 * The side of joining and renewing that signs: any member that holds the authority's key.
 * E1  A token admits one key under one name, once: both are written in the transaction that uses it up. The same key may ask again with it
 *     until it expires, because an answer may have been lost.
 * E2  A name is given to one key at a time. Two hosts of one name would be two owners of the same guests (S1).
 * E3  Nothing is signed before the key stands in the store.
 */
export class Enrolment {
  readonly #store: Store
  readonly #authority: AuthorityPair
  readonly #clock: Pick<Clock, 'wall'>
  readonly #log: Log
  readonly #fingerprint: string

  constructor(store: Store, authority: AuthorityPair, clock: Pick<Clock, 'wall'>, log: Log) {
    this.#store = store
    this.#authority = authority
    this.#clock = clock
    this.#log = log
    this.#fingerprint = fingerprint(new X509Certificate(authority.certificate))
  }

  /** Records a new token and returns its text: it is shown once and kept nowhere. Faults: the store's. */
  async issueToken({ role, addresses, replaces }: TokenWish): Promise<string> {
    const token = newToken(this.#fingerprint, addresses)
    const record: TokenRecord = {
      hash: secretHash(token.secret),
      expiresAt: this.#clock.wall() + tokenLifeMs,
      role,
      replaces,
      usedBy: null,
    }
    const key = `token/${token.id}`
    await this.#commit({ when: [{ key, revision: 0 }], put: [{ key, value: JSON.stringify(record) }], remove: [] })
    await this.#removeOld()
    return formatToken(token)
  }

  /** The founder has no token. Harmless when repeated with the same key. Faults: `refused` when the name has another key; the store's. */
  async admitFounder(names: MemberNames, publicKey: string): Promise<void> {
    const hash = keyHash(publicKey)
    const known = await readOne<MemberKey>(this.#store, memberKeyEntry(names.member))
    if (known !== null && known.value.keyHash !== hash) throw nameTaken(names.member)
    const value = JSON.stringify({ keyHash: hash, addresses: names.addresses, role: 'host' } satisfies MemberKey)
    const key = memberKeyEntry(names.member)
    await this.#commit({ when: [{ key, revision: known?.revision ?? 0 }], put: [{ key, value }], remove: [] })
  }

  /** Faults: `token-refused`, `certificate-refused`, `refused` for a name in use, `daemon-busy`; the store's. */
  async join(wish: JoinRequest): Promise<Admission> {
    const publicKey = await keyOfRequest(wish.request)
    const role = await this.#admit(wish, keyHash(publicKey))
    const certificate = await signMember(this.#authority, publicKey, wish, this.#clock.wall())
    this.#log.info('a member joined', { member: wish.member, role })
    return {
      authority: this.#authority.certificate,
      authorityKey: role === 'host' ? this.#authority.key : null,
      certificate,
    }
  }

  /**
   * A new certificate for a member that shows its old one, in date or not: what counts is that its key is recorded as this member's,
   * which is read from the store now. Faults: `certificate-refused`, the store's.
   */
  async renew(shown: Shown, request: string): Promise<string> {
    const publicKey = await keyOfRequest(request)
    const known = await readOne<MemberKey>(this.#store, memberKeyEntry(shown.member))
    if (known === null || known.value.keyHash !== shown.keyHash || keyHash(publicKey) !== shown.keyHash) {
      throw new Fault('certificate-refused', 'not-done', { member: shown.member, text: 'not the key of this member' })
    }
    if (shown.validity !== 'valid') {
      this.#log.warn('a member came with a certificate out of its dates, and is known by its key', {
        member: shown.member,
        certificate: shown.validity,
      })
    }
    const { addresses } = known.value
    return signMember(this.#authority, publicKey, { member: shown.member, addresses }, this.#clock.wall())
  }

  /** The member has left: its key opens nothing any more. Harmless when repeated. Faults: the store's. */
  async dismiss(member: HostId): Promise<void> {
    await this.#store.transact({ when: [], put: [], remove: [memberKeyEntry(member)] })
  }

  async #admit(wish: JoinRequest, hash: string): Promise<MemberRole> {
    const token = parseToken(wish.token)
    if (token.fingerprint !== this.#fingerprint) throw refused('of another cluster')
    for (let tries = 0; tries < maxTries; tries++) {
      const entry = await readOne<TokenRecord>(this.#store, `token/${token.id}`)
      const record = this.#checkToken(entry?.value ?? null, token.secret, wish.member, hash)
      const known = await readOne<MemberKey>(this.#store, memberKeyEntry(wish.member))
      // Used, and the member has left since: a token does not bring it back.
      if (record.usedBy !== null && known === null) throw refused('used already')
      if (known !== null && known.value.keyHash !== hash && record.replaces !== wish.member)
        throw nameTaken(wish.member)
      const member: MemberKey = { keyHash: hash, addresses: wish.addresses, role: record.role }
      const used: TokenRecord = { ...record, usedBy: { member: wish.member, keyHash: hash } }
      const done = await this.#store.transact({
        when: [
          { key: `token/${token.id}`, revision: entry?.revision ?? 0 },
          { key: memberKeyEntry(wish.member), revision: known?.revision ?? 0 },
        ],
        put: [
          { key: `token/${token.id}`, value: JSON.stringify(used) },
          { key: memberKeyEntry(wish.member), value: JSON.stringify(member) },
        ],
        remove: [],
      })
      if (done.done) return record.role
    }
    throw new Fault('daemon-busy', 'not-done', {})
  }

  /** The same sentence for a wrong secret and an unknown token: who guesses learns nothing. */
  #checkToken(record: TokenRecord | null, secret: string, member: HostId, hash: string): TokenRecord {
    if (record === null || !sameText(record.hash, secretHash(secret))) throw refused('unknown, or used up')
    const { usedBy } = record
    if (usedBy !== null && (usedBy.member !== member || usedBy.keyHash !== hash)) throw refused('used already')
    // Walls of two hosts are compared: a token is for people, and an hour is longer than their clocks differ.
    if (this.#clock.wall() > record.expiresAt) throw refused('expired')
    return record
  }

  async #removeOld(): Promise<void> {
    const { entries } = await this.#store.read('token/')
    const old = entries.filter(({ value }) => (JSON.parse(value) as TokenRecord).expiresAt < this.#clock.wall())
    const when = old.map(({ key, revision }) => ({ key, revision }))
    if (old.length > 0) await this.#store.transact({ when, put: [], remove: old.map(({ key }) => key) })
  }

  async #commit(transaction: Transaction): Promise<void> {
    const { done } = await this.#store.transact(transaction)
    if (!done) throw new Fault('daemon-busy', 'not-done', {})
  }
}

function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function nameTaken(member: HostId): Fault {
  return new Fault('refused', 'not-done', { why: 'name-taken', member })
}

function refused(text: string): Fault {
  return new Fault('token-refused', 'not-done', { text })
}
