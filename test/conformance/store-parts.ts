import assert from 'node:assert/strict'
import type { Revision, Store, Transaction, TransactionResult } from '../../src/ports/store.ts'

export interface StoreUnderTest {
  readonly store: Store
  /** Another client of the same store: another daemon where there can be several, else the same one. */
  readonly other: Store
  /** Resolves when every watcher has been told what was confirmed before. */
  settle(): Promise<void>
  /** Makes the store forget old changes, where it does not do so by itself after many writes. */
  forget?(): Promise<void>
  close(): Promise<void>
}

export type StoreFactory = () => Promise<StoreUnderTest>

export const none = { when: [], put: [], remove: [] }
export const put = (key: string, value = '1'): Transaction => ({ ...none, put: [{ key, value }] })

/** Revision of a store before the claim wrote anything: others may have written elsewhere in it. */
export async function baseOf(store: Store): Promise<Revision> {
  const { revision, entries } = await store.read('')
  assert.deepEqual(entries, [])
  return revision
}

export async function write(store: Store, transaction: Transaction): Promise<Revision> {
  return revisionOf(await store.transact(transaction))
}

export function revisionOf(result: TransactionResult): Revision {
  assert.ok(result.done, `expected done, got conflict on ${result.done ? '' : result.conflict}`)
  return result.revision
}

export type Claim = (text: string, run: (under: StoreUnderTest) => Promise<void>) => void
