import type { GuestId } from '../ids.ts'
import type { NeedSpec } from '../need.ts'
import type { GuestDraft } from './draft.ts'
import type { ProblemData } from './problem.ts'
import { type Located, pathText } from './reader.ts'
import type { NeedLookup } from './resolve-needs.ts'

/**
 * A standby takes one guest's place and no other's, is there when its turn comes, offers all that the guest offers,
 * and is needed by nobody for itself: while it is kept down such a need would never be met.
 */
export function checkStandbys(
  guests: readonly GuestDraft[],
  needs: readonly (readonly Located<NeedSpec>[])[],
  lookup: NeedLookup,
): void {
  const firsts = new Map<GuestId, GuestDraft>()
  for (const guest of guests) {
    const { standby } = guest.spec
    if (standby === undefined) continue
    const problem = problemOf(guest, standby, firsts.get(standby), lookup)
    if (problem !== null) {
      const at = guest.places.standby ?? guest.at
      lookup.problems.error(guest.source, at, pathText(['guests', guest.spec.id, 'standby']), problem)
    }
    if (!firsts.has(standby)) firsts.set(standby, guest)
  }
  if (firsts.size === 0) return
  for (const [index, guest] of guests.entries()) refuseNeeds(guest, needs[index] ?? [], firsts, lookup)
}

function problemOf(
  { spec }: GuestDraft,
  got: GuestId,
  first: GuestDraft | undefined,
  { guests, declared, problems }: NeedLookup,
): ProblemData | null {
  if (got === spec.id) return { code: 'self-standby', got }
  const standby = guests.get(got)
  if (standby === undefined) {
    if (declared.has(got)) return null
    return { code: 'unknown-guest', got, nearest: problems.nearest(got, () => guests.keys()) }
  }
  if (first !== undefined) {
    const place = first.source.place(first.places.standby ?? first.at)
    return { code: 'standby-taken', got, guest: first.spec.id, first: place }
  }
  if (standby.spec.standby !== undefined) return { code: 'standby-chain', got, guest: standby.spec.standby }
  const { wish } = standby.spec
  if (wish !== 'running') return { code: 'standby-state', got, guest: spec.id, wish }
  const offered = new Set<string>(standby.spec.services.map((one) => one.key))
  const services = spec.services.map((one) => one.key).filter((key) => !offered.has(key))
  return services.length === 0 ? null : { code: 'standby-lacks', got, guest: spec.id, services }
}

function refuseNeeds(
  guest: GuestDraft,
  needs: readonly Located<NeedSpec>[],
  firsts: ReadonlyMap<GuestId, GuestDraft>,
  { problems }: NeedLookup,
): void {
  const { id } = guest.spec
  for (const { value, at } of needs) {
    if (value.kind !== 'guest') continue
    const data = wrongNeed(id, value.guest, firsts)
    if (data !== null) problems.error(guest.source, at, pathText(['guests', id, 'needs']), data)
  }
}

function wrongNeed(guest: GuestId, needed: GuestId, firsts: ReadonlyMap<GuestId, GuestDraft>): ProblemData | null {
  const first = firsts.get(needed)?.spec.id
  if (first !== undefined) return { code: 'need-on-standby', got: needed, guest: first }
  // In its place it would need itself.
  return firsts.get(guest)?.spec.id === needed ? { code: 'cycle', guests: [guest, needed, guest] } : null
}
