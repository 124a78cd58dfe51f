import type { RuleSpec } from '../../model/cluster.ts'
import { byName } from '../../model/ids.ts'
import type { ResourceName } from '../../model/plan/outcome.ts'

export interface Resource {
  readonly name: ResourceName
  /** A copy is kept where the guest goes when its host is lost: it takes room there, too. With the loss of one host at a time only. */
  readonly mirrored: boolean
}

export interface PlanHost {
  readonly id: string
  /** There today; false: offered. */
  readonly present: boolean
  /** What it costs to have it, in whole units. */
  readonly price: number
  /** By resource; Infinity: not known, never short. */
  readonly capacity: readonly number[]
}

export interface PlanGuest {
  readonly id: string
  /** Where it is today; null: nowhere yet. */
  readonly at: string | null
  /** By resource. */
  readonly needs: readonly number[]
}

export interface PlanQuestion {
  readonly resources: readonly Resource[]
  readonly hosts: readonly PlanHost[]
  readonly guests: readonly PlanGuest[]
  /** Strict ones are kept to; the others are not looked at. */
  readonly rules: readonly RuleSpec[]
  /** So many hosts may be lost at once. */
  readonly survive: number
}

/** A guest, or those that a strict rule keeps together: goes as a whole. */
export interface Unit {
  readonly index: number
  readonly guests: readonly PlanGuest[]
  readonly needs: readonly number[]
  /** By host: it may be there. */
  readonly allowed: readonly boolean[]
  /** By host: how many guests would have to move to be there. */
  readonly moves: readonly number[]
  /** How much of a middling host it takes, by its scarcest resource: large ones first find room more easily. */
  readonly weight: number
  /** Rules (by their place in `apart`) that keep it from others. */
  readonly apart: readonly number[]
}

/** The question with its rules worked in: hosts and units by number, in an order of their own. */
export interface Prepared {
  readonly resources: readonly Resource[]
  readonly hosts: readonly PlanHost[]
  readonly units: readonly Unit[]
  /** Of each strict `apart` rule the units that must not meet. */
  readonly apart: readonly (readonly number[])[]
  readonly survive: number
  /** Sum over all units, by resource. */
  readonly total: readonly number[]
  /** Guests that rules want together and apart: nothing can be done for them. */
  readonly contradiction: readonly string[] | null
}

/** Unit -> host, by number. */
export type Placement = readonly number[]

export function prepare(question: PlanQuestion): Prepared {
  const hosts = [...question.hosts].sort((a, b) => byName(a.id, b.id))
  const strict = question.rules.filter((rule) => rule.strict)
  const groups = groupsOf(question.guests, strict)
  const groupOf = new Map(groups.flatMap((group, index) => group.map((guest) => [guest.id, index] as const)))
  const apartRules = strict.filter((rule) => rule.kind === 'apart')
  const members = apartRules.map((rule) => rule.guests.flatMap((guest) => groupOf.get(guest) ?? []))
  const torn = apartRules.findIndex((_, rule) => new Set(members[rule]).size < members[rule]!.length)
  const apart = members.map((units) => [...new Set(units)]).filter((units) => units.length > 1)
  const middling = question.resources.map((_, r) => middlingOf(hosts, r))
  const units = groups.map((guests, index): Unit => {
    const needs = question.resources.map((_, r) => guests.reduce((sum, guest) => sum + guest.needs[r]!, 0))
    return {
      index,
      guests,
      needs,
      allowed: hosts.map((host) => allowedAt(host, guests, strict)),
      moves: hosts.map(({ id }) => guests.filter(({ at }) => at !== null && at !== id).length),
      weight: Math.max(0, ...needs.map((need, r) => (middling[r]! > 0 ? need / middling[r]! : 0))),
      apart: apart.flatMap((one, rule) => (one.includes(index) ? [rule] : [])),
    }
  })
  const total = question.resources.map((_, r) => units.reduce((sum, { needs }) => sum + needs[r]!, 0))
  const contradiction = torn < 0 ? null : [...apartRules[torn]!.guests]
  return { resources: question.resources, hosts, units, apart, survive: question.survive, total, contradiction }
}

/** Strict `together` rules that share a guest are one. */
function groupsOf(guests: readonly PlanGuest[], rules: readonly RuleSpec[]): PlanGuest[][] {
  const sorted = [...guests].sort((a, b) => byName(a.id, b.id))
  const above = new Map<string, string>()
  const rootOf = (id: string): string => {
    let at = id
    for (let next = above.get(at); next !== undefined; next = above.get(at)) at = next
    return at
  }
  for (const rule of rules) {
    if (rule.kind !== 'together') continue
    for (const other of rule.guests.slice(1)) {
      const [a, b] = [rootOf(rule.guests[0]!), rootOf(other)]
      if (a !== b) above.set(b, a)
    }
  }
  const byRoot = new Map<string, PlanGuest[]>()
  for (const guest of sorted) {
    const root = rootOf(guest.id)
    const group = byRoot.get(root)
    if (group === undefined) byRoot.set(root, [guest])
    else group.push(guest)
  }
  return [...byRoot.values()]
}

function allowedAt(host: PlanHost, guests: readonly PlanGuest[], rules: readonly RuleSpec[]): boolean {
  return rules.every(
    (rule) =>
      rule.kind !== 'hosts' ||
      host.id in rule.hosts ||
      !guests.some(({ id }) => (rule.guests as readonly string[]).includes(id)),
  )
}

/** 0: nothing is known. */
function middlingOf(hosts: readonly PlanHost[], resource: number): number {
  const known = hosts.map(({ capacity }) => capacity[resource]!).filter((one) => Number.isFinite(one))
  return known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length)
}
