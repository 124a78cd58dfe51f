import { isOver, linkLifeMs, maxLinks, maxSessions, maxSessionsOfOne } from '../../core/access-rules.ts'
import type { AccountRecord, Rights, SessionRecord, SignInWay } from '../../model/access.ts'
import { isAccountName } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import type { WallTime } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import { storeKeys, type Transaction } from '../../ports/store.ts'
import { type Attempt, Attempts } from './attempts.ts'
import type { AccessPowers } from './powers.ts'
import type { AccessRecords, Kept } from './records.ts'
import { hashOf, newSecret } from './secrets.ts'
import { acceptedStep } from './totp.ts'

/** Somebody is in: what their browser is given, and who they are. */
export interface SignedIn {
  readonly secret: string
  readonly name: string
}

/** How long a session that is over may lie in the store: it goes with the next that begins. */
const maxSweptAtOnce = 100

export class SignIn {
  readonly #records: AccessRecords
  readonly #powers: AccessPowers
  readonly #clock: Clock
  readonly #attempts: Attempts

  constructor(records: AccessRecords, powers: AccessPowers, clock: Clock) {
    this.#records = records
    this.#powers = powers
    this.#clock = clock
    this.#attempts = new Attempts(() => clock.now())
  }

  /** Faults: `sign-in-refused`, `code-wanted`, `locked-out`; the store's. */
  async byPassword(
    { name: typed, password, code }: { name: string; password: string; code?: string | undefined },
    from: string,
  ): Promise<SignedIn> {
    await this.#records.ready()
    const name = typed.toLowerCase()
    const attempt = this.#attempts.begin(name.slice(0, 256), from)
    try {
      const signedIn = await this.#byPassword(name, password, code ?? null, from, attempt)
      attempt.succeeded()
      return signedIn
    } catch (error) {
      // Only what was a guess counts as one.
      if (!(error instanceof Fault) || error.code !== 'sign-in-refused') attempt.takenBack()
      throw error
    }
  }

  /** Whether it is the account's own: for what is asked once more. Faults: `sign-in-refused`, `locked-out`. */
  async confirm(name: string, password: string, from: string): Promise<Kept<AccountRecord>> {
    const attempt = this.#attempts.begin(name, from)
    const kept = this.#records.account(name)
    if (kept === null || !(await this.#powers.passwords.matches(password, kept.value.password))) throw refused()
    attempt.takenBack()
    return kept
  }

  /** Faults: `sign-in-refused`, `locked-out`; the store's. */
  async byLink(ticket: string, from: string): Promise<SignedIn> {
    await this.#records.ready()
    const attempt = this.#attempts.begin('', from)
    const hash = hashOf(ticket)
    const kept = this.#records.link(hash)
    if (kept === null || this.#clock.wall() >= kept.value.expiresAt) throw refused()
    attempt.takenBack()
    const key = storeKeys.link(hash)
    const { name } = kept.value
    const rights = { role: 'administrator', tags: null } as const
    // Two who open it at once: the store says who was first.
    const used = { when: [{ key, revision: kept.revision }], put: [], remove: [key] }
    const session = await this.#begin({ name, ...rights, accountSerial: null, way: 'link', from }, used)
    if (session === null) throw refused()
    return session
  }

  /** Of somebody whom a provider vouches for. */
  async vouched(name: string, rights: Rights, way: SignInWay, from: string): Promise<SignedIn> {
    await this.#records.ready()
    const { role, tags } = rights
    const session = await this.#begin({ name, role, tags, accountSerial: null, way, from })
    if (session === null) throw refused()
    return session
  }

  /** Of an account that has changed what its other sessions rested on. */
  async again(name: string, { role, tags }: Rights, accountSerial: number, from: string): Promise<SignedIn> {
    const session = await this.#begin({ name, role, tags, accountSerial, way: 'password', from })
    if (session === null) throw refused()
    return session
  }

  /** Harmless if repeated. */
  async out(secret: string): Promise<void> {
    const key = storeKeys.session(hashOf(secret))
    await this.#records.transact({ when: [], put: [], remove: [key] })
  }

  /** A one-time link's ticket. The oldest of too many go. */
  async newLink(name: string): Promise<{ readonly ticket: string; readonly expiresAt: WallTime }> {
    await this.#records.ready()
    const now = this.#clock.wall()
    const expiresAt = (now + linkLifeMs) as WallTime
    const ticket = newSecret()
    const value = JSON.stringify({ name, createdAt: now, expiresAt })
    const links = this.#records.links().sort(([, one], [, other]) => one.expiresAt - other.expiresAt)
    const spent = links.filter(([, { expiresAt: end }], place) => end <= now || place < links.length - maxLinksKept)
    const remove = spent.map(([hash]) => storeKeys.link(hash))
    await this.#records.transact({ when: [], put: [{ key: storeKeys.link(hashOf(ticket)), value }], remove })
    return { ticket, expiresAt }
  }

  async #byPassword(
    name: string,
    password: string,
    code: string | null,
    from: string,
    attempt: Attempt,
  ): Promise<SignedIn> {
    const kept = this.#records.account(name)
    const { passwords, directory } = this.#powers
    if (kept === null && directory !== null && isAccountName(name)) {
      const rights = await (await directory()).signIn(name, password)
      if (rights === null) throw refused()
      return this.vouched(name, rights, 'ldap', from)
    }
    if (!(await passwords.matches(password, kept?.value.password ?? null)) || kept === null) throw refused()
    const account = withCode(kept.value, code, this.#clock.wall(), attempt)
    const { role, tags, serial } = account
    const key = storeKeys.account(name)
    // A code that two use at once is the first one's.
    const put = account === kept.value ? [] : [{ key, value: JSON.stringify(account) }]
    const used = { when: [{ key, revision: kept.revision }], put, remove: [] }
    const session = await this.#begin({ name, role, tags, accountSerial: serial, way: 'password', from }, used)
    if (session === null) throw refused()
    return session
  }

  /** Always a new secret: one that somebody put into the browser before is worth nothing. Null: what it rests on has changed meanwhile. */
  async #begin(
    draft: Omit<SessionRecord, 'createdAt' | 'usedAt'>,
    { when, put, remove }: Transaction = { when: [], put: [], remove: [] },
  ): Promise<SignedIn | null> {
    const now = this.#clock.wall()
    const secret = newSecret()
    const record: SessionRecord = { ...draft, createdAt: now, usedAt: now }
    const { over, room } = this.#swept(draft.name, now)
    if (!room) throw new Fault('limit-reached', 'not-done', { what: 'sessions', limit: maxSessions })
    const written = await this.#records.transact({
      when,
      put: [...put, { key: storeKeys.session(hashOf(secret)), value: JSON.stringify(record) }],
      remove: [...remove, ...over.map((hash) => storeKeys.session(hash))],
    })
    return written.done ? { secret, name: draft.name } : null
  }

  /** Sessions that are over, and the oldest of somebody who has too many. */
  #swept(name: string, now: WallTime): { readonly over: readonly string[]; readonly room: boolean } {
    const all = this.#records.sessions()
    const over = all.filter(([, session]) => isOver(session, now)).map(([hash]) => hash)
    const own = all
      .filter(([hash, session]) => session.name === name && !over.includes(hash))
      .sort(([, one], [, other]) => one.usedAt - other.usedAt)
    const excess = own.slice(0, Math.max(0, own.length - maxSessionsOfOne + 1)).map(([hash]) => hash)
    const gone = [...over, ...excess].slice(0, maxSweptAtOnce)
    return { over: gone, room: all.length - gone.length < maxSessions }
  }
}

/** One fewer than there may be, for the new one. */
const maxLinksKept = maxLinks - 1

/** The account with the code used up. Faults: `code-wanted`, `sign-in-refused`, `locked-out`. */
function withCode(account: AccountRecord, code: string | null, now: WallTime, attempt: Attempt): AccountRecord {
  const { totp } = account
  if (totp === null || !totp.confirmed) return account
  if (code === null) throw new Fault('code-wanted', 'not-done')
  attempt.code()
  const step = acceptedStep(totp.secret, code, now, totp.lastStep)
  if (step === null) throw refused()
  return { ...account, totp: { ...totp, lastStep: step } }
}

/** Which of name, password and code it was is not said. */
function refused(): Fault {
  return new Fault('sign-in-refused', 'not-done')
}
