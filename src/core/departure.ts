import type { GuestId, HostId } from '../model/ids.ts'
import { firstSeat, type RestoredRecord } from '../model/member.ts'
import type { GuestRecord, HostRecord } from '../model/record.ts'

/** One key of the store, with the revision that wrote its value. */
export interface StoredEntry {
  readonly key: string
  readonly value: string
  readonly revision: number
}

/** Keys of the store, as `storeKeys` of the port has them. */
export interface DepartureKeys {
  readonly guestRecords: string
  readonly restored: string
  member(member: string): string
  alive(member: string): string
  seen(host: string): string
  hostRecord(host: string): string
}

export type Departure =
  | {
      readonly kind: 'refused'
      /**
       * `guests-here`: it owns guests, or some are on their way to or from it, and it is not proven dead;
       * `guests-unknown`: the store was restored, and what it may have is not known.
       */
      readonly why: 'guests-here' | 'guests-unknown'
      readonly guests: readonly GuestId[]
    }
  | {
      readonly kind: 'goes'
      readonly when: readonly { readonly key: string; readonly revision: number }[]
      readonly put: readonly { readonly key: string; readonly value: string }[]
      readonly remove: readonly string[]
    }

/**
 * Whether a member may be taken out, and what that writes. Its guests are elsewhere, or it is proven dead (S2): then they are nobody's from now
 * on, and start wherever there is room (S10). Pure. `entries`: the whole store.
 */
export function departureOf(entries: readonly StoredEntry[], keys: DepartureKeys, member: HostId): Departure {
  const at = new Map(entries.map((entry) => [entry.key, entry]))
  const revisionOf = (key: string): number => at.get(key)?.revision ?? 0
  const host = valueIn<HostRecord>(at.get(keys.hostRecord(member)))
  const dead = host?.loss !== undefined && host.loss.aliveRevision === revisionOf(keys.alive(member))
  const records = entries.filter(({ key }) => key.startsWith(keys.guestRecords))
  const here = records
    .map((entry) => ({ entry, record: JSON.parse(entry.value) as GuestRecord }))
    .filter(({ record }) => names(record, member))
  // A move that one side of is dead is ended by the leader, who asks the other side first (S8).
  const stuck = here.filter(({ record }) => !dead || record.seat?.move != null)
  if (stuck.length > 0)
    return refused(
      'guests-here',
      stuck.map(({ record }) => record.guest),
    )
  const restored = valueIn<RestoredRecord>(at.get(keys.restored))
  if (restored?.hosts.includes(member) && host === null) return refused('guests-unknown', [])
  const compared = [...records.map(({ key }) => key), keys.alive(member), keys.hostRecord(member)]
  return {
    kind: 'goes',
    when: compared.map((key) => ({ key, revision: revisionOf(key) })),
    put: here.map(({ entry, record }) => ({ key: entry.key, value: JSON.stringify(released(record, member)) })),
    remove: [keys.member(member), keys.seen(member), keys.hostRecord(member)],
  }
}

function names({ owner, seat }: GuestRecord, member: HostId): boolean {
  return owner === member || seat?.move?.to === member
}

/** Its next owner gets a higher epoch (S1). */
function released(record: GuestRecord, member: HostId): GuestRecord {
  const seat = { ...firstSeat, ...record.seat, released: false, lostFrom: member }
  return { ...record, owner: null, epoch: record.epoch + 1, because: { code: 'no-host' }, wanted: 'as-is', seat }
}

function refused(why: 'guests-here' | 'guests-unknown', guests: readonly GuestId[]): Departure {
  return { kind: 'refused', why, guests: [...guests].sort() }
}

function valueIn<T>(entry: StoredEntry | undefined): T | null {
  return entry === undefined ? null : (JSON.parse(entry.value) as T)
}
