import { guestId } from '../ids.ts'
import type { PromisedHours } from '../promised-hours.ts'
import { defaultWarnAtMillionths, type SlaSpec, type SlaSubject } from '../sla.ts'
import type { CalendarDraft, ClusterDraft, SlaDraft } from './draft.ts'
import type { ProblemData } from './problem.ts'
import { pathText } from './reader.ts'
import type { NeedLookup } from './resolve-needs.ts'

/** What is promised, with its calendar and those it is promised of looked up. */
export function resolveSlas(
  { slas, calendars }: ClusterDraft,
  lookup: NeedLookup,
): { readonly calendars: readonly PromisedHours[]; readonly slas: readonly SlaSpec[] } {
  const byName = new Map<string, CalendarDraft>()
  for (const calendar of calendars) {
    const { name } = calendar.hours
    const first = byName.get(name)
    if (first === undefined) byName.set(name, calendar)
    else {
      const data = { code: 'duplicate-key', got: name, first: first.source.place(first.at) } as const
      lookup.problems.error(calendar.source, calendar.at, pathText(['calendars', name]), data)
    }
  }
  const resolved = slas.map((sla) => slaOf(sla, byName, lookup)).filter((sla) => sla !== null)
  return { calendars: [...byName.values()].map(({ hours }) => hours), slas: resolved }
}

function slaOf(
  { source, index, at, values, places }: SlaDraft,
  calendars: ReadonlyMap<string, CalendarDraft>,
  lookup: NeedLookup,
): SlaSpec | null {
  const fail = (key: 'for' | 'promised', data: ProblemData): null => {
    lookup.problems.error(source, places[key] ?? at, pathText(['sla', index, key]), data)
    return null
  }
  const { target } = values
  if (target === undefined) return null
  const of = subjectOf(values.for ?? null, lookup)
  if ('code' in of) return fail('for', of)
  const promised = values.promised === undefined ? null : calendars.get(values.promised)?.hours
  if (promised === undefined) {
    const got = values.promised ?? ''
    return fail('promised', {
      ...{ code: 'unknown-calendar', got },
      nearest: lookup.problems.nearest(got, () => calendars.keys()),
    })
  }
  return {
    ...{ of, targetMillionths: target, promised, window: values.window ?? { kind: 'calendar', unit: 'month' } },
    together: values.together ?? 'all',
    seenBy: values.seenBy ?? 'users',
    planned: values.planned ?? 'left-out',
    warnAtMillionths: values.warnAt ?? defaultWarnAtMillionths,
  }
}

function subjectOf(name: string | null, lookup: NeedLookup): SlaSubject | ProblemData {
  if (name === null) return { kind: 'cluster' }
  if (name.startsWith('@')) {
    const tag = name.slice(1)
    if (lookup.tags.has(tag)) return { kind: 'tag', tag }
    const known = () => [...lookup.tags.keys()].map((one) => `@${one}`)
    return { code: 'unknown-tag', got: name, nearest: lookup.problems.nearest(name, known) }
  }
  if (lookup.guests.has(guestId(name)) || lookup.declared.has(name)) return { kind: 'guest', guest: guestId(name) }
  return { code: 'unknown-guest', got: name, nearest: lookup.problems.nearest(name, () => lookup.guests.keys()) }
}
