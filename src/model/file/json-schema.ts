import { root } from './cluster-table.ts'
import type { Definitions, JsonSchema } from './shape.ts'

/** The published schema of `vigia.yaml`, for editors: made from the same table the parser reads by. It is a little stricter about quotes. */
export function clusterFileSchema(): JsonSchema {
  const definitions: Definitions = new Map()
  const schema = root.schema(definitions)
  const properties = schema.properties as Record<string, JsonSchema>
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Vigia cluster file, version 1',
    description: 'Guests, what they offer and need, and the hosts they run on.',
    ...schema,
    properties: { ...properties, version: { const: 1, description: 'The version of this format.' } },
    required: ['version'],
    $defs: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}
