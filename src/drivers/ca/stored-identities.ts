import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { Revision, Store } from '../../ports/store.ts'

/** A witness votes and says what it can renew, runs no guests, and signs nobody. */
export type MemberRole = 'host' | 'witness'

/** Stored under `token/ID`. Written by the member that was asked for a token, and by the one that admits with it. */
export interface TokenRecord {
  /** Of the secret. */
  readonly hash: string
  /** By the wall clock, milliseconds since 1970. */
  readonly expiresAt: number
  readonly role: MemberRole
  readonly replaces: HostId | null
  readonly usedBy: { readonly member: HostId; readonly keyHash: string } | null
}

/** Stored under `member-key/NAME`. Written by the member that admits, removed when the member has left. */
export interface MemberKey {
  readonly keyHash: string
  readonly addresses: readonly string[]
  readonly role: MemberRole
}

export function memberKeyEntry(member: HostId): string {
  return `member-key/${member}`
}

/** The value under exactly this key. Faults: the store's; `store-corrupt` when it is no JSON. */
export async function readOne<T>(
  store: Store,
  key: string,
): Promise<{ readonly value: T; readonly revision: Revision } | null> {
  const { entries } = await store.read(key)
  const found = entries.find((entry) => entry.key === key)
  if (found === undefined) return null
  try {
    return { value: JSON.parse(found.value) as T, revision: found.revision }
  } catch (cause) {
    throw new Fault('store-corrupt', 'not-done', { key }, { cause })
  }
}
