import type { Document, Node } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { nearest } from '../../model/file/nearest.ts'
import { parseDurationMs } from '../../model/units.ts'

/** One thing wrong with the file, placed. Lines and columns count from 1. */
export interface Problem {
  readonly line: number
  readonly column: number
  readonly text: string
}

/** A key of a mapping and what stands there. */
export interface Field {
  readonly key: string
  readonly keyNode: Node
  readonly value: Node | null
}

/** A text with its place, so that a part of it can be pointed at. */
export interface PlacedText {
  readonly text: string
  readonly offset: number
}

/** Larger files are no scenarios; a limit keeps any input from holding the reader up. */
const maxCharacters = 1_048_576

/** Longest piece of the file shown back in a message. */
const maxShown = 40

/** The YAML text being read, and everything found wrong with it. Nothing here throws for what the file contains. */
export class Source {
  readonly problems: Problem[] = []
  readonly root: Node | null
  readonly #lines = new LineCounter()
  readonly #document: Document | null

  constructor(text: string) {
    this.#document = this.#parse(text)
    this.root = this.#document?.contents ?? null
  }

  refuse(at: Node | number | null, expected: string, got: string, meant: string | null = null): void {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0)
    const { line, col } = this.#lines.linePos(offset)
    const hint = meant === null ? '' : ` (nearest: ${meant})`
    this.problems.push({
      line: Math.max(1, line),
      column: Math.max(1, col),
      text: `expected ${expected}, got ${got}${hint}`,
    })
  }

  /** The fields of a mapping; null (and a problem) when it is none. Keys that are no plain text are refused. */
  fields(node: Node | null, expected: string): Field[] | null {
    const map = this.#resolved(node)
    if (!isMap(map)) {
      this.refuse(node, expected, shown(node))
      return null
    }
    return map.items.flatMap((pair) => {
      const key = isNode(pair.key) ? this.#resolved(pair.key) : null
      if (!isScalar(key) || key.value === null || typeof key.value === 'object') {
        this.refuse(isNode(pair.key) ? pair.key : map, 'a name as key', shown(key))
        return []
      }
      return [{ key: String(key.value), keyNode: key, value: isNode(pair.value) ? pair.value : null }]
    })
  }

  /** The fields of a mapping whose keys are all known; others are refused with the nearest known one. */
  record(node: Node | null, what: string, known: readonly string[]): Map<string, Field> | null {
    const fields = this.fields(node, what)
    if (fields === null) return null
    const found = new Map<string, Field>()
    for (const field of fields) {
      if (known.includes(field.key)) found.set(field.key, field)
      else this.refuse(field.keyNode, `one of ${known.join(', ')}`, quote(field.key), nearest(field.key, known))
    }
    return found
  }

  list(node: Node | null, expected: string): (Node | null)[] | null {
    const seq = this.#resolved(node)
    if (isSeq(seq)) return seq.items.map((item) => (isNode(item) ? item : null))
    this.refuse(node, expected, shown(node))
    return null
  }

  /** A piece of text; null (and a problem) for anything else. Numbers count as the text they were written as. */
  text(node: Node | null, expected: string): PlacedText | null {
    const scalar = this.#resolved(node)
    if (isScalar(scalar) && scalar.value !== null && typeof scalar.value !== 'object') {
      const quoted = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE'
      const text = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value))
      return { text, offset: (scalar.range?.[0] ?? 0) + (quoted ? 1 : 0) }
    }
    this.refuse(node, expected, shown(node))
    return null
  }

  oneOf<T extends string>(node: Node | null, known: readonly T[]): T | null {
    const expected = `one of ${known.join(', ')}`
    const placed = this.text(node, expected)
    if (placed === null) return null
    const found = known.find((word) => word === placed.text)
    if (found === undefined) this.refuse(node, expected, quote(placed.text), nearest(placed.text, known))
    return found ?? null
  }

  integer(node: Node | null, least: number, most: number): number | null {
    const scalar = this.#resolved(node)
    const value = isScalar(scalar) ? scalar.value : null
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    this.refuse(node, `a whole number from ${least} to ${most}`, shown(node))
    return null
  }

  boolean(node: Node | null): boolean | null {
    const scalar = this.#resolved(node)
    if (isScalar(scalar) && typeof scalar.value === 'boolean') return scalar.value
    this.refuse(node, 'true or false', shown(node))
    return null
  }

  /** A time such as `20s`, in milliseconds. */
  duration(node: Node | null): number | null {
    const placed = this.text(node, 'a time such as 20s')
    if (placed === null) return null
    const ms = parseDuration(placed.text)
    if (ms === null) this.refuse(node, 'a time such as 20s, 500ms, 2min or 1h', quote(placed.text))
    return ms
  }

  isList(node: Node | null): boolean {
    return isSeq(this.#resolved(node))
  }

  #parse(text: string): Document | null {
    if (text.length > maxCharacters) {
      this.refuse(0, `at most ${maxCharacters} characters`, String(text.length))
      return null
    }
    try {
      // Silent, it would pass over all but the first of several documents.
      const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, logLevel: 'error' })
      for (const error of [...document.errors, ...document.warnings]) {
        this.refuse(error.pos[0], 'well-formed YAML', firstLine(error.message))
      }
      return document.errors.length === 0 ? document : null
    } catch (error) {
      // The parser's own limits (nesting deeper than the stack) are thrown, not listed.
      this.refuse(0, 'well-formed YAML', firstLine(error instanceof Error ? error.message : String(error)))
      return null
    }
  }

  #resolved(node: Node | null): Node | null {
    if (!isAlias(node) || this.#document === null) return node
    return node.resolve(this.#document) ?? null
  }
}

/** Longest time a file may name: beyond it a mistake is likelier than a wish. */
const maxDurationMs = 30 * 24 * 3_600_000

export function parseDuration(text: string): number | null {
  const measured = parseDurationMs(text)
  return measured.ok && measured.value <= maxDurationMs ? measured.value : null
}

export function quote(text: string): string {
  return JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}…` : text)
}

function shown(node: Node | null): string {
  if (isMap(node)) return 'a mapping'
  if (isSeq(node)) return 'a list'
  if (isAlias(node)) return `the alias *${node.source}`
  if (!isScalar(node) || node.value === null) return 'nothing'
  return quote(typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)))
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').slice(0, 200)
}
