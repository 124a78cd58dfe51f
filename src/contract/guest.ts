import Type from 'typebox'
import { EventView } from './events.ts'
import { Names, StringOrNull, Versioned, type Wire } from './schema.ts'
import { GuestSummary, PhaseView, ReasonView, StateView } from './status.ts'

/** One guest with what happened to it last. */
export const GuestView = Type.Object({
  ...Versioned,
  guest: GuestSummary,
  /** Guests that need this one, at first hand. */
  neededBy: Names,
  /** Newest first. */
  history: Type.Array(EventView),
})
export type GuestView = Wire<typeof GuestView>

export const WhyStepView = Type.Object({
  depth: Type.Integer(),
  guest: Type.String(),
  via: StringOrNull,
  state: StateView,
  phase: PhaseView,
  because: ReasonView,
  /** No consequence of another guest: the place to look. */
  root: Type.Boolean(),
  /** Explained higher up already. */
  again: Type.Boolean(),
})

/** Why a guest is as it is: the guest first, below it each unmet need and why, down to the causes. */
export const WhyView = Type.Object({
  ...Versioned,
  guest: GuestSummary,
  chain: Type.Array(WhyStepView),
  /** Newest first. */
  history: Type.Array(EventView),
})
export type WhyView = Wire<typeof WhyView>
