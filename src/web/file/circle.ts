/** Who needs whom at first hand. */
export type NeedsOf = ReadonlyMap<string, readonly string[]>

/** The circle that `guest` needing `need` would close, from `guest` round to itself; null: it closes none. */
export function circleOf(needs: NeedsOf, guest: string, need: string): readonly string[] | null {
  if (guest === need) return [guest, guest]
  const from = new Map<string, string>([[need, guest]])
  const open = [need]
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const next of needs.get(at) ?? []) {
      if (from.has(next)) continue
      from.set(next, at)
      if (next === guest) return chain(from, guest)
      open.push(next)
    }
  }
  return null
}

/** guest -> need -> … -> guest: each needs the next. */
function chain(from: ReadonlyMap<string, string>, guest: string): string[] {
  const back = [guest]
  for (let at = from.get(guest)!; ; at = from.get(at)!) {
    back.unshift(at)
    if (at === guest) return back
  }
}
