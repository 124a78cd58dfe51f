import type { Disturbance, DrillDeeds, DrillGuest, DrillPlan, DrillStop, DrillView } from '../../model/drill.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import type { PhaseKind } from '../../model/phase.ts'

/** A guest in one of these rests: nothing is being done to it, and nothing is wrong. */
const atRest: ReadonlySet<PhaseKind> = new Set(['ready', 'stopped', 'held-down', 'ignored'])

/** Who is not as wished, or on the way. */
export function unwell({ guests, hosts }: DrillView): {
  readonly guests: readonly GuestId[]
  readonly hosts: readonly HostId[]
} {
  return {
    guests: guests.filter(({ phase, moving }) => moving || !atRest.has(phase)).map(({ id }) => id),
    hosts: hosts.filter(({ online }) => !online).map(({ id }) => id),
  }
}

/** Whom a disturbance may hit: the guest, all that needs it at any depth, and for a power cut the same of all guests of that host. */
export function disturbedBy(
  during: Disturbance,
  { guest }: Pick<DrillPlan, 'guest'>,
  { guests }: DrillView,
): ReadonlySet<GuestId> {
  if (during === 'nothing') return new Set()
  const host = guests.find(({ id }) => id === guest)?.host ?? null
  const hit = new Set<GuestId>([guest])
  if (during === 'power-cut') for (const one of guests) if (one.host !== null && one.host === host) hit.add(one.id)
  for (let before = 0; before !== hit.size; ) {
    before = hit.size
    for (const { id, needs } of guests) if (needs.some((need) => hit.has(need))) hit.add(id)
  }
  return hit
}

/** Something that the drill did not do: the first difference, in the order of names, that is none of its own. Null: all is as it should be. */
export function strayed(
  before: DrillView,
  now: DrillView,
  disturbed: ReadonlySet<GuestId>,
  { cut }: DrillDeeds,
): DrillStop | null {
  for (const host of before.hosts) {
    const is = now.hosts.find(({ id }) => id === host.id)
    // A host that is late for a moment, as on a busy machine, has not left.
    if (host.id !== cut && host.online && is?.gone !== false) return { code: 'host-left', host: host.id }
  }
  for (const guest of before.guests) {
    if (disturbed.has(guest.id)) continue
    const found = difference(guest, now)
    if (found !== null) return found
  }
  return null
}

function difference({ id, phase, host }: DrillGuest, now: DrillView): DrillStop | null {
  const is = now.guests.find((one) => one.id === id)
  // One that is being moved by rules of its own is still ready; where it ends is looked at by whoever restores.
  if (is === undefined || is.phase !== phase)
    return { code: 'guest-left', guest: id, was: phase, is: is?.phase ?? 'ignored' }
  return is.host === host ? null : { code: 'guest-went', guest: id, from: host, to: is.host }
}
