import { type Decision, decide } from '../../src/core/decide.ts'
import { type CompiledCluster, compileCluster } from '../../src/core/graph.ts'
import { type ClusterSpec, defaultSettings } from '../../src/model/cluster.ts'
import { defaultGuestPolicy, type GuestPolicy, type GuestSpec } from '../../src/model/guest.ts'
import { agentLife, type GuestId, guestId, hostId, instant, serviceKey, wallTime } from '../../src/model/ids.ts'
import type { NeedSpec, OnLoss } from '../../src/model/need.ts'
import type { GuestObservation, RunState, Verdict } from '../../src/model/observation.ts'
import type { GuestRecord, HostRecord } from '../../src/model/record.ts'
import { defaultProbe, defaultProbePolicy, type Protocol } from '../../src/model/service.ts'
import { type GuestWish, type HostWish, noWish } from '../../src/model/wish.ts'

export const home = hostId('h1')

export type GuestDraft = Partial<Omit<GuestSpec, 'services' | 'needs' | 'policy'>> & {
  services?: string[]
  needs?: (string | [string, OnLoss])[]
  policy?: Partial<GuestPolicy>
}

export function clusterOf(drafts: Record<string, GuestDraft>, over: Partial<ClusterSpec> = {}): ClusterSpec {
  const guests = Object.entries(drafts).map(([id, draft]) => guestOf(id, draft))
  return { version: 1, name: 'test', hosts: [], guests, rules: [], settings: defaultSettings, ...over }
}

function guestOf(id: string, draft: GuestDraft): GuestSpec {
  return {
    source: { kind: 'existing', domain: id },
    address: { kind: 'fixed', address: '127.0.0.1' },
    wish: 'running',
    host: null,
    startAtBoot: true,
    priority: 0,
    tags: [],
    memory: { startMib: null, runMib: null, maxMib: null },
    cpus: null,
    failback: true,
    liveMigration: true,
    ...draft,
    id: guestId(id),
    services: (draft.services ?? []).map((key) => {
      const [port, protocol] = key.split('/') as [string, Protocol]
      const probe = defaultProbe(Number(port), protocol)
      return { key: serviceKey(key), port: Number(port), protocol, probe, probePolicy: defaultProbePolicy }
    }),
    needs: (draft.needs ?? []).map((need) => needOf(need)),
    policy: { ...defaultGuestPolicy, ...draft.policy },
  }
}

function needOf(need: string | [string, OnLoss]): NeedSpec {
  const [text, onLoss] = typeof need === 'string' ? [need, 'pause' as const] : need
  const [guest, service] = text.split(':')
  return { kind: 'guest', guest: guestId(guest!), service: service ? serviceKey(service) : null, onLoss }
}

const stoppedGuest: GuestObservation = {
  run: 'stopped',
  stopCause: null,
  pauseCause: null,
  memoryMib: null,
  memoryMaxMib: null,
  memoryUsedMib: null,
  address: null,
  tried: null,
  trouble: null,
  services: {},
}

/** A cluster on one host for tables of decisions: set what is seen and wished, play rounds, read records and words. */
export class World {
  cluster: CompiledCluster
  readonly records = new Map<GuestId, GuestRecord>()
  readonly hostRecords = new Map<ReturnType<typeof hostId>, HostRecord>()
  readonly wishes = new Map<GuestId, GuestWish>()
  readonly hostWishes = new Map<ReturnType<typeof hostId>, HostWish>()
  readonly seen = new Map<GuestId, GuestObservation>()
  readonly words: string[] = []
  hypervisor: 'up' | 'down' = 'up'
  memoryMib = 1_000_000
  bootId = 'boot-1'
  life = 'life-1'
  nowMs = 1_000

  constructor(drafts: Record<string, GuestDraft>, over: Partial<ClusterSpec> = {}) {
    this.cluster = compileCluster(clusterOf(drafts, over))
    for (const guest of this.cluster.order) this.seen.set(guest.id, stoppedGuest)
  }

  see(id: string, run: RunState, services: Record<string, Verdict> = {}, more: Partial<GuestObservation> = {}): this {
    this.seen.set(guestId(id), { ...this.seen.get(guestId(id))!, run, services, stopCause: null, ...more })
    return this
  }

  wish(id: string, wish: Partial<GuestWish>): this {
    this.wishes.set(guestId(id), { ...(this.wishes.get(guestId(id)) ?? noWish), ...wish })
    return this
  }

  after(ms: number): this {
    this.nowMs += ms
    return this
  }

  /** One decision, taken over into the records. */
  round(): Decision {
    const observation = {
      host: home,
      life: agentLife(this.life),
      bootId: this.bootId,
      complete: true,
      hypervisor: this.hypervisor,
      memoryMib: this.memoryMib,
      cpus: 8,
      otherGuestsMib: 0,
      guests: new Map(this.seen),
      externals: {},
    }
    const decision = decide(this.cluster, {
      cluster: this.cluster.spec,
      wishes: this.wishes,
      hostWishes: this.hostWishes,
      records: this.records,
      hostRecords: this.hostRecords,
      observations: new Map([[home, { observation, seenAt: instant(this.nowMs), verdictSince: new Map() }]]),
      now: instant(this.nowMs),
      wall: wallTime(this.nowMs),
    })
    for (const record of decision.records) this.records.set(record.guest, record)
    for (const guest of decision.forgotten) this.records.delete(guest)
    for (const host of decision.hosts) this.hostRecords.set(host.host, host)
    for (const event of decision.events) this.words.push(`${event.word} ${event.guest}`)
    return decision
  }

  /** Rounds until nothing changes any more. */
  settle(): this {
    for (let i = 0; i < 20; i++) {
      const { records, hosts, forgotten } = this.round()
      if (records.length + hosts.length + forgotten.length === 0) return this
    }
    throw new Error(`decisions do not settle: ${this.words.slice(-10).join(', ')}`)
  }

  /** Starts everything as a real agent would, until all is ready. */
  launched(): this {
    for (let i = 0; i < 50; i++) {
      this.settle()
      for (const guest of this.cluster.order) {
        if (this.wanted(guest.id) !== 'running') continue
        const answers = Object.fromEntries(guest.probed.map((service) => [service.key, 'answering' as const]))
        const generation = this.records.get(guest.id)?.generation ?? 0
        this.see(guest.id, 'running', answers, { tried: { generation, fault: null } })
      }
      if (this.cluster.order.every((guest) => this.phase(guest.id) === 'ready')) return this
    }
    throw new Error('the cluster does not launch')
  }

  phase(id: string): string | undefined {
    return this.records.get(guestId(id))?.phase.kind
  }

  wanted(id: string): string | undefined {
    return this.records.get(guestId(id))?.wanted
  }

  because(id: string): string | undefined {
    return this.records.get(guestId(id))?.because.code
  }

  /** The words since the last call. */
  heard(): string[] {
    return this.words.splice(0)
  }
}
