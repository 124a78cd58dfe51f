import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { paths } from '../contract/protocol.ts'
import type { RouteTold } from './openapi.ts'
import { described, plain } from './route.ts'
import type { Serving } from './serving.ts'

/** The page needs nothing but itself and its style: nothing is executed, nothing is asked of anybody else. */
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const stylePath = `${paths.docs}/style.css`

/** The description of the API, made of its own routes when somebody asks for it first. Called before all other routes. */
export function aboutRoutes(app: FastifyInstance, { powers }: Serving): void {
  const told: RouteTold[] = []
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    // The console's files are no part of the API.
    if (url.includes('*')) return
    const access = config?.access ?? null
    // `HEAD` beside each `GET` is Fastify's own, and `OPTIONS` is nobody's.
    for (const one of [method].flat()) {
      if (one !== 'HEAD' && one !== 'OPTIONS') told.push({ method: one, url, schema: schema ?? {}, access })
    }
  })

  let made: Promise<object> | null = null
  const document = (): Promise<object> => {
    made ??= import('./openapi.ts').then(({ openApi }) => openApi(told, powers.version))
    return made
  }

  const description = described(
    { access: 'public', tag: 'daemon', summary: 'This description (OpenAPI 3.1)' },
    { response: { 200: Type.Object({ openapi: Type.String() }) } },
  )
  app.get(paths.openApi, description, document)

  const page = described(
    { access: 'public', tag: 'daemon', summary: 'This description, to be read in a browser' },
    { response: { 200: plain('text/html', { type: 'string' }) } },
  )
  app.get(paths.docs, page, async (_, reply) => {
    const { docsPage } = await import('./docs-page.ts')
    reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy)
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
    return docsPage(await document(), stylePath)
  })

  const style = described(
    { access: 'public', tag: 'daemon', summary: 'The style of that page' },
    { response: { 200: plain('text/css', { type: 'string' }) } },
  )
  app.get(stylePath, style, async (_, reply) => {
    const { docsStyle } = await import('./docs-page.ts')
    reply.type('text/css; charset=utf-8').header('x-content-type-options', 'nosniff')
    return docsStyle
  })
}
