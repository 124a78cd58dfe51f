import type { Program, ProgramRow } from '../../model/plan/program.ts'
import type { Found } from './greedy.ts'
import { type LossPlan, setsOf } from './losses.ts'
import type { Placement, Prepared } from './question.ts'

/**
 * Placement on these hosts as a program: least moves, and everybody has a place, also after each loss. A column for each unit and host,
 * and one for each unit, loss and host left. Where the losses are of one host, the column of a loss is also where the copy of a disk lies.
 */
export class PlacementProgram {
  readonly program: Program
  readonly #prepared: Prepared
  readonly #kept: readonly number[]
  readonly #losses: readonly (readonly number[])[]
  readonly #rows: ProgramRow[] = []
  readonly #cost: number[] = []
  readonly #upper: number[] = []

  constructor(prepared: Prepared, kept: readonly number[]) {
    this.#prepared = prepared
    this.#kept = kept
    this.#losses = lossesOf(prepared, kept)
    this.#columns()
    this.#places()
    this.#targets()
    this.#capacities()
    this.#copies()
    this.#apart()
    this.program = { cost: this.#cost, upper: this.#upper, whole: this.#cost.map(() => true), rows: this.#rows }
  }

  /** Columns it would have; more than some thousands take a solver too long. */
  static size(prepared: Prepared, kept: readonly number[]): number {
    const losses = lossesOf(prepared, kept)
    return prepared.units.length * kept.length * (1 + losses.length)
  }

  /** A placement as values of the columns, for the search to begin with. */
  start({ placement, check }: Found): number[] {
    const values = this.#cost.map(() => 0)
    for (const unit of this.#prepared.units)
      values[this.#at(unit.index, this.#kept.indexOf(placement[unit.index]!))] = 1
    for (const [loss, lost] of this.#losses.entries()) {
      const plan = check.plans.find((one) => one.lost.join() === lost.join())
      for (const [unit, host] of plan?.targets ?? []) values[this.#after(unit, loss, this.#kept.indexOf(host))] = 1
    }
    return values
  }

  read(values: readonly number[]): Found {
    const { units } = this.#prepared
    const placement: Placement = units.map(
      ({ index }) => this.#kept[this.#one(values, (place) => this.#at(index, place))]!,
    )
    const plans = this.#losses.map((lost, loss): LossPlan => {
      const hit = units.filter(({ index }) => lost.includes(placement[index]!))
      const target = (index: number): number =>
        this.#kept[this.#one(values, (place) => this.#after(index, loss, place))]!
      return { lost, targets: new Map(hit.map(({ index }) => [index, target(index)])) }
    })
    return { placement, check: { plans, fails: null } }
  }

  #one(values: readonly number[], column: (place: number) => number): number {
    return this.#kept.findIndex((_, place) => values[column(place)]! > 0.5)
  }

  #at(unit: number, place: number): number {
    return unit * this.#kept.length + place
  }

  #after(unit: number, loss: number, place: number): number {
    const { units } = this.#prepared
    return (units.length * (1 + loss) + unit) * this.#kept.length + place
  }

  #columns(): void {
    const { units } = this.#prepared
    for (const unit of units) {
      for (const host of this.#kept) {
        this.#cost.push(unit.moves[host]!)
        this.#upper.push(unit.allowed[host] ? 1 : 0)
      }
    }
    for (const lost of this.#losses) {
      for (const unit of units) {
        for (const host of this.#kept) {
          this.#cost.push(0)
          this.#upper.push(unit.allowed[host] && !lost.includes(host) ? 1 : 0)
        }
      }
    }
  }

  /** Everybody is at one place. */
  #places(): void {
    for (const { index } of this.#prepared.units) {
      const columns = this.#kept.map((_, place) => this.#at(index, place))
      this.#rows.push({ columns, values: columns.map(() => 1), lower: 1, upper: 1 })
    }
  }

  /** Whoever is on a lost host goes to one that is left; nobody else goes anywhere. */
  #targets(): void {
    for (const [loss, lost] of this.#losses.entries()) {
      for (const { index } of this.#prepared.units) {
        const from = this.#kept.flatMap((host, place) => (lost.includes(host) ? [this.#at(index, place)] : []))
        const to = this.#kept.flatMap((host, place) => (lost.includes(host) ? [] : [this.#after(index, loss, place)]))
        const values = [...to.map(() => 1), ...from.map(() => -1)]
        this.#rows.push({ columns: [...to, ...from], values, lower: 0, upper: 0 })
      }
    }
  }

  #capacities(): void {
    const { resources } = this.#prepared
    for (const [r, { mirrored }] of resources.entries()) {
      if (mirrored) continue
      for (const place of this.#kept.keys()) this.#capacity(r, place, null)
      for (const [loss, lost] of this.#losses.entries()) {
        for (const [place, host] of this.#kept.entries()) if (!lost.includes(host)) this.#capacity(r, place, loss)
      }
    }
  }

  #capacity(resource: number, place: number, loss: number | null): void {
    const capacity = this.#prepared.hosts[this.#kept[place]!]!.capacity[resource]!
    // With losses, the row of the place alone follows from each of theirs, unless it is the only host.
    if (!Number.isFinite(capacity) || (loss === null && this.#losses.length > 1)) return
    const needing = this.#prepared.units.filter(({ needs }) => needs[resource]! > 0)
    const columns = needing.flatMap(({ index }) => [
      this.#at(index, place),
      ...(loss === null ? [] : [this.#after(index, loss, place)]),
    ])
    const values = needing.flatMap(({ needs }) => [needs[resource]!, ...(loss === null ? [] : [needs[resource]!])])
    this.#rows.push({ columns, values, lower: Number.NEGATIVE_INFINITY, upper: capacity })
  }

  /** A copy lies where its guest would go. */
  #copies(): void {
    const { resources, units, hosts } = this.#prepared
    for (const [r, { mirrored }] of resources.entries()) {
      if (!mirrored) continue
      for (const [place, host] of this.#kept.entries()) {
        const capacity = hosts[host]!.capacity[r]!
        if (!Number.isFinite(capacity)) continue
        const needing = units.filter(({ needs }) => needs[r]! > 0)
        const columns = needing.flatMap(({ index }) => [
          this.#at(index, place),
          ...this.#losses.flatMap((lost, loss) => (lost.includes(host) ? [] : [this.#after(index, loss, place)])),
        ])
        const each = 1 + this.#losses.filter((lost) => !lost.includes(host)).length
        const values = needing.flatMap(({ needs }) => Array.from({ length: each }, () => needs[r]!))
        this.#rows.push({ columns, values, lower: Number.NEGATIVE_INFINITY, upper: capacity })
      }
    }
  }

  #apart(): void {
    for (const members of this.#prepared.apart) {
      for (const place of this.#kept.keys()) {
        if (this.#losses.length === 0) this.#atMostOne(members.map((unit) => this.#at(unit, place)))
        for (const [loss, lost] of this.#losses.entries()) {
          if (lost.includes(this.#kept[place]!)) continue
          this.#atMostOne(members.flatMap((unit) => [this.#at(unit, place), this.#after(unit, loss, place)]))
        }
      }
    }
  }

  #atMostOne(columns: readonly number[]): void {
    this.#rows.push({ columns, values: columns.map(() => 1), lower: Number.NEGATIVE_INFINITY, upper: 1 })
  }
}

function lossesOf({ survive, units }: Prepared, kept: readonly number[]): readonly (readonly number[])[] {
  return survive === 0 || units.length === 0 ? [] : [...setsOf(kept, survive)]
}

/**
 * The cheapest hosts that could do by their sums alone: a bound for every placement. A column for each host; for each resource, what the
 * largest losses take is `survive` x t + the sum of what each kept host has above t, for the best t.
 */
export function cheapestHosts(prepared: Prepared, slack: number): Program {
  const { hosts, resources, survive, total, apart, units } = prepared
  const cost: number[] = hosts.map(({ price }) => price)
  const upper: number[] = hosts.map(() => 1)
  const whole: boolean[] = hosts.map(() => true)
  const rows: ProgramRow[] = []
  const column = (): number => {
    cost.push(0)
    upper.push(Number.MAX_SAFE_INTEGER)
    whole.push(false)
    return cost.length - 1
  }
  const all = hosts.map((_, host) => host)
  for (const [r, { mirrored }] of resources.entries()) {
    if (total[r] === 0 || hosts.some(({ capacity }) => !Number.isFinite(capacity[r]!))) continue
    const needed = total[r]! * (mirrored ? 1 + Math.min(1, survive) : 1) * slack
    const columns = [...all]
    const values = hosts.map(({ capacity }) => capacity[r]!)
    if (survive > 0 && !mirrored) {
      const level = column()
      columns.push(level)
      values.push(-survive)
      for (const host of all) {
        const above = column()
        columns.push(above)
        values.push(-1)
        rows.push({
          columns: [above, level, host],
          values: [1, 1, -hosts[host]!.capacity[r]!],
          lower: 0,
          upper: Number.POSITIVE_INFINITY,
        })
      }
    }
    rows.push({ columns, values, lower: needed, upper: Number.POSITIVE_INFINITY })
  }
  const least = units.length === 0 ? 0 : survive + Math.max(1, ...apart.map((members) => members.length))
  rows.push({ columns: all, values: all.map(() => 1), lower: least, upper: Number.POSITIVE_INFINITY })
  return { cost, upper, whole, rows }
}
