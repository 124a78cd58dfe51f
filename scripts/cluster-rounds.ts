/**
 * How long the leader's decision takes with several hosts of ten guests each: steady (nothing changed), launch (nothing
 * is placed yet), loss (one host is proven dead: its guests are placed elsewhere in that one round). Prints milliseconds as
 * JSON. For bench/rounds.ts.
 * usage: node scripts/cluster-rounds.ts HOSTS ROUNDS
 */
import { decide } from '../src/core/decide.ts'
import { type CompiledCluster, compileCluster } from '../src/core/graph.ts'
import type { ClusterSnapshot, SeenHost } from '../src/core/snapshot.ts'
import type { RuleSpec } from '../src/model/cluster.ts'
import { parseClusterFile } from '../src/model/file/parse-cluster-file.ts'
import { agentLife, guestId, type HostId, hostId, instant, wallTime } from '../src/model/ids.ts'
import type { MemberSight } from '../src/model/member.ts'
import { absentGuest, type GuestObservation } from '../src/model/observation.ts'
import type { GuestRecord, HostRecord } from '../src/model/record.ts'

const guestsEach = 10
const fileRevision = 1
const [count = 10, rounds = 1] = process.argv.slice(2).map(Number)
const ids = Array.from({ length: count }, (_, index) => hostId(`host${String(index).padStart(4, '0')}`))
const cluster = compileCluster(clusterOf())
const now = instant(10_000_000)
const launch = snapshotOf(() => absentGuest, new Map())
const up = settled()
const loss = withoutHost(up, ids[Math.floor(count / 2)]!)

const steady = decide(cluster, up)
if (steady.records.length > 0) throw new Error(`steady: ${steady.records.length} guests were decided about`)
const taken = decide(cluster, loss).records.filter((record) => record.seat?.lostFrom !== undefined)
if (taken.length !== guestsEach) throw new Error(`loss: expected ${guestsEach} guests to be taken, got ${taken.length}`)
process.stdout.write(`${JSON.stringify({ steady: timed(up), launch: timed(launch), loss: timed(loss) })}\n`)

/** Chains of guests on each host, a rule for every tenth host, room for the guests of any one host on the others. */
function clusterOf() {
  const hosts = ids.map((id) => `  ${id}: { memory: 16 GiB }`)
  const guests = ids.flatMap((id, place) =>
    Array.from({ length: guestsEach }, (_, index) => {
      const needs = index === 0 ? '' : `, needs: ["g${place}-${index - 1}:22/tcp"]`
      return `  g${place}-${index}: { host: ${id}, address: 192.0.2.1, services: [22/tcp], memory: 1 GiB${needs} }`
    }),
  )
  const text = `version: 1\nhosts:\n${hosts.join('\n')}\nguests:\n${guests.join('\n')}\n`
  const parsed = parseClusterFile({ path: 'cluster.yaml', text, readFile: () => ({ reason: 'ENOENT' }) })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems.slice(0, 3)))
  const rules = ids.slice(1).flatMap((_, place): RuleSpec[] => {
    const pair = [guestId(`g${place}-0`), guestId(`g${place + 1}-0`)]
    return place % 10 === 0 ? [{ kind: 'apart', guests: pair, strict: true }] : []
  })
  return { ...parsed.spec, rules }
}

function snapshotOf(
  guest: (of: CompiledCluster['order'][number]) => GuestObservation,
  records: ReadonlyMap<GuestRecord['guest'], GuestRecord>,
): ClusterSnapshot {
  const byHost = Map.groupBy(cluster.order, ({ spec }) => spec.host!)
  const life = (id: HostId) => agentLife(`life of ${id}`)
  const seen = (id: HostId): SeenHost => ({
    observation: {
      ...{ host: id, life: life(id), bootId: 'boot', complete: true, fileRevision, hypervisor: 'up' },
      ...{ memoryMib: 16_384, cpus: 16, otherGuestsMib: 0, externals: {} },
      guests: new Map((byHost.get(id) ?? []).map((one) => [one.id, guest(one)])),
    },
    seenAt: now,
    verdictSince: new Map(),
  })
  const sight = (id: HostId): MemberSight => ({
    ...{ member: id, kind: 'host', revision: 7, unchangedSince: now, renewed: true, heardAt: now },
    alive: { member: id, life: life(id), bootId: 'boot', serial: 1, armed: null, left: false },
  })
  return {
    cluster: cluster.spec,
    wishes: new Map(),
    hostWishes: new Map(),
    records,
    hostRecords: new Map(ids.map((id): [HostId, HostRecord] => [id, { host: id, life: life(id), bootId: 'boot' }])),
    observations: new Map(ids.map((id) => [id, seen(id)])),
    members: {
      sights: new Map(ids.map((id) => [id, sight(id)])),
      ...{ fileRevision, renewingSince: instant(0), begunAt: instant(0), armed: true, lacks: new Map() },
    },
    ...{ now, wall: wallTime(10_000_000) },
  }
}

function running({ probed }: CompiledCluster['order'][number]): GuestObservation {
  const services = Object.fromEntries(probed.map(({ key }) => [key, 'answering' as const]))
  const tried = { generation: 1, fault: null }
  return { ...absentGuest, run: 'running', memoryMib: 1_024, memoryMaxMib: 1_024, tried, services }
}

/** Decided until there is nothing more to decide. */
function settled(): ClusterSnapshot {
  const records = new Map<GuestRecord['guest'], GuestRecord>()
  for (let round = 0; round < 100; round++) {
    const snapshot = snapshotOf(round === 0 ? () => absentGuest : running, records)
    const decision = decide(cluster, snapshot)
    for (const record of decision.records) records.set(record.guest, record)
    if (decision.records.length === 0) return snapshot
  }
  throw new Error('the rounds find no end')
}

function withoutHost(snapshot: ClusterSnapshot, lost: HostId): ClusterSnapshot {
  const proof = { kind: 'watchdog', renewing: [] } as const
  const record: HostRecord = {
    ...snapshot.hostRecords.get(lost)!,
    loss: { bootId: 'boot', aliveRevision: 7, proof, at: wallTime(0) },
  }
  const observations = new Map(snapshot.observations)
  observations.delete(lost)
  return { ...snapshot, observations, hostRecords: new Map(snapshot.hostRecords).set(lost, record) }
}

function timed(snapshot: ClusterSnapshot): { firstMs: number; restMs: number[] } {
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now()
    decide(cluster, snapshot)
    return performance.now() - began
  })
  const [firstMs = Number.NaN, ...restMs] = times
  return { firstMs, restMs }
}
