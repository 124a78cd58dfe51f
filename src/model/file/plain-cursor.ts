import type { ScalarNode } from './node.ts'

/** Thrown where the text leaves the plain part; never leaves the two files of the plain reader. */
export const notPlain = new Error('not plain YAML')

export function giveUp(): never {
  throw notPlain
}

const indicators = new Set(',[]{}#&*!|>\'"%@`')

/** A place in a text of plain YAML, and how its words and lines are read from there. */
export class PlainCursor {
  protected readonly text: string
  /** Where reading goes on; at the first character of a line's content whenever a block begins. */
  protected at = 0
  /** Column of `at` while a block begins; -1 at the end of the text. */
  protected indent = 0

  constructor(text: string) {
    this.text = text
  }

  protected quoted(quote: string): ScalarNode {
    const { at } = this
    const end = this.text.indexOf(quote, at + 1)
    const text = end < 0 ? giveUp() : this.text.slice(at + 1, end)
    // Escapes and several lines have rules of their own.
    if (/[\\\n]/.test(text) || this.text.charAt(end + 1) === quote) giveUp()
    this.at = end + 1
    return { kind: 'scalar', at, text, plain: false }
  }

  /** Text without quotes up to the end of the line, a comment or, in a flow collection, its next indicator. */
  protected plainScalar(inFlow: boolean): ScalarNode {
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
    while (end > at && text.charCodeAt(end - 1) === space) end -= 1
    const value = text.slice(at, end)
    // Other blanks than spaces at the end, or nothing at all.
    return value === '' || value !== value.trimEnd() ? giveUp() : { kind: 'scalar', at, text: value, plain: true }
  }

  protected isAtEnd(): boolean {
    return this.indent === -1
  }

  protected atDash(): boolean {
    return this.text.charCodeAt(this.at) === dash && /^[ \r\n]?$/.test(this.text.charAt(this.at + 1))
  }

  protected atLineEnd(): boolean {
    const char = this.text.charCodeAt(this.at)
    if (this.at >= this.text.length || char === newline || char === carriageReturn) return true
    return char === hash && this.text.charCodeAt(this.at - 1) === space
  }

  /** Nothing but blanks and a comment may follow; then to the next line with content. */
  protected endOfLine(): void {
    this.spaces()
    if (!this.atLineEnd()) giveUp()
    const end = this.text.indexOf('\n', this.at)
    this.at = end < 0 ? this.text.length : end + 1
    this.nextLine()
  }

  /** From the beginning of a line over empty ones and comments to the next content. */
  protected nextLine(): void {
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

  protected spaces(): void {
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
