import { maxDepth } from './limits.ts'
import type { FileNode, MapEntry, ScalarNode } from './node.ts'

/**
 * The plain part of YAML that nearly all cluster files are written in, read far faster than the library reads all of it: block maps and lists
 * by indentation, flow maps and lists, scalars of one line. Null for every text that has anything else, or anything wrong:
 * the library then reads it, and says what. Where this gives a tree, the library gives the same one (a test holds it to that).
 */
export function readPlainYaml(text: string): FileNode | null {
  // A tab or a lone carriage return has rules of its own.
  if (text.includes('\t') || /\r(?!\n)/.test(text)) return null
  try {
    const reading = new PlainReading(text)
    return reading.document()
  } catch (error) {
    if (error === notPlain) return null
    throw error
  }
}

/** Thrown where the text leaves the plain part; never leaves this file. */
const notPlain = new Error('not plain YAML')

function giveUp(): never {
  throw notPlain
}

const keyBefore = /[A-Za-z0-9_$][A-Za-z0-9_.$/@-]*(?= *:(?:[ \r\n]|$))/y
const flowKey = /[A-Za-z0-9_$][A-Za-z0-9_.$/@-]*(?= *: )/y
const indicators = new Set(',[]{}#&*!|>\'"%@`')

class PlainReading {
  private readonly text: string
  /** Where reading goes on; at the first character of a line's content whenever a block begins. */
  private at = 0
  /** Column of `at` while a block begins; -1 at the end of the text. */
  private indent = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  document(): FileNode {
    this.nextLine()
    if (this.text.startsWith('---', this.at) && this.indent === 0) {
      this.at += 3
      this.endOfLine()
    }
    if (this.indent !== 0) giveUp()
    const tree = this.block(0)
    return this.isAtEnd() ? tree : giveUp()
  }

  private block(indent: number): FileNode {
    this.depth += 1
    if (this.depth > maxDepth) giveUp()
    const node = this.atDash() ? this.blockList(indent) : this.blockMap(indent)
    this.depth -= 1
    return node
  }

  private blockMap(indent: number): FileNode {
    const { at } = this
    const entries: MapEntry[] = []
    while (this.indent === indent) {
      const keyAt = this.at
      const key = this.blockKey()
      entries.push({ key, keyAt, value: this.afterIndicator(indent, keyAt) })
    }
    return this.indent > indent ? giveUp() : { kind: 'map', at, entries }
  }

  /** The key and its colon. */
  private blockKey(): string {
    if (this.indent === 0 && /[-.%]/.test(this.text.charAt(this.at))) giveUp()
    const key = this.keyHere() ?? giveUp()
    this.at = this.text.indexOf(':', this.at) + 1
    return key
  }

  /** The key that begins here, which is then read, or null where no key does. */
  private keyHere(): string | null {
    const { at } = this
    const quote = this.text.charAt(at)
    if (quote === '"' || quote === "'") {
      const { text } = this.quoted(quote)
      if (/^ *:(?:[ \r\n]|$)/.test(this.text.slice(this.at, this.at + 80))) return text
      this.at = at
      return null
    }
    keyBefore.lastIndex = at
    const match = keyBefore.exec(this.text)
    if (match === null) return null
    this.at += match[0].length
    return match[0]
  }

  private blockList(indent: number): FileNode {
    const { at } = this
    const items: FileNode[] = []
    while (this.indent === indent && this.atDash()) {
      const dashAt = this.at
      this.at += 1
      items.push(this.listItem(indent, dashAt))
    }
    return this.indent > indent ? giveUp() : { kind: 'list', at, items }
  }

  /** After the dash: a map that begins on the same line, or what can follow a key. */
  private listItem(indent: number, dashAt: number): FileNode {
    const from = this.at
    this.spaces()
    const content = this.at
    if (this.keyHere() === null) {
      this.at = from
      return this.afterIndicator(indent, null)
    }
    this.at = content
    this.indent = indent + (content - dashAt)
    return this.block(this.indent)
  }

  /** The value after the key at `keyAt`, or after a dash (null), up to the beginning of the next line with anything on it. */
  private afterIndicator(indent: number, keyAt: number | null): FileNode {
    this.spaces()
    if (!this.atLineEnd()) {
      const value = this.inline(indent)
      this.endOfLine()
      // A deeper line would carry a scalar on.
      return this.indent > indent ? giveUp() : value
    }
    this.endOfLine()
    if (this.indent > indent) return this.block(this.indent)
    if (keyAt === null) giveUp()
    if (this.indent === indent && this.atDash()) return this.block(indent)
    return { kind: 'scalar', at: keyAt, text: '', plain: true }
  }

  private inline(indent: number): FileNode {
    const first = this.text.charAt(this.at)
    if (first === '[') return this.flowList(indent)
    if (first === '{') return this.flowMap(indent)
    if (first === '"' || first === "'") return this.quoted(first)
    return this.plainScalar(false)
  }

  private flowList(indent: number): FileNode {
    const { at } = this
    const items: FileNode[] = []
    this.enterFlow(indent)
    while (this.text.charAt(this.at) !== ']') {
      items.push(this.flowValue(indent))
      this.betweenFlow(']', indent)
    }
    this.leaveFlow()
    return { kind: 'list', at, items }
  }

  private flowMap(indent: number): FileNode {
    const { at } = this
    const entries: MapEntry[] = []
    this.enterFlow(indent)
    while (this.text.charAt(this.at) !== '}') {
      const keyAt = this.at
      const key = this.flowKey()
      this.flowBlank(indent)
      entries.push({ key, keyAt, value: this.flowValue(indent) })
      this.betweenFlow('}', indent)
    }
    this.leaveFlow()
    return { kind: 'map', at, entries }
  }

  private flowKey(): string {
    const quote = this.text.charAt(this.at)
    let key: string
    if (quote === '"' || quote === "'") key = this.quoted(quote).text
    else {
      flowKey.lastIndex = this.at
      key = flowKey.exec(this.text)?.[0] ?? giveUp()
      this.at += key.length
    }
    this.spaces()
    if (!this.text.startsWith(': ', this.at)) giveUp()
    this.at += 2
    return key
  }

  private flowValue(indent: number): FileNode {
    const first = this.text.charAt(this.at)
    if (first === '[') return this.flowList(indent)
    if (first === '{') return this.flowMap(indent)
    if (first === '"' || first === "'") return this.quoted(first)
    return this.plainScalar(true)
  }

  private enterFlow(indent: number): void {
    this.depth += 1
    if (this.depth > maxDepth) giveUp()
    this.at += 1
    this.flowBlank(indent)
  }

  private leaveFlow(): void {
    this.at += 1
    this.depth -= 1
  }

  /** A comma, or the end. */
  private betweenFlow(close: string, indent: number): void {
    this.flowBlank(indent)
    const char = this.text.charAt(this.at)
    if (char === ',') {
      this.at += 1
      this.flowBlank(indent)
    } else if (char !== close) giveUp()
  }

  /** Blanks and line ends; a further line must be deeper than the block that holds the flow collection. */
  private flowBlank(indent: number): void {
    this.spaces()
    while (this.text.charAt(this.at) === '\n' || this.text.charAt(this.at) === '\r') {
      this.at = this.text.indexOf('\n', this.at) + 1
      const lineAt = this.at
      this.spaces()
      if (this.at - lineAt <= indent) giveUp()
    }
  }

  private quoted(quote: string): ScalarNode {
    const { at } = this
    const end = this.text.indexOf(quote, at + 1)
    const text = end < 0 ? giveUp() : this.text.slice(at + 1, end)
    // Escapes and several lines have rules of their own.
    if (/[\\\n]/.test(text) || this.text.charAt(end + 1) === quote) giveUp()
    this.at = end + 1
    return { kind: 'scalar', at, text, plain: false }
  }

  /** Text without quotes up to the end of the line, a comment or, in a flow collection, its next indicator. */
  private plainScalar(inFlow: boolean): ScalarNode {
    const { at, text } = this
    const first = text.charAt(at)
    if (indicators.has(first) || (/[-?:]/.test(first) && /^[\s,[\]{}]?$/.test(text.charAt(at + 1)))) giveUp()
    let end = at
    for (; end < text.length; end += 1) {
      const char = text.charCodeAt(end)
      if (char === newline || char === carriageReturn) break
      if (char === colon && isColonEnd(text.charCodeAt(end + 1), inFlow)) giveUp()
      if (char === hash && text.charCodeAt(end - 1) === space) break
      if (inFlow && isFlowIndicator(char)) break
    }
    this.at = end
    if (inFlow && text.charCodeAt(end) === hash) giveUp()
    const value = text.slice(at, end).trimEnd()
    // Other blanks than spaces at the end, or nothing at all.
    return value === '' || value !== text.slice(at, end).replace(/ +$/, '')
      ? giveUp()
      : { kind: 'scalar', at, text: value, plain: true }
  }

  private isAtEnd(): boolean {
    return this.indent === -1
  }

  private atDash(): boolean {
    return this.text.charCodeAt(this.at) === dash && /^[ \r\n]?$/.test(this.text.charAt(this.at + 1))
  }

  private atLineEnd(): boolean {
    const char = this.text.charCodeAt(this.at)
    if (this.at >= this.text.length || char === newline || char === carriageReturn) return true
    return char === hash && this.text.charCodeAt(this.at - 1) === space
  }

  /** Nothing but blanks and a comment may follow; then to the next line with content. */
  private endOfLine(): void {
    this.spaces()
    if (!this.atLineEnd()) giveUp()
    const end = this.text.indexOf('\n', this.at)
    this.at = end < 0 ? this.text.length : end + 1
    this.nextLine()
  }

  /** From the beginning of a line over empty ones and comments to the next content. */
  private nextLine(): void {
    while (this.at < this.text.length) {
      const lineAt = this.at
      this.spaces()
      const char = this.text.charCodeAt(this.at)
      if (this.at < this.text.length && char !== newline && char !== carriageReturn && char !== hash) {
        this.indent = this.at - lineAt
        return
      }
      const end = this.text.indexOf('\n', this.at)
      this.at = end < 0 ? this.text.length : end + 1
    }
    this.indent = -1
  }

  private spaces(): void {
    while (this.text.charCodeAt(this.at) === space) this.at += 1
  }
}

const space = 32
const newline = 10
const carriageReturn = 13
const hash = 35
const dash = 45
const colon = 58

/** A colon that would make a key of what stands before it. */
function isColonEnd(next: number, inFlow: boolean): boolean {
  return (
    Number.isNaN(next) ||
    next === space ||
    next === newline ||
    next === carriageReturn ||
    (inFlow && isFlowIndicator(next))
  )
}

/** `,` `[` `]` `{` `}` */
function isFlowIndicator(char: number): boolean {
  return char === 44 || char === 91 || char === 93 || char === 123 || char === 125
}
