import type { Shortage } from '../../model/plan/outcome.ts'
import type { Prepared } from './question.ts'

/** Why no placement on some hosts can exist, whatever it is. Each is a proof. */
/** The first proof that these hosts cannot do; null: there is none of this simple kind. */
export function shortage(prepared: Prepared, kept: readonly number[]): Shortage | null {
  const { hosts, units, survive, resources, total, apart } = prepared
  if (prepared.contradiction !== null) return { code: 'contradiction', guests: prepared.contradiction }
  if (units.length === 0) return null
  if (kept.length <= survive) return { code: 'too-few-hosts', hosts: kept.length, survive }
  for (const [r, { name, mirrored }] of resources.entries()) {
    const largest = [...kept].sort((a, b) => hosts[b]!.capacity[r]! - hosts[a]!.capacity[r]! || a - b)
    // Copies lie on other hosts all the time; what is not copied has to find room after the loss.
    const lost = mirrored ? [] : largest.slice(0, survive)
    const left = kept.reduce((sum, host) => sum + (lost.includes(host) ? 0 : hosts[host]!.capacity[r]!), 0)
    const needed = total[r]! * (mirrored ? 1 + Math.min(1, survive) : 1)
    if (needed > left)
      return { code: 'too-little', resource: name, needed, left, without: lost.map((host) => hosts[host]!.id) }
  }
  for (const unit of units) {
    const could = kept.filter(
      (host) => unit.allowed[host] && unit.needs.every((need, r) => need <= hosts[host]!.capacity[r]!),
    )
    if (could.length > survive) continue
    return {
      code: 'fits-nowhere',
      guests: unit.guests.map(({ id }) => id),
      hosts: could.map((host) => hosts[host]!.id),
    }
  }
  for (const members of apart) {
    if (members.length + survive <= kept.length) continue
    const guests = members.flatMap((unit) => units[unit]!.guests.map(({ id }) => id))
    return { code: 'apart', guests, hosts: kept.length, survive }
  }
  return null
}

/** What a set of hosts costs, and what is left of its scarcest resource when its largest hosts are lost: of sets that cost the same, more is better. */
export function priceOf(prepared: Prepared, kept: readonly number[]): number {
  return kept.reduce((sum, host) => sum + prepared.hosts[host]!.price, 0)
}

/** How often the guests would fit into what the largest loss leaves, by the scarcest resource; Infinity: nothing is scarce. */
export function roominess(prepared: Prepared, kept: readonly number[]): number {
  const { hosts, resources, survive, total } = prepared
  return resources.reduce((least, { mirrored }, r) => {
    const amounts = kept.map((host) => hosts[host]!.capacity[r]!).sort((a, b) => b - a)
    const left = amounts.slice(mirrored ? 0 : survive).reduce((sum, one) => sum + one, 0)
    const needed = total[r]! * (mirrored ? 1 + Math.min(1, survive) : 1)
    return needed > 0 ? Math.min(least, left / needed) : least
  }, Number.POSITIVE_INFINITY)
}
