import type { HeadroomLimit, ResourceName } from '../../model/plan/outcome.ts'
import { Loads } from './loads.ts'
import { checkLosses, type LossPlan } from './losses.ts'
import type { Placement, Prepared } from './question.ts'

/** How a guest's needs grow: by a part of them each year, and by so much each day. By resource. */
export interface Growth {
  readonly yearly: readonly number[]
  readonly daily: readonly number[]
}

export interface Headroom {
  /** What the hosts have left after the largest loss, beyond what all guests need; null: not known. */
  readonly left: readonly { readonly resource: ResourceName; readonly amount: number | null }[]
  /** Whole days until a host is too small, or a loss leaves somebody without a place; null: not within ten years. */
  readonly days: number | null
  /** What is short then. */
  readonly limit: HeadroomLimit | null
}

/** Further nobody can see. */
export const furthestDays = 3_650

/** How long a plan holds as its guests grow, each staying where it is put. Pure. */
export function headroom(
  prepared: Prepared,
  kept: readonly number[],
  placement: Placement,
  losses: readonly LossPlan[],
  growthOf: (guest: string) => Growth,
): Headroom {
  const known = new Map(losses.map(({ lost, targets }) => [lost.join(' '), targets]))
  const limitAt = (days: number): Headroom['limit'] => {
    const then = grown(prepared, growthOf, days)
    return overfull(then, kept, placement) ?? lossLimit(then, kept, placement, known)
  }
  const left = prepared.resources.map(({ name, mirrored }, r) => {
    const amounts = kept.map((host) => prepared.hosts[host]!.capacity[r]!).sort((a, b) => b - a)
    const rest = amounts.slice(mirrored ? 0 : prepared.survive).reduce((sum, one) => sum + one, 0)
    const amount = rest - prepared.total[r]! * (mirrored ? 1 + Math.min(1, prepared.survive) : 1)
    return { resource: name, amount: Number.isFinite(amount) ? amount : null }
  })
  if (limitAt(furthestDays) === null) return { left, days: null, limit: null }
  let [holds, fails] = [0, furthestDays]
  while (fails - holds > 1) {
    const middle = (holds + fails) >> 1
    if (limitAt(middle) === null) holds = middle
    else fails = middle
  }
  return { left, days: holds, limit: limitAt(fails) }
}

function grown(prepared: Prepared, growthOf: (guest: string) => Growth, days: number): Prepared {
  const units = prepared.units.map((unit) => {
    const each = unit.guests.map((guest) => {
      const { yearly, daily } = growthOf(guest.id)
      return guest.needs.map((need, r) =>
        Math.ceil(need * (1 + yearly[r]!) ** (days / 365) + Math.max(0, daily[r]!) * days - 1e-6),
      )
    })
    return { ...unit, needs: unit.needs.map((_, r) => each.reduce((sum, needs) => sum + needs[r]!, 0)) }
  })
  return { ...prepared, units }
}

function overfull(
  { hosts, resources, ...rest }: Prepared,
  kept: readonly number[],
  placement: Placement,
): Headroom['limit'] {
  const loads = Loads.of({ hosts, resources, ...rest }, placement)
  for (const host of kept) {
    const short = resources.findIndex((_, r) => loads.free(host, r) < 0)
    if (short >= 0) return { code: 'host', host: hosts[host]!.id, resource: resources[short]!.name }
  }
  return null
}

function lossLimit(
  prepared: Prepared,
  kept: readonly number[],
  placement: Placement,
  known: ReadonlyMap<string, ReadonlyMap<number, number>>,
): Headroom['limit'] {
  const { fails } = checkLosses(prepared, kept, placement, known)
  if (fails === null) return null
  const guests = fails.units.flatMap((unit) => prepared.units[unit]!.guests.map(({ id }) => id))
  return { code: 'loss', lost: fails.lost.map((host) => prepared.hosts[host]!.id), guests }
}
