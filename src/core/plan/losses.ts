import { Loads } from './loads.ts'
import type { Placement, Prepared, Unit } from './question.ts'

/** One loss of hosts, and where what ran there goes. */
export interface LossPlan {
  readonly lost: readonly number[]
  /** Unit -> host. */
  readonly targets: ReadonlyMap<number, number>
}

export interface LossCheck {
  /** In order of the hosts; with targets for everybody, or up to the first loss that leaves somebody without. */
  readonly plans: readonly LossPlan[]
  /** The first loss after which somebody has no place, as far as was found; null: none. */
  readonly fails: { readonly lost: readonly number[]; readonly units: readonly number[] } | null
}

/** Every set of `count` of these. */
export function* setsOf(items: readonly number[], count: number): Generator<readonly number[]> {
  if (count === 0) yield []
  else {
    for (let first = 0; first <= items.length - count; first++) {
      for (const rest of setsOf(items.slice(first + 1), count - 1)) yield [items[first]!, ...rest]
    }
  }
}

/**
 * Finds a place for everybody after each loss of `survive` of the kept hosts; what stays where it is does not move. What is found is a
 * proof; that nothing is found is none. `known`: tried first, by the lost hosts (`0` or `0 2`).
 */
export function checkLosses(
  prepared: Prepared,
  kept: readonly number[],
  placement: Placement,
  known: ReadonlyMap<string, ReadonlyMap<number, number>> = new Map(),
): LossCheck {
  const { survive } = prepared
  if (survive === 0 || prepared.units.length === 0) return { plans: [], fails: null }
  const loads = Loads.of(prepared, placement)
  const mirrors = new Mirrors(prepared, placement)
  const on = unitsByHost(prepared, placement)
  const plans: LossPlan[] = []
  // Where there are fewer hosts than may be lost, the loss of all of them leaves nobody a place.
  for (const lost of setsOf(kept, Math.min(survive, kept.length))) {
    const hit = lost.flatMap((host) => on.get(host) ?? [])
    const left = kept.filter((host) => !lost.includes(host))
    const given = known.get(lost.join(' '))
    const targets =
      (given === undefined ? null : keptTo(prepared, loads, mirrors, hit, left, given)) ??
      packed(prepared, loads, mirrors, hit, left)
    if (!(targets instanceof Map)) return { plans, fails: { lost, units: (targets as NoPlace).units } }
    plans.push({ lost, targets })
  }
  return { plans, fails: null }
}

interface NoPlace {
  readonly units: readonly number[]
}

/** Copies on disks that stay where a guest would go: each takes room there all the time. */
class Mirrors {
  readonly #prepared: Prepared
  readonly #held: Float64Array
  readonly #mirrored: readonly number[]

  constructor(prepared: Prepared, placement: Placement) {
    this.#prepared = prepared
    this.#mirrored = prepared.resources.flatMap(({ mirrored }, r) => (mirrored ? [r] : []))
    this.#held = new Float64Array(prepared.hosts.length * prepared.resources.length)
    for (const unit of prepared.units) if (placement[unit.index]! >= 0) this.put(unit, placement[unit.index]!)
  }

  put(unit: Unit, host: number, sign = 1): void {
    for (const r of this.#mirrored) this.#held[host * this.#prepared.resources.length + r]! += sign * unit.needs[r]!
  }

  hasRoom(unit: Unit, host: number): boolean {
    const { capacity } = this.#prepared.hosts[host]!
    return this.#mirrored.every(
      (r) => this.#held[host * this.#prepared.resources.length + r]! + unit.needs[r]! <= capacity[r]!,
    )
  }
}

/** As planned, where that still holds. Null: it does not. */
function keptTo(
  prepared: Prepared,
  loads: Loads,
  mirrors: Mirrors,
  hit: readonly Unit[],
  left: readonly number[],
  given: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> | null {
  const done: [Unit, number][] = []
  const undo = (isKept: boolean): void => {
    for (const [unit, host] of done) {
      loads.take(unit, host)
      if (!isKept) mirrors.put(unit, host, -1)
    }
  }
  for (const unit of hit) {
    const host = given.get(unit.index)
    if (host === undefined || !left.includes(host) || !fitsThere(prepared, loads, mirrors, unit, host)) {
      undo(false)
      return null
    }
    loads.put(unit, host)
    mirrors.put(unit, host)
    done.push([unit, host])
  }
  undo(true)
  return given
}

/** Mirrored resources are counted with all copies; the others only with what runs there then. */
function fitsThere(prepared: Prepared, loads: Loads, mirrors: Mirrors, unit: Unit, host: number): boolean {
  if (!loads.mayBe(unit, host) || !mirrors.hasRoom(unit, host)) return false
  return prepared.resources.every(({ mirrored }, r) => mirrored || unit.needs[r]! <= loads.free(host, r))
}

/** Largest first, each into the tightest place. */
function packed(
  prepared: Prepared,
  loads: Loads,
  mirrors: Mirrors,
  hit: readonly Unit[],
  left: readonly number[],
): ReadonlyMap<number, number> | NoPlace {
  const order = [...hit].sort((a, b) => b.weight - a.weight || a.index - b.index)
  const targets = new Map<number, number>()
  const without: number[] = []
  for (const unit of order) {
    let best = -1
    let fullest = -1
    for (const host of left) {
      if (!fitsThere(prepared, loads, mirrors, unit, host)) continue
      const fullness = loads.fullness(unit, host)
      if (fullness > fullest) [best, fullest] = [host, fullness]
    }
    if (best < 0) without.push(unit.index)
    else {
      targets.set(unit.index, best)
      loads.put(unit, best)
      mirrors.put(unit, best)
    }
  }
  for (const [index, host] of targets) {
    loads.take(prepared.units[index]!, host)
    if (without.length > 0) mirrors.put(prepared.units[index]!, host, -1)
  }
  return without.length > 0 ? { units: without } : targets
}

export function unitsByHost(prepared: Prepared, placement: Placement): Map<number, Unit[]> {
  const on = new Map<number, Unit[]>()
  for (const unit of prepared.units) {
    const host = placement[unit.index]!
    if (host < 0) continue
    const there = on.get(host)
    if (there === undefined) on.set(host, [unit])
    else there.push(unit)
  }
  return on
}
