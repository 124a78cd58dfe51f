import type { RuleSpec } from '../cluster.ts'
import type { GuestId } from '../ids.ts'
import { byName } from '../ids.ts'

/** A rule, by its place among the rules, that leaves its guests no host: strict rules want what cannot be. */
export interface Contradiction {
  readonly index: number
  readonly guests: readonly GuestId[]
}

/**
 * Strict rules that no placement can keep: guests together that must be apart, or that share no host they may be on.
 * What can be found without looking at sizes; a host too few is told when it comes to placing.
 */
export function contradictions(rules: readonly RuleSpec[]): Contradiction[] {
  const root = togetherness(rules)
  const rootOf = (guest: GuestId): GuestId => root.get(guest) ?? guest
  const allowed = new Map<GuestId, ReadonlySet<string>>()
  const found: Contradiction[] = []
  for (const [index, rule] of rules.entries()) {
    if (!rule.strict) continue
    if (rule.kind !== 'hosts') {
      const clash = rule.kind === 'apart' ? sharingARoot(rule.guests, rootOf) : null
      if (clash !== null) found.push({ index, guests: clash })
      continue
    }
    for (const guest of rule.guests) {
      const group = rootOf(guest)
      const before = allowed.get(group)
      const hosts = new Set(Object.keys(rule.hosts).filter((host) => before?.has(host) ?? true))
      // Told once, where the last host goes.
      if (hosts.size === 0 && before?.size !== 0) found.push({ index, guests: [guest] })
      allowed.set(group, hosts)
    }
  }
  return found
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

/** Null: none of them share one. */
function sharingARoot(guests: readonly GuestId[], rootOf: (guest: GuestId) => GuestId): GuestId[] | null {
  const firstOf = new Map<GuestId, GuestId>()
  for (const guest of guests) {
    const first = firstOf.get(rootOf(guest))
    if (first !== undefined) return [first, guest].sort(byName)
    firstOf.set(rootOf(guest), guest)
  }
  return null
}
