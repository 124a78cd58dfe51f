import { Loads, largestFirst } from './loads.ts'
import { checkLosses, type LossCheck } from './losses.ts'
import type { Placement, Prepared, Unit } from './question.ts'

export interface Found {
  readonly placement: Placement
  readonly check: LossCheck
}

/** Rounds of putting right what a loss would leave without a place. */
const mostRepairs = 40

/**
 * A placement on these hosts that survives its losses, by plain means; null: none was found, which proves nothing. Tried in turn: everybody
 * stays who can, with room for a loss on every host; the same with whole hosts kept empty; everybody packed anew.
 */
export function greedy(prepared: Prepared, kept: readonly number[]): Found | null {
  for (const way of ways(prepared, kept)) {
    const placement = placed(prepared, kept, way)
    if (placement === null) continue
    const check = checkLosses(prepared, kept, placement)
    if (check.fails === null) return { placement, check }
    const repaired = repair(prepared, kept, placement, check)
    if (repaired !== null) return repaired
  }
  return null
}

interface Way {
  /** Part of each host that is filled at first. */
  readonly share: number
  /** Hosts that are filled only when no other is left. */
  readonly spare: readonly number[]
  /** Who can stay where it is, stays. */
  readonly stay: boolean
}

function ways({ hosts, survive }: Prepared, kept: readonly number[]): Way[] {
  const even = survive === 0 || kept.length === 0 ? 1 : (kept.length - survive) / kept.length
  // The largest are the best spares: what another host has fits there.
  const spare = [...kept].sort((a, b) => hosts[b]!.capacity[0]! - hosts[a]!.capacity[0]! || a - b).slice(0, survive)
  return [
    { share: even, spare: [], stay: true },
    { share: 1, spare, stay: true },
    { share: 1, spare, stay: false },
    { share: even, spare: [], stay: false },
  ]
}

/** Null: somebody found no place at all. */
function placed(prepared: Prepared, kept: readonly number[], { share, spare, stay }: Way): number[] | null {
  const placement = prepared.units.map(() => -1)
  const loads = new Loads(prepared)
  const usual = kept.filter((host) => !spare.includes(host))
  const order = largestFirst(prepared)
  const put = (unit: Unit, host: number): void => {
    placement[unit.index] = host
    loads.put(unit, host)
  }
  if (stay) {
    for (const unit of order) {
      const home = homeOf(unit)
      if (home === null || !usual.includes(home)) continue
      if (loads.mayBe(unit, home) && loads.hasRoom(unit, home, share)) put(unit, home)
    }
  }
  for (const unit of order) {
    if (placement[unit.index]! >= 0) continue
    const host =
      tightest(loads, unit, usual, share) ?? tightest(loads, unit, usual, 1) ?? tightest(loads, unit, spare, 1)
    if (host === null) return null
    put(unit, host)
  }
  return placement
}

/** Where all of it is today. */
function homeOf(unit: Unit): number | null {
  if (unit.guests.every(({ at }) => at === null)) return null
  const host = unit.moves.indexOf(0)
  return host < 0 ? null : host
}

function tightest(loads: Loads, unit: Unit, hosts: readonly number[], share: number): number | null {
  let best: number | null = null
  let fullest = -1
  for (const host of hosts) {
    if (!loads.mayBe(unit, host) || !loads.hasRoom(unit, host, share)) continue
    const fullness = loads.fullness(unit, host)
    if (fullness > fullest) [best, fullest] = [host, fullness]
  }
  return best
}

/** Moves single units off the host whose loss fails, and off hosts that others shall go to, as long as more is survived each time. */
function repair(prepared: Prepared, kept: readonly number[], placement: number[], check: LossCheck): Found | null {
  let current = { placement, check }
  for (let round = 0; round < mostRepairs && current.check.fails !== null; round++) {
    const better = repairOne(prepared, kept, current.placement, current.check)
    if (better === null) return null
    current = better
  }
  return current.check.fails === null ? current : null
}

function repairOne(
  prepared: Prepared,
  kept: readonly number[],
  placement: readonly number[],
  check: LossCheck,
): { placement: number[]; check: LossCheck } | null {
  const fails = check.fails!
  const loads = Loads.of(prepared, placement)
  const stuck = new Set(fails.units)
  // Those without a place first, then their neighbours, small ones first: they are easiest to put elsewhere.
  const movable = prepared.units
    .filter((unit) => fails.lost.includes(placement[unit.index]!))
    .sort((a, b) => Number(stuck.has(b.index)) - Number(stuck.has(a.index)) || a.weight - b.weight || a.index - b.index)
  for (const unit of movable.slice(0, mostRepairs)) {
    const from = placement[unit.index]!
    loads.take(unit, from)
    const emptiest = kept
      .filter((host) => host !== from && !fails.lost.includes(host) && loads.fits(unit, host))
      .sort((a, b) => loads.fullness(unit, a) - loads.fullness(unit, b) || a - b)
    loads.put(unit, from)
    for (const host of emptiest.slice(0, 3)) {
      const tried = placement.map((at, index) => (index === unit.index ? host : at))
      const found = checkLosses(prepared, kept, tried)
      const isBetter =
        found.fails === null ||
        found.plans.length > check.plans.length ||
        (found.plans.length === check.plans.length && found.fails.units.length < fails.units.length)
      if (isBetter) return { placement: tried, check: found }
    }
  }
  return null
}
