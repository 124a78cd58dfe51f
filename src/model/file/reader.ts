import { shorten } from './node.ts'
import type { ProblemData } from './problem.ts'
import type { ProblemList } from './problem-list.ts'
import type { SourceText } from './source.ts'

/** Gives a further file's text (an include, domain XML, a cloud-init seed, a secret), or the word for why it could not. Paths as `resolvePath` makes them. */
export type ReadFile = (path: string) => string | FileProblem

export interface FileProblem {
  /** `ENOENT`, `EACCES`, `too-large`, … */
  readonly reason: string
}

/** Where in one file the reading is, and where its problems go. */
export class Reader {
  readonly source: SourceText
  readonly problems: ProblemList
  readonly readFile: ReadFile
  /** Keys and places from the root of the file to the value at hand. */
  readonly path: (string | number)[] = []

  constructor(source: SourceText, problems: ProblemList, readFile: ReadFile) {
    this.source = source
    this.problems = problems
    this.readFile = readFile
  }

  /** Always undefined, so that a shape that fails can `return reader.error(…)`. */
  error(node: { readonly at: number }, data: ProblemData): undefined {
    return this.problems.error(this.source, node.at, pathText(this.path), data)
  }

  warning(node: { readonly at: number }, data: ProblemData): undefined {
    return this.problems.warning(this.source, node.at, pathText(this.path), data)
  }

  /** Reads a child value under its key, which is part of the path of every problem found in it. */
  under<T>(key: string | number, read: () => T): T {
    this.path.push(key)
    const value = read()
    this.path.pop()
    return value
  }

  /** The text of a further file named by this file, or undefined once the problem is noted. */
  fileText(node: { readonly at: number }, path: string): string | undefined {
    const read = this.readFile(path)
    if (typeof read === 'string') return read
    return this.error(node, { code: 'unreadable', got: path, reason: read.reason })
  }
}

/** `guests.web.services[1].port`; a key that is no plain word stands in quotes. */
export function pathText(steps: readonly (string | number)[]): string {
  let text = ''
  for (const step of steps) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[A-Za-z0-9_$-]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `["${shorten(step)}"]`
  }
  return text
}

/** A value with its place, for checks that come after reading. */
export interface Located<T> {
  readonly value: T
  readonly at: number
}
