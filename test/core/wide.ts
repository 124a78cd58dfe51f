import { type CompiledCluster, compileCluster } from '../../src/core/graph.ts'
import type { ClusterSnapshot, MembersSnapshot } from '../../src/core/snapshot.ts'
import { type ClusterView, clusterView } from '../../src/core/views/cluster-view.ts'
import type { WideView } from '../../src/core/views/suppose.ts'
import { type ClusterSpec, defaultHostMeans } from '../../src/model/cluster.ts'
import { agentLife, type GuestId, guestId, type HostId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import { type ArmedWatchdog, firstSeat, type MemberSight, type SeatRecord } from '../../src/model/member.ts'
import { absentGuest, type GuestObservation, type HostObservation } from '../../src/model/observation.ts'
import type { Phase } from '../../src/model/phase.ts'
import type { Reason } from '../../src/model/reason.ts'
import type { GuestRecord } from '../../src/model/record.ts'
import { clusterOf, type GuestDraft } from './world.ts'

export interface WideGuest {
  /** Where it is; null: nowhere yet. */
  readonly on: string | null
  readonly spec?: GuestDraft
  readonly memoryMib?: number
  readonly phase?: Phase
  readonly because?: Reason
  readonly seat?: Partial<SeatRecord>
  /** Up unless said otherwise. */
  readonly run?: GuestObservation['run']
  readonly moving?: GuestObservation['moving']
}

export interface WideHost {
  readonly memoryMib?: number
  /** Its record has not changed for so long. */
  readonly silentMs?: number
  /** Default true: its record has changed since the one who looks began. */
  readonly renewed?: boolean
  readonly armed?: ArmedWatchdog | null
  /** Proven dead, by an oath. */
  readonly lost?: boolean
  readonly fence?: readonly string[]
}

export interface WideDraft {
  readonly hosts: Readonly<Record<string, WideHost>>
  readonly guests: Readonly<Record<string, WideGuest>>
  readonly over?: Partial<ClusterSpec>
  readonly members?: Partial<MembersSnapshot>
}

const life = (host: string) => agentLife(`life-${host}`)
const bootOf = (host: string) => `boot-${host}`
const nowMs = 1_000_000

/** Good enough for a lease of 10 s (S3). */
export const goodWatchdog: ArmedWatchdog = { feedMs: 3_500, timeoutMs: 5_000, marginMs: 1_500 }

/** Several hosts at one moment, for tables: every host online with its guests up, unless said otherwise. */
export function wideCluster({ hosts, guests, over = {}, members = {} }: WideDraft): {
  readonly compiled: CompiledCluster
  readonly snapshot: ClusterSnapshot
} {
  const drafts = Object.fromEntries(Object.entries(guests).map(([id, guest]) => [id, guest.spec ?? {}]))
  const compiled = compileCluster(clusterOf(drafts, { hosts: Object.entries(hosts).map(hostSpec), ...over }))
  const names = Object.keys(hosts)
  const snapshot: ClusterSnapshot = {
    cluster: compiled.spec,
    wishes: new Map(),
    hostWishes: new Map(),
    records: new Map(Object.entries(guests).flatMap(([id, guest]) => recordOf(id, guest))),
    hostRecords: new Map(
      names.map((name) => {
        const loss = {
          bootId: bootOf(name),
          aliveRevision: 1,
          proof: { kind: 'sworn', by: 'ana' } as const,
          at: wallTime(0),
        }
        const record = { host: hostId(name), life: life(name), bootId: bootOf(name) }
        return [hostId(name), hosts[name]!.lost ? { ...record, loss } : record]
      }),
    ),
    observations: new Map(
      names
        .filter((name) => !hosts[name]!.lost && (hosts[name]!.silentMs ?? 0) < 2_000)
        .map((name) => [
          hostId(name),
          { observation: observed(name, hosts[name]!, guests), seenAt: instant(nowMs), verdictSince: new Map() },
        ]),
    ),
    members: {
      sights: new Map(names.map((name) => [hostId(name), sightOf(name, hosts[name]!)])),
      fileRevision: 1,
      renewingSince: instant(0),
      begunAt: instant(0),
      armed: true,
      lacks: new Map(),
      leader: hostId(names[0]!),
      ...members,
    },
    now: instant(nowMs),
    wall: wallTime(1_767_225_600_000),
  }
  return { compiled, snapshot }
}

export function wideView(draft: WideDraft): WideView {
  const { compiled, snapshot } = wideCluster(draft)
  return viewOf(compiled, snapshot) as WideView
}

export const viewOf = (compiled: CompiledCluster, snapshot: ClusterSnapshot): ClusterView =>
  clusterView(compiled, snapshot)

function hostSpec([name, { memoryMib, fence = [] }]: [string, WideHost]): ClusterSpec['hosts'][number] {
  return {
    ...defaultHostMeans,
    ...{ id: hostId(name), memoryMib: memoryMib ?? 16_384, cpus: 8, reservedMib: 0, overcommit: 1 },
    fence: fence.map((id) => ({ id, agent: id, options: {}, secrets: {}, timeoutMs: 20_000 })),
  }
}

function recordOf(id: string, { on, phase, because, seat = {} }: WideGuest): [GuestId, GuestRecord][] {
  if (on === null) return []
  const record: GuestRecord = {
    ...{ guest: guestId(id), owner: hostId(on), epoch: 1, generation: 1, tries: 0, relapses: 0, launchSerial: 0 },
    ...{ phase: phase ?? { kind: 'ready' }, because: because ?? { code: 'runs' }, wanted: 'running', memoryMib: null },
    seat: { ...firstSeat, moves: 0, ...seat },
    ...{ enteredAt: instant(0), enteredAtWall: wallTime(0) },
  }
  return [[guestId(id), record]]
}

function observed(host: string, { memoryMib }: WideHost, guests: WideDraft['guests']): HostObservation {
  const own = Object.entries(guests).filter(([, guest]) => guest.on === host)
  return {
    ...{
      host: hostId(host),
      life: life(host),
      bootId: bootOf(host),
      fileRevision: 1,
      complete: true,
      hypervisor: 'up',
    },
    ...{ memoryMib: memoryMib ?? 16_384, cpus: 8, otherGuestsMib: 0, externals: {} },
    guests: new Map(
      own.map(([id, guest]) => {
        const services = Object.fromEntries((guest.spec?.services ?? []).map((key) => [key, 'answering' as const]))
        const seen = { run: guest.run ?? 'running', memoryMib: guest.memoryMib ?? 512, services }
        const { moving } = guest
        return [guestId(id), { ...absentGuest, ...seen, ...(moving && { moving }) }]
      }),
    ),
  }
}

function sightOf(
  name: string,
  { silentMs = 0, renewed = true, armed = goodWatchdog, lost = false }: WideHost,
): MemberSight {
  const member: HostId = hostId(name)
  return {
    ...{ member, kind: 'host', revision: 1, renewed, askedSince: instant(0), heardAt: null },
    alive: { member, life: life(name), bootId: bootOf(name), serial: 1, armed, left: false },
    unchangedSince: instant(nowMs - (lost ? 60_000 : silentMs)),
  }
}
