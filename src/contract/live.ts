import Type from 'typebox'
import type { Wire } from './schema.ts'

/** `after`: the id of the last event that the client has. */
export const LiveQuery = Type.Object(
  { after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) },
  { additionalProperties: false },
)
export type LiveQuery = Wire<typeof LiveQuery>
