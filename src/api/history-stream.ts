import { faultData } from '../model/fault.ts'
import type { HistoryFilter } from '../ports/history.ts'
import type { EventSink } from './event-sink.ts'
import type { ApiPowers } from './powers.ts'

/** Events read from the history at a time. */
const batch = 500

/**
 * Sends each event after `afterId` once, in order, for as long as the client listens.
 * Pulls from the history whenever something was added, so that nothing is kept for a slow client and nothing is missed.
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
        sink.send({ event: 'event', id: event.id, data: JSON.stringify(event) })
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

  const unsubscribe = powers.history.subscribe(wake)
  sink.onDrain(wake)
  sink.onClose(() => {
    closed = true
    unsubscribe()
  })
  wake()
}
