import type { RuleSpec } from '../model/cluster.ts'
import type { GuestId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { PlacedGuest } from './placed.ts'

/** One strict `together`, or a single guest: goes to one host as a whole. */
export interface Group {
  guests: readonly PlacedGuest[]
  readonly fixed: boolean
  readonly priority: number
  readonly id: string
}

export interface HostRule {
  readonly hosts: Readonly<Record<string, number>>
  readonly strict: boolean
}

export interface ApartRule {
  readonly members: ReadonlySet<GuestId>
}

export function hostRulesOf(rules: readonly RuleSpec[]): Map<GuestId, HostRule[]> {
  const byGuest = new Map<GuestId, HostRule[]>()
  for (const rule of rules) if (rule.kind === 'hosts') for (const guest of rule.guests) push(byGuest, guest, rule)
  return byGuest
}

export function apartRulesOf(rules: readonly RuleSpec[]): Map<GuestId, ApartRule[]> {
  const byGuest = new Map<GuestId, ApartRule[]>()
  for (const rule of rules) {
    if (rule.kind !== 'apart' || !rule.strict) continue
    const one = { members: new Set(rule.guests) }
    for (const guest of rule.guests) push(byGuest, guest, one)
  }
  return byGuest
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** Strict `together` rules that share a guest are one. */
export function groupsOf(guests: readonly PlacedGuest[], rules: readonly RuleSpec[]): Group[] {
  const sorted = [...guests].sort((a, b) => byName(a.id, b.id))
  const root = new Map<GuestId, GuestId>()
  const rootOf = (id: GuestId): GuestId => {
    let at = id
    for (let next = root.get(at); next !== undefined; next = root.get(at)) at = next
    return at
  }
  for (const rule of rules) {
    if (rule.kind !== 'together' || !rule.strict) continue
    const [first, ...others] = rule.guests
    for (const other of others) {
      const [a, b] = [rootOf(first!), rootOf(other)]
      if (a !== b) root.set(b, a)
    }
  }
  const byRoot = new Map<GuestId, PlacedGuest[]>()
  for (const guest of sorted) if (!guest.alone) push(byRoot, root.size === 0 ? guest.id : rootOf(guest.id), guest)
  const alone = sorted.filter((guest) => guest.alone).map((guest) => groupOf([guest], true))
  return [...[...byRoot.values()].flatMap((members) => split(members)), ...alone].sort(
    (a, b) => restsLast(a) - restsLast(b) || b.priority - a.priority || byName(a.id, b.id),
  )
}

/** What runs keeps its place before what would only like one. */
export function restsLast(group: Group): number {
  return group.guests.every((guest) => guest.free) ? 1 : 0
}

/** While one of a group is on its way, the others follow it; while one cannot be decided about, neither can the others that are up. */
function split(members: readonly PlacedGuest[]): Group[] {
  const fixed = members.filter((guest) => guest.fixed)
  if (fixed.length === 0 || fixed.length === members.length) return [groupOf(members, fixed.length > 0)]
  const leading = fixed.find((guest) => guest.alsoAt !== null)
  const goal = leading?.alsoAt ?? fixed[0]!.at
  const others = members.filter((guest) => !guest.fixed)
  const following = others.filter((guest) => guest.at === goal || leading !== undefined || guest.free)
  const staying = others.filter((guest) => !following.includes(guest)).map((guest) => ({ ...guest, fixed: true }))
  return [
    groupOf([...fixed, ...staying], true),
    ...following.map((guest) => groupOf([{ ...guest, wants: goal, onlyAt: goal }], false)),
  ]
}

function groupOf(members: readonly PlacedGuest[], fixed: boolean): Group {
  const priority = members.reduce((most, guest) => Math.max(most, guest.priority), Number.NEGATIVE_INFINITY)
  return { guests: members, fixed, priority, id: members[0]!.id }
}
