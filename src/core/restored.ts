import type { HostId, WallTime } from '../model/ids.ts'
import { type FencingRecord, firstSeat, type MemberRecord, type RestoredRecord } from '../model/member.ts'
import type { Phase } from '../model/phase.ts'
import type { GuestRecord } from '../model/record.ts'
import type { FencingWish, GuestWish, HostWish } from '../model/wish.ts'

/** Keys of the store, by their prefixes: `storeKeys` of the port. */
export interface StorePrefixes {
  readonly members: string
  readonly memberKeys: string
  readonly alives: string
  readonly seens: string
  readonly leader: string
  readonly tokens: string
  readonly authority: string
  readonly sessions: string
  readonly links: string
  readonly guestRecords: string
  readonly hostRecords: string
  readonly guestWishes: string
  readonly hostWishes: string
  readonly fencing: string
  readonly fencingWish: string
  readonly restored: string
}

export interface RestoreWish {
  /** The member that has the restored store. */
  readonly self: HostId
  /** Somebody swears that all other members are off for good, and their guests with them. */
  readonly alone: boolean
  readonly at: WallTime
}

export interface StoreChange {
  readonly put: readonly { readonly key: string; readonly value: string }[]
  readonly remove: readonly string[]
}

/**
 * Added to epochs and generations: no guest changes hands so often after one snapshot, so none of them is ever used twice (S1). An agent
 * that outlived the old store refuses what is older than what it has seen.
 */
export const restoredLeap = 1_000_000

/** Phases that say what people, or its own failures, made of a guest; all others say what it did then. */
const keptPhases: readonly Phase['kind'][] = ['ignored', 'stopped', 'failed', 'held-down']

/**
 * What has to be changed in a restored store before any daemon sees it. It knows wishes, and it knows what hosts did until it was saved; what
 * they did since, nobody knows. So:
 * 1. No guest has an owner, until all hosts have been looked at (`restored`): it is taken where it runs, and else waits (S13, S15).
 * 2. Nothing is left that proves a host dead or named it there: other revisions and other boots are meant by it (S1, S2, S9).
 * 3. No order is carried out a second time: to move, and to take power.
 * Pure. `entries`: the whole store.
 */
export function restoredStore(
  entries: readonly { readonly key: string; readonly value: string }[],
  keys: StorePrefixes,
  wish: RestoreWish,
): StoreChange {
  const under = (prefix: string): readonly (readonly [name: string, value: string, key: string])[] =>
    entries.flatMap(({ key, value }) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value, key] as const] : [],
    )
  const members = under(keys.members).map(([, value]) => JSON.parse(value) as MemberRecord)
  const gone = wish.alone ? members.filter(({ id }) => id !== wish.self).map(({ id }) => id) : []
  const hosts = members.filter(({ id, kind }) => kind === 'host' && !gone.includes(id)).map(({ id }) => id)
  const restored: RestoredRecord = { at: wish.at, hosts }
  const guestWishes = new Map(under(keys.guestWishes).map(([id, value]) => [id, JSON.parse(value) as GuestWish]))
  const hostWishes = under(keys.hostWishes).map(([id, value, key]) => ({
    id,
    key,
    wish: JSON.parse(value) as HostWish,
  }))
  const records = under(keys.guestRecords).map(([id, value, key]) => ({
    key,
    value: JSON.stringify(withoutOwner(JSON.parse(value) as GuestRecord, guestWishes.get(id) ?? null)),
  }))
  const unsworn = hostWishes.flatMap(({ key, wish: said }) =>
    said.sworn == null ? [] : [{ key, value: JSON.stringify({ ...said, sworn: null } satisfies HostWish) }],
  )
  const [reset] = under(keys.fencingWish).map(([, value]) => (JSON.parse(value) as FencingWish).resetSerial)
  const asked = Object.fromEntries(
    hostWishes.flatMap(({ id, wish: { fenceSerial = 0 } }) => (fenceSerial > 0 ? [[id, fenceSerial]] : [])),
  )
  const fencing: FencingRecord = { hosts: [], asked, resetSerial: reset ?? 0 }
  const old = [keys.alives, keys.seens, keys.hostRecords, keys.tokens, keys.authority, keys.sessions, keys.links]
    .flatMap(under)
    .map(([, , key]) => key)
  return {
    put: [
      { key: keys.restored, value: JSON.stringify(restored) },
      { key: keys.fencing, value: JSON.stringify(fencing) },
      ...records,
      ...unsworn,
    ],
    remove: [...old, keys.leader, ...gone.flatMap((id) => [keys.members + id, keys.memberKeys + id])],
  }
}

function withoutOwner(record: GuestRecord, wish: GuestWish | null): GuestRecord {
  const { seat } = record
  const memoryMib = seat?.memoryMib
  return {
    ...record,
    owner: null,
    epoch: record.epoch + restoredLeap,
    generation: record.generation + restoredLeap,
    phase: keptPhases.includes(record.phase.kind) ? record.phase : { kind: 'waiting', notBefore: null },
    because: { code: 'no-host' },
    wanted: 'as-is',
    tries: 0,
    seat: {
      ...firstSeat,
      moves: (seat?.moves ?? 0) + restoredLeap,
      moveSerial: Math.max(seat?.moveSerial ?? 0, wish?.moveSerial ?? 0),
      ...(memoryMib !== undefined && { memoryMib }),
    },
  }
}
