export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new'
  readonly text: string
}

/** Compared cell by cell up to this many; a larger difference is shown as one block. */
const cellsAtMost = 4_000_000

/** Lines round a change that are shown with it. */
const context = 2

/** What changes from one text to another, line by line, with a little of what stays round it. `null` between two places. */
export function lineDiff(before: string, after: string): readonly (DiffLine | null)[] {
  const a = before.split('\n')
  const b = after.split('\n')
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: 'same', text }))
  const lines = [
    ...same(a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...same(a.slice(a.length - tail)),
  ]
  return folded(lines)
}

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const gone = (text: string): DiffLine => ({ kind: 'gone', text })
  const fresh = (text: string): DiffLine => ({ kind: 'new', text })
  if (a.length * b.length > cellsAtMost) return [...a.map(gone), ...b.map(fresh)]
  // Longest common part of what follows, from the end.
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
    }
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i++]! })
      j++
    } else if (common[i + 1]![j]! >= common[i]![j + 1]!) lines.push(gone(a[i++]!))
    else lines.push(fresh(b[j++]!))
  }
  return [...lines, ...a.slice(i).map(gone), ...b.slice(j).map(fresh)]
}

function folded(lines: readonly DiffLine[]): (DiffLine | null)[] {
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ kind }) => kind !== 'same'),
  )
  return lines.flatMap((line, index) => (shown[index] ? (index > 0 && !shown[index - 1] ? [null, line] : [line]) : []))
}
