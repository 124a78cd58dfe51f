import { createHash } from 'node:crypto'
import { Fault } from '../model/fault.ts'
import type { Store } from '../ports/store.ts'
import { storeKeys } from '../ports/store.ts'
import type { ApiPowers } from './powers.ts'

/** A write that is done once, however often and to whichever vigiad of the cluster it is sent. */
export interface Once {
  /** Where its receipt is stored. */
  readonly key: string
  /** Of all that was asked for: the same key with another request is a mistake. */
  readonly fingerprint: string
}

/** JSON under `receipt/<id>`: written in the very transaction that does what was asked for. */
interface Receipt {
  readonly fingerprint: string
  /** Null: it is too long to be kept. */
  readonly answer: object | null
  readonly at: number
}

/** A lost connection is tried again within minutes; what is older is a new wish of somebody who happened on the same key. */
export const receiptsKeptMs = 3_600_000

/** They lie in the store of the cluster, which has to stay small. */
export const receiptsAtMost = 256
const receiptBytes = 64 * 1024

/** Looked through for old ones after so many. */
const sweepEvery = 32

/** `speaker`: keys of different people are different keys. */
export function onceOf(speaker: string, key: string, request: readonly unknown[]): Once {
  return {
    key: storeKeys.receipt(hashOf([speaker, key]).slice(0, 32)),
    fingerprint: hashOf(request).slice(0, 32),
  }
}

export function receiptOf(once: Once, answer: object, at: number): { readonly key: string; readonly value: string } {
  const text = JSON.stringify(answer)
  const kept = Buffer.byteLength(text) > receiptBytes ? null : answer
  const receipt: Receipt = { fingerprint: once.fingerprint, answer: kept, at }
  return { key: once.key, value: JSON.stringify(receipt) }
}

/** What was answered then; null: it was not done yet. Throws `key-reused`, also where the answer was too long to be kept. */
export async function readReceipt(store: Store, { key, fingerprint }: Once): Promise<object | null> {
  const { entries } = await store.read(key)
  const entry = entries.find((one) => one.key === key)
  if (entry === undefined) return null
  const { answer, fingerprint: then } = JSON.parse(entry.value) as Receipt
  if (then !== fingerprint) throw new Fault('key-reused', 'not-done')
  if (answer === null)
    throw new Fault('key-reused', 'not-done', { text: 'done; the answer is too long to be said again' })
  return answer
}

/** Removes what is old or too much, now and then. Never throws: what is left is removed the next time. */
export function createReceiptKeeper({ store, clock, log }: ApiPowers): { written(): void } {
  let count = 0
  const sweep = async (): Promise<void> => {
    const { entries } = await store.read(storeKeys.receipts)
    const receipts = entries.map(({ key, value, revision }) => ({
      key,
      revision,
      at: (JSON.parse(value) as Receipt).at,
    }))
    receipts.sort((a, b) => b.at - a.at)
    const oldest = clock.wall() - receiptsKeptMs
    const remove = receipts.filter(({ at }, place) => at < oldest || place >= receiptsAtMost).map(({ key }) => key)
    if (remove.length > 0) await store.transact({ when: [], put: [], remove })
  }
  return {
    written() {
      count += 1
      if (count % sweepEvery !== 1) return
      sweep().catch((error: unknown) => log.warn('old receipts are not removed', { error: String(error) }))
    },
  }
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
