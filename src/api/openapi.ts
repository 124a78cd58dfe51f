import { ErrorBody } from '../contract/error.ts'
import type { Access } from '../model/access.ts'
import { namedSchemas } from './named-schemas.ts'
import { tags } from './route.ts'

/** A route as Fastify tells of it. */
export interface RouteTold {
  readonly method: string
  readonly url: string
  readonly schema: RouteSchemaTold
  readonly access: Access | null
}

interface RouteSchemaTold {
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly params?: unknown
  readonly querystring?: unknown
  readonly headers?: unknown
  readonly body?: unknown
  readonly response?: unknown
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

const problem = 'application/problem+json'

/** The description of the whole API (OpenAPI 3.1), made of the routes themselves: what is not in it is not there. */
export function openApi(routes: readonly RouteTold[], version: string): object {
  const named = new Map(Object.entries(namedSchemas).map(([name, schema]) => [JSON.stringify(schema), name]))
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.url.replaceAll(/:([a-zA-Z]+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operationOf(route, named)
  }
  const schemas = Object.entries(namedSchemas).map(([name, schema]) => [
    name,
    withReferences(plainJson(schema), named, name),
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vigia',
      version,
      description:
        'Every vigiad of a cluster answers all of this, the leader or not. Times are milliseconds since 1970, amounts of memory MiB. ' +
        'What is not a success is answered as problem+json (RFC 9457) with the fault: its code, its details, and whether anything was done.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-vigia',
          description: 'Writes carry the header vigia-csrf, too.',
        },
        token: { type: 'http', scheme: 'bearer', description: 'An API token.' },
      },
    },
    security: [{ session: [] }, { token: [] }],
  }
}

function operationOf({ method, url, schema, access }: RouteTold, named: ReadonlyMap<string, string>): object {
  const { summary, description, tags: under, params, querystring, headers, body, response } = schema
  const parameters = [
    ...parametersOf('path', params, named),
    ...parametersOf('query', querystring, named),
    ...parametersOf('header', headers, named),
  ]
  const answers = Object.entries((response ?? {}) as Record<string, object>).map(([status, answer]) => [
    status,
    answerOf(status, answer, named),
  ])
  return {
    operationId: operationId(method, url),
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(under !== undefined && { tags: under }),
    ...(access === 'public' && { security: [] }),
    ...(access !== null && { 'x-vigia-access': access }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: referTo(body, named) } } },
    }),
    responses: {
      ...Object.fromEntries(answers),
      default: {
        description: 'What was refused or could not be done.',
        content: { [problem]: { schema: referTo(ErrorBody, named) } },
      },
    },
  }
}

/** `GET /api/v1/guests/:guest` -> `getGuestsGuest`. */
function operationId(method: string, url: string): string {
  const words = url
    .replace(/^\/api(\/v\d+)?/, '')
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '')
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function parametersOf(place: string, schema: unknown, named: ReadonlyMap<string, string>): object[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = plainJson(schema) as {
    properties?: JsonObject
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: withReferences(one, named),
  }))
}

function answerOf(status: string, answer: object, named: ReadonlyMap<string, string>): object {
  const said = 'description' in answer && 'content' in answer ? String(answer.description) : null
  const description = said ?? (status === '200' ? 'Done.' : `Status ${status}.`)
  if ('content' in answer) return { description, content: referTo(answer.content, named) }
  return { description, content: { 'application/json': { schema: referTo(answer, named) } } }
}

function referTo(schema: unknown, named: ReadonlyMap<string, string>): Json {
  return withReferences(plainJson(schema), named)
}

/** What has a name is written once. `own`: the name of the schema itself, which is not to refer to itself. */
function withReferences(value: Json, named: ReadonlyMap<string, string>, own: string | null = null): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((one: Json) => withReferences(one, named))
  const name = named.get(JSON.stringify(value))
  if (name !== undefined && name !== own) return { $ref: `#/components/schemas/${name}` }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withReferences(one, named)]))
}

function plainJson(schema: unknown): Json {
  return JSON.parse(JSON.stringify(schema)) as Json
}
