import { maxDepth } from './limits.ts'
import type { FileNode, MapEntry } from './node.ts'
import { giveUp, notPlain, PlainCursor } from './plain-cursor.ts'

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

const keyBefore = /[A-Za-z0-9_$][A-Za-z0-9_.$/@-]*(?= *:(?:[ \r\n]|$))/y
const flowKey = /[A-Za-z0-9_$][A-Za-z0-9_.$/@-]*(?= *: )/y

class PlainReading extends PlainCursor {
  private depth = 0

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
}
