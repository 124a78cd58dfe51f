import fc from 'fast-check'

/** What of an OpenAPI document is needed to make requests of it. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

type Schema = Readonly<Record<string, unknown>>

export interface SchemaRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** As it is sent. Null: none. */
  readonly payload: string | null
}

/** Of a body: mostly as the schema says, often nearly, sometimes anything. */
const wayWeights = { good: 6, near: 3, any: 1 }

/** `names`: words that mean something here, so that requests get beyond the first check. */
export function schemaRequests(description: Description, names: readonly string[]): fc.Arbitrary<SchemaRequest> {
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const { schemas } = description.components
  const word = fc.oneof(
    fc.constantFrom(...names),
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  )
  return fc.oneof(...operations.map(({ path, method, operation }) => requestOf(path, method, operation, schemas, word)))
}

function requestOf(
  path: string,
  method: string,
  { parameters = [], requestBody }: Operation,
  schemas: Readonly<Record<string, Schema>>,
  word: fc.Arbitrary<string>,
): fc.Arbitrary<SchemaRequest> {
  const places = [...path.matchAll(/\{([a-zA-Z]+)\}/g)].map(([, name]) => name!)
  const inPath = fc.tuple(...places.map(() => word))
  const query = fc.record(
    Object.fromEntries(
      parameters.filter((one) => one.in === 'query').map(({ name, schema }) => [name, textOf(schema, word)]),
    ),
    { requiredKeys: [] },
  )
  const headers = fc.record(
    { 'idempotency-key': fc.oneof(fc.constantFrom('k1', 'k2', '"k3"'), fc.string({ maxLength: 9 })) },
    { requiredKeys: [] },
  )
  const schema = requestBody?.content['application/json']?.schema
  const payload = schema === undefined ? fc.constant(null) : bodyOf(schema, schemas, word)
  return fc.tuple(inPath, query, headers, payload).map(([words, asked, said, body]) => {
    let place = path
    for (const [index, name] of places.entries())
      place = place.replace(`{${name}}`, encodeURIComponent(words[index] ?? ''))
    const text = new URLSearchParams(asked as Record<string, string>).toString()
    const key = said['idempotency-key']?.replaceAll(/[^\x20-\x7e]/g, '?')
    return {
      method,
      url: text === '' ? place : `${place}?${text}`,
      headers: {
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== null && { 'content-type': 'application/json' }),
      },
      payload: body,
    }
  })
}

/** A query has only text. */
function textOf(schema: Schema, word: fc.Arbitrary<string>): fc.Arbitrary<string> {
  if (Array.isArray(schema.enum)) return fc.oneof(fc.constantFrom(...(schema.enum as string[])), word)
  return fc.oneof(fc.nat().map(String), word)
}

function bodyOf(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  word: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const good = jsonOf(schema, schemas, word, 0)
  return fc.oneof(
    { weight: wayWeights.good, arbitrary: good.map((value) => JSON.stringify(value)) },
    {
      weight: wayWeights.near,
      arbitrary: fc
        .tuple(good, fc.jsonValue(), fc.nat())
        .map(([value, other, at]) => JSON.stringify(spoilt(value, other, at))),
    },
    { weight: wayWeights.any, arbitrary: fc.oneof(fc.json(), fc.string()) },
  )
}

/** One member is another value, or one is there that should not be. */
function spoilt(value: unknown, other: unknown, at: number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return other
  const keys = [...Object.keys(value), '__proto__', 'constructor', 'extra']
  return { ...value, [keys[at % keys.length]!]: other }
}

function jsonOf(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  word: fc.Arbitrary<string>,
  depth: number,
): fc.Arbitrary<unknown> {
  const of = (one: Schema) => jsonOf(one, schemas, word, depth + 1)
  const {
    $ref,
    anyOf,
    items,
    properties,
    patternProperties,
    required = [],
  } = schema as {
    $ref?: string
    anyOf?: Schema[]
    items?: Schema
    properties?: Record<string, Schema>
    patternProperties?: Record<string, Schema>
    required?: string[]
  }
  if (depth > 6) return fc.constant(null)
  if ($ref !== undefined) return of(schemas[$ref.split('/').at(-1)!]!)
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(of))
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]))
  switch (schema.type) {
    case 'string':
      return word
    case 'integer':
      return fc.integer({ min: Number(schema.minimum ?? -1_000), max: Number(schema.maximum ?? 1_000_000) })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(of(items ?? {}), { maxLength: 4 })
    case 'object': {
      const [pattern] = Object.values(patternProperties ?? {})
      if (pattern !== undefined) return fc.dictionary(word, of(pattern), { maxKeys: 3 })
      const members = Object.fromEntries(Object.entries(properties ?? {}).map(([name, one]) => [name, of(one)]))
      return fc.record(members, { requiredKeys: required.filter((name) => name in members) })
    }
    default:
      return fc.jsonValue()
  }
}
