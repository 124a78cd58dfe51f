import { Fault } from '../../model/fault.ts'
import { byName } from '../../model/ids.ts'
import type { Entry, Revision, Snapshot, Transaction, TransactionResult } from '../../ports/store.ts'
import { Refusal } from './etcd-faults.ts'
import type { Gateway } from './gateway.ts'
import type { Keyspace } from './keyspace.ts'
import { decodeValue, encodeValue } from './value-codec.ts'
import { Garbled, headerRevision, integer, type Json, list, record, type StoredEntry, storedEntry } from './wire.ts'

/** Keys in one answer: what keeps a large read from being one answer of hundreds of megabytes. */
const pageKeys = 2_000

/** A read that is overtaken by compaction again and again. */
const maxReadings = 5

/** Pages of one read; beyond this a store is not read, but misused. */
const maxPages = 10_000

/**
 * Everything under a prefix as of one revision. Linearizable: the first page is confirmed by a majority, the others are read at its revision.
 * Throws `Refusal`, or `Fault` `store-corrupt`.
 */
export async function readPrefix(gateway: Gateway, keys: Keyspace, prefix: string, limitMs: number): Promise<Snapshot> {
  for (let reading = 1; ; reading++) {
    try {
      return await readPages(gateway, keys, prefix, limitMs)
    } catch (error) {
      // Compacted between two pages: the next first page has a newer revision.
      if (!(error instanceof Refusal) || error.remedy !== 'read-anew' || reading === maxReadings) throw error
    }
  }
}

async function readPages(gateway: Gateway, keys: Keyspace, prefix: string, limitMs: number): Promise<Snapshot> {
  const range = keys.range(prefix)
  const entries: Entry[] = []
  let revision: Revision = 0
  let from = range.key
  let limit = pageKeys
  for (let page = 0; page < maxPages; page++) {
    // `undefined` is left out: the newest revision, of which the first answer tells the number.
    const at = revision === 0 ? undefined : String(revision)
    const body = JSON.stringify({ key: from, range_end: range.range_end, limit: String(limit), revision: at })
    const answer = await rangeOrNull(gateway, body, limitMs, limit > 1)
    if (answer === null) {
      limit = Math.ceil(limit / 4)
      continue
    }
    if (revision === 0) revision = headerRevision(answer)
    const stored = list(answer.kvs, 'keys').map(storedEntry)
    for (const entry of stored) entries.push(await decodeEntry(keys, entry))
    const last = stored.at(-1)
    if (answer.more !== true || last === undefined) return { revision, entries: entries.sort(byKey) }
    from = Buffer.concat([last.key, Buffer.from([0])]).toString('base64')
  }
  throw new Fault('limit-reached', 'not-done', { limit: maxPages, what: 'pages of a read' })
}

/** Null: the answer would be too large, ask for less. */
async function rangeOrNull(gateway: Gateway, body: string, limitMs: number, maySplit: boolean): Promise<Json | null> {
  try {
    return await gateway.call({ path: '/v3/kv/range', body, writes: false, limitMs })
  } catch (error) {
    if (error instanceof Refusal && error.remedy === 'smaller-pages' && maySplit) return null
    throw error
  }
}

/** Newest revision of the whole of etcd, confirmed by a majority. */
export async function newestRevision(gateway: Gateway, keys: Keyspace, limitMs: number): Promise<Revision> {
  const body = JSON.stringify({ key: keys.guardKey, keys_only: true })
  return headerRevision(await gateway.call({ path: '/v3/kv/range', body, writes: false, limitMs }))
}

/** By code unit, as the port says; etcd sorts by byte, which differs beyond U+FFFF. */
function byKey(a: Entry, b: Entry): number {
  return byName(a.key, b.key)
}

export async function decodeEntry(keys: Keyspace, { key, value, revision }: StoredEntry): Promise<Entry> {
  const text = await decodeValue(value)
  const name = keys.decode(key)
  if (text !== null) return { key: name, value: text, revision }
  throw new Fault('store-corrupt', 'not-done', { key: name, text: 'a value that Vigia did not write' })
}

/** What etcd answered to one transaction. `guarded`: false when the guard was not as compared, so nothing was written. */
export interface TransactionAnswer {
  readonly result: TransactionResult
  readonly changed: boolean
  readonly guarded: boolean
}

/**
 * Sends one transaction, once. `guard`: the revision the daemon's guard must have; null for one that only compares.
 * Throws `Refusal`; `unknown` when it was sent and no answer came.
 */
export async function transactOnce(
  gateway: Gateway,
  keys: Keyspace,
  transaction: Transaction,
  guard: Revision | null,
  limitMs: number,
): Promise<TransactionAnswer> {
  const { when, put, remove } = transaction
  const compared = guard === null ? [] : [{ key: keys.guardKey, revision: guard }]
  compared.push(...when.map(({ key, revision }) => ({ key: keys.encode(key), revision })))
  const puts = []
  for (const { key, value } of put) {
    puts.push({ request_put: { key: keys.encode(key), value: (await encodeValue(value)).toString('base64') } })
  }
  const removals = remove.map((key) => ({ request_delete_range: { key: keys.encode(key) } }))
  const body = JSON.stringify({
    compare: compared.map(({ key, revision }) => ({
      key,
      target: 'MOD',
      result: 'EQUAL',
      mod_revision: String(revision),
    })),
    success: [...puts, ...removals],
    failure: compared.map(({ key }) => ({ request_range: { key, keys_only: true } })),
  })
  const writes = put.length + remove.length > 0
  const answer = await gateway.call({ path: '/v3/kv/txn', body, writes, limitMs })
  try {
    return understood(answer, transaction, guard)
  } catch (error) {
    if (!(error instanceof Garbled)) throw error
    throw new Refusal(new Fault('store-lost', writes ? 'unknown' : 'not-done', { text: error.message }), 'none')
  }
}

function understood(answer: Json, { when, put }: Transaction, guard: Revision | null): TransactionAnswer {
  const responses = list(answer.responses, 'responses').map((response) => record(response, 'a response'))
  if (answer.succeeded === true) {
    const removed = responses.some((response) => removedCount(response) > 0)
    const result = { done: true, revision: headerRevision(answer) } as const
    return { result, changed: put.length > 0 || removed, guarded: true }
  }
  const revisions = responses.map(revisionFound)
  const expected = [...(guard === null ? [] : [guard]), ...when.map(({ revision }) => revision)]
  if (revisions.length !== expected.length) throw new Garbled('a conflict without the revisions')
  const found = guard === null ? revisions : revisions.slice(1)
  const conflict = when.filter(({ revision }, place) => revision !== found[place]).map(({ key }) => key)
  const guarded = guard === null || revisions[0] === guard
  if (guarded && conflict.length === 0) throw new Garbled('a conflict where everything compared is equal')
  return { result: { done: false, conflict: [...new Set(conflict)] }, changed: false, guarded }
}

function removedCount(response: Json): number {
  const removal = response.response_delete_range
  return removal === undefined ? 0 : integer(record(removal, 'a removal').deleted, 'a count')
}

/** 0: no such key. */
function revisionFound(response: Json): Revision {
  const [found] = list(record(response.response_range, 'a range').kvs, 'keys').map(storedEntry)
  return found?.revision ?? 0
}
