import { isUtf8 } from 'node:buffer'

/** An answer that is not what etcd's gateway sends. */
export class Garbled extends Error {
  override readonly name = 'Garbled'
}

export type Json = Readonly<Record<string, unknown>>

export function record(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  throw new Garbled(`expected ${what}, got ${typeof value}`)
}

/** The gateway leaves out what is empty. */
export function list(value: unknown, what: string): readonly unknown[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  throw new Garbled(`expected a list of ${what}, got ${typeof value}`)
}

/** 64-bit numbers travel as text. Revisions stay far below 2^53: a million writes a second for 285 years. */
export function integer(value: unknown, what: string): number {
  if (value === undefined) return 0
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number
  throw new Garbled(`expected ${what}, got ${String(value).slice(0, 40)}`)
}

export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

export function decodeBytes(value: unknown, what: string): Buffer {
  if (value === undefined) return Buffer.alloc(0)
  if (typeof value === 'string') return Buffer.from(value, 'base64')
  throw new Garbled(`expected ${what} in base64, got ${typeof value}`)
}

/** Null: not UTF-8, so not written by us. */
export function utf8(bytes: Buffer): string | null {
  return isUtf8(bytes) ? bytes.toString('utf8') : null
}

/** The first key after all that begin with `prefix`, in base64: etcd's ranges end before a key. */
export function endOfPrefix(prefix: string): string {
  const bytes = Buffer.from(prefix, 'utf8')
  // UTF-8 has no byte 0xff, so the last byte can always grow.
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + 1
  return bytes.toString('base64')
}

export interface StoredEntry {
  readonly key: Buffer
  readonly value: Buffer
  readonly revision: number
}

export function storedEntry(value: unknown): StoredEntry {
  const kv = record(value, 'a key and its value')
  return {
    key: decodeBytes(kv.key, 'a key'),
    value: decodeBytes(kv.value, 'a value'),
    revision: integer(kv.mod_revision, 'a revision'),
  }
}

/** The revision in the header of an answer: of the whole of etcd when it was made. */
export function headerRevision(answer: Json): number {
  return integer(record(answer.header, 'a header').revision, 'a revision')
}
