import { Fault } from '../model/fault.ts'
import type { MemberSight } from '../model/member.ts'
import { newestStoreSchema, type StoreSchemaRecord } from '../model/store-schema.ts'

/**
 * The rule for members of different versions: what is in the store is of the schema that the lowest of them speaks. A leader writes
 * by it, and raises it when every member that has not left says it understands the next one. Null: nothing is to be written.
 */
export function schemaToWrite(
  inForce: StoreSchemaRecord | null,
  sights: ReadonlyMap<string, MemberSight>,
): StoreSchemaRecord | null {
  const spoken = [...sights.values()].filter(({ alive }) => alive?.left !== true)
  // One that was never heard of may be of any age.
  const lowest = Math.min(...spoken.map(({ alive }) => (alive === null ? 1 : (alive.speaks ?? 1))))
  const now = inForce?.version ?? 0
  return Number.isFinite(lowest) && lowest > now ? { version: lowest } : null
}

/** What is newer than this program understands is neither obeyed nor decided from. Faults: `refused`, `not-done`. */
export function requireSpoken(inForce: StoreSchemaRecord | null, speaks = newestStoreSchema): void {
  if (inForce === null || inForce.version <= speaks) return
  throw new Fault('refused', 'not-done', { why: 'store-newer', got: inForce.version, expected: speaks })
}
