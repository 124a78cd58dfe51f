import type { IncomingMessage } from 'node:http'
import { csrfHeader, sessionCookie } from '../../contract/protocol.ts'
import { callerOfSession, callerOfToken, sessionTouchMs } from '../../core/access-rules.ts'
import type { Caller, SessionRecord } from '../../model/access.ts'
import { Fault } from '../../model/fault.ts'
import type { WallTime } from '../../model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import { storeKeys } from '../../ports/store.ts'
import type { AccessRecords } from './records.ts'
import { csrfOf, hashOf, readToken, same } from './secrets.ts'

/** What only reads may come from anywhere: its answer is for the page that asked alone. */
const harmless = ['GET', 'HEAD', 'OPTIONS']

/** Cookies of this browser's other pages come along: more than this is none of ours. */
const maxCookieUnits = 8_192

/** Whom a request shows itself to be of, by its cookie or its token. */
export class Identity {
  readonly #records: AccessRecords
  readonly #clock: Clock
  readonly #urls: () => readonly string[]
  /** Newer than the store's, where that could not be told. */
  readonly #used = new Map<string, WallTime>()

  constructor(records: AccessRecords, clock: Clock, urls: () => readonly string[]) {
    this.#records = records
    this.#clock = clock
    this.#urls = urls
  }

  /** Null: nobody that is known. Faults: `access-denied` for a change that another site may have caused; the store's before the first read. */
  async of(request: IncomingMessage): Promise<Caller | null> {
    if (shown(request) === null) return null
    await this.#records.ready()
    return this.now(request)
  }

  /** The same, at once; `store-lost` where nothing was read yet. */
  now(request: IncomingMessage): Caller | null {
    const proof = shown(request)
    if (proof === null) return null
    if (!this.#records.loaded) {
      // The next one will be answered.
      void this.#records.ready().catch(() => {})
      throw new Fault('store-lost', 'not-done', { text: 'the accounts cannot be read' })
    }
    if (proof.kind === 'token') return this.#ofToken(proof.text)
    const caller = this.#ofSession(hashOf(proof.secret))
    if (caller !== null) this.#requireOwnPage(request, proof.secret)
    return caller
  }

  /** The caller of a session that has just begun. */
  ofSecret(secret: string): Caller | null {
    return this.#ofSession(hashOf(secret))
  }

  /** Whether a session or token that was good still is; by the id that its caller has. */
  holds({ by, id }: Caller): boolean {
    if (by === 'local' || id === null) return true
    if (by === 'token') return this.#tokenCaller(id) !== null
    const found = this.#records.sessions().find(([hash]) => idOf(hash) === id)
    return found !== undefined && this.#sessionCaller(...found) !== null
  }

  #ofToken(text: string): Caller | null {
    const read = readToken(text)
    const token = read === null ? null : this.#records.token(read.id)
    // Compared in any case, so that an id that is there takes no longer.
    const good = same(hashOf(read?.secret ?? ''), token?.value.hash ?? '')
    return token !== null && good ? this.#tokenCaller(token.value.id) : null
  }

  #tokenCaller(id: string): Caller | null {
    const token = this.#records.token(id)?.value
    if (token === undefined) return null
    const owner = token.owner === null ? null : (this.#records.account(token.owner)?.value ?? null)
    return callerOfToken(token, owner, this.#clock.wall())
  }

  #ofSession(hash: string): Caller | null {
    const kept = this.#records.session(hash)
    if (kept === null) return null
    const caller = this.#sessionCaller(hash, kept.value)
    if (caller !== null) this.#touch(hash, kept.value, kept.revision)
    return caller
  }

  #sessionCaller(hash: string, record: SessionRecord): Caller | null {
    const account = record.accountSerial === null ? null : (this.#records.account(record.name)?.value ?? null)
    const usedAt = Math.max(record.usedAt, this.#used.get(hash) ?? 0) as WallTime
    return callerOfSession(idOf(hash), { ...record, usedAt }, account, this.#clock.wall())
  }

  /** That it is in use is kept here at once, and told to the others now and then. */
  #touch(hash: string, record: SessionRecord, revision: number): void {
    const now = this.#clock.wall()
    const known = Math.max(record.usedAt, this.#used.get(hash) ?? 0)
    if (now - known < sessionTouchMs) return
    this.#used.set(hash, now)
    for (const other of this.#used.keys()) if (this.#records.session(other) === null) this.#used.delete(other)
    const key = storeKeys.session(hash)
    const put = [{ key, value: JSON.stringify({ ...record, usedAt: now } satisfies SessionRecord) }]
    this.#records.transact({ when: [{ key, revision }], put, remove: [] }).catch(() => {
      // A store that is away: it goes on by what is known here.
    })
  }

  /** Browsers send cookies along with what another site's page asks for; that page knows neither the word nor may it say where it is from. */
  #requireOwnPage(request: IncomingMessage, secret: string): void {
    const { method = '', headers } = request
    const opens = headers.upgrade !== undefined
    if (harmless.includes(method) && !opens) return
    requireOwnOrigin(request, this.#urls())
    // A page cannot add a header to the opening of a WebSocket: there it is the origin alone.
    if (opens) return
    const said = headers[csrfHeader]
    if (typeof said === 'string' && same(said, csrfOf(secret))) return
    throw new Fault('access-denied', 'not-done', { text: 'the word of this session is missing' })
  }
}

/** For what a session is begun by, too. Faults: `access-denied`. What is no browser says no origin. */
export function requireOwnOrigin({ headers }: IncomingMessage, urls: readonly string[]): void {
  const { origin, host } = headers
  if (origin === undefined) return
  const from = URL.canParse(origin) ? new URL(origin) : null
  if (from !== null && (from.host === host || urls.includes(from.origin))) return
  throw new Fault('access-denied', 'not-done', { text: 'asked for by a page of another site' })
}

type Proof = { readonly kind: 'token'; readonly text: string } | { readonly kind: 'cookie'; readonly secret: string }

/** A token counts before a cookie: it was meant. */
function shown({ headers }: IncomingMessage): Proof | null {
  const token = /^Bearer ([A-Za-z0-9_-]{1,100})$/i.exec(headers.authorization ?? '')?.[1]
  if (token !== undefined) return { kind: 'token', text: token }
  const secret = cookieOf(headers.cookie, sessionCookie)
  return secret === null ? null : { kind: 'cookie', secret }
}

/** One of chance, as we set them; null: there is none. */
export function cookieOf(header: string | undefined, name: string): string | null {
  if (header === undefined || header.length > maxCookieUnits) return null
  for (const pair of header.split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value)) return value
  }
  return null
}

/** Which session, for people: no proof of it. */
export function idOf(hash: string): string {
  return hash.slice(0, 8)
}
