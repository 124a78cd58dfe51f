import Type, { type Static, type TSchema } from 'typebox'
import { schemaVersion } from './protocol.ts'

/** The type of what a schema describes. What travels is read, never changed in place. */
export type Wire<Schema extends TSchema> = Frozen<Static<Schema>>

type Frozen<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : { readonly [Key in keyof T]: Frozen<T[Key]> }

/** One of a few words, with their union as its type. */
export function words<const Words extends readonly string[]>(all: Words, options: object = {}) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...all], ...options })
}

/** A value whose type is told by `model`: its schema says only what kind of JSON it is. */
export function modelData<T>(schema: object) {
  return Type.Unsafe<T>(schema)
}

export const Versioned = { schemaVersion: Type.Literal(schemaVersion) }

export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

export const NumberOrNull = orNull(Type.Number())
export const StringOrNull = orNull(Type.String())
export const Names = Type.Array(Type.String())

/** Milliseconds since 1970. */
export const WallMs = Type.Number()

/** A name in a path. */
const InPath = Type.String({ minLength: 1, maxLength: 100 })

export const GuestParams = Type.Object({ guest: InPath })
export type GuestParams = Wire<typeof GuestParams>
export const HostParams = Type.Object({ host: InPath })
