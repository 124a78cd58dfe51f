import { schemaVersion } from '../contract/protocol.ts'
import type { StatusChange, StatusView } from '../contract/status.ts'
import { type EventSink, messageBytes } from './event-sink.ts'
import type { ApiPowers } from './powers.ts'

/** Changes are gathered for so long: a board needs no more pictures a second, and a launch of a thousand guests changes without a pause. */
export const gatherMs = 100

/**
 * The status as all live streams have it. F1: it is looked at and written down once for all of them, however many listen; while nobody
 * does, it is not looked at. F2: for a client that reads slowly only the names of what changed are kept, and it gets the newest of those.
 */
export interface StatusFeed {
  /** Sends the whole status, then what changes of it, until the sink closes. */
  join(sink: EventSink): void
}

/** What a client that takes nothing has missed: guests by name, or so much that it is told all anew. */
type Missed = Set<string> | 'all'

interface Told {
  readonly view: StatusView
  /** By guest, in the view's order. */
  readonly guests: ReadonlyMap<string, string>
  readonly hosts: string
}

export function createStatusFeed(powers: ApiPowers, status: () => StatusView): StatusFeed {
  const missed = new Map<EventSink, Missed | null>()
  let told: Told | null = null
  let whole: Buffer | null = null
  let unsubscribe: (() => void) | null = null
  let cancelTimer: (() => void) | null = null

  const wholeBytes = (): Buffer => {
    whole ??= messageBytes({ event: 'status', id: null, data: JSON.stringify(told!.view) })
    return whole
  }

  const look = (): void => {
    cancelTimer = null
    const before = told!
    told = lookAgain(status(), before)
    const news = newsOf(before, told)
    if (news === null) return
    whole = null
    const bytes = news === 'all' ? wholeBytes() : changeBytes(told, news)
    for (const [sink, behind] of missed) {
      if (sink.isFull()) missed.set(sink, added(behind, news))
      else sink.write(bytes)
    }
  }

  const caughtUp = (sink: EventSink): void => {
    const behind = missed.get(sink)
    if (!behind || told === null) return
    missed.set(sink, null)
    sink.write(behind === 'all' ? wholeBytes() : changeBytes(told, behind))
  }

  const leave = (sink: EventSink): void => {
    missed.delete(sink)
    if (missed.size > 0) return
    unsubscribe?.()
    cancelTimer?.()
    unsubscribe = null
    cancelTimer = null
    told = null
    whole = null
  }

  return {
    join(sink) {
      told ??= lookAgain(status(), null)
      unsubscribe ??= powers.subscribe(() => {
        cancelTimer ??= powers.clock.after(gatherMs, look)
      })
      missed.set(sink, null)
      sink.onDrain(() => caughtUp(sink))
      sink.onClose(() => leave(sink))
      sink.write(wholeBytes())
    },
  }
}

/** Of a guest that is as it was, the text is kept and not made twice over. */
function lookAgain(view: StatusView, before: Told | null): Told {
  const guests = new Map<string, string>()
  for (const guest of view.guests) {
    const text = JSON.stringify(guest)
    const old = before?.guests.get(guest.id)
    guests.set(guest.id, old === text ? old : text)
  }
  return { view, guests, hosts: JSON.stringify([view.hosts, view.members, view.cluster]) }
}

/** Guests that changed; empty: only hosts did. Null: nothing. `all`: guests came or went, and a client should not have to guess their order. */
function newsOf(before: Told, now: Told): readonly string[] | 'all' | null {
  if (now.guests.size !== before.guests.size || now.view.cluster !== before.view.cluster) return 'all'
  const changed: string[] = []
  for (const [id, text] of now.guests) {
    const old = before.guests.get(id)
    if (old === undefined) return 'all'
    if (old !== text) changed.push(id)
  }
  return changed.length === 0 && now.hosts === before.hosts ? null : changed
}

function added(behind: Missed | null | undefined, news: readonly string[] | 'all'): Missed {
  if (behind === 'all' || news === 'all') return 'all'
  return new Set([...(behind ?? []), ...news])
}

function changeBytes({ view }: Told, changed: Iterable<string>): Buffer {
  const names = new Set(changed)
  const members = view.members === undefined ? {} : { members: view.members }
  const guests = view.guests.filter(({ id }) => names.has(id))
  const change: StatusChange = { schemaVersion, at: view.at, hosts: view.hosts, ...members, guests }
  return messageBytes({ event: 'change', id: null, data: JSON.stringify(change) })
}
