/** States of one chain at most: some thousand hosts. */
export const maxStates = 20_000

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
 * taken out one by one (Grassmann, Taksar, Heyman 1985), which never subtracts, so that shares of 10⁻¹² have all their digits. Only
 * transitions that there are cost anything: of a chain that goes a step up or down, thousands of states are a matter of milliseconds.
 * Null: more states than `maxStates`, or some state that is never left.
 */
export function longRun<State>(
  first: State,
  transitions: (state: State) => readonly Transition<State>[],
  nameOf: (state: State) => string,
): LongRun<State> | null {
  const places = new Map([[nameOf(first), 0]])
  const states = [first]
  const rates: Map<number, number>[] = []
  for (let from = 0; from < states.length; from++) {
    const row = new Map<number, number>()
    for (const { to, rate } of transitions(states[from]!)) {
      if (!(rate > 0)) continue
      let place = places.get(nameOf(to))
      if (place === undefined) {
        if (states.length === maxStates) return null
        place = states.length
        places.set(nameOf(to), place)
        states.push(to)
      }
      if (place !== from) row.set(place, (row.get(place) ?? 0) + rate)
    }
    rates.push(row)
  }
  const shares = sharesOf(rates)
  if (shares === null) return null
  return {
    states,
    shares,
    share: (counts) => states.reduce((sum, state, place) => (counts(state) ? sum + shares[place]! : sum), 0),
  }
}

/** `rates[from]`: by the state it goes to; overwritten. */
function sharesOf(rates: readonly Map<number, number>[]): readonly number[] | null {
  const from: Set<number>[] = rates.map(() => new Set())
  for (const [place, row] of rates.entries()) for (const to of row.keys()) from[to]!.add(place)
  for (let last = rates.length - 1; last > 0; last--) {
    const row = [...rates[last]!].filter(([to]) => to < last)
    const out = row.reduce((sum, [, rate]) => sum + rate, 0)
    if (out === 0) return null
    for (const place of from[last]!) {
      if (place >= last) continue
      const way = rates[place]!.get(last)! / out
      rates[place]!.set(last, way)
      if (way === 0) continue
      for (const [to, rate] of row) {
        if (to === place) continue
        rates[place]!.set(to, (rates[place]!.get(to) ?? 0) + way * rate)
        from[to]!.add(place)
      }
    }
  }
  const shares = [1]
  for (let place = 1; place < rates.length; place++) {
    let share = 0
    for (const one of from[place]!) if (one < place) share += shares[one]! * rates[one]!.get(place)!
    shares.push(share)
  }
  const total = shares.reduce((a, b) => a + b, 0)
  return Number.isFinite(total) ? shares.map((share) => share / total) : null
}
