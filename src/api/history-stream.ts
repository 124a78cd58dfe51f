import type { StoredEvent } from '../model/event.ts'
import { faultData } from '../model/fault.ts'
import type { HistoryFilter } from '../ports/history.ts'
import { type EventSink, messageBytes } from './event-sink.ts'
import type { ApiPowers } from './powers.ts'

/** Events read from the history at a time. */
const batch = 500

/** Each event is written down once, however many listen. */
const written = new WeakMap<StoredEvent, Buffer>()

/**
 * Sends each event after `afterId` once, in order, for as long as the client listens. One that has all before it is handed what is added;
 * any other pulls from the history when it can take more, so that nothing is kept for a slow client and nothing is missed.
 */
export function streamHistory(
  powers: ApiPowers,
  sink: EventSink,
  filter: Omit<HistoryFilter, 'afterId' | 'limit' | 'newestFirst'>,
  afterId: number,
): void {
  let last = afterId
  let busy = false
  let again = false
  let closed = false

  const pull = async (): Promise<void> => {
    do {
      again = false
      const events = await powers.history.query({ ...filter, afterId: last, limit: batch })
      if (closed) return
      for (const event of events) {
        last = event.id
        sink.write(eventBytes(event))
      }
      if (events.length === batch) again = true
    } while (again && !sink.isFull())
  }
  const wake = (): void => {
    again = true
    if (busy || closed || sink.isFull()) return
    busy = true
    pull()
      .catch((error: unknown) => {
        powers.log.warn('a live stream of events ended', { ...faultData(error) })
        sink.close()
      })
      .finally(() => {
        busy = false
        if (again) wake()
      })
  }

  const wantsAll = Object.keys(filter).length === 0
  const handed = (events: readonly StoredEvent[]): void => {
    // Ids grow by one: what follows the last one sent is the next there is.
    if (busy || !wantsAll || events[0]?.id !== last + 1) {
      wake()
      return
    }
    for (const event of events) {
      if (closed || sink.isFull()) return
      last = event.id
      sink.write(eventBytes(event))
    }
  }

  const unsubscribe = powers.history.subscribe(handed)
  sink.onDrain(wake)
  sink.onClose(() => {
    closed = true
    unsubscribe()
  })
  wake()
}

function eventBytes(event: StoredEvent): Buffer {
  const bytes = written.get(event) ?? messageBytes({ event: 'event', id: event.id, data: JSON.stringify(event) })
  written.set(event, bytes)
  return bytes
}
