import Type from 'typebox'
import type { EventWord } from '../model/event.ts'
import type { FaultData } from '../model/fault.ts'
import { modelData, Names, NumberOrNull, orNull, StringOrNull, Versioned, type Wire, words } from './schema.ts'
import { ReasonView, StateView } from './status.ts'

/** Hosts that are lost at once. */
export const WhatIfRequest = Type.Object(
  { lose: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 20 }) },
  { additionalProperties: false },
)
export type WhatIfRequest = Wire<typeof WhatIfRequest>

/** What the loss would come to, played on the cluster as it is now with the leader's own decisions. Times are milliseconds since the loss. */
export const WhatIfView = Type.Object({
  ...Versioned,
  lost: Names,
  seed: Type.Integer(),
  /** False: no majority of the members is left, so nothing is decided any more. */
  quorum: Type.Boolean(),
  /** All that ran on a lost host, and whatever else is hit; in the order in which they answer again. */
  guests: Type.Array(
    Type.Object({
      guest: Type.String(),
      from: StringOrNull,
      to: StringOrNull,
      state: StateView,
      /** Null: it does not answer in the end; `because` says why. */
      readyMs: NumberOrNull,
      because: ReasonView,
    }),
  ),
  /** Guests to which nothing happens. */
  untouched: Names,
  events: Type.Array(
    Type.Object({
      at: Type.Number(),
      /** `world`: nobody's word: a power that is taken. */
      actor: words(['leader', 'agent', 'person', 'daemon', 'world']),
      word: modelData<EventWord>({ type: 'string' }),
      guest: Type.Optional(Type.String()),
      host: Type.Optional(Type.String()),
      service: Type.Optional(Type.String()),
      fault: Type.Optional(modelData<FaultData>({ type: 'object', required: ['code', 'outcome', 'details'] })),
      because: orNull(ReasonView),
    }),
  ),
})
export type WhatIfView = Wire<typeof WhatIfView>
