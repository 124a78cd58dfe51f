import type { WishState } from '../model/guest.ts'
import type { GuestId, HostId, Instant } from '../model/ids.ts'
import type { GuestObservation, Verdict } from '../model/observation.ts'
import { absentGuest, unseenGuest } from '../model/observation.ts'
import type { GuestRecord } from '../model/record.ts'
import type { GuestWish } from '../model/wish.ts'
import { noWish } from '../model/wish.ts'
import type { CompiledGuest } from './graph.ts'
import type { HostView } from './hosts.ts'
import type { ClusterSnapshot, SeenHost } from './snapshot.ts'

/** All that is known of one guest in one round, gathered once. */
export interface GuestSight {
  readonly compiled: CompiledGuest
  readonly wish: GuestWish
  /** What is wished of this guest itself, whatever becomes of its host. */
  readonly ownWish: WishState
  /** What holds now: a guest that is to run is `stopped` while its host goes down. */
  readonly wishState: WishState
  /** The host that it goes down with, in this boot of it; null: none. */
  readonly downWith: HostId | null
  readonly record: GuestRecord | null
  readonly host: SeenHost | null
  readonly seen: GuestObservation
  /** A launch or shutdown by command that was not acted upon yet. */
  readonly commanded: boolean
  /** A standby that has the place of its guest. */
  readonly standsIn: boolean
}

/** `hosts`: null where there is one. `record`: to look at a guest as it would be with another one. */
export function sightOf(
  compiled: CompiledGuest,
  snapshot: ClusterSnapshot,
  hosts: ReadonlyMap<HostId, HostView> | null = null,
  record: GuestRecord | null = snapshot.records.get(compiled.id) ?? null,
): GuestSight {
  const wish = snapshot.wishes.get(compiled.id) ?? noWish
  const owner = record?.owner ?? homeOf(compiled, snapshot)
  const view = owner === null ? undefined : hosts?.get(owner)
  const host = owner === null || view?.gone ? null : (snapshot.observations.get(owner) ?? null)
  const standsIn = isStandIn(compiled, snapshot)
  const ownWish = standbyWish(wish.state ?? compiled.spec.wish, standsIn, compiled, snapshot)
  const downWith = ownWish !== 'ignored' && owner !== null && takesDown(owner, view, snapshot) ? owner : null
  return {
    compiled,
    wish,
    ownWish,
    wishState: downWith !== null && ownWish === 'running' ? 'stopped' : ownWish,
    downWith,
    record,
    host,
    seen: view?.gone ? absentGuest : seenGuest(host, compiled.id, snapshot),
    commanded: wish.launchSerial > (record?.launchSerial ?? 0),
    standsIn,
  }
}

function isStandIn({ id, first }: CompiledGuest, { records }: ClusterSnapshot): boolean {
  return first !== undefined && records.get(first.spec.id)?.replacedBy === id
}

/** A standby that is to run does so while it has the place of a guest that is to run. */
function standbyWish(
  said: WishState,
  standsIn: boolean,
  { first }: CompiledGuest,
  { wishes }: ClusterSnapshot,
): WishState {
  if (first === undefined || said !== 'running') return said
  return standsIn && (wishes.get(first.spec.id)?.state ?? first.spec.wish) === 'running' ? 'running' : 'stopped'
}

/** What a host that goes down does not let move first. */
function takesDown(host: HostId, view: HostView | undefined, snapshot: ClusterSnapshot): boolean {
  if (view === undefined) return isGoingDown(host, snapshot)
  return view.goingDown && view.leaving !== 'evacuate'
}

/** True in the boot that somebody named when the host was told to go down, and in no other. */
export function isGoingDown(host: HostId, snapshot: ClusterSnapshot): boolean {
  const boot = snapshot.hostWishes.get(host)?.downInBoot ?? null
  const present = snapshot.observations.get(host)?.observation ?? snapshot.hostRecords.get(host)
  return boot !== null && present?.bootId === boot
}

/** Where a guest goes first: the host its spec names, or the only one there is. Several hosts: placement decides. */
export function homeOf(compiled: CompiledGuest, snapshot: ClusterSnapshot): HostId | null {
  if (snapshot.members == null && snapshot.observations.size === 1) return [...snapshot.observations.keys()][0] ?? null
  return compiled.spec.host
}

/** S7: a host whose hypervisor cannot be asked tells nothing of its guests. */
export function seenGuest(host: SeenHost | null, guest: GuestId, snapshot: ClusterSnapshot): GuestObservation {
  if (host === null || host.observation.hypervisor === 'down') return unseenGuest
  return host.observation.guests.get(guest) ?? (hasLookedForAll(host, snapshot) ? absentGuest : unseenGuest)
}

/** Several hosts tell only of the guests that are theirs or that they see: of others, a whole look says that they are not there. */
export function hasLookedForAll({ observation }: SeenHost, { members }: ClusterSnapshot): boolean {
  return members != null && observation.complete && observation.fileRevision === members.fileRevision
}

export function runs(seen: GuestObservation): boolean {
  return seen.run === 'running' || seen.run === 'paused'
}

export function isDown(seen: GuestObservation): boolean {
  return seen.run === 'stopped' || seen.run === 'absent'
}

export function isLostVerdict(verdict: Verdict | undefined): boolean {
  return verdict === 'refused' || verdict === 'silent'
}

export function verdictSince(sight: GuestSight, key: string): Instant | null {
  return sight.host?.verdictSince.get(`${sight.compiled.id} ${key}`) ?? null
}
