import type { WishState } from '../../model/guest.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import { byName } from '../../model/ids.ts'
import type { GuestMove } from '../../model/member.ts'
import type { RunState, Verdict } from '../../model/observation.ts'
import type { GuestState, Phase } from '../../model/phase.ts'
import type { Reason } from '../../model/reason.ts'
import { hostSpecOf } from '../capacity.ts'
import type { GuestSight } from '../sight.ts'
import type { ClusterSnapshot } from '../snapshot.ts'
import { replacedBy } from '../standby.ts'
import type { ClusterView, NeedData } from './cluster-view.ts'
import { needsData } from './cluster-view.ts'
import { guestState, silence, unheard } from './guest-state.ts'
import { type MemberData, type MembersData, memberData, membersData } from './members.ts'

/** The whole cluster as people are shown it. Times are wall-clock milliseconds, amounts of memory MiB. */
export interface StatusData {
  readonly at: number
  /** Null until a cluster file was applied. */
  readonly cluster: string | null
  readonly hosts: readonly HostData[]
  /** Absent: there is one host. */
  readonly members?: MembersData
  /** In launch order. */
  readonly guests: readonly GuestData[]
}

export interface HostData {
  readonly id: string
  readonly seen: boolean
  /** False until its agent has looked at every watched guest once. */
  readonly complete: boolean
  readonly hypervisor: 'up' | 'down' | 'unknown'
  readonly cpus: number | null
  readonly memory: {
    readonly totalMib: number | null
    readonly reservedMib: number
    /** Held by the guests of the file that run now. */
    readonly guestsMib: number
    /** Held by other domains. */
    readonly othersMib: number
  }
  /** Guests that are its own. */
  readonly guests: number
  /** Absent: there is one host. */
  readonly member?: MemberData
}

export interface GuestData {
  readonly id: GuestId
  readonly state: GuestState
  readonly phase: Phase
  readonly run: RunState
  readonly host: string | null
  readonly because: Reason
  readonly needs: readonly NeedData[]
  readonly services: readonly { readonly key: string; readonly verdict: Verdict }[]
  readonly memory: {
    readonly givenMib: number | null
    readonly usedMib: number | null
    readonly maxMib: number | null
    readonly wishedMib: number | null
    /** Its memory goes by its need, never below this; absent: it does not. */
    readonly leastMib?: number
    /** What it is told to have, and why. Absent: nothing was decided about it yet. */
    readonly targetMib?: number
    readonly because?: Reason
  }
  readonly address: string | null
  /** When the phase was entered; null = no decision yet. */
  readonly since: number | null
  /** End of a back-off, from `at` on; null = none. */
  readonly retryInMs: number | null
  /** Launch level, from 1: a guest of wave 1 needs no other. */
  readonly wave: number
  readonly tags: readonly string[]
  readonly wish: WishState
  readonly watch: boolean
  readonly pausedByHand: boolean
  readonly startAtBoot: boolean
  readonly priority: number
  /** True while a command was given and not acted upon yet. */
  readonly commanded: boolean
  /** Failed tries of the present start. */
  readonly tries: number
  /** From start to ready, as its earlier launches took; null = never seen. */
  readonly expectedMs: number | null
  /** The standby that has its place. Absent: it has it itself. */
  readonly replacedBy?: GuestId
  /** It is the standby of this guest. Absent: it is none. */
  readonly standbyOf?: GuestId
  /** Under way. Absent: there is one host. */
  readonly move?: Pick<GuestMove, 'to' | 'how' | 'cause'> | null
  /** True while a move was asked for and not acted upon yet. Absent: there is one host. */
  readonly moveAsked?: boolean
}

export type ExpectedMs = (guest: string) => number | null

export const nothingExpected: ExpectedMs = () => null

export function statusData(view: ClusterView | null, snapshot: ClusterSnapshot, expectedMs: ExpectedMs): StatusData {
  return {
    at: snapshot.wall,
    cluster: view?.compiled.spec.name ?? null,
    ...hostsAndMembers(view, snapshot),
    guests: view?.sights.map((sight) => guestData(view, sight, expectedMs)) ?? [],
  }
}

export function guestData(view: ClusterView, sight: GuestSight, expectedMs: ExpectedMs): GuestData {
  const { compiled, record, seen, wish } = sight
  const { spec } = compiled
  const phase: Phase = record?.phase ?? { kind: 'waiting', notBefore: null }
  const silent = silence(sight, view.hosts) ?? unheard(sight, view.hosts)
  return {
    id: spec.id,
    state: silent === null ? guestState(phase, seen.run) : 'waiting',
    phase: silent !== null || phase.kind === 'waiting' ? { kind: 'waiting', notBefore: null } : phase,
    run: seen.run,
    host: record?.owner ?? sight.host?.observation.host ?? spec.host,
    // Of one that waits its record says for what.
    because: (phase.kind === 'waiting' ? null : silent) ?? record?.because ?? { code: 'no-host' },
    needs: needsData(view, sight),
    services: spec.services.map(({ key }) => ({ key, verdict: seen.services[key] ?? 'unknown' })),
    memory: {
      givenMib: seen.memoryMib,
      usedMib: seen.memoryUsedMib,
      maxMib: seen.memoryMaxMib ?? spec.memory.maxMib,
      wishedMib: wish.memoryMib ?? spec.memory.runMib,
      ...(spec.memory.minMib !== undefined && {
        leastMib: spec.memory.minMib,
        ...(record?.memoryMib != null && { targetMib: record.memoryMib }),
        ...(record?.memoryBecause !== undefined && { because: record.memoryBecause }),
      }),
    },
    address: seen.address ?? (spec.address.kind === 'fixed' ? spec.address.address : null),
    since: record?.enteredAtWall ?? null,
    retryInMs: retryInMs(phase, view.snapshot.now),
    wave: compiled.wave + 1,
    tags: spec.tags,
    wish: sight.wishState,
    watch: wish.watch,
    pausedByHand: wish.pausedByHand,
    startAtBoot: spec.startAtBoot,
    priority: spec.priority,
    commanded: sight.commanded,
    tries: record?.tries ?? 0,
    expectedMs: expectedMs(spec.id),
    ...standbyData(sight),
    ...(view.hosts !== null && {
      move: moveData(sight),
      moveAsked: (wish.moveSerial ?? 0) > (record?.seat?.moveSerial ?? 0),
    }),
  }
}

function standbyData(sight: GuestSight): Pick<GuestData, 'replacedBy' | 'standbyOf'> {
  const by = replacedBy(sight)
  const { first } = sight.compiled
  return { ...(by !== null && { replacedBy: by }), ...(first !== undefined && { standbyOf: first.spec.id }) }
}

function moveData({ record }: GuestSight): NonNullable<GuestData['move']> | null {
  const move = record?.seat?.move ?? null
  return move === null ? null : { to: move.to, how: move.how, cause: move.cause }
}

function hostsAndMembers(view: ClusterView | null, snapshot: ClusterSnapshot): Pick<StatusData, 'hosts' | 'members'> {
  const hosts = hostsData(snapshot)
  const { members } = snapshot
  if (view === null || view.hosts === null || members == null) return { hosts }
  const known = view.hosts
  const named = new Set(hosts.map(({ id }) => id))
  // A member that the file does not name is there all the same.
  const others = [...known.keys()].filter((id) => !named.has(id)).map((id) => unseenHost(id, snapshot))
  const all = [...hosts, ...others].sort((a, b) => byName(a.id, b.id))
  return {
    hosts: all.map((host) => ({ ...host, ...memberOf(host.id, view, snapshot) })),
    members: membersData(members),
  }
}

function memberOf(id: string, view: ClusterView, snapshot: ClusterSnapshot): Pick<HostData, 'member'> {
  const member = memberData(id, view, snapshot)
  return member === null ? {} : { member }
}

function retryInMs(phase: Phase, now: number): number | null {
  if (phase.kind !== 'waiting' || phase.notBefore === null) return null
  return phase.notBefore > now ? phase.notBefore - now : null
}

/** The hosts that are seen, then those of the file that are not. */
function hostsData(snapshot: ClusterSnapshot): HostData[] {
  const seen = [...snapshot.observations].map(([id, { observation }]): HostData => {
    const spec = snapshot.cluster === null ? null : hostSpecOf(snapshot.cluster, id)
    let guestsMib = 0
    for (const guest of observation.guests.values()) {
      if (guest.run === 'running' || guest.run === 'paused') guestsMib += guest.memoryMib ?? 0
    }
    return {
      id,
      seen: true,
      complete: observation.complete,
      hypervisor: observation.hypervisor,
      cpus: spec?.cpus ?? observation.cpus,
      memory: {
        totalMib: spec?.memoryMib ?? observation.memoryMib,
        reservedMib: spec?.reservedMib ?? 0,
        guestsMib,
        othersMib: observation.otherGuestsMib,
      },
      guests: guestsOf(id, snapshot),
    }
  })
  // A file that names one host means the one it is applied on.
  const unseen = (snapshot.cluster?.hosts ?? []).filter(
    (spec, _, all) => !snapshot.observations.has(spec.id) && !(all.length === 1 && seen.length > 0),
  )
  return [...seen, ...unseen.map(({ id }) => unseenHost(id, snapshot))]
}

function unseenHost(id: HostId, snapshot: ClusterSnapshot): HostData {
  const spec = snapshot.cluster?.hosts.find((host) => host.id === id)
  return {
    ...{ id, seen: false, complete: false, hypervisor: 'unknown', cpus: spec?.cpus ?? null },
    memory: {
      ...{ totalMib: spec?.memoryMib ?? null, reservedMib: spec?.reservedMib ?? 0, guestsMib: 0, othersMib: 0 },
    },
    guests: guestsOf(id, snapshot),
  }
}

function guestsOf(host: HostId, { records }: ClusterSnapshot): number {
  return [...records.values()].filter(({ owner }) => owner === host).length
}
