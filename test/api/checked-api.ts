import type { FastifyInstance } from 'fastify'
import type { FastifySerializerCompiler } from 'fastify/types/schema.js'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { RouteAccess } from '../../src/api/access/guard.ts'
import type { ApiPowers } from '../../src/api/powers.ts'
import { createApi } from '../../src/api/server.ts'

export interface CheckedApi {
  readonly app: FastifyInstance
  readonly routes: readonly string[]
  /** The same, with who may use each. */
  readonly table: readonly RouteAccess[]
  /** Answers that are not as their schema says. */
  readonly broken: readonly string[]
}

/** An API that notes each answer which is not as its route's schema says. `routes`: `METHOD /path/:part`, each once. */
export async function checkedApi(powers: ApiPowers): Promise<CheckedApi> {
  const broken: string[] = []
  const routes = new Set<string>()
  const table: RouteAccess[] = []
  const app = await createApi(powers, {
    serializerCompiler: checkedSerializer((text) => broken.push(text)),
    onRoute: (method, url, access) => {
      routes.add(`${method} ${url}`)
      table.push({ method, url, access })
    },
  })
  return { app, routes: [...routes], table, broken }
}

/** Writes answers as they are, and tells of those that are not as their schema says. */
export function checkedSerializer(tell: (text: string) => void): FastifySerializerCompiler<unknown> {
  return ({ schema, method, url, httpStatus }) =>
    (data) => {
      if (!Check(schema as TSchema, data)) {
        const errors = [...Errors(schema as TSchema, data)].slice(0, 3)
        tell(`${method} ${url} ${httpStatus}: ${JSON.stringify(errors)}`)
      }
      return JSON.stringify(data)
    }
}
