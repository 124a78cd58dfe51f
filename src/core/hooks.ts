import type { HookCall, HookEvent, HookRecord } from '../model/hook.ts'
import type { WallTime } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import { isLost } from './hosts.ts'
import type { ClusterSnapshot } from './snapshot.ts'

export const noHooks: HookRecord = { told: [], pending: [] }

/** Beyond it the oldest are forgotten: a program that always hangs must not fill the store. */
export const maxPending = 1_000

/** A guest that waits for one of these waits for a host, and not for its needs or its own back-off. */
const hostReasons: readonly Reason['code'][] = ['host-silent', 'host-lost', 'no-place', 'store-restored']

/**
 * What is to be told next, from how things are and what was told: never from a message, which may be lost with a leader. What is so and was
 * not told is pending; what is not so any more may be told anew when it comes again. Returns `record` itself where nothing changes. Pure.
 */
export function nextHooks(snapshot: ClusterSnapshot, record: HookRecord): HookRecord {
  const wanted = snapshot.cluster?.settings.hook ?? null
  if (wanted === null) return record.told.length + record.pending.length === 0 ? record : noHooks
  const now = new Map(situations(snapshot).map((found) => [found.id, found]))
  const told = record.told.filter((id) => now.has(id))
  const known = new Set([...told, ...record.pending.map(({ id }) => id)])
  const more = [...now.values()].filter(({ id }) => !known.has(id))
  if (more.length === 0 && told.length === record.told.length) return record
  return { told, pending: [...record.pending, ...more].slice(-maxPending) }
}

/** The first has been told, whatever came of it. Pure. */
export function afterCall(record: HookRecord, id: string): HookRecord {
  return {
    told: [...record.told.filter((one) => one !== id), id],
    pending: record.pending.filter((call) => call.id !== id),
  }
}

/** In the order in which things follow from each other. */
function situations(snapshot: ClusterSnapshot): HookCall[] {
  const { members, hostRecords, records, wall } = snapshot
  if (members == null) return []
  const losses = [...hostRecords.values()]
    .sort((a, b) => byName(a.host, b.host))
    .flatMap((record) => {
      const sight = members.sights.get(record.host)
      return record.loss !== undefined && sight !== undefined && isLost(sight, record)
        ? [{ host: record.host, loss: record.loss }]
        : []
    })
  const lossOf = new Map(losses.map((one) => [one.host, one.loss]))
  const guests = [...records.values()].sort((a, b) => byName(a.guest, b.guest))
  return [
    ...losses.map(({ host, loss }) =>
      call(loss.at, `fence ${host} ${loss.aliveRevision}`, { event: 'fence', host, proof: loss.proof.kind }),
    ),
    ...guests.flatMap(({ guest, owner, seat }) => {
      const from = seat?.lostFrom ?? null
      const loss = from === null ? undefined : lossOf.get(from)
      if (from === null || owner === null || owner === from || loss === undefined) return []
      return [
        call(wall, `failover ${guest} ${from} ${loss.aliveRevision}`, { event: 'failover', guest, from, host: owner }),
      ]
    }),
    ...guests
      .filter(waitsForHost)
      .map(({ guest, owner, because, enteredAtWall }) =>
        call(enteredAtWall, `waiting ${guest} ${because.code}`, { event: 'waiting', guest, host: owner, because }),
      ),
  ]
}

function waitsForHost({ phase, because }: GuestRecord): boolean {
  return phase.kind === 'waiting' && hostReasons.includes(because.code)
}

function call(at: WallTime, id: string, event: HookEvent): HookCall {
  return { ...event, id, at }
}
