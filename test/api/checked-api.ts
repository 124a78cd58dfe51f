import type { FastifyInstance } from 'fastify'
import type { FastifySerializerCompiler } from 'fastify/types/schema.js'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import type { ApiPowers } from '../../src/api/powers.ts'
import { createApi } from '../../src/api/server.ts'

/** An API that notes each answer which is not as its route's schema says. `routes`: `METHOD /path/:part`, each once. */
export async function checkedApi(
  powers: ApiPowers,
): Promise<{ readonly app: FastifyInstance; readonly routes: readonly string[]; readonly broken: readonly string[] }> {
  const broken: string[] = []
  const routes = new Set<string>()
  const app = await createApi(powers, {
    serializerCompiler: checkedSerializer((text) => broken.push(text)),
    onRoute: (method, url) => routes.add(`${method} ${url}`),
  })
  return { app, routes: [...routes], broken }
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
