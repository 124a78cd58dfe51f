/** Words longer than this are not compared: a distance costs the product of the lengths. */
const maxCompared = 64

/** Known words looked at for one unknown one: with ten thousand guests and as many wrong names the search stays bounded. */
const maxKnown = 20_000

/**
 * The known word most like `word`: at most two slips of the keyboard away (one in a short word), letters' case aside. Ties go to the first.
 * Null where none is near: a wild guess helps nobody.
 */
export function nearest(word: string, known: Iterable<string>): string | null {
  const wanted = word.toLowerCase()
  if (wanted.length > maxCompared || wanted.length === 0) return null
  let best: string | null = null
  let bestDistance = (wanted.length <= 3 ? 1 : 2) + 1
  let looked = 0
  for (const candidate of known) {
    looked += 1
    if (looked > maxKnown) break
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue
    const distance = slips(wanted, candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
    if (distance === 0) break
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours between two words; `limit` when there are that many or more. */
function slips(a: string, b: string, limit: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
      least = Math.min(least, cost)
    }
    if (least >= limit) return limit
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
