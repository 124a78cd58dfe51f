import { type Place, type PlacedGuest, type PlacementHost, place } from '../../src/core/placement.ts'
import type { RuleSpec } from '../../src/model/cluster.ts'
import { type GuestId, guestId, type HostId, hostId } from '../../src/model/ids.ts'

export type GuestDraft = Partial<Omit<PlacedGuest, 'id' | 'at' | 'wants' | 'home' | 'avoid'>> & {
  wants?: string
  home?: string
  avoid?: string[]
}

export function guest(id: string, at: string | null, free: boolean, draft: GuestDraft): PlacedGuest {
  const { wants, home, avoid, ...more } = draft
  return {
    ...{ id: guestId(id), priority: 0, at: at === null ? null : hostId(at), alsoAt: null, fixed: false, free },
    ...{ failback: true, memoryMib: 0 },
    ...{ wants: (wants as HostId) ?? null, home: (home as HostId) ?? null, avoid: (avoid ?? []) as HostId[] },
    ...more,
  }
}

/** Runs there. */
export const up = (id: string, at: string, draft: GuestDraft = {}) => guest(id, at, false, draft)
/** Down for certain; was there last. */
export const down = (id: string, at: string | null = null, draft: GuestDraft = {}) => guest(id, at, true, draft)

export function host(id: string, more: Partial<PlacementHost> = {}): PlacementHost {
  const open = { accepts: true, keeps: true, refusal: null, cause: 'host-lost', usableMib: null } as const
  return { id: hostId(id), ...open, ...more }
}

export const gone = { accepts: false, keeps: false, refusal: { code: 'not-there' } } as const
export const left = { accepts: false, keeps: false, refusal: { code: 'maintenance' }, cause: 'maintenance' } as const
export const [n1, n2, n3] = [host('n1'), host('n2'), host('n3')] as const

export function rule(kind: 'apart' | 'together', ...guests: string[]): RuleSpec {
  return { kind, guests: guests as GuestId[], strict: true }
}

export function only(guests: string[], ...hosts: string[]): RuleSpec {
  return {
    kind: 'hosts',
    guests: guests as GuestId[],
    hosts: Object.fromEntries(hosts.map((id) => [id, 0])),
    strict: true,
  }
}

export function rather(guests: string[], hosts: Record<string, number>): RuleSpec {
  return { kind: 'hosts', guests: guests as GuestId[], hosts, strict: false }
}

/** `n1`, with the cause of a move in brackets; of one without a place, why each host refuses it. */
export function said(one: Place): string {
  const where =
    one.kind === 'at'
      ? `${one.host}${one.cause === null ? '' : ` (${one.cause})`}`
      : `nowhere: ${one.refusals.map(({ host: id, why }) => `${id} ${why.code}`).join(', ')}`
  return one.refused === undefined ? where : `${where}, refused: ${one.refused.host} ${one.refused.why.code}`
}

export function sayings(guests: readonly PlacedGuest[], hosts: readonly PlacementHost[], rules: readonly RuleSpec[]) {
  const places = place(guests, hosts, rules)
  return Object.fromEntries([...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, one]) => [id, said(one)]))
}
