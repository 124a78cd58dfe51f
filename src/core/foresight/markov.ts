import { maxStates } from './linear.ts'

/** From one state to another, so often a unit of time. */
export interface Transition<State> {
  readonly to: State
  readonly rate: number
}

/** Share of the time that a chain spends in each of its states in the long run. */
export interface LongRun<State> {
  readonly states: readonly State[]
  readonly shares: readonly number[]
  share(counts: (state: State) => boolean): number
}

/**
 * The long run of a chain whose states can all be reached from each other, from its first state on. Exact up to rounding: states are
 * taken out one by one (Grassmann, Taksar, Heyman 1985), which never subtracts, so that shares of 10⁻¹² have all their digits.
 * Null: more states than `maxStates`, or some state that is never left.
 */
export function longRun<State>(
  first: State,
  transitions: (state: State) => readonly Transition<State>[],
  nameOf: (state: State) => string,
): LongRun<State> | null {
  const places = new Map([[nameOf(first), 0]])
  const states = [first]
  const rates: number[][] = []
  for (let from = 0; from < states.length; from++) {
    const row: number[] = []
    for (const { to, rate } of transitions(states[from]!)) {
      if (!(rate > 0)) continue
      let place = places.get(nameOf(to))
      if (place === undefined) {
        if (states.length === maxStates) return null
        place = states.length
        places.set(nameOf(to), place)
        states.push(to)
      }
      if (place !== from) row[place] = (row[place] ?? 0) + rate
    }
    rates.push(row)
  }
  const shares = sharesOf(rates.map((row) => states.map((_, place) => row[place] ?? 0)))
  if (shares === null) return null
  return {
    states,
    shares,
    share: (counts) => states.reduce((sum, state, place) => (counts(state) ? sum + shares[place]! : sum), 0),
  }
}

/** `rates[from][to]`; overwritten. */
function sharesOf(rates: number[][]): readonly number[] | null {
  const size = rates.length
  for (let last = size - 1; last > 0; last--) {
    const row = rates[last]!
    let out = 0
    for (let to = 0; to < last; to++) out += row[to]!
    if (out === 0) return null
    for (let from = 0; from < last; from++) {
      const way = rates[from]![last]! / out
      rates[from]![last] = way
      if (way === 0) continue
      for (let to = 0; to < last; to++) if (to !== from) rates[from]![to]! += way * row[to]!
    }
  }
  const shares = [1]
  for (let place = 1; place < size; place++) {
    let share = 0
    for (let from = 0; from < place; from++) share += shares[from]! * rates[from]![place]!
    shares.push(share)
  }
  const total = shares.reduce((a, b) => a + b, 0)
  return shares.map((share) => share / total)
}
