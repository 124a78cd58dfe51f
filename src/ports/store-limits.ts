import { Fault } from '../model/fault.ts'
import type { Transaction } from './store.ts'

/** What every store refuses, so that what one driver took another takes too. Sizes in bytes of UTF-8. */
export const storeLimits = {
  keyBytes: 512,
  valueBytes: 16 * 1024 * 1024,
  /** Puts and removals together; comparisons are counted apart, to the same limit. */
  writes: 20_000,
  /** All values of one transaction: it lies in memory as a whole, twice, while it travels. */
  transactionBytes: 64 * 1024 * 1024,
} as const

/** Throws `limit-reached` or `bad-request`, always `not-done`, for a transaction no store takes. Returns its size in bytes. */
export function checkTransaction(transaction: Transaction): number {
  const { when, put, remove } = transaction
  atMost('writes', put.length + remove.length, storeLimits.writes)
  atMost('comparisons', when.length, storeLimits.writes)
  for (const { key } of when) checkKey(key)
  const written = new Set<string>()
  for (const key of [...put.map((entry) => entry.key), ...remove]) {
    checkKey(key)
    if (written.has(key)) throw refused('a key written once in a transaction', key)
    written.add(key)
  }
  let bytes = 0
  for (const { key, value } of put) {
    if (!value.isWellFormed()) throw refused('a value of well-formed Unicode', key)
    const size = utf8Bytes(value)
    atMost('value-bytes', size, storeLimits.valueBytes)
    bytes += size
  }
  atMost('transaction-bytes', bytes, storeLimits.transactionBytes)
  return bytes
}

export function checkPrefix(prefix: string): void {
  if (!prefix.isWellFormed()) throw refused('a prefix of well-formed Unicode', prefix.toWellFormed())
  atMost('prefix-bytes', utf8Bytes(prefix), storeLimits.keyBytes)
}

function checkKey(key: string): void {
  if (key === '' || !key.isWellFormed()) throw refused('a key of well-formed Unicode', key.toWellFormed())
  atMost('key-bytes', utf8Bytes(key), storeLimits.keyBytes)
}

function atMost(what: string, got: number, limit: number): void {
  if (got > limit) throw new Fault('limit-reached', 'not-done', { what, limit, got })
}

function refused(expected: string, got: string): Fault {
  return new Fault('bad-request', 'not-done', { expected, got: got.slice(0, 100) })
}

function utf8Bytes(text: string): number {
  let bytes = 0
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place)
    // A surrogate pair is four bytes: two for each of its units.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}
