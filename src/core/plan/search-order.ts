import { Loads } from './loads.ts'
import type { Item, Step } from './moves.ts'
import type { Prepared } from './question.ts'

/** Situations looked at: more would take longer than anybody waits. */
const mostStates = 60_000

export type Searched =
  | { readonly kind: 'order'; readonly steps: readonly Step[] }
  /** `proven`: every situation that can be reached was looked at. */
  | { readonly kind: 'none'; readonly proven: boolean }

interface State {
  readonly at: readonly number[]
  readonly before: State | null
  readonly step: Step | null
}

/** Every situation that single steps lead to, those nearest the goal first, until the goal is one of them or there is no other. */
export function searchOrder(prepared: Prepared, items: readonly Item[], usable: readonly number[]): Searched {
  const away = (at: readonly number[]): number => items.reduce((sum, { to }, item) => sum + Number(at[item] !== to), 0)
  const first: State = { at: items.map(({ from }) => from), before: null, step: null }
  const seen = new Set([first.at.join()])
  // By how many are not at their place: a bucket each.
  const open: State[][] = Array.from({ length: items.length + 1 }, () => [])
  open[away(first.at)]!.push(first)
  for (;;) {
    const bucket = open.find((one) => one.length > 0)
    if (bucket === undefined) return { kind: 'none', proven: true }
    if (seen.size > mostStates) return { kind: 'none', proven: false }
    const state = bucket.shift()!
    if (away(state.at) === 0) return { kind: 'order', steps: stepsTo(state) }
    const loads = new Loads(prepared)
    for (const [item, { unit }] of items.entries()) loads.put(unit, state.at[item]!)
    for (const [item, { unit, to }] of items.entries()) {
      const from = state.at[item]!
      for (const host of usable.includes(to) ? usable : [...usable, to]) {
        if (host === from || !loads.fits(unit, host)) continue
        const at = state.at.map((one, index) => (index === item ? host : one))
        const key = at.join()
        if (seen.has(key)) continue
        seen.add(key)
        open[away(at)]!.push({ at, before: state, step: { item, from, to: host } })
      }
    }
  }
}

function stepsTo(last: State): Step[] {
  const steps: Step[] = []
  for (let state: State | null = last; state?.step != null; state = state.before) steps.push(state.step)
  return steps.reverse()
}
