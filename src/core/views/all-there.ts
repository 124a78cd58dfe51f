import type { HostSpec } from '../../model/cluster.ts'
import type { GuestId, HostId, Instant } from '../../model/ids.ts'
import { agentLife, instant, wallTime } from '../../model/ids.ts'
import { firstSeat, type MemberSight } from '../../model/member.ts'
import { absentGuest, type GuestObservation, type HostObservation } from '../../model/observation.ts'
import type { GuestRecord } from '../../model/record.ts'
import { noWish } from '../../model/wish.ts'
import type { CompiledCluster } from '../graph.ts'
import type { ClusterSnapshot } from '../snapshot.ts'
import { clusterView } from './cluster-view.ts'
import { ownerOf } from './move-plan.ts'
import { suppose, type WideView } from './suppose.ts'
import { standbyMib } from './survive.ts'

const life = agentLife('all-there')
const bootId = 'all-there'
const now: Instant = instant(0)

/**
 * The cluster as its file means it: every host there and in service, every guest that shall run up, where it is now or else
 * where placement first puts it. What the file and its rules can bear is judged by this, whatever is broken at the moment.
 * `known` lends sizes, wishes and places; null: only the file is known. A guest that has no place even so has no record.
 */
export function allThere(compiled: CompiledCluster, known: ClusterSnapshot | null): WideView {
  const hosts = hostsOf(compiled, known)
  const begun = beginning(compiled, known, hosts)
  const amounts = knownAmounts(known)
  const first = suppose(clusterView(compiled, begun) as WideView, {
    guest: (guest) => {
      const own = guest.memoryMib || (amounts.get(guest.id) ?? 0)
      return { ...guest, memoryMib: Math.max(own, standbyMib(guest.id, compiled, amounts)) }
    },
  })
  const owners = new Map<GuestId, HostId>()
  for (const sight of first.sights) {
    if (sight.ownWish !== 'running') continue
    const place = first.places.get(sight.compiled.id)
    if (place?.kind === 'at') owners.set(sight.compiled.id, place.host)
    else if (place === undefined && sight.record !== null) owners.set(sight.compiled.id, ownerOf(sight)!)
  }
  const records = new Map([...owners].map(([guest, owner]) => [guest, readyRecord(guest, owner)]))
  return clusterView(compiled, { ...begun, records, observations: observed(hosts, known, owners, amounts) }) as WideView
}

function hostsOf({ spec }: CompiledCluster, known: ClusterSnapshot | null): readonly HostId[] {
  const members = known?.members == null ? null : [...known.members.sights.values()]
  const seen = [...(known?.observations.keys() ?? [])]
  if (members !== null) return members.filter(({ kind }) => kind === 'host').map(({ member }) => member)
  const named = spec.hosts.map((host: HostSpec) => host.id)
  // A file that names one host, or none, means the one that is there.
  return named.length > 1 || seen.length === 0 ? named : seen
}

function beginning(
  compiled: CompiledCluster,
  known: ClusterSnapshot | null,
  hosts: readonly HostId[],
): ClusterSnapshot {
  const records = new Map<GuestId, GuestRecord>()
  for (const { id } of compiled.order) {
    const owner = known?.records.get(id)?.owner ?? null
    // Down and released: it stays with its owner if that may be, and goes elsewhere otherwise.
    if (owner !== null && hosts.includes(owner)) records.set(id, downRecord(id, owner))
  }
  return {
    cluster: compiled.spec,
    wishes: new Map([...(known?.wishes ?? [])].map(([guest, { state }]) => [guest, { ...noWish, state }])),
    hostWishes: new Map(),
    records,
    hostRecords: new Map(hosts.map((host) => [host, { host, life, bootId }])),
    observations: observed(hosts, known, new Map(), new Map()),
    members: {
      sights: new Map(hosts.map((host) => [host, sightOfMember(host)])),
      fileRevision: 1,
      renewingSince: now,
      begunAt: now,
      armed: true,
      lacks: new Map(),
    },
    now,
    wall: wallTime(0),
  }
}

function sightOfMember(member: HostId): MemberSight {
  return {
    member,
    kind: 'host',
    alive: null,
    revision: 1,
    unchangedSince: now,
    renewed: true,
    askedSince: now,
    heardAt: now,
  }
}

function observed(
  hosts: readonly HostId[],
  known: ClusterSnapshot | null,
  owners: ReadonlyMap<GuestId, HostId>,
  amounts: ReadonlyMap<GuestId, number>,
): ClusterSnapshot['observations'] {
  return new Map(
    hosts.map((host) => {
      const before = known?.observations.get(host)?.observation
      const guests = [...owners].filter(([, owner]) => owner === host)
      const observation: HostObservation = {
        ...{ host, life, bootId, fileRevision: 1, complete: true, hypervisor: 'up', externals: {} },
        memoryMib: before?.memoryMib ?? null,
        cpus: before?.cpus ?? null,
        otherGuestsMib: before?.otherGuestsMib ?? 0,
        guests: new Map(guests.map(([guest]) => [guest, upGuest(amounts.get(guest) ?? null)])),
      }
      return [host, { observation, seenAt: now, verdictSince: new Map() }]
    }),
  )
}

/** What a guest was given, wherever it was seen. */
function knownAmounts(known: ClusterSnapshot | null): Map<GuestId, number> {
  const amounts = new Map<GuestId, number>()
  for (const { observation } of known?.observations.values() ?? []) {
    for (const [guest, seen] of observation.guests) {
      const mib = seen.memoryMib ?? seen.memoryMaxMib
      if (mib !== null) amounts.set(guest, Math.max(mib, amounts.get(guest) ?? 0))
    }
  }
  return amounts
}

function upGuest(memoryMib: number | null): GuestObservation {
  return { ...absentGuest, run: 'running', memoryMib }
}

function readyRecord(guest: GuestId, owner: HostId): GuestRecord {
  return {
    ...downRecord(guest, owner),
    ...{ phase: { kind: 'ready' }, because: { code: 'runs' }, wanted: 'running', seat: firstSeat },
  }
}

function downRecord(guest: GuestId, owner: HostId): GuestRecord {
  return {
    ...{ guest, owner, epoch: 1, generation: 1, tries: 0, relapses: 0, launchSerial: 0, memoryMib: null },
    ...{ phase: { kind: 'waiting', notBefore: null }, because: { code: 'wish-running' }, wanted: 'as-is' },
    ...{ seat: { ...firstSeat, released: true }, enteredAt: now, enteredAtWall: wallTime(0) },
  }
}
