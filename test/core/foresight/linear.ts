/**
 * Solves `rows · x = right` by elimination with the largest pivot of each column. The arguments are left as they are. Null: no single
 * solution.
 */
export function solve(rows: readonly (readonly number[])[], right: readonly number[]): readonly number[] | null {
  const size = rows.length
  const work = rows.map((row, index) => [...row, right[index]!])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(work[row]![column]!) > Math.abs(work[pivot]![column]!)) pivot = row
    }
    const best = work[pivot]!
    if (Math.abs(best[column]!) < Number.MIN_VALUE * 2 ** 10) return null
    work[pivot] = work[column]!
    work[column] = best
    for (let row = column + 1; row < size; row++) {
      const one = work[row]!
      const factor = one[column]! / best[column]!
      if (factor === 0) continue
      for (let place = column; place <= size; place++) one[place]! -= factor * best[place]!
    }
  }
  const x = new Array<number>(size).fill(0)
  for (let row = size - 1; row >= 0; row--) {
    let rest = work[row]![size]!
    for (let place = row + 1; place < size; place++) rest -= work[row]![place]! * x[place]!
    x[row] = rest / work[row]![row]!
  }
  return x
}
