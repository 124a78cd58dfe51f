import { type GuestId, guestId, type ServiceKey } from '../ids.ts'
import { type ExternalNeed, type NeedSpec, needText, type OnLoss } from '../need.ts'
import { defaultProbePolicy, portKey } from '../service.ts'
import { isIpv4 } from './address.ts'
import type { GuestDraft } from './draft.ts'
import { maxNeeds } from './limits.ts'
import type { ExternalTarget, NeedDraft } from './need-shape.ts'
import type { ProblemData } from './problem.ts'
import type { ProblemList } from './problem-list.ts'
import { type Located, pathText } from './reader.ts'

export interface NeedLookup {
  readonly guests: ReadonlyMap<GuestId, GuestDraft>
  readonly tags: ReadonlyMap<string, readonly GuestDraft[]>
  readonly declared: ReadonlySet<string>
  readonly problems: ProblemList
}

/** The needs of each guest, in the order of `guests`, tags written out. */
export function resolveNeeds(guests: readonly GuestDraft[], lookup: NeedLookup): Located<NeedSpec>[][] {
  const count = { needs: 0, stopped: false }
  return guests.map((guest) => needsOf(guest, lookup, count))
}

/** The needs of one guest as they are looked up. */
interface Gathering {
  readonly guest: GuestDraft
  readonly lookup: NeedLookup
  readonly found: Map<string, Located<NeedSpec> & { readonly fromTag: boolean }>
  index: number
  at: number
}

function needsOf(
  guest: GuestDraft,
  lookup: NeedLookup,
  count: { needs: number; stopped: boolean },
): Located<NeedSpec>[] {
  const gathering: Gathering = { guest, lookup, found: new Map(), index: 0, at: guest.at }
  for (const [index, { value, at }] of guest.needs.entries()) {
    if (count.stopped) break
    gathering.index = index
    gathering.at = at
    gather(value, gathering)
    if (count.needs + gathering.found.size <= maxNeeds) continue
    count.stopped = true
    fail(gathering, { code: 'too-many', what: 'needs', expected: maxNeeds, got: count.needs + gathering.found.size })
  }
  count.needs += gathering.found.size
  return [...gathering.found.values()]
}

function gather({ target, onLoss }: NeedDraft, gathering: Gathering): void {
  const { at } = gathering
  if (target.kind === 'tag') gatherGroup(target.tag, target.service, onLoss, gathering)
  else if (target.kind === 'guest') gatherGuest(guestId(target.name), target.service, onLoss, gathering)
  else if (!target.explicit && gathering.lookup.guests.has(guestId(target.address))) {
    gatherGuest(guestId(target.address), portKey(target.port, target.protocol), onLoss, gathering)
  } else add(gathering, { value: { ...externalNeed(target, gathering), onLoss }, at, fromTag: false })
}

/** A guest of a group that needs the group needs the others of it. */
function gatherGroup(tag: string, service: ServiceKey | null, onLoss: OnLoss, gathering: Gathering): void {
  const { guest, lookup, at } = gathering
  const members = lookup.tags.get(tag)
  if (members === undefined) {
    unknown(gathering, 'unknown-tag', `@${tag}`, () => [...lookup.tags.keys()].map((one) => `@${one}`))
  }
  for (const member of members ?? []) {
    if (member === guest || !serviceKnown(member, service, gathering)) continue
    add(gathering, { value: { kind: 'guest', guest: member.spec.id, service, onLoss }, at, fromTag: true })
  }
}

function gatherGuest(id: GuestId, service: ServiceKey | null, onLoss: OnLoss, gathering: Gathering): void {
  const { guest, lookup, at } = gathering
  const needed = lookup.guests.get(id)
  if (id === guest.spec.id) fail(gathering, { code: 'self-need', got: id })
  else if (needed !== undefined) {
    if (!serviceKnown(needed, service, gathering)) return
    add(gathering, { value: { kind: 'guest', guest: id, service, onLoss }, at, fromTag: false })
  } else if (isIpv4(id)) fail(gathering, { code: 'bad-form', expected: 'external', got: id })
  else if (!lookup.declared.has(id)) unknown(gathering, 'unknown-guest', id, () => lookup.guests.keys())
}

/** Said twice is refused; said by a tag and by name, the name's word holds. */
function add(gathering: Gathering, need: Located<NeedSpec> & { readonly fromTag: boolean }): void {
  const key = needText(need.value)
  const first = gathering.found.get(key)
  if (first === undefined || (first.fromTag && !need.fromTag)) gathering.found.set(key, need)
  else if (!first.fromTag && !need.fromTag) {
    fail(gathering, { code: 'duplicate-need', got: key, first: gathering.guest.source.place(first.at) })
  }
}

/** A port that is not declared is probed all the same; a name that is not declared means nothing. */
function serviceKnown(needed: GuestDraft, service: ServiceKey | null, gathering: Gathering): boolean {
  if (service === null || needed.spec.services.some((one) => one.key === service)) return true
  const keys = needed.spec.services.map((one) => one.key)
  const { id } = needed.spec
  if (service.includes('/')) {
    const { guest, at, lookup } = gathering
    lookup.problems.warning(guest.source, at, path(gathering), {
      code: 'undeclared-port',
      guest: id,
      got: service,
      expected: keys,
    })
    return true
  }
  fail(gathering, {
    code: 'unknown-service',
    guest: id,
    got: service,
    expected: keys,
    nearest: gathering.lookup.problems.nearest(service, () => keys),
  })
  return false
}

function externalNeed(target: ExternalTarget, gathering: Gathering): Omit<ExternalNeed, 'onLoss'> {
  const { guest, lookup, at } = gathering
  if (lookup.guests.has(guestId(target.address))) {
    lookup.problems.warning(guest.source, at, path(gathering), { code: 'external-is-known', got: target.address })
  }
  const { kind, address, port, protocol, probe } = target
  return { kind, address, port, protocol, probe, probePolicy: { ...defaultProbePolicy, ...target.probePolicy } }
}

function unknown(
  gathering: Gathering,
  code: 'unknown-guest' | 'unknown-tag',
  got: string,
  known: () => Iterable<string>,
): void {
  fail(gathering, { code, got, nearest: gathering.lookup.problems.nearest(got, known) })
}

function fail(gathering: Gathering, data: ProblemData): void {
  gathering.lookup.problems.error(gathering.guest.source, gathering.at, path(gathering), data)
}

function path({ guest, index }: Gathering): string {
  return pathText(['guests', guest.spec.id, 'needs', index])
}
