import { priceOf, shortage } from './bounds.ts'
import { type Asking, type Consolidation, movesOf } from './consolidate.ts'
import { cheapestHosts } from './exact.ts'
import { type Found, greedy } from './greedy.ts'
import type { Prepared } from './question.ts'

/** How much more than the guests need the hosts are asked to have, when less was not enough: what is left over in corners is lost. */
const slacks = [1, 1.01, 1.02, 1.03, 1.05, 1.07, 1.1, 1.15, 1.2, 1.3, 1.5] as const

/** Hosts tried to be left out at the end: each is a placement anew. */
const mostTrims = 60

/** A bound by the sums alone, hosts by that bound, and a placement by plain means: how far it may be from the best is known. */
export function* manyHosts(prepared: Prepared, all: readonly number[], limitMs: number): Asking<Consolidation> {
  let bound = sumBound(prepared)
  let found: (Found & { readonly kept: readonly number[] }) | null = null
  for (const slack of slacks) {
    const answer = yield { program: cheapestHosts(prepared, slack), start: null, limitMs: limitMs / slacks.length }
    if (slack === 1 && answer.kind !== 'impossible') bound = Math.max(bound, Math.ceil((answer.bound ?? 0) - 1e-6))
    if (answer.kind !== 'solved') break
    const kept = all.filter((host) => answer.values[host]! > 0.5)
    const placed = shortage(prepared, kept) === null ? greedy(prepared, kept) : null
    if (placed !== null) {
      found = { ...placed, kept }
      break
    }
  }
  found ??= byWorth(prepared, all)
  if (found === null) return { kind: 'not-found' }
  const { kept, ...best } = trimmed(prepared, found, bound)
  const plan = { ...best, kept, price: priceOf(prepared, kept), priceBound: bound, whyNotLess: null }
  return {
    kind: 'found',
    prepared,
    plan: { ...plan, moves: movesOf(prepared, best), movesBound: leastMoves(prepared, kept) },
  }
}

/** Without a solver: the hosts that give most for their price, until there are enough. */
function byWorth(prepared: Prepared, all: readonly number[]): (Found & { readonly kept: readonly number[] }) | null {
  const { hosts } = prepared
  const worth = (host: number): number => (hosts[host]!.capacity[0] ?? 1) / Math.max(1, hosts[host]!.price)
  const order = [...all].sort((a, b) => worth(b) - worth(a) || a - b)
  for (let count = 1; count <= order.length; count = Math.max(count + 1, Math.ceil(count * 1.02))) {
    const kept = order.slice(0, Math.min(count, order.length)).sort((a, b) => a - b)
    if (shortage(prepared, kept) !== null) continue
    const placed = greedy(prepared, kept)
    if (placed !== null) return { ...placed, kept }
  }
  const placed = greedy(prepared, all)
  return placed === null ? null : { ...placed, kept: all }
}

/** Leaves hosts out as long as the rest can do: the dearest first, of equals those from which fewest would have to move. */
function trimmed(
  prepared: Prepared,
  found: Found & { readonly kept: readonly number[] },
  bound: number,
): Found & { readonly kept: readonly number[] } {
  let best = found
  const count = (host: number): number => found.placement.filter((at) => at === host).length
  const counts = new Map(found.kept.map((host) => [host, count(host)]))
  const order = [...found.kept].sort(
    (a, b) => prepared.hosts[b]!.price - prepared.hosts[a]!.price || counts.get(a)! - counts.get(b)! || a - b,
  )
  let tries = 0
  for (const host of order) {
    if (tries >= mostTrims || priceOf(prepared, best.kept) <= bound) break
    const kept = best.kept.filter((one) => one !== host)
    if (shortage(prepared, kept) !== null) continue
    tries += 1
    const placed = greedy(prepared, kept)
    if (placed !== null) best = { ...placed, kept }
  }
  return best
}

/** What the guests need, at the best price for any part of a host: holds without any solver. */
function sumBound({ hosts, total, resources }: Prepared): number {
  return resources.reduce((most, _, r) => {
    const known = hosts.filter(({ capacity }) => Number.isFinite(capacity[r]!) && capacity[r]! > 0)
    if (known.length < hosts.length) return most
    let left = total[r]!
    let price = 0
    for (const { capacity, price: each } of [...known].sort(
      (a, b) => a.price / a.capacity[r]! - b.price / b.capacity[r]!,
    )) {
      const part = Math.min(1, Math.max(0, left) / capacity[r]!)
      price += part * each
      left -= capacity[r]!
    }
    return Math.max(most, Math.ceil(price - 1e-6))
  }, 0)
}

/** Whoever is on a host that is not kept has to move. */
function leastMoves({ units, hosts }: Prepared, kept: readonly number[]): number {
  const there = new Set(kept.map((host) => hosts[host]!.id))
  return units.reduce((sum, { guests }) => sum + guests.filter(({ at }) => at !== null && !there.has(at)).length, 0)
}
