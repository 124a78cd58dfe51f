import type { Placement, Prepared, Unit } from './question.ts'

/** What lies on each host while units are put and taken: amounts by host and resource, and who is there of each `apart` rule. */
export class Loads {
  readonly #prepared: Prepared
  readonly #width: number
  readonly #held: Float64Array
  /** By host, by rule: how many of it are there. */
  readonly #ofRule: Int32Array

  constructor(prepared: Prepared) {
    this.#prepared = prepared
    this.#width = prepared.resources.length
    this.#held = new Float64Array(prepared.hosts.length * this.#width)
    this.#ofRule = new Int32Array(prepared.hosts.length * prepared.apart.length)
  }

  static of(prepared: Prepared, placement: Placement): Loads {
    const loads = new Loads(prepared)
    for (const unit of prepared.units) if (placement[unit.index]! >= 0) loads.put(unit, placement[unit.index]!)
    return loads
  }

  put(unit: Unit, host: number, sign = 1): void {
    for (let r = 0; r < this.#width; r++) this.#held[host * this.#width + r]! += sign * unit.needs[r]!
    for (const rule of unit.apart) this.#ofRule[host * this.#prepared.apart.length + rule]! += sign
  }

  take(unit: Unit, host: number): void {
    this.put(unit, host, -1)
  }

  held(host: number, resource: number): number {
    return this.#held[host * this.#width + resource]!
  }

  free(host: number, resource: number): number {
    return this.#prepared.hosts[host]!.capacity[resource]! - this.held(host, resource)
  }

  /** Room for it, by every resource; `share` of the capacity only. */
  hasRoom(unit: Unit, host: number, share = 1): boolean {
    const { capacity } = this.#prepared.hosts[host]!
    for (let r = 0; r < this.#width; r++) {
      if (this.#held[host * this.#width + r]! + unit.needs[r]! > capacity[r]! * share) return false
    }
    return true
  }

  /** By rules: it may be there, and whom it must not meet is not. */
  mayBe(unit: Unit, host: number): boolean {
    if (!unit.allowed[host]) return false
    return unit.apart.every((rule) => this.#ofRule[host * this.#prepared.apart.length + rule] === 0)
  }

  fits(unit: Unit, host: number): boolean {
    return this.mayBe(unit, host) && this.hasRoom(unit, host)
  }

  /** The fullest resource of a host after this unit, 0 to 1. */
  fullness(unit: Unit | null, host: number): number {
    const { capacity } = this.#prepared.hosts[host]!
    let most = 0
    for (let r = 0; r < this.#width; r++) {
      const held = this.#held[host * this.#width + r]! + (unit?.needs[r] ?? 0)
      if (capacity[r]! > 0 && Number.isFinite(capacity[r]!)) most = Math.max(most, held / capacity[r]!)
    }
    return most
  }
}

/** Largest first; equals by name. */
export function largestFirst(prepared: Prepared): readonly Unit[] {
  return [...prepared.units].sort((a, b) => b.weight - a.weight || a.index - b.index)
}
