import type { StoredEvent } from '../../model/event.ts'
import type { HostId } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'

/** A host tells of its life at least so often, give or take as much again (`src/bin/signs-of-life.ts`). */
const signTwiceMs = 60_000

/**
 * Events in the order of their time, ready to be read:
 * - A host that lost its power says so when it is back, from its last sign of life, which may be half a minute old; the others saw its last
 *   renewal, to the second. Theirs counts where there is one.
 * - A host that others held for silent, and of which nothing was heard since, is not watched from then on.
 */
export function observedEvents(events: readonly StoredEvent[]): readonly StoredEvent[] {
  const sorted = isInOrder(events) ? events : [...events].sort(order)
  const dropped = new Set<StoredEvent>()
  const own = new Map<HostId, StoredEvent>()
  const silentSince = new Map<HostId, StoredEvent>()
  for (const event of sorted) {
    if (event.word === 'daemon-started') own.delete(event.host)
    if (event.word === 'power-lost' && event.guest === null) {
      const before = own.get(event.host)
      const doubled = before !== undefined && before.actor === 'daemon' && event.actor === 'leader'
      if (doubled && event.at - before.at <= signTwiceMs) dropped.add(before)
      own.set(event.host, event)
    }
    const heard =
      event.actor === 'agent' || event.actor === 'daemon' || event.word === 'ready' || event.word === 'adopt'
    if (heard || event.word === 'power-lost') silentSince.delete(event.host)
    const silent = event.because?.code === 'host-silent' ? event.because.host : null
    if (silent !== null && !silentSince.has(silent)) silentSince.set(silent, event)
  }
  const ends = [...silentSince].map(
    ([host, { at, id }]): StoredEvent => ({
      ...{ id, at, host, actor: 'leader', word: 'daemon-killed' },
      ...{ guest: null, service: null, because: null, fault: null, note: null },
    }),
  )
  if (dropped.size === 0 && ends.length === 0) return sorted
  return [...sorted.filter((event) => !dropped.has(event)), ...ends].sort((a, b) => a.at - b.at)
}

function order(a: StoredEvent, b: StoredEvent): number {
  return a.at - b.at || byName(a.host, b.host) || a.id - b.id
}

/** A long history mostly is: sorting it would take longer than reading it. */
function isInOrder(events: readonly StoredEvent[]): boolean {
  for (let place = 1; place < events.length; place++) if (order(events[place - 1]!, events[place]!) > 0) return false
  return true
}
