import type { Actor } from './stage.ts'

/** Guests in waves: each wave needs only earlier ones. What a person who launches by hand goes by. */
export function wavesOf(actors: readonly Actor[]): Actor[][] {
  const level = new Map<string, number>()
  const waves: Actor[][] = []
  for (const actor of inOrder(actors)) {
    const own = 1 + Math.max(-1, ...actor.needs.map((need) => level.get(need) ?? -1))
    level.set(actor.name, own)
    const wave = waves[own] ?? []
    waves[own] = [...wave, actor]
  }
  return waves
}

/**
 * The longest way through the needs, each guest as long as it took itself from its start to its answer: nothing that
 * keeps to the needs can be faster with guests that took so long.
 */
export function longestPath(
  actors: readonly Actor[],
  tookMs: ReadonlyMap<string, number>,
): { readonly ms: number; readonly path: readonly string[] } {
  const ends = new Map<string, { ms: number; path: readonly string[] }>()
  let longest: { ms: number; path: readonly string[] } = { ms: 0, path: [] }
  for (const { name, needs } of inOrder(actors)) {
    const before = needs.map((need) => ends.get(need)).filter((one) => one !== undefined)
    const latest = before.reduce((a, b) => (b.ms > a.ms ? b : a), { ms: 0, path: [] })
    const own = { ms: latest.ms + (tookMs.get(name) ?? Number.NaN), path: [...latest.path, name] }
    ends.set(name, own)
    if (!(own.ms <= longest.ms)) longest = own
  }
  return longest
}

/** Needs before those that need them. */
function inOrder(actors: readonly Actor[]): Actor[] {
  const byName = new Map(actors.map((actor) => [actor.name, actor]))
  const placed = new Set<string>()
  const order: Actor[] = []
  const place = (actor: Actor): void => {
    if (placed.has(actor.name)) return
    placed.add(actor.name)
    for (const need of actor.needs) {
      const found = byName.get(need)
      if (found) place(found)
    }
    order.push(actor)
  }
  for (const actor of actors) place(actor)
  return order
}
