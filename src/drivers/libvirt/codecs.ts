import type { Codec, ValueOf, XdrReader } from './xdr.ts'

/** Longest string libvirt sends or takes, bytes. Its own bound; keeps a bad length word from asking for gigabytes. */
export const STRING_MAX = 4_194_304

export const int: Codec<number> = {
  encode: (writer, value) => writer.int(value),
  decode: (reader) => reader.int(),
}

export const uint: Codec<number> = {
  encode: (writer, value) => writer.uint(value),
  decode: (reader) => reader.uint(),
}

/** 64 bits with sign. Always a bigint: a counter of nanoseconds passes 2^53 within 104 days. */
export const hyper: Codec<bigint> = {
  encode: (writer, value) => writer.hyper(value),
  decode: (reader) => reader.hyper(),
}

export const uhyper: Codec<bigint> = {
  encode: (writer, value) => writer.uhyper(value),
  decode: (reader) => reader.uhyper(),
}

export const double: Codec<number> = {
  encode: (writer, value) => writer.double(value),
  decode: (reader) => reader.double(),
}

/** Strictly 0 or 1 on the wire: anything else means that the layout was misread. */
export const bool: Codec<boolean> = {
  encode: (writer, value) => writer.uint(value ? 1 : 0),
  decode: (reader) => {
    const word = reader.uint()
    return word === 0 ? false : word === 1 ? true : reader.invalid('0 or 1', String(word))
  },
}

/**
 * UTF-8 text of at most `max` bytes. A zero byte is refused both ways: libvirt would cut the string there, and a name
 * that means one thing to us and another to libvirt must not be sent. Bytes that are not UTF-8 become U+FFFD, the one
 * exception to X3: a guest may print anything, and a strange byte in a description must not cost the connection.
 */
export function string(max: number = STRING_MAX): Codec<string> {
  return {
    encode: (writer, value) => {
      const bytes = Buffer.from(value, 'utf8')
      if (bytes.includes(0)) writer.refuse('text without a zero byte', JSON.stringify(value.slice(0, 40)))
      writer.length(bytes.length, max)
      writer.raw(bytes)
    },
    decode: (reader) => {
      const bytes = reader.raw(reader.length(max, 1))
      return bytes.includes(0) ? reader.invalid('text without a zero byte', 'a zero byte') : bytes.toString('utf8')
    },
  }
}

/** Text that may be absent (null on the wire). */
export function optionalString(max: number = STRING_MAX): Codec<string | null> {
  return optional(string(max))
}

/** Bytes, their number on the wire, at most `max`. Decoded into a copy, so that a small value does not hold a large frame. */
export function opaque(max: number): Codec<Buffer> {
  return {
    encode: (writer, value) => {
      writer.length(value.length, max)
      writer.raw(value)
    },
    decode: (reader) => Buffer.from(reader.raw(reader.length(max, 1))),
  }
}

/** Exactly `size` bytes. */
export function fixedOpaque(size: number): Codec<Buffer> {
  return {
    encode: (writer, value) => {
      if (value.length !== size) writer.refuse(`${size} bytes`, `${value.length} bytes`)
      writer.raw(value)
    },
    decode: (reader) => Buffer.from(reader.raw(size)),
  }
}

/** A C `char name[size]`: each character travels as a word of its own, the rest is zero. */
export function charArray(size: number): Codec<string> {
  return {
    encode: (writer, value) => {
      const bytes = Buffer.from(value, 'latin1')
      if (bytes.length > size || bytes.includes(0)) writer.refuse(`text of at most ${size} bytes`, value)
      for (let i = 0; i < size; i++) writer.int(i < bytes.length ? bytes.readInt8(i) : 0)
    },
    decode: (reader) => decodeChars(reader, size),
  }
}

function decodeChars(reader: XdrReader, size: number): string {
  const bytes: number[] = []
  let ended = false
  for (let i = 0; i < size; i++) {
    const char = reader.int()
    if (char < -128 || char > 127) reader.invalid('a character', String(char))
    if (char === 0) ended = true
    else if (ended) reader.invalid('zeros after the end of the text', String(char))
    else bytes.push(char & 0xff)
  }
  return Buffer.from(bytes).toString('latin1')
}

/** A list of at most `max` elements. */
export function array<T>(element: Codec<T>, max: number): Codec<T[]> {
  return {
    encode: (writer, values) => {
      writer.length(values.length, max)
      for (const value of values) element.encode(writer, value)
    },
    decode: (reader) => {
      // Nothing in this protocol is smaller than a word, so a count larger than the words left is a lie (X2).
      const length = reader.length(max, 4)
      const values: T[] = []
      for (let i = 0; i < length; i++) values.push(element.decode(reader))
      return values
    },
  }
}

export function optional<T>(inner: Codec<T>): Codec<T | null> {
  return {
    encode: (writer, value) => {
      bool.encode(writer, value !== null)
      if (value !== null) inner.encode(writer, value)
    },
    decode: (reader) => (bool.decode(reader) ? inner.decode(reader) : null),
  }
}

type Fields = Readonly<Record<string, Codec<unknown>>>
type StructOf<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> }

/** Fields one after the other, in the order they are written down. */
export function struct<const F extends Fields>(fields: F): Codec<StructOf<F>> {
  const entries = Object.entries(fields)
  return {
    encode: (writer, value) => {
      for (const [name, codec] of entries) codec.encode(writer, value[name as keyof F])
    },
    decode: (reader) => {
      const value: Record<string, unknown> = {}
      for (const [name, codec] of entries) value[name] = codec.decode(reader)
      return value as StructOf<F>
    },
  }
}
