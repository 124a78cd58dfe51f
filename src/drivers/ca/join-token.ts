import { createHash, randomBytes } from 'node:crypto'
import { Fault } from '../../model/fault.ts'

/** What `vigia cluster token` prints, and all that a new host needs to know. */
export interface JoinToken {
  readonly id: string
  /** 256 bits of chance, base64url. The store has only its hash. */
  readonly secret: string
  /** Of the authority's certificate: whom the new host may trust with the secret. */
  readonly fingerprint: string
  /** Where members listen, `HOST:PORT`; an IPv6 address in brackets. Any of them will do. */
  readonly addresses: readonly string[]
}

const begins = 'vigia1.'

/** A token of sixteen addresses fits well; longer is something else that was pasted. */
const maxTokenUnits = 4_096
export const maxTokenAddresses = 16

/** What a mistyped or cut token is told apart by, before it is sent anywhere. */
const checkLength = 6

export function newToken(fingerprint: string, addresses: readonly string[]): JoinToken {
  return {
    id: randomBytes(9).toString('base64url'),
    secret: randomBytes(32).toString('base64url'),
    fingerprint,
    addresses: addresses.slice(0, maxTokenAddresses),
  }
}

export function formatToken({ id, secret, fingerprint, addresses }: JoinToken): string {
  const body = Buffer.from(JSON.stringify([id, secret, fingerprint, ...addresses])).toString('base64url')
  return `${begins}${body}.${checkOf(body)}`
}

/** Faults: `token-refused`, with nothing of the token in it. */
export function parseToken(text: string): JoinToken {
  const trimmed = text.trim()
  const [body = '', check = '', ...more] = trimmed.slice(begins.length).split('.')
  if (trimmed.length > maxTokenUnits || !trimmed.startsWith(begins) || more.length > 0)
    throw refused('not a join token')
  if (checkOf(body) !== check) throw refused('cut or mistyped')
  const fields = fieldsIn(body)
  const [id, secret, fingerprint, ...addresses] = fields
  if (id === undefined || secret === undefined || fingerprint === undefined) throw refused('not a join token')
  if (addresses.length === 0 || addresses.length > maxTokenAddresses) throw refused('not a join token')
  return { id, secret, fingerprint, addresses }
}

/** What is stored of a secret. A plain hash does: 256 bits of chance are not guessed, however fast one may try. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function fieldsIn(body: string): string[] {
  try {
    const fields: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
    if (Array.isArray(fields) && fields.every((field) => typeof field === 'string')) return fields
  } catch {
    // Said below.
  }
  throw refused('not a join token')
}

function checkOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, checkLength)
}

function refused(text: string): Fault {
  return new Fault('token-refused', 'not-done', { text })
}
