import type { ClusterSpec, RuleSpec } from '../cluster.ts'
import type { GuestSpec } from '../guest.ts'
import { type GuestId, guestId } from '../ids.ts'
import { contradictions } from './contradictions.ts'
import { findCycles } from './cycle.ts'
import type { ClusterDraft, GuestDraft, HostDraft, RuleDraft } from './draft.ts'
import { drillsForm } from './drill-form.ts'
import { maxGuests, maxHosts, maxNeeds, maxRules } from './limits.ts'
import { onlyOnce } from './lists.ts'
import { checkMemory } from './memory-check.ts'
import type { ProblemData } from './problem.ts'
import type { ProblemList } from './problem-list.ts'
import { type Located, pathText } from './reader.ts'
import { resolveDrills } from './resolve-drills.ts'
import { type NeedLookup, resolveNeeds } from './resolve-needs.ts'
import { resolveSlas } from './resolve-sla.ts'
import { checkStandbys } from './standby-check.ts'
import { checkTakenTwice } from './taken-twice.ts'

/** Looks up every name, and checks what can only be seen of all guests together. The spec is of use only if no error was noted. */
export function resolveCluster(draft: ClusterDraft, problems: ProblemList): ClusterSpec {
  const guests = uniqueGuests(draft, problems)
  const hosts = uniqueHosts(draft, problems)
  const tags = tagIndex(guests)
  const lookup: NeedLookup = {
    guests: new Map(guests.map((one) => [one.spec.id, one])),
    tags,
    declared: draft.declared,
    problems,
  }
  const resolved = resolveNeeds(guests, lookup)
  const specs: GuestSpec[] = guests.map((one, index) => ({
    ...one.spec,
    needs: resolved[index]!.map((need) => need.value),
  }))
  for (const guest of guests) checkHost(guest, hosts, problems)
  checkStandbys(guests, resolved, lookup)
  checkCycles(guests, resolved, problems)
  checkTakenTwice(guests, problems)
  checkMemory(guests, hosts, problems)
  const rules = rulesOf(draft, lookup, hosts)
  refuseContradictions(draft, rules, specs, problems)
  for (const [what, count, most, first] of [
    ['guests', guests.length, maxGuests, guests[maxGuests]],
    ['hosts', hosts.length, maxHosts, hosts[maxHosts]],
    ['rules', rules.length, maxRules, draft.rules[maxRules]],
  ] as const) {
    if (first !== undefined)
      problems.error(first.source, first.at, what, { code: 'too-many', what, expected: most, got: count })
  }
  const { name, settings } = draft
  const { calendars, slas } = resolveSlas(draft, lookup)
  const promises = { ...(calendars.length > 0 && { calendars }), ...(slas.length > 0 && { slas }) }
  const drills = draft.drills === null ? null : resolveDrills(draft.drills, lookup)
  const common = { version: 1, name, hosts: hosts.map((host) => host.spec), guests: specs, rules, settings } as const
  return { ...common, ...promises, ...(drills !== null && drillsForm(drills) !== undefined && { drills }) }
}

function uniqueGuests(draft: ClusterDraft, problems: ProblemList): GuestDraft[] {
  const firsts = new Map<string, GuestDraft>()
  for (const guest of draft.guests) {
    const first = firsts.get(guest.spec.id)
    if (first === undefined) firsts.set(guest.spec.id, guest)
    else {
      const data = { code: 'duplicate-guest', got: guest.spec.id, first: first.source.place(first.at) } as const
      problems.error(guest.source, guest.at, pathText(['guests', guest.spec.id]), data)
    }
  }
  return [...firsts.values()]
}

function uniqueHosts(draft: ClusterDraft, problems: ProblemList): HostDraft[] {
  const firsts = new Map<string, HostDraft>()
  for (const host of draft.hosts) {
    const first = firsts.get(host.spec.id)
    if (first === undefined) firsts.set(host.spec.id, host)
    else {
      const data = { code: 'duplicate-host', got: host.spec.id, first: first.source.place(first.at) } as const
      problems.error(host.source, host.at, pathText(['hosts', host.spec.id]), data)
    }
  }
  return [...firsts.values()]
}

function tagIndex(guests: readonly GuestDraft[]): Map<string, GuestDraft[]> {
  const tags = new Map<string, GuestDraft[]>()
  for (const guest of guests) {
    for (const tag of guest.spec.tags) {
      const members = tags.get(tag)
      if (members === undefined) tags.set(tag, [guest])
      else members.push(guest)
    }
  }
  return tags
}

function checkHost(guest: GuestDraft, hosts: readonly HostDraft[], problems: ProblemList): void {
  const { host, id } = guest.spec
  if (host === null || hosts.some((one) => one.spec.id === host)) return
  const data = unknownHost(host, hosts, problems)
  problems.error(guest.source, guest.places.host ?? guest.at, pathText(['guests', id, 'host']), data)
}

function unknownHost(got: string, hosts: readonly HostDraft[], problems: ProblemList): ProblemData {
  const near = problems.nearest(got, () => hosts.map((one) => one.spec.id))
  return { code: 'unknown-host', got, nearest: near }
}

type Resolved = ReturnType<typeof resolveNeeds>

/** Every need counts, whatever its `onLoss`: all of them order launch and shutdown. */
function checkCycles(guests: readonly GuestDraft[], resolved: Resolved, problems: ProblemList): void {
  const numbers = new Map<GuestId, number>(guests.map((guest, index) => [guest.spec.id, index]))
  const targets = resolved.map((needs) =>
    needs.flatMap(({ value }) => (value.kind === 'guest' ? [numbers.get(value.guest)!] : [])),
  )
  // Whoever needs a guest needs its standby in turn.
  const standbys = guests.map(({ spec }) => (spec.standby === undefined ? undefined : numbers.get(spec.standby)))
  const all = targets.map((needed) => [
    ...needed,
    ...needed.flatMap((number) => (standbys[number] === undefined ? [] : [standbys[number]])),
  ])
  for (const round of findCycles(all)) {
    const [first, second] = round as [number, number, ...number[]]
    const guest = guests[first]!
    const index = targets[first]!.findIndex((number) => number === second || standbys[number] === second)
    const at = resolved[first]!.filter(({ value }) => value.kind === 'guest')[index]?.at ?? guest.at
    const names = round.map((number) => guests[number]!.spec.id)
    problems.error(guest.source, at, pathText(['guests', guest.spec.id, 'needs']), { code: 'cycle', guests: names })
  }
}

/** Tags written out, in all rules together, up to the limit of needs: ten thousand rules for `@all` are as large a square. */
function rulesOf(draft: ClusterDraft, lookup: NeedLookup, hosts: readonly HostDraft[]): RuleSpec[] {
  const rules: RuleSpec[] = []
  let members = 0
  for (const rule of draft.rules) {
    const resolved = ruleOf(rule, lookup, hosts)
    members += resolved.guests.length
    if (members > maxNeeds) {
      const data = { code: 'too-many', what: 'items', expected: maxNeeds, got: members } as const
      lookup.problems.error(rule.source, rule.at, pathText(['rules', rule.index, 'guests']), data)
      break
    }
    rules.push(resolved)
  }
  return rules
}

function refuseContradictions(
  draft: ClusterDraft,
  rules: readonly RuleSpec[],
  guests: readonly GuestSpec[],
  problems: ProblemList,
): void {
  const running = new Set(guests.filter(({ wish }) => wish === 'running').map(({ id }) => id))
  const firsts = new Map(guests.map(({ id, standby }) => [standby, id]))
  // A standby runs only where its guest does not.
  const counts = (guest: GuestId, among: readonly GuestId[]) =>
    running.has(guest) && !among.some((other) => other === firsts.get(guest))
  const hosts = draft.hosts.map(({ spec }) => spec.id)
  for (const wrong of contradictions(rules, hosts, counts)) {
    const rule = draft.rules[wrong.index]!
    const other = wrong.kind === 'clash' ? draft.rules[wrong.other]! : null
    const data: ProblemData =
      other === null
        ? { code: 'too-few-hosts', guests: wrong.guests, hosts: wrong.kind === 'clash' ? [] : wrong.hosts }
        : { code: 'rules-contradict', guests: wrong.guests, first: other.source.place(other.at) }
    problems.error(rule.source, rule.at, pathText(['rules', rule.index]), data)
  }
}

function ruleOf(rule: RuleDraft, lookup: NeedLookup, hosts: readonly HostDraft[]): RuleSpec {
  const fail = (at: number, key: string, data: ProblemData) =>
    lookup.problems.error(rule.source, at, pathText(['rules', rule.index, key]), data)
  const guests = onlyOnce(
    rule.guests.flatMap((member) => membersOf(member.value, lookup) ?? unknownMember(member, lookup, fail)),
  )
  for (const { host } of rule.hosts) {
    if (!hosts.some((one) => one.spec.id === host)) fail(rule.at, 'hosts', unknownHost(host, hosts, lookup.problems))
  }
  const { kind, strict } = rule
  if (kind !== 'hosts') return { kind, guests, strict }
  return { kind, guests, hosts: Object.fromEntries(rule.hosts.map(({ host, rank }) => [host, rank])), strict }
}

function membersOf(member: string, lookup: NeedLookup): GuestId[] | null {
  if (member.startsWith('@')) return lookup.tags.get(member.slice(1))?.map((guest) => guest.spec.id) ?? null
  return lookup.guests.has(guestId(member)) || lookup.declared.has(member) ? [guestId(member)] : null
}

function unknownMember(
  { value, at }: Located<string>,
  lookup: NeedLookup,
  fail: (at: number, key: string, data: ProblemData) => undefined,
): GuestId[] {
  const isTag = value.startsWith('@')
  const known = () => (isTag ? [...lookup.tags.keys()].map((tag) => `@${tag}`) : lookup.guests.keys())
  const code = isTag ? 'unknown-tag' : 'unknown-guest'
  fail(at, 'guests', { code, got: value, nearest: lookup.problems.nearest(value, known) })
  return []
}
