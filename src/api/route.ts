import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import Type, { type TSchema } from 'typebox'
import { idempotencyHeader } from '../contract/protocol.ts'
import type { Wire } from '../contract/schema.ts'
import type { Access } from '../model/access.ts'

/** The chapters of the published description, in its order. */
export const tags = ['views', 'live', 'guests', 'hosts', 'cluster', 'tasks', 'access', 'daemon'] as const

export type Tag = (typeof tags)[number]

/** What the contract's schemas mean to a handler: what travels is read, never changed in place. */
interface WireProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Wire<this['schema']> : unknown
  serializer: this['schema'] extends TSchema ? Wire<this['schema']> : unknown
}

/** An instance whose handlers have the types of their schemas: requests and answers. */
export type Routes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  WireProvider
>

export function typed(app: FastifyInstance): Routes {
  return app.withTypeProvider<WireProvider>()
}

interface RouteSchema {
  readonly params?: TSchema
  readonly querystring?: TSchema
  readonly body?: TSchema
  readonly response: Readonly<Record<number, unknown>>
}

/** Every route says who may use it, what it is for, and what it takes and answers; the published description is made of that. */
export function described<const Schema extends RouteSchema>(
  { access, tag, summary, about }: { access: Access; tag: Tag; summary: string; about?: string },
  schema: Schema,
) {
  const words = { summary, tags: [tag], ...(about !== undefined && { description: about }) }
  return { schema: { ...schema, ...words }, config: { access } }
}

/** A write that honours idempotency keys: its handler hands `request.once` on to whoever writes. */
export function doneOnce<Route extends { readonly config: object; readonly schema: object }>(route: Route) {
  return {
    ...route,
    schema: { ...route.schema, headers: OnceHeaders },
    config: { ...route.config, once: true },
  } as Route & { readonly config: { readonly once: true } }
}

const OnceHeaders = Type.Object({
  [idempotencyHeader]: Type.Optional(
    Type.String({ description: 'Sent again with the same value, it is done once and answered as it was then.' }),
  ),
})

/** An answer that is no JSON. */
export function plain(type: string, schema: object) {
  return { content: { [type]: { schema } } }
}
