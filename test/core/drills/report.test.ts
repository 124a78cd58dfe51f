import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Disturbance,
  type DrillResult,
  type DrillRun,
  drillId,
  type MeasuredOutcome,
} from '../../../src/model/drill.ts'
import { reportDrill } from '../../../src/model/drills/report.ts'
import { wallTime } from '../../../src/model/ids.ts'
import { h1, plan } from './world.ts'

const pings = (lost: number, longestSilenceMs: number): MeasuredOutcome => ({
  ...{ kind: 'downtime', intervalMs: 1_000, sent: 100, received: 100 - lost, lost, duplicated: 0, longestSilenceMs },
})
const download = (bytesPerSecond: number, broken = false): MeasuredOutcome => ({
  ...{
    kind: 'transfer',
    downloads: 1,
    bytes: 1e8,
    expectedBytes: 1e8,
    tookMs: 1e11 / bytesPerSecond,
    bytesPerSecond,
    broken,
  },
  longestSilenceMs: 100,
})
const run = (during: Disturbance, number: number, outcome: MeasuredOutcome, covered = true): DrillRun => ({
  ...{ measure: outcome.kind, during, number, at: wallTime(0), actMs: during === 'nothing' ? null : 500 },
  ...{ covered, outcome },
})

function result(runs: readonly DrillRun[]): DrillResult {
  const measures = ['downtime', 'transfer', 'load'] as const
  const during = ['nothing', 'cold-move', 'live-migration', 'power-cut'] as const
  return {
    ...{ id: drillId('d'), plan: { ...plan, measures, during }, by: 'ana', at: wallTime(0), endedAt: wallTime(1) },
    ...{ host: h1, runs, stopped: null, restore: { kind: 'restored' } },
  }
}

const settings = { leaseMs: 10_000, migrationBandwidthMib: null }
const codes = (runs: readonly DrillRun[], of = settings): string[][] =>
  reportDrill(result(runs), of).groups.map(({ advice }) => advice.map(({ code }) => code))

test('each measure during each disturbance is a group, with how sure it is', () => {
  const runs = [1, 2, 3].flatMap((number) => [
    run('nothing', number, pings(0, 1_000)),
    run('cold-move', number, pings(30 + number, 31_000)),
  ])
  const [baseline, cold] = reportDrill(result(runs), settings).groups
  const figure = (name: string) => cold!.figures.find((one) => one.name === name)!
  assert.deepEqual([baseline!.during, cold!.during, cold!.runs], ['nothing', 'cold-move', 3])
  assert.deepEqual(figure('lost').values, [31, 32, 33])
  assert.equal(figure('downtimeMs').summary.mean, 32_000)
  assert.equal(figure('downtimeMs').summary.deviation, 1_000)
  assert.equal(figure('lossPercent').summary.mean, 32)
  assert.equal(figure('actMs').summary.mean, 500)
  assert.equal(
    baseline!.figures.some(({ name }) => name === 'actMs'),
    false,
  )
})

test('a download during a migration is held against the undisturbed one', () => {
  const runs = [1, 2].flatMap((number) => [
    run('nothing', number, download(2e6)),
    run('live-migration', number, download(1e6)),
  ])
  const [baseline, migrating] = reportDrill(result(runs), settings).groups
  assert.deepEqual([baseline!.ofBaseline, migrating!.ofBaseline], [null, 0.5])
  assert.ok(migrating!.advice.some((one) => one.code === 'limit-migration' && one.share === 0.5))
  const limited = reportDrill(result(runs), { ...settings, migrationBandwidthMib: 20 }).groups[1]!
  assert.ok(limited.advice.some((one) => one.code === 'migration-limit-low' && one.bandwidthMib === 20))
})

test('what would make it better follows from what was measured', () => {
  const ten = (during: Disturbance, outcome: MeasuredOutcome, covered = true): DrillRun[] =>
    Array.from({ length: 10 }, (_, index) => run(during, index + 1, outcome, covered))
  assert.deepEqual(codes(ten('nothing', pings(0, 1_000))), [[]])
  assert.deepEqual(codes(ten('nothing', pings(2, 3_000))), [['baseline-loses']])
  assert.deepEqual(codes(ten('cold-move', pings(30, 31_000))), [['move-live']])
  assert.deepEqual(codes(ten('live-migration', pings(1, 1_900))), [[]])
  assert.deepEqual(codes(ten('live-migration', pings(4, 4_900))), [['migration-loses']])
  assert.deepEqual(codes(ten('live-migration', download(1e6, true))), [['connections-break']])
  assert.deepEqual(codes(ten('power-cut', pings(20, 21_000))), [['shorter-lease', 'faster-boot', 'second-instance']])
  assert.deepEqual(codes(ten('power-cut', pings(20, 21_000)), { ...settings, leaseMs: 4_000 }), [
    ['faster-boot', 'second-instance'],
  ])
  assert.deepEqual(codes(ten('live-migration', download(1e6), false)), [['longer-measurement']])
  assert.deepEqual(codes([run('nothing', 1, pings(0, 1_000))]), [['more-runs']])
})
