import { type Decision, decide } from '../../src/core/decide.ts'
import { type CompiledCluster, compileCluster } from '../../src/core/graph.ts'
import { type HostView, hostViews } from '../../src/core/hosts.ts'
import type { ClusterSnapshot, MembersSnapshot } from '../../src/core/snapshot.ts'
import { type ClusterSettings, defaultSettings, type RuleSpec } from '../../src/model/cluster.ts'
import { agentLife, type GuestId, guestId, type HostId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import type { ArmedWatchdog, MemberSight, Proof, SeatRecord } from '../../src/model/member.ts'
import { absentGuest, type GuestObservation, type HostObservation, type RunState } from '../../src/model/observation.ts'
import type { ProofLack } from '../../src/model/reason.ts'
import type { GuestRecord, HostRecord } from '../../src/model/record.ts'
import { type GuestWish, type HostWish, noHostWish, noWish } from '../../src/model/wish.ts'
import { clusterOf, type GuestDraft } from './world.ts'

export const fileRevision = 7
export const [n1, n2, n3] = [hostId('n1'), hostId('n2'), hostId('n3')]
export const goodWatchdog: ArmedWatchdog = { feedMs: 3_500, timeoutMs: 5_000, marginMs: 1_500 }

/** A member that has renewed at this moment. */
export function sightOfMember(id: string, more: Partial<MemberSight> = {}): MemberSight {
  const member = hostId(id)
  const alive = {
    ...{ member, life: agentLife(`life-${id}`), bootId: `boot-${id}`, serial: 1, armed: goodWatchdog, left: false },
  }
  return {
    member,
    kind: 'host',
    alive,
    revision: 100,
    unchangedSince: instant(0),
    renewed: true,
    askedSince: instant(0),
    heardAt: null,
    ...more,
  }
}

export interface SeveralDraft {
  readonly hosts?: readonly string[]
  readonly rules?: readonly RuleSpec[]
  readonly settings?: Partial<ClusterSettings>
}

/** A cluster on several hosts for tables of decisions: says how each host stands and what runs there, plays rounds. */
export class Several {
  readonly cluster: CompiledCluster
  readonly sights = new Map<HostId, MemberSight>()
  readonly records = new Map<GuestId, GuestRecord>()
  readonly hostRecords = new Map<HostId, HostRecord>()
  readonly wishes = new Map<GuestId, GuestWish>()
  readonly hostWishes = new Map<HostId, HostWish>()
  /** Hosts whose observation does not count, as of those that are not online. */
  readonly unseen = new Set<HostId>()
  /** By host: more or other than what is usual. */
  readonly told = new Map<HostId, Partial<HostObservation>>()
  readonly lacks = new Map<HostId, ProofLack>()
  readonly words: string[] = []
  readonly #guests = new Map<HostId, Map<GuestId, GuestObservation>>()
  armed = true
  /** Hosts to be looked at since the store was restored; null: it was not. */
  restored: readonly HostId[] | null = null
  /** All of it began long ago. */
  nowMs = 1_000_000
  begunAtMs = 0
  renewingSinceMs: number | null = 0
  /** By host: since when the leader has heard of it without a break; long since where nothing is said. */
  readonly heardSinceMs = new Map<HostId, number>()

  constructor(drafts: Record<string, GuestDraft>, { hosts = ['n1', 'n2', 'n3'], rules, settings }: SeveralDraft = {}) {
    const over = { ...(rules && { rules }), settings: { ...defaultSettings, ...settings } }
    this.cluster = compileCluster(clusterOf(drafts, over))
    for (const id of hosts) {
      this.sights.set(hostId(id), sightOfMember(id, { unchangedSince: instant(this.nowMs) }))
      this.#guests.set(hostId(id), new Map())
    }
  }

  /** Time passes; all but the silent ones go on renewing. */
  after(ms: number, silent: readonly string[] = []): this {
    this.nowMs += ms
    for (const [id, sight] of this.sights) {
      if (silent.includes(id)) this.unseen.add(id)
      else if (sight.renewed) this.member(id, { unchangedSince: instant(this.nowMs), revision: sight.revision + 1 })
    }
    return this
  }

  member(id: string, more: Partial<MemberSight>): this {
    this.sights.set(hostId(id), { ...this.sights.get(hostId(id))!, ...more })
    return this
  }

  /** It stopped renewing so long ago, and what it published counts no more. */
  silent(id: string, forMs: number): this {
    this.unseen.add(hostId(id))
    return this.member(id, { unchangedSince: instant(this.nowMs - forMs) })
  }

  /** Renews again; `boot`: another boot, and another life, than before. */
  back(id: string, boot: string | null = null): this {
    this.unseen.delete(hostId(id))
    const { alive, revision } = this.sights.get(hostId(id))!
    const anew = boot === null ? alive : { ...alive!, bootId: boot, life: agentLife(boot), left: false }
    if (boot !== null) {
      this.told.set(hostId(id), { ...this.told.get(hostId(id)), bootId: boot, life: agentLife(boot) })
      this.#guests.set(hostId(id), new Map())
    }
    return this.member(id, { unchangedSince: instant(this.nowMs), revision: revision + 1, renewed: true, alive: anew })
  }

  /** S2: as the leader writes it. */
  lose(id: string, proof: Proof = { kind: 'watchdog', renewing: [n1, n3] }): this {
    const host = hostId(id)
    const { alive, revision } = this.sights.get(host)!
    this.unseen.add(host)
    const { bootId, life } = alive!
    const loss = { bootId, aliveRevision: revision, proof, at: wallTime(this.nowMs) }
    this.hostRecords.set(host, { ...(this.hostRecords.get(host) ?? { host, life, bootId }), loss })
    return this
  }

  leave(id: string): this {
    const { alive } = this.sights.get(hostId(id))!
    this.unseen.add(hostId(id))
    return this.member(id, { alive: { ...alive!, left: true }, unchangedSince: instant(this.nowMs) })
  }

  see(id: string, host: string, run: RunState, more: Partial<GuestObservation> = {}): this {
    const there = this.#guests.get(hostId(host))!
    if (run === 'absent' && Object.keys(more).length === 0) there.delete(guestId(id))
    else there.set(guestId(id), { ...absentGuest, run, ...more })
    return this
  }

  wish(id: string, wish: Partial<GuestWish>): this {
    this.wishes.set(guestId(id), { ...(this.wishes.get(guestId(id)) ?? noWish), ...wish })
    return this
  }

  migrate(id: string, to: string, how: 'live' | 'cold' = 'live'): this {
    const serial = this.wishes.get(guestId(id))?.moveSerial ?? 0
    return this.wish(id, { move: { to: hostId(to), how }, moveSerial: serial + 1 })
  }

  wishHost(id: string, wish: Partial<HostWish>): this {
    this.hostWishes.set(hostId(id), { ...(this.hostWishes.get(hostId(id)) ?? noHostWish), ...wish })
    return this
  }

  /** Changes what the leader remembers of a guest's place. */
  seat(id: string, seat: Partial<SeatRecord>): this {
    const record = this.records.get(guestId(id))!
    this.records.set(guestId(id), { ...record, seat: { ...record.seat!, ...seat } })
    return this
  }

  snapshot(): ClusterSnapshot & { members: MembersSnapshot } {
    const seen = [...this.sights.keys()].filter((id) => !this.unseen.has(id) && this.#guests.has(id))
    const now = instant(this.nowMs)
    return {
      cluster: this.cluster.spec,
      ...{ wishes: this.wishes, hostWishes: this.hostWishes, records: this.records, hostRecords: this.hostRecords },
      observations: new Map(
        seen.map((id) => {
          const heardSince = instant(this.heardSinceMs.get(id) ?? 0)
          return [id, { observation: this.#observation(id), seenAt: now, heardSince, verdictSince: new Map() }]
        }),
      ),
      members: {
        sights: this.sights,
        fileRevision,
        renewingSince: this.renewingSinceMs === null ? null : instant(this.renewingSinceMs),
        begunAt: instant(this.begunAtMs),
        armed: this.armed,
        lacks: this.lacks,
        ...(this.restored !== null && { restored: this.restored }),
      },
      now,
      wall: wallTime(this.nowMs),
    }
  }

  #observation(host: HostId): HostObservation {
    return {
      ...{ host, life: agentLife(`life-${host}`), bootId: `boot-${host}`, fileRevision, complete: true },
      ...{ hypervisor: 'up', memoryMib: 100_000, cpus: 8, otherGuestsMib: 0, externals: {}, looks: {} },
      guests: new Map(this.#guests.get(host)),
      ...this.told.get(host),
    }
  }

  views(): ReadonlyMap<HostId, HostView> {
    return hostViews(this.cluster.spec, this.snapshot())!
  }

  view(id: string): HostView {
    return this.views().get(hostId(id))!
  }

  round(): Decision {
    const decision = decide(this.cluster, this.snapshot())
    for (const record of decision.records) this.records.set(record.guest, record)
    for (const guest of decision.forgotten) this.records.delete(guest)
    for (const host of decision.hosts) this.hostRecords.set(host.host, host)
    if (decision.restoredOver) this.restored = null
    for (const event of decision.events) this.words.push(`${event.word} ${event.guest}`)
    return decision
  }

  /** Rounds until nothing changes any more. */
  settle(): this {
    for (let i = 0; i < 30; i++) {
      const { records, hosts, forgotten } = this.round()
      if (records.length + hosts.length + forgotten.length === 0) return this
    }
    throw new Error(`decisions do not settle: ${this.words.slice(-10).join(', ')}`)
  }

  /** What agents that can would have done by now; moves are left to the test. */
  obey(): this {
    for (const { id, probed } of this.cluster.order) {
      const record = this.records.get(id)
      if (record === undefined || record.owner === null || this.unseen.has(record.owner)) continue
      const services = Object.fromEntries(probed.map((service) => [service.key, 'answering' as const]))
      const tried = { generation: record.generation, fault: null }
      if (record.seat?.move?.how === 'live') continue
      if (record.wanted === 'running') this.see(id, record.owner, 'running', { services, tried })
      if (record.wanted === 'paused') this.see(id, record.owner, 'paused', { tried })
      if (record.wanted === 'stopped') this.see(id, record.owner, 'stopped', { stopCause: 'shutdown', tried })
    }
    return this
  }

  /** Rounds and obedience in turn, until all is quiet. */
  play(): this {
    for (let i = 0; i < 40; i++) {
      const before = JSON.stringify([...this.records.values()])
      this.settle().obey().settle()
      if (JSON.stringify([...this.records.values()]) === before) return this
    }
    throw new Error('the cluster does not come to rest')
  }

  record(id: string): GuestRecord {
    return this.records.get(guestId(id))!
  }

  /** `ready on n1`, with the reason where it is not up. */
  said(id: string): string {
    const record = this.records.get(guestId(id))
    if (record === undefined) return 'nothing'
    const { phase, owner, because } = record
    const up = ['ready', 'starting', 'paused'].includes(phase.kind)
    return `${phase.kind} on ${owner ?? 'no host'}${up ? '' : `: ${because.code}`}`
  }

  heard(): string[] {
    return this.words.splice(0)
  }
}
