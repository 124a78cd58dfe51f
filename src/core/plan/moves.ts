import type { Blocked, Move } from '../../model/plan/outcome.ts'
import { Loads } from './loads.ts'
import type { Placement, PlanGuest, Prepared, Unit } from './question.ts'
import { searchOrder } from './search-order.ts'

export type MoveOrder =
  | { readonly kind: 'order'; readonly moves: readonly Move[] }
  /** `proven`: no order exists at all, whatever is put aside; otherwise none was found in bounded time. */
  | { readonly kind: 'none'; readonly proven: boolean; readonly blocked: readonly Blocked[] }

/** What moves as one, by numbers of hosts. */
export interface Item {
  readonly unit: Unit
  readonly from: number
  readonly to: number
}

/** Asides beyond this many a guest: two guests in each other's way for ever. */
const asidesEach = 3

/**
 * The moves from today to a placement, one after the other: while one moves it counts on both hosts, and no step fills a host beyond its
 * capacity or breaks a strict rule that held. `usable`: hosts, by number, that something may be put aside on. Pure.
 */
export function moveOrder(prepared: Prepared, placement: Placement, usable: readonly number[]): MoveOrder {
  const world = singly(prepared, placement)
  const walk = new Walk(world.prepared, world.items, usable)
  const moves = walk.run()
  if (moves !== null) return { kind: 'order', moves: [...moves, ...starts(prepared, placement)] }
  const searched = searchOrder(world.prepared, world.items, usable)
  if (searched.kind === 'order') {
    return {
      kind: 'order',
      moves: [...searched.steps.map((step) => said(world.prepared, world.items, step)), ...starts(prepared, placement)],
    }
  }
  return { kind: 'none', proven: searched.proven, blocked: walk.blocked() }
}

/** Groups that are not together today move guest by guest; who is nowhere yet is left out. */
function singly(prepared: Prepared, placement: Placement): { prepared: Prepared; items: Item[] } {
  const scattered = prepared.units.some(({ guests }) => new Set(guests.map(({ at }) => at)).size > 1)
  const goal = new Map(
    prepared.units.flatMap((unit) => unit.guests.map((guest) => [guest.id, placement[unit.index]!] as const)),
  )
  const at = new Map(prepared.hosts.map(({ id }, host) => [id, host]))
  const here = scattered ? apartAgain(prepared) : prepared
  const items = here.units.flatMap((unit): Item[] => {
    const from = unit.guests[0]!.at === null ? undefined : at.get(unit.guests[0]!.at)
    return from === undefined ? [] : [{ unit, from, to: goal.get(unit.guests[0]!.id)! }]
  })
  return { prepared: here, items }
}

/** Each guest a unit of its own, where its group is not together today. */
function apartAgain(prepared: Prepared): Prepared {
  const units = prepared.units.flatMap((unit) => {
    const together = new Set(unit.guests.map(({ at }) => at)).size === 1
    return together ? [{ unit, guests: unit.guests }] : unit.guests.map((guest) => ({ unit, guests: [guest] }))
  })
  const renumbered = units.map(({ unit, guests }, index): Unit => {
    const needs = prepared.resources.map((_, r) => guests.reduce((sum, guest) => sum + guest.needs[r]!, 0))
    const moves = prepared.hosts.map(({ id }) => guests.filter(({ at }) => at !== id).length)
    return { ...unit, index, guests, needs, moves }
  })
  return { ...prepared, units: renumbered }
}

function starts({ units, hosts }: Prepared, placement: Placement): Move[] {
  return units.flatMap((unit) => {
    const fresh = unit.guests.filter(({ at }) => at === null)
    if (fresh.length === 0) return []
    return [{ guests: fresh.map(({ id }) => id), from: null, to: hosts[placement[unit.index]!]!.id, aside: false }]
  })
}

export interface Step {
  /** Place in the list of items. */
  readonly item: number
  readonly from: number
  readonly to: number
}

function said({ hosts }: Prepared, items: readonly Item[], { item, from, to }: Step): Move {
  const guests = items[item]!.unit.guests.map((guest: PlanGuest) => guest.id)
  return { guests, from: hosts[from]!.id, to: hosts[to]!.id, aside: to !== items[item]!.to }
}

/** Everybody who can go to his place goes; when nobody can, one is put aside so that somebody can. */
class Walk {
  readonly #prepared: Prepared
  readonly #items: readonly Item[]
  readonly #usable: readonly number[]
  readonly #loads: Loads
  readonly #at: number[]
  readonly #asides: number[]
  readonly #moves: Move[] = []

  constructor(prepared: Prepared, items: readonly Item[], usable: readonly number[]) {
    this.#prepared = prepared
    this.#items = items
    this.#usable = usable
    this.#loads = new Loads(prepared)
    for (const { unit, from } of items) this.#loads.put(unit, from)
    this.#at = items.map(({ from }) => from)
    this.#asides = items.map(() => 0)
  }

  run(): Move[] | null {
    for (;;) {
      const pending = this.#pending()
      if (pending.length === 0) return this.#moves
      // Large ones first: small ones find their way between them.
      const ready = pending.filter((item) => this.#loads.fits(this.#items[item]!.unit, this.#items[item]!.to))
      if (ready.length > 0) this.#go(ready[0]!, this.#items[ready[0]!]!.to)
      else if (!this.#putAside(pending)) return null
    }
  }

  blocked(): Blocked[] {
    const { hosts, resources } = this.#prepared
    return this.#pending().flatMap((item): Blocked[] => {
      const { unit, to } = this.#items[item]!
      const where = { guests: unit.guests.map(({ id }) => id), from: hosts[this.#at[item]!]!.id, to: hosts[to]!.id }
      const short = resources.findIndex((_, r) => unit.needs[r]! > this.#loads.free(to, r))
      if (short >= 0) {
        const [needed, free] = [unit.needs[short]!, Math.max(0, this.#loads.free(to, short))]
        return [{ ...where, because: { code: 'room', resource: resources[short]!.name, needed, free } }]
      }
      const inTheWay = this.#items.filter(
        (other, index) => index !== item && this.#at[index] === to && this.#meets(unit, other.unit),
      )
      if (inTheWay.length === 0) return []
      return [
        {
          ...where,
          because: { code: 'apart', guests: inTheWay.flatMap((one) => one.unit.guests.map(({ id }) => id)) },
        },
      ]
    })
  }

  #meets(a: Unit, b: Unit): boolean {
    return a.apart.some((rule) => b.apart.includes(rule))
  }

  #pending(): number[] {
    return this.#items
      .flatMap(({ to }, item) => (this.#at[item] === to ? [] : [item]))
      .sort((a, b) => this.#items[b]!.unit.weight - this.#items[a]!.unit.weight || a - b)
  }

  #go(item: number, to: number): void {
    const { unit } = this.#items[item]!
    const from = this.#at[item]!
    this.#moves.push(said(this.#prepared, this.#items, { item, from, to }))
    this.#loads.take(unit, from)
    this.#loads.put(unit, to)
    this.#at[item] = to
  }

  /** The smallest that lets somebody go to his place, to the emptiest host that takes it. */
  #putAside(pending: readonly number[]): boolean {
    const wanted = new Set(pending.map((item) => this.#items[item]!.to))
    const candidates = this.#items
      .map((_, item) => item)
      .filter((item) => wanted.has(this.#at[item]!) && this.#asides[item]! < asidesEach)
      .sort((a, b) => this.#items[a]!.unit.weight - this.#items[b]!.unit.weight || a - b)
    for (const item of candidates) {
      const { unit } = this.#items[item]!
      const from = this.#at[item]!
      const hosts = this.#usable
        .filter((host) => host !== from && this.#loads.fits(unit, host))
        .sort((a, b) => this.#loads.fullness(unit, a) - this.#loads.fullness(unit, b) || a - b)
      for (const host of hosts) {
        this.#loads.take(unit, from)
        this.#loads.put(unit, host)
        const helps = pending.some(
          (other) =>
            other !== item && this.#items[other]!.to === from && this.#loads.fits(this.#items[other]!.unit, from),
        )
        this.#loads.take(unit, host)
        this.#loads.put(unit, from)
        if (!helps) continue
        this.#asides[item]! += 1
        this.#go(item, host)
        return true
      }
    }
    return false
  }
}
