import type { Place } from './problem.ts'

/** One file's text, and where its characters lie. Lines are counted only once somebody asks: a good file never needs them. */
export class SourceText {
  readonly path: string
  readonly text: string
  private lineStarts: readonly number[] | null = null

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** Offset 0 is line 1, column 1. `\r\n`, `\n` and a lone `\r` end a line. */
  place(offset: number): Place {
    const starts = this.starts()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.path, line: low + 1, column: offset - starts[low]! + 1 }
  }

  private starts(): readonly number[] {
    if (this.lineStarts !== null) return this.lineStarts
    const found = [0]
    for (let at = 0; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at)
      if (code === 10 || (code === 13 && this.text.charCodeAt(at + 1) !== 10)) found.push(at + 1)
    }
    this.lineStarts = found
    return found
  }
}

/** The folder part of a path, without its last slash; empty for a bare file name. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : slash === 0 ? '/' : path.slice(0, slash)
}

/** `path` as seen from the file `from`, with `.` and `..` taken out. An absolute path stays what it is. */
export function resolvePath(from: string, path: string): string {
  const folder = folderOf(from)
  const joined = path.startsWith('/') || folder === '' ? path : `${folder === '/' ? '' : folder}/${path}`
  const absolute = joined.startsWith('/')
  const parts: string[] = []
  for (const part of joined.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !absolute) parts.push(part)
  }
  return (absolute ? '/' : '') + parts.join('/')
}
