import type { EventsQuery } from '../contract/events.ts'
import { eventsMaximum } from '../contract/events.ts'
import type { HistoryFilter } from '../ports/history.ts'

/** Events of an answer that asked for no number. */
const usualLimit = 1_000

export function historyFilter(query: EventsQuery): HistoryFilter {
  const words = (query.words ?? '').split(',').filter((word) => word !== '')
  return {
    limit: Math.min(eventsMaximum, Math.max(1, query.limit === undefined ? usualLimit : Number(query.limit))),
    ...(query.guest === undefined ? {} : { guest: query.guest }),
    ...(query.from === undefined ? {} : { fromMs: Number(query.from) }),
    ...(query.until === undefined ? {} : { untilMs: Number(query.until) }),
    ...(query.after === undefined ? {} : { afterId: Number(query.after) }),
    ...(words.length === 0 ? {} : { words }),
    ...(query.newestFirst === '1' ? { newestFirst: true } : {}),
  }
}
