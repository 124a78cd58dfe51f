import Type from 'typebox'
import { ApplyRefusalView } from './apply.ts'
import { Names, StringOrNull, Versioned, type Wire, words } from './schema.ts'

/** Names of guests and `@tags`; a client may send far fewer than a cluster may have. */
const GuestNames = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 10_000 })

/** Absent or empty `guests` = all that the cluster file wants running. */
export const LaunchRequest = Type.Object(
  {
    guests: Type.Optional(GuestNames),
    /** Although the cluster could not lose as many hosts then as its file asks. */
    force: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type LaunchRequest = Wire<typeof LaunchRequest>

export const ShutdownRequest = Type.Object(
  {
    guests: Type.Optional(GuestNames),
    /** The running guests that need these go down too. */
    dependents: Type.Optional(Type.Boolean()),
    /** Although others need them. */
    force: Type.Optional(Type.Boolean()),
    /** The host goes down: all its guests do, until its next boot, and no guest's own wish changes. Alone. */
    untilBoot: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type ShutdownRequest = Wire<typeof ShutdownRequest>

export const GuestShutdownRequest = Type.Object(
  { dependents: Type.Optional(Type.Boolean()), force: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
)

export const NothingRequest = Type.Object({}, { additionalProperties: false })

export const WatchRequest = Type.Object({ on: Type.Boolean() }, { additionalProperties: false })
export type WatchRequest = Wire<typeof WatchRequest>

/** Null: back to what the cluster file says. */
export const MemoryRequest = Type.Object(
  { memoryMib: Type.Union([Type.Integer({ minimum: 0, maximum: 1024 * 1024 * 1024 }), Type.Null()]) },
  { additionalProperties: false },
)
export type MemoryRequest = Wire<typeof MemoryRequest>

/** What a command came to. It is durable when this is answered; that it is done is seen in the status. */
export const WishResult = Type.Object({
  ...Versioned,
  /** Wishes that were changed, in launch order. */
  changed: Names,
  /** Already so. */
  already: Names,
  /** Of all these, those that were not named: needed by one that was, or in need of it. */
  also: Names,
  skipped: Type.Array(
    Type.Object({
      guest: Type.String(),
      why: words(['watch-off', 'ignored', 'disabled', 'wished-stopped', 'standby', 'replaced']),
    }),
  ),
  /** Not changed, but hit as a consequence. */
  affects: Names,
  /** With `survivePolicy: warn`: a loss that the cluster bore before, and that would leave guests waiting now. Absent: there is none. */
  risks: Type.Optional(Type.Array(ApplyRefusalView)),
  /** What it has become: `/api/v1/tasks/ID`. Null: it takes no time. */
  task: StringOrNull,
})
export type WishResult = Wire<typeof WishResult>
