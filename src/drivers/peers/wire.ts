import { agentLife, hostId, isName } from '../../model/ids.ts'
import type { Answer, Question, Statement } from '../../ports/peers.ts'

/** Where a member answers. `host`: an IP address without brackets, or a name. */
export interface PeerAddress {
  readonly host: string
  readonly port: number
}

/** Where members listen unless told otherwise. */
export const defaultPeerPort = 7_443

export const paths = {
  ask: '/peers/v1/ask',
  authority: '/peers/v1/authority',
  join: '/peers/v1/join',
  renew: '/peers/v1/renew',
} as const

/** A question or an answer is some 150 bytes; what is longer was made by nobody we know. */
export const maxMessageBytes = 1_024

/** A nonce is a UUID, or as long. A life is a name. */
const maxNonceUnits = 128

const statements: readonly Statement[] = ['renews', 'cannot-renew', 'neither']

export function encodeQuestion({ from, nonce }: Question): string {
  return JSON.stringify({ from, nonce })
}

/** Null: not a question. Fields that a newer version may add are passed over. */
export function parseQuestion(text: string): Question | null {
  const { from, nonce } = fieldsOf(text)
  return isId(from) && isNonce(nonce) ? { from: hostId(from), nonce } : null
}

export function encodeAnswer({ member, life, nonce, statement }: Answer): string {
  return JSON.stringify({ member, life, nonce, statement })
}

/** Null: not an answer. */
export function parseAnswer(text: string): Answer | null {
  const { member, life, nonce, statement } = fieldsOf(text)
  const said = statements.find((known) => known === statement)
  if (!isId(member) || !isNonce(life) || !isNonce(nonce) || said === undefined) return null
  return { member: hostId(member), life: agentLife(life), nonce, statement: said }
}

/** `192.0.2.1:7443`, `[2001:db8::1]:7443`, `alfa.example.net`. Null: not an address. */
export function parseAddress(text: string): PeerAddress | null {
  const found = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/.exec(text)
  if (found === null) return null
  const port = found[3] === undefined ? defaultPeerPort : Number(found[3])
  return port >= 1 && port <= 65_535 ? { host: found[1] ?? found[2] ?? '', port } : null
}

export function addressText({ host, port }: PeerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Not JSON: it has no fields.
    return {}
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isName(value)
}

function isNonce(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxNonceUnits
}
