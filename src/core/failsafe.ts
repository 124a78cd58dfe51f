import type { HostId, Instant } from '../model/ids.ts'

/**
 * The two quorums of S5 over one list of members: more than half cannot renew, and at least half do. They always share a member, whatever
 * the list, as long as both are counted by the same one: that which the host in question names in its record.
 */

/**
 * From when a member may go on feeding its watchdog while it cannot renew: the newest moment at which, or later, more than half of every
 * list were asked who then said that they cannot renew either. Null: there is none, and none without a list. Pure.
 */
export function failsafeFrom(
  lists: readonly (readonly HostId[])[],
  askedAt: ReadonlyMap<HostId, Instant>,
): Instant | null {
  const moments = lists.flatMap((list) => nthNewest(list, askedAt, Math.floor(list.length / 2) + 1) ?? [])
  if (moments.length < lists.length || moments.length === 0) return null
  return moments.reduce((least, one) => (one < least ? one : least))
}

/** Whether those who have renewed all the time are enough to take from a host that names this list. Pure. */
export function mayTakeOver(list: readonly HostId[], renewing: readonly HostId[]): boolean {
  return list.filter((member) => renewing.includes(member)).length >= neededToTakeOver(list)
}

export function neededToTakeOver(list: readonly HostId[]): number {
  return Math.ceil(list.length / 2)
}

function nthNewest(list: readonly HostId[], askedAt: ReadonlyMap<HostId, Instant>, nth: number): Instant | null {
  const times = list.flatMap((member) => askedAt.get(member) ?? []).sort((a, b) => b - a)
  return times[nth - 1] ?? null
}
