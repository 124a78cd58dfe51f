import { maxItems } from './limits.ts'
import { nearest } from './nearest.ts'
import { type FileNode, isNothing, type MapEntry, type MapNode, shown } from './node.ts'
import type { ExpectedType } from './problem.ts'
import type { Located, Reader } from './reader.ts'

/** JSON Schema (draft 2020-12), as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** Schemas that are referred to by name, collected while a schema is made. */
export type Definitions = Map<string, JsonSchema>

/**
 * What a value of the file may be: read from the tree, and described for editors. One table of these is both the parser and the
 * published schema. `read` gives undefined once it has noted the problem.
 */
export interface Shape<T> {
  read(node: FileNode, reader: Reader): T | undefined
  schema(definitions: Definitions): JsonSchema
}

export interface Field<T> {
  readonly shape: Shape<T>
  readonly doc: string
  readonly required: boolean
  /** As written in the file; what applies when the key is absent. For the schema only. */
  readonly fallback: unknown
}

export type Fields = Readonly<Record<string, Field<unknown>>>

/** What one map gave: the keys that were there and right, and the places of all that were there. A key with nothing after it is not there. */
export interface MapRead<F extends Fields> {
  readonly at: number
  readonly values: { readonly [K in keyof F]?: F[K] extends Field<infer T> ? T : never }
  readonly places: { readonly [K in keyof F]?: number }
}

export function field<T>(shape: Shape<T>, doc: string, fallback?: unknown): Field<T> {
  return { shape, doc, required: false, fallback }
}

export function required<T>(shape: Shape<T>, doc: string): Field<T> {
  return { shape, doc, required: true, fallback: undefined }
}

/** A map with these keys and no others. */
export function record<F extends Fields>(fields: F): Shape<MapRead<F>> {
  const known = new Map(Object.entries(fields))
  const keys = [...known.keys()]
  return {
    read: (node, reader) => {
      if (node.kind !== 'map') return wrongType(node, reader, 'map')
      const values: Record<string, unknown> = {}
      const places: Record<string, number> = {}
      eachEntry(node, reader, (entry) => {
        const one = known.get(entry.key)
        if (one === undefined) return unknownKey(entry, keys, reader)
        if (isNothing(entry.value)) return
        places[entry.key] = entry.value.at
        const value = one.shape.read(entry.value, reader)
        if (value !== undefined) values[entry.key] = value
      })
      for (const [key, one] of known) {
        if (one.required && places[key] === undefined) reader.error(node, { code: 'missing-key', expected: key })
      }
      return { at: node.at, values, places } as MapRead<F>
    },
    schema: (definitions) => {
      const needed = keys.filter((key) => fields[key]!.required)
      return {
        type: 'object',
        properties: Object.fromEntries(keys.map((key) => [key, fieldSchema(fields[key]!, definitions)])),
        ...(needed.length > 0 ? { required: needed } : {}),
        additionalProperties: false,
      }
    },
  }
}

export interface NamedValue<T> {
  readonly key: string
  readonly keyAt: number
  /** Undefined: its problems are noted. */
  readonly value: T | undefined
}

/** A map from names to values. `isKey` notes the problem of a key that may not be. */
export function mapOf<T>(
  isKey: (entry: MapEntry, reader: Reader) => boolean,
  shape: Shape<T>,
  keyPattern: string,
  most = maxItems,
  what: 'items' | 'guests' | 'hosts' = 'items',
): Shape<readonly NamedValue<T>[]> {
  return {
    read: (node, reader) => {
      if (node.kind !== 'map') return wrongType(node, reader, 'map')
      if (node.entries.length > most) {
        return reader.error(node, { code: 'too-many', what, expected: most, got: node.entries.length })
      }
      const found: NamedValue<T>[] = []
      eachEntry(node, reader, (entry) => {
        if (!isKey(entry, reader)) return
        found.push({ key: entry.key, keyAt: entry.keyAt, value: shape.read(entry.value, reader) })
      })
      return found
    },
    schema: (definitions) => ({
      type: 'object',
      propertyNames: { pattern: keyPattern },
      additionalProperties: shape.schema(definitions),
    }),
  }
}

/** Items that are wrong are left out once their problem is noted. */
export function listOf<T>(shape: Shape<T>, most = maxItems): Shape<readonly Located<T>[]> {
  return {
    read: (node, reader) => {
      if (node.kind !== 'list') return wrongType(node, reader, 'list')
      if (node.items.length > most) {
        return reader.error(node, { code: 'too-many', what: 'items', expected: most, got: node.items.length })
      }
      const found: Located<T>[] = []
      node.items.forEach((item, index) => {
        reader.path.push(index)
        const value = shape.read(item, reader)
        if (value !== undefined) found.push({ value, at: item.at })
        reader.path.pop()
      })
      return found
    },
    schema: (definitions) => ({ type: 'array', items: shape.schema(definitions) }),
  }
}

/** One way of writing for each kind of value: a short text, or a map or list that says more. */
export function either<A, B>(
  expected: ExpectedType,
  text: Shape<A>,
  other: Shape<B>,
  kind: 'map' | 'list' = 'map',
): Shape<A | B> {
  return {
    read: (node, reader) => {
      if (node.kind === kind) return other.read(node, reader)
      if (node.kind === 'scalar' && !isNothing(node)) return text.read(node, reader)
      return wrongType(node, reader, expected)
    },
    schema: (definitions) => ({ anyOf: [text.schema(definitions), other.schema(definitions)] }),
  }
}

/** A map that may be left out although its key stands there: `dns:` is a guest of whom nothing more is said. */
export function orEmpty<T>(shape: Shape<T>): Shape<T> {
  return {
    read: (node, reader) => shape.read(isNothing(node) ? { kind: 'map', at: node.at, entries: [] } : node, reader),
    schema: (definitions) => ({ anyOf: [shape.schema(definitions), { type: 'null' }] }),
  }
}

/** The same value in other terms; `make` may note a problem and give undefined. */
export function made<A, B>(
  shape: Shape<A>,
  make: (value: A, node: FileNode, reader: Reader) => B | undefined,
): Shape<B> {
  return {
    read: (node, reader) => {
      const value = shape.read(node, reader)
      return value === undefined ? undefined : make(value, node, reader)
    },
    schema: (definitions) => shape.schema(definitions),
  }
}

/** Described once in the schema, under `$defs`. */
export function named<T>(name: string, shape: Shape<T>): Shape<T> {
  return {
    read: (node, reader) => shape.read(node, reader),
    schema: (definitions) => {
      if (!definitions.has(name)) {
        definitions.set(name, {})
        definitions.set(name, shape.schema(definitions))
      }
      return { $ref: `#/$defs/${name}` }
    },
  }
}

export function wrongType(node: FileNode, reader: Reader, expected: ExpectedType): undefined {
  return reader.error(node, { code: 'wrong-type', expected, got: shown(node) })
}

/** Each entry under its key in the path; a key written twice is refused, and its second value is still looked at. */
function eachEntry(node: MapNode, reader: Reader, look: (entry: MapEntry) => void): void {
  const firsts = new Map<string, number>()
  for (const entry of node.entries) {
    reader.path.push(entry.key)
    const first = firsts.get(entry.key)
    if (first === undefined) firsts.set(entry.key, entry.keyAt)
    else reader.error({ at: entry.keyAt }, { code: 'duplicate-key', got: entry.key, first: reader.source.place(first) })
    look(entry)
    reader.path.pop()
  }
}

function unknownKey(entry: MapEntry, keys: readonly string[], reader: Reader): void {
  const got = shown({ kind: 'scalar', at: entry.keyAt, text: entry.key, plain: false })
  reader.error({ at: entry.keyAt }, { code: 'unknown-key', expected: keys, got, nearest: nearest(entry.key, keys) })
}

function fieldSchema(one: Field<unknown>, definitions: Definitions): JsonSchema {
  const schema = one.shape.schema(definitions)
  const described = { description: one.doc, ...(one.fallback === undefined ? {} : { default: one.fallback }) }
  return one.required ? { ...schema, ...described } : { anyOf: [schema, { type: 'null' }], ...described }
}
