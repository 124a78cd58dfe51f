import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { Fault, type FaultCode, type FaultDetails, faultCodes, type Outcome } from '../../model/fault.ts'
import { type HostId, hostId, isName, type WallTime } from '../../model/ids.ts'
import { newestStoreSchema } from '../../model/store-schema.ts'
import { makeRequest } from '../ca/certificate-maker.ts'
import { fingerprint, type Identity, readCertificate, readCertificates, signedBy } from '../ca/certificates.ts'
import type { Enrolment, JoinRequest } from '../ca/enrolment.ts'
import type { Admission } from '../ca/identity-folder.ts'
import { parseToken } from '../ca/join-token.ts'
import { authoritiesOf, PeerAgent, shownBy } from './connections.ts'
import { exchange, NoReply, type Reply } from './exchange.ts'
import type { Route } from './peer-server.ts'
import { addressText, type PeerAddress, parseAddress, paths } from './wire.ts'

/** A request for a certificate with its addresses, and a certificate or three in answer. */
const maxBytes = 16 * 1024

/** For one address: two connections, and a transaction of the store on the other side. */
const joinMs = 10_000

/** Joining and renewing, as answered on the port of the members. `enrolment` null: this member does not hold the authority's key, or not yet. */
export function enrolmentRoutes(
  authority: () => string,
  enrolment: () => Enrolment | null | Promise<Enrolment | null>,
): ReadonlyMap<string, Route> {
  const here = async (): Promise<Enrolment> => {
    const found = await enrolment()
    if (found === null) throw new Fault('peer-lost', 'not-done', { member: '', text: 'this member signs nobody' })
    return found
  }
  return new Map<string, Route>([
    [paths.authority, { maxBytes: 16, answer: () => JSON.stringify({ authority: authority() }) }],
    [paths.join, { maxBytes, answer: async (body) => JSON.stringify(await (await here()).join(joinIn(body))) }],
    [
      paths.renew,
      {
        maxBytes,
        answer: async (body, shown) => {
          if (shown === null) throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
          return JSON.stringify({ certificate: await (await here()).renew(shown, textIn(fieldsIn(body), 'request')) })
        },
      },
    ],
  ])
}

export interface JoinWish {
  readonly token: string
  readonly member: HostId
  readonly addresses: readonly string[]
  /** PEM; the same in each try. */
  readonly key: string
}

/**
 * Joins by way of any member that the token names: first the authority, checked by the token's fingerprint, then the secret, over a
 * connection of that authority only. Harmless when repeated with the same key. Faults: `token-refused`, `certificate-refused`, `refused`
 * as the member says; `peer-lost` when none of them answers.
 */
export async function join({ token, member, addresses, key }: JoinWish, now: WallTime): Promise<Admission> {
  const { fingerprint: expected, addresses: places } = parseToken(token)
  const request: JoinRequest = { token, member, addresses, request: await makeRequest(key) }
  return firstThatAnswers(places, async (place) => {
    const authority = await authorityAt(place, expected)
    const agent = new PeerAgent(place, null, (socket) => requireMember(socket, authority, now))
    const fields = await ask(agent, place, paths.join, JSON.stringify({ ...request, speaks: newestStoreSchema }))
    const authorityKey = fields.authorityKey === null ? null : textIn(fields, 'authorityKey')
    return { authority: textIn(fields, 'authority'), authorityKey, certificate: textIn(fields, 'certificate') }
  })
}

/** A new certificate from another member: for one that does not hold the authority's key. Faults as of `join`. */
export async function renewRemotely(identity: Identity, places: readonly string[], now: WallTime): Promise<string> {
  const body = JSON.stringify({ request: await makeRequest(identity.key) })
  return firstThatAnswers(places, async (place) => {
    const agent = new PeerAgent(place, identity, (socket) => requireMember(socket, authoritiesOf(identity), now))
    return textIn(await ask(agent, place, paths.renew, body), 'certificate')
  })
}

/** Whom the member at this place trusts, `HOST:PORT`: what is served to anybody, and so no proof of anything. Faults as of `join`. */
export async function authorityShownAt(text: string): Promise<readonly X509Certificate[]> {
  const place = parseAddress(text)
  if (place === null) throw new Fault('peer-lost', 'not-done', { member: text, text: 'no address is known' })
  const agent = new PeerAgent(place, null, () => {})
  return readCertificates(textIn(await ask(agent, place, paths.authority, '{}'), 'authority'))
}

/** What is served to anybody is believed only by its fingerprint. */
async function authorityAt(place: PeerAddress, expected: string): Promise<X509Certificate> {
  const agent = new PeerAgent(place, null, () => {})
  const authority = readCertificate(textIn(await ask(agent, place, paths.authority, '{}'), 'authority'))
  if (fingerprint(authority) === expected && authority.ca && signedBy(authority, authority)) return authority
  throw new Fault('certificate-refused', 'not-done', { path: addressText(place), text: 'not of this cluster' })
}

/** Any member will do. Dates are not asked of it: a new host's clock is the likelier one to be wrong. */
function requireMember(
  socket: TLSSocket,
  authority: X509Certificate | readonly X509Certificate[],
  now: WallTime,
): void {
  if (shownBy(socket, authority, now) === null) throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
}

async function firstThatAnswers<T>(places: readonly string[], attempt: (place: PeerAddress) => Promise<T>): Promise<T> {
  let last: unknown = new Fault('peer-lost', 'not-done', { member: '', text: 'no address is known' })
  for (const text of places) {
    const place = parseAddress(text)
    if (place === null) continue
    try {
      return await attempt(place)
    } catch (error) {
      // A "no" of one member is that of all: they read the same store.
      if (error instanceof Fault && error.code !== 'peer-lost' && !error.code.startsWith('store-')) throw error
      last = error
    }
  }
  throw last
}

async function ask(agent: PeerAgent, place: PeerAddress, path: string, body: string): Promise<Fields> {
  try {
    const signal = AbortSignal.timeout(joinMs)
    return fieldsOf(await exchange({ agent, path, body, maxAnswerBytes: maxBytes, signal }), place)
  } catch (error) {
    if (!(error instanceof NoReply)) throw error
    if (error.cause instanceof Fault) throw error.cause
    const details = { member: addressText(place), text: error.message }
    throw new Fault('peer-lost', error.sent ? 'unknown' : 'not-done', details, { cause: error })
  } finally {
    agent.destroy()
  }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf({ status, text }: Reply, place: PeerAddress): Fields {
  const fields = fieldsIn(text)
  if (status === 200) return fields
  throw faultIn(fields) ?? new Fault('peer-lost', 'unknown', { member: addressText(place), text: `HTTP ${status}` })
}

/** Null: not one that this version knows. */
function faultIn({ fault }: Fields): Fault | null {
  const { code, outcome, details } = (fault ?? {}) as Partial<Record<'code' | 'outcome' | 'details', unknown>>
  const known = faultCodes.find((one): one is FaultCode => one === code)
  if (known === undefined || (outcome !== 'not-done' && outcome !== 'unknown')) return null
  return new Fault(known, outcome satisfies Outcome, (details ?? {}) as FaultDetails)
}

function joinIn(body: string): JoinRequest {
  const fields = fieldsIn(body)
  const member = textIn(fields, 'member')
  const { addresses } = fields
  if (!isName(member)) throw new Fault('bad-data', 'not-done', { field: 'member' })
  if (!Array.isArray(addresses) || !addresses.every((one) => typeof one === 'string')) {
    throw new Fault('bad-data', 'not-done', { field: 'addresses' })
  }
  return { token: textIn(fields, 'token'), request: textIn(fields, 'request'), member: hostId(member), addresses }
}

function fieldsIn(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Fields
  } catch {
    // Said below.
  }
  throw new Fault('bad-data', 'not-done', { expected: 'JSON' })
}

function textIn(fields: Fields, field: string): string {
  const value = fields[field]
  if (typeof value === 'string') return value
  throw new Fault('bad-data', 'not-done', { field })
}
