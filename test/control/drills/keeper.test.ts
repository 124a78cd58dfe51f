import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { DrillKeeper, type KeeperPorts } from '../../../src/control/drills/keeper.ts'
import { StoredDrills } from '../../../src/control/drills/stored-drills.ts'
import { type DrillPlan, drillId, noDeeds, type RunningDrill } from '../../../src/model/drill.ts'
import { type DrillSchedule, noDrillSettings } from '../../../src/model/drill-settings.ts'
import { serviceKey, wallTime } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { FakeLoadSource } from '../../../src/sim/fakes/fake-load-source.ts'
import { FakeStore } from '../../../src/sim/fakes/fake-store.ts'
import { h1, h2, plan, view, web } from '../../core/drills/world.ts'
import { SteppingClock } from '../../sim/fakes/stepping-clock.ts'
import { PretendCluster } from './pretend-cluster.ts'

const hour = 3_600_000
const short: DrillPlan = { ...plan, runs: 1, pingIntervalMs: 100, edgeMs: 1_000 }
const asked = { by: 'ana', confirmed: true, dryRun: false, untilMs: null }

function stage(t: TestContext, more: Partial<KeeperPorts> = {}) {
  const clock = new SteppingClock()
  const cluster = new PretendCluster(clock)
  const fake = new FakeStore(clock)
  const store = new StoredDrills(fake.connect())
  const ports: KeeperPorts = {
    ...{ clock, store, hands: cluster, load: new FakeLoadSource(clock, cluster.traffic), log: silentLog },
    ...{ self: h1, life: 'one', leads: () => false, isThere: () => true, settings: () => noDrillSettings },
    ...{ servicesOf: () => [serviceKey('80/tcp')], armed: () => true, waitingWithout: () => [] },
    ...{ opensAfter: () => null, ...more },
  }
  const keeper = new DrillKeeper(ports)
  t.after(() => keeper.close())
  const passed = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
  const over = async (): Promise<void> => {
    while ((await store.running()) !== null) await passed(1_000)
  }
  return { clock, cluster, store, keeper, passed, over, before: cluster.now }
}

const orphan = (host: never, life: string): RunningDrill => ({
  ...{ id: drillId('d1'), plan: short, by: 'ana', at: wallTime(0), host, life, before: view, deeds: noDeeds },
  ...{ doing: 'measuring', runs: [] },
})

test('a drill begins, runs by itself, and a second one is refused meanwhile', async (t) => {
  const { keeper, over, store, cluster, before } = stage(t)
  const { begun } = await keeper.begin(short, asked)
  assert.equal(begun?.by, 'ana')
  const second = await keeper.begin(short, asked)
  assert.deepEqual(
    second.refusals.map(({ code }) => code),
    ['drill-under-way'],
  )
  await over()
  const [result] = await store.results()
  assert.deepEqual([result?.id, result?.stopped, result?.runs.length], [begun?.id, null, 1])
  assert.deepEqual(cluster.now, before)
})

test('two keepers that begin at the same moment: one of them does', async (t) => {
  const { keeper, over } = stage(t)
  const both = await Promise.all([keeper.begin(short, asked), keeper.begin(short, asked)])
  assert.equal(both.filter(({ begun }) => begun !== null).length, 1)
  assert.equal(both.flatMap(({ refusals }) => refusals).length, 1)
  await over()
})

test('nobody said yes: nothing is begun; a dry run begins nothing either', async (t) => {
  const { keeper, store, cluster } = stage(t)
  const no = await keeper.begin(short, { ...asked, confirmed: false })
  assert.deepEqual(no.refusals, [{ code: 'production' }])
  assert.deepEqual(await keeper.begin(short, { ...asked, dryRun: true }), { begun: null, refusals: [] })
  assert.equal(await store.running(), null)
  assert.deepEqual(cluster.done, [])
})

test('a drill of an earlier life of this daemon is cleared up; one of a host that is there is left alone', async (t) => {
  const mine = stage(t)
  await mine.store.begin(orphan(h1, 'before'))
  mine.keeper.start()
  await mine.over()
  assert.deepEqual((await mine.store.results())[0]?.stopped, { code: 'interrupted', host: h1 })
  const other = stage(t, { leads: () => true })
  await other.store.begin(orphan(h2, 'x'))
  other.keeper.start()
  await other.passed(5 * 60_000)
  assert.equal((await other.store.running())?.drill.host, h2)
})

test('the leader clears up after a host that is gone', async (t) => {
  const { store, keeper, over } = stage(t, { leads: () => true, isThere: () => false })
  await store.begin(orphan(h2, 'x'))
  keeper.start()
  await over()
  assert.deepEqual((await store.results())[0]?.stopped, { code: 'interrupted', host: h2 })
})

test('a schedule is done once in its window, by the daemon that leads alone', async (t) => {
  const schedule: DrillSchedule = {
    ...{ name: 'nightly', guest: web, measures: ['downtime'], during: ['live-migration'], runs: 1 },
    ...{ when: '0 * * * *', timeZone: null, windowMs: hour / 2 },
  }
  const settings = () => ({ ...noDrillSettings, schedules: [schedule] })
  const opensAfter = (_: DrillSchedule, afterMs: number) => (Math.floor(afterMs / hour) + 1) * hour
  const leading = stage(t, { leads: () => true, settings, opensAfter })
  leading.keeper.start()
  await leading.passed(2.9 * hour)
  const done = await leading.store.results()
  assert.deepEqual(
    done.map(({ by, at }) => `${by} ${Math.floor(at / hour)}`),
    ['schedule nightly 2', 'schedule nightly 1', 'schedule nightly 0'],
  )
  const following = stage(t, { settings, opensAfter })
  following.keeper.start()
  await following.passed(2.9 * hour)
  assert.deepEqual(await following.store.results(), [])
})
