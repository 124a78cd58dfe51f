import Type from 'typebox'
import type { StoredEvent } from '../model/event.ts'
import { modelData, Versioned, type Wire } from './schema.ts'

export const EventView = modelData<StoredEvent>({
  type: 'object',
  required: ['id', 'at', 'host', 'actor', 'word', 'guest', 'service', 'because', 'fault', 'note'],
  properties: { id: { type: 'integer' }, at: { type: 'number' }, word: { type: 'string' } },
})

export const EventsView = Type.Object({ ...Versioned, events: Type.Array(EventView) })
export type EventsView = Wire<typeof EventsView>

/** Most events of one answer. */
export const eventsMaximum = 10_000

/** All as text: a query string has no numbers. `from` and `until` are milliseconds since 1970. */
export const EventsQuery = Type.Object(
  {
    guest: Type.Optional(Type.String({ maxLength: 63 })),
    /** Event words, separated by commas. */
    words: Type.Optional(Type.String({ maxLength: 500, pattern: '^[a-z,-]*$' })),
    from: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    until: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,5}$' })),
    newestFirst: Type.Optional(words01()),
  },
  { additionalProperties: false },
)
export type EventsQuery = Wire<typeof EventsQuery>

function words01() {
  return Type.Unsafe<'0' | '1'>({ type: 'string', enum: ['0', '1'] })
}
