import { faultData } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { History } from '../ports/history.ts'
import type { HistoryPeers } from '../ports/history-peers.ts'
import type { Log } from '../ports/log.ts'

/** A burst of events travels as one. */
const gatherMs = 100

/** Members that came are found, and those that did not answer are tried again, so often. */
const lookMs = 5_000

/** A daemon that begins has the others to find first. */
const firstLookMs = 1_000

/** Events at a time: a message of some hundred kilobytes, a few milliseconds of the other's disk. */
const batch = 500

/** Between two full batches: a member that joins is given years of history, and has other things to do. */
const betweenMs = 200

export interface HistoryCopiesPorts {
  readonly history: History
  readonly peers: HistoryPeers
  readonly clock: Clock
  readonly log: Log
}

/** How far one member is. `known` null: it has to be asked. */
interface Reader {
  known: number | null
  behind: boolean
  busy: boolean
  told: boolean
}

/**
 * Gives each other member copies of what this host writes into its history, so that it outlives the host and can be read on any. Each member
 * says itself how far it is: nothing is lost or doubled by a restart on either side. Returns what ends it.
 */
export function giveHistoryCopies({ history, peers, clock, log }: HistoryCopiesPorts): () => void {
  const readers = new Map<HostId, Reader>()
  let ended = false
  let gathering = false

  const give = async (member: HostId, reader: Reader): Promise<void> => {
    while (!ended && reader.behind && readers.get(member) === reader) {
      reader.behind = false
      if (reader.known === null) {
        const { file } = await history.own(0, 0)
        reader.known = await peers.give(member, { file, events: [] })
      }
      const own = await history.own(reader.known, batch)
      if (own.events.length === 0) return
      reader.known = await peers.give(member, own)
      reader.behind ||= own.events.length === batch
      if (reader.behind) await pause(clock, own.events.length === batch ? betweenMs : gatherMs)
    }
  }
  const attend = async (member: HostId, reader: Reader): Promise<void> => {
    if (reader.busy || !reader.behind) return
    reader.busy = true
    try {
      await give(member, reader)
      if (reader.told) log.info('a member takes copies of the history again', { member })
      reader.told = false
    } catch (error) {
      // Asked anew: whether what was sent was kept is for the other to say.
      reader.known = null
      reader.behind = true
      if (!reader.told && !ended) log.warn('a member takes no copies of the history', { member, ...faultData(error) })
      reader.told = true
    } finally {
      reader.busy = false
    }
  }
  const look = (): void => {
    const members = new Set(peers.members())
    for (const member of readers.keys()) if (!members.has(member)) readers.delete(member)
    for (const member of members) {
      if (!readers.has(member)) readers.set(member, { known: null, behind: true, busy: false, told: false })
    }
    for (const [member, reader] of readers) void attend(member, reader)
  }
  const again = (): void => {
    if (ended) return
    look()
    cancel = clock.after(lookMs, again)
  }
  let cancel = clock.after(firstLookMs, again)
  const unsubscribe = history.subscribe(() => {
    for (const reader of readers.values()) reader.behind = true
    if (gathering) return
    gathering = true
    clock.after(gatherMs, () => {
      gathering = false
      if (!ended) for (const [member, reader] of readers) if (!reader.told) void attend(member, reader)
    })
  })
  return () => {
    ended = true
    cancel()
    unsubscribe()
    readers.clear()
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve))
}
