import type { RuleSpec } from '../cluster.ts'
import type { GuestId } from '../ids.ts'
import { byName } from '../ids.ts'

/** Strict rules want what cannot be; `index` is the place of the rule among the rules. */
export type Contradiction =
  /** Against an earlier or later rule, these guests could run nowhere. */
  | { readonly kind: 'clash'; readonly index: number; readonly guests: readonly GuestId[]; readonly other: number }
  /** They shall be apart, on hosts that are fewer. */
  | {
      readonly kind: 'too-few-hosts'
      readonly index: number
      readonly guests: readonly GuestId[]
      readonly hosts: readonly string[]
    }

/** Hosts that strict rules leave to the guests that must be together; `by`: the rule that last said so. */
interface Allowed {
  readonly hosts: ReadonlySet<string>
  readonly by: number
}

/**
 * Strict rules that no placement can keep: guests together that must be apart, or that share no host they may be on, and guests apart
 * that have fewer hosts than they are. What can be found without looking at sizes. `counts`: whether a guest needs a place of its own.
 */
export function contradictions(
  rules: readonly RuleSpec[],
  hosts: readonly string[],
  counts: (guest: GuestId, among: readonly GuestId[]) => boolean,
): Contradiction[] {
  const root = togetherness(rules)
  const rootOf = (guest: GuestId): GuestId => root.get(guest) ?? guest
  const { allowed, found } = allowedHosts(rules, rootOf)
  for (const [index, rule] of rules.entries()) {
    if (!rule.strict || rule.kind !== 'apart') continue
    const clash = sharingARoot(rule.guests, rootOf)
    if (clash !== null) {
      found.push({ kind: 'clash', index, guests: clash, other: joining(clash[1], rules) })
      continue
    }
    const guests = rule.guests.filter((guest) => counts(guest, rule.guests)).sort(byName)
    const choices = guests.map((guest) => [...(allowed.get(rootOf(guest))?.hosts ?? hosts)])
    // With one host only the spelling of rules counts; an empty choice is told where it comes from.
    if (hosts.length < 2 || choices.some(({ length }) => length === 0) || eachHasItsOwn(choices)) continue
    found.push({ kind: 'too-few-hosts', index, guests, hosts: [...new Set(choices.flat())].sort() })
  }
  return found.sort((a, b) => a.index - b.index)
}

function allowedHosts(
  rules: readonly RuleSpec[],
  rootOf: (guest: GuestId) => GuestId,
): { readonly allowed: ReadonlyMap<GuestId, Allowed>; readonly found: Contradiction[] } {
  const allowed = new Map<GuestId, Allowed>()
  const found: Contradiction[] = []
  for (const [index, rule] of rules.entries()) {
    if (!rule.strict || rule.kind !== 'hosts') continue
    for (const guest of rule.guests) {
      const before = allowed.get(rootOf(guest))
      // Of a group whose guests the same rule names, each says the same.
      if (before?.by === index) continue
      const hosts = new Set(Object.keys(rule.hosts).filter((host) => before?.hosts.has(host) ?? true))
      // Told once, where the last host goes.
      if (hosts.size === 0 && before !== undefined && before.hosts.size > 0) {
        found.push({ kind: 'clash', index, guests: [guest], other: before.by })
      }
      allowed.set(rootOf(guest), { hosts, by: index })
    }
  }
  return { allowed, found }
}

/** Of each guest that must be with others, one that stands for all of them. */
function togetherness(rules: readonly RuleSpec[]): Map<GuestId, GuestId> {
  const parent = new Map<GuestId, GuestId>()
  const find = (guest: GuestId): GuestId => {
    let at = guest
    for (let next = parent.get(at); next !== undefined; next = parent.get(at)) at = next
    return at
  }
  for (const rule of rules) {
    if (rule.kind !== 'together' || !rule.strict) continue
    for (const other of rule.guests.slice(1)) {
      const [a, b] = [find(rule.guests[0]!), find(other)]
      if (a !== b) parent.set(b, a)
    }
  }
  return new Map([...parent.keys()].map((guest) => [guest, find(guest)]))
}

/** A strict rule that joins this guest with others: there is one. */
function joining(guest: GuestId, rules: readonly RuleSpec[]): number {
  return rules.findIndex((rule) => rule.kind === 'together' && rule.strict && rule.guests.includes(guest))
}

/** Null: none of them share one. */
function sharingARoot(
  guests: readonly GuestId[],
  rootOf: (guest: GuestId) => GuestId,
): readonly [GuestId, GuestId] | null {
  const firstOf = new Map<GuestId, GuestId>()
  for (const guest of guests) {
    const first = firstOf.get(rootOf(guest))
    if (first !== undefined) return byName(first, guest) < 0 ? [first, guest] : [guest, first]
    firstOf.set(rootOf(guest), guest)
  }
  return null
}

/** Whether each can be given one of its choices so that no two have the same: one after the other, making room where it can be made. */
function eachHasItsOwn(choices: readonly (readonly string[])[]): boolean {
  if (new Set(choices.flat()).size < choices.length) return false
  const holder = new Map<string, number>()
  const give = (one: number, tried: Set<string>): boolean => {
    for (const host of choices[one]!) {
      if (tried.has(host)) continue
      tried.add(host)
      const there = holder.get(host)
      if (there !== undefined && !give(there, tried)) continue
      holder.set(host, one)
      return true
    }
    return false
  }
  return choices.every((_, one) => give(one, new Set()))
}
