import { tellingWords } from '../core/availability/observe.ts'
import type { StoredEvent } from '../model/event.ts'
import type { History } from '../ports/history.ts'

/** Events read at once: what the daemon takes in between two of its rounds. */
const pageEvents = 1_000

/** All that the history says of availability, in the order of its ids. */
export async function* tellingEvents(history: History): AsyncGenerator<readonly StoredEvent[]> {
  for (let afterId = 0; ; ) {
    const events = await history.query({ words: tellingWords, afterId, limit: pageEvents })
    if (events.length > 0) yield events
    if (events.length < pageEvents) return
    afterId = events.at(-1)!.id
  }
}
