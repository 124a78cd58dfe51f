import {
  array,
  double,
  fixedOpaque,
  hyper,
  int,
  optional,
  optionalString,
  string,
  struct,
  uhyper,
  uint,
} from './codecs.ts'
import type { Codec, ValueOf, XdrReader, XdrWriter } from './xdr.ts'

/** Compound values that several procedures share. Names and bounds are those of libvirt's protocol. */

/** Longest list of domains, networks and the like. libvirt's bound. */
export const LIST_MAX = 16_384

export const uuid = fixedOpaque(16)
export const text = string()
export const optionalText = optionalString()

/** How libvirt names a domain in every call. The uuid decides; `id` may be stale, -1 when not running. */
export const domainRef = struct({ name: text, uuid, id: int })
export type DomainRef = ValueOf<typeof domainRef>

export const networkRef = struct({ name: text, uuid })
export type NetworkRef = ValueOf<typeof networkRef>

/** Body of every error reply. The references and numbers at its end are remnants, read and not used. */
export const errorBody = struct({
  code: int,
  domain: int,
  message: optionalText,
  level: int,
  dom: optional(domainRef),
  str1: optionalText,
  str2: optionalText,
  str3: optionalText,
  int1: int,
  int2: int,
  net: optional(networkRef),
})

export type TypedValue =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'uint'; readonly value: number }
  | { readonly type: 'llong'; readonly value: bigint }
  | { readonly type: 'ullong'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }

/** One `virTypedParameter`: a name, and a value that says its own type. */
export type TypedParam = { readonly field: string } & TypedValue

const TypeTag = { int: 1, uint: 2, llong: 3, ullong: 4, double: 5, boolean: 6, string: 7 } as const

export const typedParam: Codec<TypedParam> = {
  encode: (writer, param) => {
    text.encode(writer, param.field)
    writer.int(TypeTag[param.type])
    encodeTyped(writer, param)
  },
  decode: (reader) => ({ field: text.decode(reader), ...decodeTyped(reader) }),
}

function encodeTyped(writer: XdrWriter, param: TypedValue): void {
  if (param.type === 'int') writer.int(param.value)
  else if (param.type === 'uint') writer.uint(param.value)
  else if (param.type === 'llong') writer.hyper(param.value)
  else if (param.type === 'ullong') writer.uhyper(param.value)
  else if (param.type === 'double') writer.double(param.value)
  else if (param.type === 'boolean') writer.int(param.value ? 1 : 0)
  else text.encode(writer, param.value)
}

function decodeTyped(reader: XdrReader): TypedValue {
  const tag = reader.int()
  switch (tag) {
    case TypeTag.int:
      return { type: 'int', value: int.decode(reader) }
    case TypeTag.uint:
      return { type: 'uint', value: uint.decode(reader) }
    case TypeTag.llong:
      return { type: 'llong', value: hyper.decode(reader) }
    case TypeTag.ullong:
      return { type: 'ullong', value: uhyper.decode(reader) }
    case TypeTag.double:
      return { type: 'double', value: double.decode(reader) }
    case TypeTag.boolean:
      return { type: 'boolean', value: int.decode(reader) !== 0 }
    case TypeTag.string:
      return { type: 'string', value: text.decode(reader) }
    default:
      return reader.invalid('a typed parameter of type 1 to 7', String(tag))
  }
}

export function typedParams(max: number): Codec<TypedParam[]> {
  return array(typedParam, max)
}
