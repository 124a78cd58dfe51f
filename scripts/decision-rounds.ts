/**
 * How long the leader's decision takes for a cluster file: steady (nothing changed), launch (nothing is up yet), loss
 * (the first guest's services are refused). Prints milliseconds as JSON. For bench/check.ts.
 * usage: node scripts/decision-rounds.ts FILE ROUNDS
 */
import { readFileSync } from 'node:fs'
import { type Decision, decide } from '../src/core/decide.ts'
import { type CompiledCluster, compileCluster } from '../src/core/graph.ts'
import type { ClusterSnapshot } from '../src/core/snapshot.ts'
import { parseClusterFile } from '../src/model/file/parse-cluster-file.ts'
import { agentLife, hostId, instant, wallTime } from '../src/model/ids.ts'
import { type GuestObservation, type HostObservation, unseenGuest, type Verdict } from '../src/model/observation.ts'

const host = hostId('host1')
const life = agentLife('measured')
const [file = '', rounds = '1'] = process.argv.slice(2)
const cluster = compileCluster(readSpec(file))
const down = snapshotOf(cluster, () => ({ ...unseenGuest, run: 'stopped' }))
const up = settled({ ...snapshotOf(cluster, (index) => running(index, 'answering')), records: down.records })
const lost = {
  ...snapshotOf(cluster, (index) => running(index, index === 0 ? 'refused' : 'answering')),
  records: up.records,
  hostRecords: up.hostRecords,
}

expect('steady', decide(cluster, up).records.length, 0)
expect('launch', decide(cluster, down).records.length, cluster.order.length)
expect('loss', decide(cluster, lost).records.length, cluster.order.length)
process.stdout.write(`${JSON.stringify({ steady: timed(up), launch: timed(down), loss: timed(lost) })}\n`)

function readSpec(path: string) {
  const parsed = parseClusterFile({ path, text: readFileSync(path, 'utf8'), readFile: () => ({ reason: 'ENOENT' }) })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems.slice(0, 3)))
  return parsed.spec
}

function running(index: number, verdict: Verdict): GuestObservation {
  const services = Object.fromEntries((cluster.order[index]?.probed ?? []).map(({ key }) => [key, verdict]))
  return { ...unseenGuest, run: 'running', memoryMib: 256, memoryMaxMib: 512, services }
}

function snapshotOf(of: CompiledCluster, guest: (index: number) => GuestObservation): ClusterSnapshot {
  const observation: HostObservation = {
    host,
    life,
    bootId: 'measured',
    complete: true,
    hypervisor: 'up',
    memoryMib: 8 * 1024 * 1024,
    cpus: 64,
    otherGuestsMib: 0,
    guests: new Map(of.order.map(({ id, index }) => [id, guest(index)])),
    externals: {},
  }
  return {
    cluster: of.spec,
    wishes: new Map(),
    hostWishes: new Map(),
    records: new Map(),
    hostRecords: new Map([[host, { host, life, bootId: 'measured' }]]),
    observations: new Map([[host, { observation, seenAt: instant(0), verdictSince: new Map() }]]),
    now: instant(1_000_000),
    wall: wallTime(1_000_000),
  }
}

/** Decided until there is nothing more to decide. */
function settled(from: ClusterSnapshot): ClusterSnapshot {
  let snapshot = from
  for (let round = 0; round < 100; round++) {
    const { records } = decide(cluster, snapshot)
    if (records.length === 0) return snapshot
    snapshot = { ...snapshot, records: new Map([...snapshot.records, ...byGuest(records)]) }
  }
  throw new Error('the rounds find no end')
}

function byGuest(records: Decision['records']) {
  return records.map((record) => [record.guest, record] as const)
}

function timed(snapshot: ClusterSnapshot): { firstMs: number; restMs: number[] } {
  const times = Array.from({ length: Number(rounds) }, () => {
    const began = performance.now()
    decide(cluster, snapshot)
    return performance.now() - began
  })
  const [firstMs = Number.NaN, ...restMs] = times
  return { firstMs, restMs }
}

function expect(what: string, got: number, wanted: number): void {
  if (got !== wanted) throw new Error(`${what}: expected ${wanted} guests to be decided about, got ${got}`)
}
