import { isName } from '../ids.ts'
import {
  durationUnits,
  type Measured,
  maxDurationMs,
  maxSizeMib,
  parseDurationMs,
  parseSizeMib,
  sizeUnits,
} from '../units.ts'
import { isAddress } from './address.ts'
import { nearest } from './nearest.ts'
import { isNothing, type MapEntry, type ScalarNode, shorten, shown } from './node.ts'
import type { ExpectedForm } from './problem.ts'
import type { Reader } from './reader.ts'
import { type JsonSchema, type Shape, wrongType } from './shape.ts'
import { resolvePath } from './source.ts'

export const nameSource = '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'

/** Any text, also several lines of it. */
export const text: Shape<string> = scalar('text', { type: 'string' }, (node) => node.text)

/** Text of one line that has this form; otherwise `bad-form`. */
export function form(expected: ExpectedForm, pattern: RegExp): Shape<string> {
  return scalar('text', { type: 'string', pattern: pattern.source }, (node, reader) =>
    pattern.test(node.text) ? node.text : reader.error(node, { code: 'bad-form', expected, got: shorten(node.text) }),
  )
}

export const flag: Shape<boolean> = {
  read: (node, reader) => {
    const plain = node.kind === 'scalar' && node.plain ? node.text.toLowerCase() : ''
    if (plain === 'true') return true
    return plain === 'false' ? false : wrongType(node, reader, 'yes-no')
  },
  schema: () => ({ type: 'boolean' }),
}

/** A whole number between two bounds, both included. */
export function whole(from: number, to: number): Shape<number> {
  return number('whole-number', /^[-+]?[0-9]{1,15}$/, { type: 'integer', minimum: from, maximum: to }, from, to)
}

export function decimal(from: number, to: number): Shape<number> {
  return number(
    'number',
    /^[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?$/,
    { type: 'number', minimum: from, maximum: to },
    from,
    to,
  )
}

export function oneOf<const T extends string>(choices: readonly T[]): Shape<T> {
  return scalar('text', { enum: choices }, (node, reader) => {
    const found = choices.find((choice) => choice === node.text)
    if (found !== undefined) return found
    return reader.error(node, {
      code: 'bad-choice',
      expected: choices,
      got: shown(node),
      nearest: nearest(node.text, choices),
    })
  })
}

/** MiB. */
export function size(fromMib = 1, toMib = maxSizeMib): Shape<number> {
  return measure('size', parseSizeMib, sizeUnits, fromMib, toMib, '^\\s*[0-9.]+\\s*[MmGgTt][Ii][Bb]')
}

/** Milliseconds. */
export function duration(fromMs = 0, toMs = maxDurationMs): Shape<number> {
  return measure('duration', parseDurationMs, durationUnits, fromMs, toMs, '^\\s*[0-9.]+\\s*(ms|s|sec|min|m|h|d)')
}

export const address: Shape<string> = scalar('text', { type: 'string' }, (node, reader) =>
  isAddress(node.text)
    ? node.text
    : reader.error(node, { code: 'bad-form', expected: 'address', got: shorten(node.text) }),
)

/** A path, made absolute by the folder of the file that names it. */
export const path: Shape<string> = scalar('text', { type: 'string', minLength: 1 }, (node, reader) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path with one is a slip that no tool would show
  const sound = node.text.length > 0 && node.text.length <= 4096 && !/[\u0000-\u001f]/.test(node.text)
  return sound
    ? resolvePath(reader.source.path, node.text)
    : reader.error(node, { code: 'bad-form', expected: 'path', got: shorten(node.text) })
})

export const name: Shape<string> = scalar('text', { type: 'string', pattern: nameSource }, (node, reader) =>
  isName(node.text) ? node.text : badName(node.text, node, reader),
)

/** For maps whose keys are names of guests or hosts. */
export function isNameKey(entry: MapEntry, reader: Reader): boolean {
  if (isName(entry.key)) return true
  badName(entry.key, { at: entry.keyAt }, reader)
  return false
}

export function badName(got: string, node: { readonly at: number }, reader: Reader): undefined {
  return reader.error(node, { code: 'bad-name', reason: got.length > 63 ? 'too-long' : 'shape', got: shorten(got) })
}

/** A single value that is not nothing. */
export function scalar<T>(
  expected: 'text' | 'number' | 'whole-number',
  schema: JsonSchema,
  read: (node: ScalarNode, reader: Reader) => T | undefined,
): Shape<T> {
  return {
    read: (node, reader) =>
      node.kind === 'scalar' && !isNothing(node) ? read(node, reader) : wrongType(node, reader, expected),
    schema: () => schema,
  }
}

function number(
  expected: 'number' | 'whole-number',
  pattern: RegExp,
  schema: JsonSchema,
  from: number,
  to: number,
): Shape<number> {
  return scalar(expected, schema, (node, reader) => {
    if (!node.plain || !pattern.test(node.text)) return wrongType(node, reader, expected)
    const value = Number(node.text)
    if (value >= from && value <= to) return value
    return reader.error(node, { code: 'out-of-range', from, to, unit: null, got: shown(node) })
  })
}

function measure(
  what: 'size' | 'duration',
  parse: (text: string) => Measured,
  units: readonly string[],
  from: number,
  to: number,
  pattern: string,
): Shape<number> {
  return scalar('text', { type: 'string', pattern }, (node, reader) => {
    const got = shown(node)
    const measured = parse(node.text)
    if (!measured.ok) {
      const { problem, unit } = measured
      if (problem === 'no-unit' || problem === 'unknown-unit') {
        return reader.error(node, { code: 'bad-unit', what, expected: units, got, nearest: nearest(unit, units) })
      }
      if (problem !== 'too-big') return reader.error(node, { code: 'bad-form', expected: what, got })
    }
    if (measured.ok && measured.value >= from && measured.value <= to) return measured.value
    return reader.error(node, { code: 'out-of-range', from, to, unit: what === 'size' ? 'MiB' : 'ms', got })
  })
}
