import type { Move } from '../../model/plan/outcome.ts'
import type { PlanQuestion } from './question.ts'

/** What is wrong with an order of moves: at which step, counted from 1, and what. */
export interface Misstep {
  readonly step: number
  readonly what:
    | 'not-there'
    | 'unknown-host'
    | 'over-capacity'
    | 'not-allowed'
    | 'apart-broken'
    | 'together-broken'
    | 'not-at-goal'
}

/**
 * Goes through an order of moves step by step, with nothing of what made it: everybody is where he is said to be, no host gets more than it
 * has, no strict rule that held is broken, and in the end all are at `goal`. Null: nothing is wrong.
 */
export function replay(
  question: PlanQuestion,
  moves: readonly Move[],
  goal: ReadonlyMap<string, string>,
): Misstep | null {
  const at = new Map(question.guests.map((guest) => [guest.id, guest.at]))
  for (const [index, move] of moves.entries()) {
    const step = index + 1
    const host = question.hosts.find(({ id }) => id === move.to)
    if (host === undefined) return { step, what: 'unknown-host' }
    if (move.guests.some((guest) => at.get(guest) !== move.from)) return { step, what: 'not-there' }
    const wereTogether = wholeGroups(question, at)
    // While it moves it is on both hosts: where it comes from has held it before, where it goes must hold it, too.
    for (const guest of move.guests) at.set(guest, move.to)
    const there = question.guests.filter(({ id }) => at.get(id) === move.to)
    const isFull = question.resources.some(
      (_, r) => there.reduce((sum, { needs }) => sum + needs[r]!, 0) > host.capacity[r]!,
    )
    if (isFull) return { step, what: 'over-capacity' }
    const here = new Set(there.map(({ id }) => id))
    for (const rule of question.rules) {
      if (!rule.strict || !rule.guests.some((guest) => move.guests.includes(guest))) continue
      if (rule.kind === 'hosts' && !(move.to in rule.hosts)) return { step, what: 'not-allowed' }
      if (rule.kind === 'apart' && rule.guests.filter((guest) => here.has(guest)).length > 1)
        return { step, what: 'apart-broken' }
    }
    const together = wholeGroups(question, at)
    if (wereTogether.some((was, rule) => was && !together[rule])) return { step, what: 'together-broken' }
  }
  const isThere = question.guests.every(({ id }) => at.get(id) === goal.get(id))
  return isThere ? null : { step: moves.length, what: 'not-at-goal' }
}

/** Of each strict `together` rule: all are on one host. */
function wholeGroups({ rules }: PlanQuestion, at: ReadonlyMap<string, string | null>): boolean[] {
  return rules
    .filter((rule) => rule.kind === 'together' && rule.strict)
    .map((rule) => new Set(rule.guests.map((guest) => at.get(guest))).size === 1)
}
