import type { UserCreateRequest, UserPatchRequest, UserView } from '../../contract/access.ts'
import { isOver, maxAccounts, passwordFlaw, passwordMaxLength, passwordMinLength } from '../../core/access-rules.ts'
import type { AccountRecord } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import { nearest } from '../../model/file/nearest.ts'
import { byName } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import { storeKeys } from '../../ports/store.ts'
import type { AccessPowers } from './powers.ts'
import type { AccessRecords, Kept } from './records.ts'
import { acceptedStep, newTotpSecret } from './totp.ts'

/** The accounts, and what is changed of them. Every change is durable when it resolves; two at once: one of them is `daemon-busy`. */
export class Accounts {
  readonly #records: AccessRecords
  readonly #powers: AccessPowers
  readonly #clock: Clock

  constructor(records: AccessRecords, powers: AccessPowers, clock: Clock) {
    this.#records = records
    this.#powers = powers
    this.#clock = clock
  }

  async list(): Promise<UserView[]> {
    await this.#records.ready()
    const all = this.#records.accounts().sort((one, other) => byName(one.name, other.name))
    return all.map((account) => this.#view(account))
  }

  async view(name: string): Promise<UserView> {
    await this.#records.ready()
    return this.#view(this.required(name).value)
  }

  async create({ name: typed, password, role, tags = null }: UserCreateRequest, by: string): Promise<UserView> {
    await this.#records.ready()
    const name = typed.toLowerCase()
    if (this.#records.account(name) !== null) throw bad('name', 'there is an account of this name')
    if (this.#records.accounts().length >= maxAccounts) {
      throw new Fault('limit-reached', 'not-done', { what: 'accounts', limit: maxAccounts })
    }
    requireGood(password, name)
    const account: AccountRecord = {
      name,
      role,
      tags: tagsOf(role, tags),
      password: await this.#powers.passwords.hash(password),
      totp: null,
      serial: 1,
      createdAt: this.#clock.wall(),
      createdBy: by,
    }
    await this.#write({ value: account, revision: 0 }, account)
    return this.#view(account)
  }

  /** `secret`: of a new authenticator. */
  async change(
    name: string,
    patch: UserPatchRequest,
  ): Promise<{ readonly user: UserView; readonly secret: string | null }> {
    await this.#records.ready()
    const kept = this.required(name)
    const before = kept.value
    const secret = patch.totp === 'new' ? newTotpSecret() : null
    if (patch.password !== undefined) requireGood(patch.password, before.name)
    const role = patch.role ?? before.role
    const after: AccountRecord = {
      ...before,
      role,
      tags: tagsOf(role, patch.tags === undefined ? before.tags : patch.tags),
      totp: this.#totpAfter(before, patch, secret),
      ...(patch.password !== undefined && { password: await this.#powers.passwords.hash(patch.password) }),
      serial: before.serial + (endsSessions(patch) ? 1 : 0),
    }
    await this.#write(kept, after)
    return { user: this.#view(after), secret }
  }

  async setPassword(kept: Kept<AccountRecord>, password: string): Promise<void> {
    requireGood(password, kept.value.name)
    const hash = await this.#powers.passwords.hash(password)
    await this.#write(kept, { ...kept.value, password: hash, serial: kept.value.serial + 1 })
  }

  async remove(name: string): Promise<void> {
    await this.#records.ready()
    const { value, revision } = this.required(name)
    const sessions = this.#records.sessions().filter(([, session]) => isOf(session, value.name))
    const tokens = this.#records.tokens().filter(({ owner }) => owner === value.name)
    const key = storeKeys.account(value.name)
    const written = await this.#records.transact({
      when: [{ key, revision }],
      put: [],
      remove: [
        key,
        ...sessions.map(([hash]) => storeKeys.session(hash)),
        ...tokens.map(({ id }) => storeKeys.apiToken(id)),
      ],
    })
    if (!written.done) throw busy()
  }

  /** Faults: `account-unknown`, with the nearest name. */
  required(typed: string): Kept<AccountRecord> {
    const name = typed.toLowerCase()
    const kept = this.#records.account(name)
    if (kept !== null) return kept
    const near = nearest(
      name,
      this.#records.accounts().map((account) => account.name),
    )
    throw new Fault('account-unknown', 'not-done', {
      name,
      ...(near !== null && near !== undefined && { nearest: near }),
    })
  }

  #totpAfter(before: AccountRecord, { totp, code }: UserPatchRequest, secret: string | null): AccountRecord['totp'] {
    if (secret !== null) return { secret, confirmed: false, lastStep: 0 }
    if (totp === 'remove') return null
    if (code === undefined) return before.totp
    if (before.totp === null) throw bad('code', 'no authenticator was set up')
    const step = acceptedStep(before.totp.secret, code, this.#clock.wall(), before.totp.lastStep)
    if (step === null) throw bad('code', 'not the code of this moment')
    return { ...before.totp, confirmed: true, lastStep: step }
  }

  async #write({ revision }: Kept<AccountRecord>, account: AccountRecord): Promise<void> {
    const key = storeKeys.account(account.name)
    const put = [{ key, value: JSON.stringify(account) }]
    const written = await this.#records.transact({ when: [{ key, revision }], put, remove: [] })
    if (!written.done) throw busy()
  }

  #view({ name, role, tags, totp, createdAt, createdBy, serial }: AccountRecord): UserView {
    const now = this.#clock.wall()
    const sessions = this.#records
      .sessions()
      .filter(([, session]) => isOf(session, name) && session.accountSerial === serial && !isOver(session, now))
    return {
      name,
      role,
      tags,
      totp: totp === null ? 'none' : totp.confirmed ? 'on' : 'set-up',
      createdAt,
      createdBy,
      sessions: sessions.length,
    }
  }
}

/** Somebody of a directory may go by the same name: theirs are not of the account. */
function isOf(session: { readonly name: string; readonly accountSerial: number | null }, name: string): boolean {
  return session.name === name && session.accountSerial !== null
}

/** Who came in with what is no longer good is out; a change of rights holds for those who are in from their next request on. */
function endsSessions({ password, totp, signOut }: UserPatchRequest): boolean {
  return password !== undefined || totp !== undefined || signOut === true
}

function tagsOf(role: AccountRecord['role'], tags: readonly string[] | null): readonly string[] | null {
  if (tags === null) return null
  if (role !== 'operator') throw bad('tags', 'only an operator is limited to tags')
  return [...new Set(tags)].sort()
}

function requireGood(password: string, name: string): void {
  const flaw = passwordFlaw(password, name)
  if (flaw === 'too-short') throw bad('password', 'too short', `${passwordMinLength}`)
  if (flaw === 'too-long') throw bad('password', 'too long', `${passwordMaxLength}`)
  if (flaw === 'like-the-name') throw bad('password', 'like the name')
}

function bad(field: string, text: string, expected?: string): Fault {
  return new Fault('bad-request', 'not-done', { field, text, ...(expected !== undefined && { expected }) })
}

function busy(): Fault {
  return new Fault('daemon-busy', 'not-done', { text: 'somebody else changed it meanwhile' })
}
