import Type from 'typebox'
import type { MoveCause } from '../model/member.ts'
import { modelData, Names, StringOrNull, Versioned, type Wire, words } from './schema.ts'
import { ReasonView } from './status.ts'

const Name = Type.String({ minLength: 1, maxLength: 100 })

export const GuestReasonView = Type.Object({ guest: Type.String(), because: ReasonView })
export type GuestReasonView = Wire<typeof GuestReasonView>

/** `to` absent: the best place for each. */
export const MigrateRequest = Type.Object(
  {
    guests: Type.Array(Name, { minItems: 1, maxItems: 10_000 }),
    to: Type.Optional(Name),
    cold: Type.Optional(Type.Boolean()),
    dryRun: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type MigrateRequest = Wire<typeof MigrateRequest>

export const RebalanceRequest = Type.Object({ dryRun: Type.Optional(Type.Boolean()) }, { additionalProperties: false })
export type RebalanceRequest = Wire<typeof RebalanceRequest>

export const MaintenanceRequest = Type.Object(
  {
    on: Type.Boolean(),
    dryRun: Type.Optional(Type.Boolean()),
    /** Although some guests have nowhere to go: they stay. */
    force: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type MaintenanceRequest = Wire<typeof MaintenanceRequest>

/** Who goes where, and who does not. The moves follow; that they are done is seen in the status. */
export const MovesResult = Type.Object({
  ...Versioned,
  dryRun: Type.Boolean(),
  /** False: it was so already. */
  changed: Type.Boolean(),
  moves: Type.Array(
    Type.Object({
      guest: Type.String(),
      from: StringOrNull,
      to: Type.String(),
      how: words(['live', 'cold']),
      cause: modelData<MoveCause>({ type: 'string' }),
    }),
  ),
  /** There already. */
  already: Names,
  stays: Type.Array(GuestReasonView),
  /** What it has become: `/api/v1/tasks/ID`. Null: it takes no time, or was only asked about. */
  task: StringOrNull,
})
export type MovesResult = Wire<typeof MovesResult>
