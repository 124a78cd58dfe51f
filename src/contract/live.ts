import Type from 'typebox'
import { DrillProgress } from './drills.ts'
import { orNull, type Wire } from './schema.ts'

/** `after`: the id of the last event that the client has. */
export const LiveQuery = Type.Object(
  { after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) },
  { additionalProperties: false },
)
export type LiveQuery = Wire<typeof LiveQuery>

/** Told when a stream begins, and whenever it changes. Null: no drill is under way. */
export const DrillChange = Type.Object({ running: orNull(DrillProgress) })
export type DrillChange = Wire<typeof DrillChange>
