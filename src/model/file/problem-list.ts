import { maxProblems } from './limits.ts'
import { nearest } from './nearest.ts'
import type { Problem, ProblemData } from './problem.ts'
import type { SourceText } from './source.ts'

interface Found {
  readonly source: SourceText
  readonly at: number
  readonly path: string
  readonly data: ProblemData
}

/** Collects what is wrong, at most so much of it, and gives it back in the order of the files. */
export class ProblemList {
  private readonly errors: Found[] = []
  private readonly warned: Found[] = []
  private moreErrors: { readonly first: Found; count: number } | null = null

  get hasErrors(): boolean {
    return this.errors.length > 0
  }

  /** The known word most like `word`. Not looked for once errors are no longer listed: among ten thousand names that costs the most of all. */
  nearest(word: string, known: () => Iterable<string>): string | null {
    return this.moreErrors === null ? nearest(word, known()) : null
  }

  error(source: SourceText, at: number, path: string, data: ProblemData): undefined {
    const found = { source, at, path, data }
    if (this.errors.length < maxProblems) this.errors.push(found)
    else if (this.moreErrors === null) this.moreErrors = { first: found, count: 1 }
    else this.moreErrors.count += 1
  }

  warning(source: SourceText, at: number, path: string, data: ProblemData): undefined {
    if (this.warned.length < maxProblems) this.warned.push({ source, at, path, data })
  }

  problems(): Problem[] {
    const listed = inOrder(this.errors, 'error')
    if (this.moreErrors === null) return listed
    const { first, count } = this.moreErrors
    return [...listed, problemOf({ ...first, path: '', data: { code: 'more', got: count } }, 'error')]
  }

  warnings(): Problem[] {
    return inOrder(this.warned, 'warning')
  }
}

/** Files in the order in which they first came up, then by place; a stable sort keeps the order of discovery within one place. */
function inOrder(found: readonly Found[], severity: 'error' | 'warning'): Problem[] {
  const files = new Map<SourceText, number>()
  for (const { source } of found) if (!files.has(source)) files.set(source, files.size)
  const sorted = [...found].sort((a, b) => files.get(a.source)! - files.get(b.source)! || a.at - b.at)
  return sorted.map((one) => problemOf(one, severity))
}

function problemOf({ source, at, path, data }: Found, severity: 'error' | 'warning'): Problem {
  return { ...data, severity, path, ...source.place(at) }
}
