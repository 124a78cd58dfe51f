import type { GuestId, HostId } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'
import { startMib } from '../capacity.ts'
import type { CompiledCluster } from '../graph.ts'
import type { HostView } from '../hosts.ts'
import { place } from '../placement.ts'
import { isFree, placementQuestion } from '../seating.ts'
import { type GuestSight, sightOf } from '../sight.ts'
import { ownerOf } from './move-plan.ts'
import type { WideView } from './suppose.ts'
import type { GuestReason } from './wish-plan.ts'

/** What the loss of some hosts would leave. */
export interface Loss {
  readonly hosts: readonly HostId[]
  /** Guests that would wait for a host, in launch order. */
  readonly waiting: readonly GuestReason[]
}

export interface Survival {
  /** No loss leaves anybody waiting. */
  readonly survives: boolean
  /** Every loss of so many hosts, in order of their names. */
  readonly losses: readonly Loss[]
}

/** More losses than this are not looked at: each is a whole placement. */
export const mostLosses = 100_000

/** N+1 and its kin: takes each set of so many hosts away and asks placement where the guests would go. Pure; the caller bounds it by `lossCount`. */
export function survival(view: WideView, count: number): Survival {
  const hosts = hostsToLose(view)
  const amounts = amountsNow(view)
  const losses = [...combinations(hosts, count)].map((lost) => ({
    hosts: lost,
    waiting: waitingWithout(view, lost, amounts),
  }))
  return { survives: losses.every(({ waiting }) => waiting.length === 0), losses }
}

/** Hosts that may still be lost: those that are gone already are not there to begin with. */
export function hostsToLose(view: WideView): HostId[] {
  return [...view.hosts.values()]
    .filter((host) => !host.gone)
    .map((host) => host.id)
    .sort(byName)
}

/** How many sets of `count` there are among so many; exact as far as it matters. */
export function lossCount(hosts: number, count: number): number {
  let ways = 1
  for (let k = 1; k <= count; k++) ways = (ways * (hosts - count + k)) / k
  return Math.round(ways)
}

/** What each guest holds while its host is there: afterwards nobody could say it of a machine that keeps its own definition. */
function amountsNow({ sights }: WideView): ReadonlyMap<GuestId, number> {
  return new Map(sights.map((sight) => [sight.compiled.id, startMib(sight) ?? sight.seen.memoryMib ?? 0]))
}

function waitingWithout(view: WideView, lost: readonly HostId[], amounts: ReadonlyMap<GuestId, number>): GuestReason[] {
  const { compiled, snapshot } = view
  const hosts = new Map([...view.hosts].map(([id, host]) => [id, lost.includes(id) ? lostHost(host) : host]))
  const sights = view.sights.map((sight) => (isHit(sight, lost) ? withoutMove(sight, hosts, view) : sight))
  const question = placementQuestion(compiled, sights, hosts, snapshot)
  const left = question.hosts.filter((host) => !lost.includes(host.id))
  const guests = question.guests.map((guest) => ({
    ...guest,
    memoryMib: Math.max(guest.memoryMib || (amounts.get(guest.id) ?? 0), standbyMib(guest.id, compiled, amounts)),
  }))
  const places = place(guests, left, question.rules)
  return sights.flatMap((sight): GuestReason[] => {
    const found = places.get(sight.compiled.id)
    if (found?.kind !== 'nowhere' || sight.ownWish !== 'running' || !isFree(sight, hosts)) return []
    return [{ guest: sight.compiled.id, because: { code: 'no-place', hosts: found.refusals } }]
  })
}

/** A guest's place must do for its standby, too, when it comes to that; 0: it has none. */
export function standbyMib(guest: GuestId, { byId }: CompiledCluster, amounts: ReadonlyMap<GuestId, number>): number {
  const standby = byId.get(guest)?.spec.standby
  if (standby === undefined) return 0
  const { memory } = byId.get(standby)!.spec
  return memory.startMib ?? amounts.get(standby) ?? 0
}

function lostHost(host: HostView): HostView {
  return {
    ...host,
    ...{ standing: 'lost', gone: true, accepts: false, keeps: false, goingDown: false, leaving: 'no', frozen: false },
    refusal: { code: 'not-there' },
    cause: 'host-lost',
  }
}

function isHit(sight: GuestSight, lost: readonly HostId[]): boolean {
  const named = [ownerOf(sight), sight.record?.seat?.move?.to]
  return named.some((host) => host != null && lost.includes(host))
}

/** A move from or to a lost host has ended: the guest is where it was. */
function withoutMove(sight: GuestSight, hosts: ReadonlyMap<HostId, HostView>, { snapshot }: WideView): GuestSight {
  const { record, compiled } = sight
  const still = record?.seat?.move ? { ...record, seat: { ...record.seat, move: null } } : record
  return sightOf(compiled, snapshot, hosts, still)
}

/** Each set of `count` of them, in order. */
function* combinations<T>(items: readonly T[], count: number): Generator<readonly T[]> {
  if (count === 0) yield []
  else {
    for (let first = 0; first <= items.length - count; first++) {
      for (const rest of combinations(items.slice(first + 1), count - 1)) yield [items[first]!, ...rest]
    }
  }
}
