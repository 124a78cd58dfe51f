import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drill } from '../../../src/control/drills/drill.ts'
import { StoredDrills } from '../../../src/control/drills/stored-drills.ts'
import {
  type Disturbance,
  type DrillPlan,
  type DrillResult,
  drillId,
  noDeeds,
  type RunningDrill,
} from '../../../src/model/drill.ts'
import { Fault } from '../../../src/model/fault.ts'
import { serviceKey, wallTime } from '../../../src/model/ids.ts'
import { silentLog } from '../../../src/ports/log.ts'
import { FakeLoadSource } from '../../../src/sim/fakes/fake-load-source.ts'
import { FakeStore } from '../../../src/sim/fakes/fake-store.ts'
import { h1, plan } from '../../core/drills/world.ts'
import { SteppingClock } from '../../sim/fakes/stepping-clock.ts'
import { PretendCluster, times } from './pretend-cluster.ts'

const short: DrillPlan = { ...plan, runs: 1, pingIntervalMs: 100, baselineMs: 2_000, edgeMs: 1_000 }

async function stage(wish: Partial<DrillPlan>) {
  const clock = new SteppingClock()
  const cluster = new PretendCluster(clock)
  const fake = new FakeStore(clock)
  const store = new StoredDrills(fake.connect())
  const drill: RunningDrill = {
    ...{ id: drillId('d1'), plan: { ...short, ...wish }, by: 'ana', at: wallTime(0), host: h1, life: 'one' },
    ...{ before: cluster.now, deeds: noDeeds, doing: 'resting', runs: [] },
  }
  const held = (await store.begin(drill))!
  let open = true
  const ports = {
    ...{ clock, store, hands: cluster, load: new FakeLoadSource(clock, cluster.traffic), log: silentLog },
    ...{ services: [serviceKey('80/tcp')], mayGoOn: () => open },
  }
  const before = cluster.now
  return {
    ...{ clock, cluster, store, ports, held, before },
    closeWindow: () => {
      open = false
    },
    run: async (): Promise<DrillResult> => (await new Drill(ports, held).run())!,
    later: (ms: number, run: () => void) => void clock.after(ms, run),
  }
}

const silences: Readonly<Record<Disturbance, readonly [leastMs: number, mostMs: number]>> = {
  nothing: [0, 100],
  'live-migration': [times.pauseMs, times.pauseMs + 100],
  'cold-move': [times.shutdownMs + times.bootMs - 100, times.shutdownMs + times.bootMs + 600],
  reboot: [times.shutdownMs + times.bootMs - 100, times.shutdownMs + times.bootMs + 600],
  'power-cut': [times.failoverMs + times.bootMs - 100, times.failoverMs + times.bootMs + 600],
  'service-failure': [10_000, 10_600],
}

for (const [during, [least, most]] of Object.entries(silences)) {
  test(`downtime during ${during} is what it was, and everything is as before`, async () => {
    const { run, cluster, before, store } = await stage({ during: [during as Disturbance] })
    const { runs, stopped, restore } = await run()
    assert.deepEqual([stopped, restore], [null, { kind: 'restored' }])
    const outcome = runs[0]!.outcome
    assert.ok(outcome.kind === 'downtime')
    assert.ok(outcome.longestSilenceMs >= least && outcome.longestSilenceMs <= most, `${outcome.longestSilenceMs} ms`)
    assert.deepEqual(cluster.now, before)
    assert.equal(await store.running(), null)
    assert.equal((await store.results()).length, 1)
  })
}

test('every measure, several times, in the order of the plan', async () => {
  const measures = ['downtime', 'transfer', 'load'] as const
  const { run, cluster, before } = await stage({
    ...{ measures, during: ['nothing', 'live-migration'], runs: 2, requests: 3_000 },
  })
  const { runs } = await run()
  assert.deepEqual(
    runs.map(({ number, measure, during }) => `${number} ${measure} ${during}`),
    [1, 2].flatMap((number) =>
      measures.flatMap((one) => ['nothing', 'live-migration'].map((d) => `${number} ${one} ${d}`)),
    ),
  )
  for (const { outcome } of runs) if (outcome.kind === 'transfer') assert.equal(outcome.broken, false)
  assert.deepEqual(cluster.now, before)
})

test('a download that breaks in a cold move counts as covered by it', async () => {
  const { run } = await stage({ measures: ['transfer'], during: ['cold-move'] })
  const [only] = (await run()).runs
  assert.ok(only!.outcome.kind === 'transfer' && only!.outcome.broken && only!.covered)
})

test('another guest leaves its state: the drill ends, and puts its own guest back', async () => {
  const { run, later, cluster } = await stage({ during: ['reboot'], runs: 5 })
  later(4_000, () => cluster.guest('mail', { phase: 'silent' }))
  later(60_000, () => cluster.guest('mail', { phase: 'ready' }))
  const { stopped, restore, runs } = await run()
  assert.deepEqual(stopped, { code: 'guest-left', guest: 'mail', was: 'ready', is: 'silent' })
  assert.deepEqual([restore.kind, runs.length], ['restored', 0])
  assert.equal(cluster.now.guests.find(({ id }) => id === 'web')!.phase, 'ready')
})

test('another host is lost: the drill ends', async () => {
  const { run, later, cluster } = await stage({ during: ['live-migration'], runs: 50 })
  later(10_000, () => cluster.host('h3', { online: false, gone: true }))
  later(90_000, () => cluster.host('h3', { online: true, gone: false }))
  assert.deepEqual((await run()).stopped, { code: 'host-left', host: 'h3' })
})

test('another host is late for a while: the drill waits for it before its next run, and goes on', async () => {
  const { run, later, cluster } = await stage({ during: ['live-migration'], runs: 3 })
  later(3_000, () => cluster.host('h3', { online: false }))
  later(60_000, () => cluster.host('h3', { online: true }))
  const { stopped, runs } = await run()
  assert.deepEqual([stopped, runs.length], [null, 3])
  assert.ok(runs[1]!.at - runs[0]!.at > 50_000)
})

test('somebody asks for the end, or the window closes: no further run begins', async () => {
  const asked = await stage({ during: ['live-migration'], runs: 100 })
  asked.later(20_000, () => void asked.store.askStop(drillId('d1'), 'bo'))
  assert.deepEqual((await asked.run()).stopped, { code: 'asked-to-stop', by: 'bo' })
  const window = await stage({ during: ['live-migration'], runs: 100 })
  window.later(20_000, window.closeWindow)
  const { stopped, runs, restore } = await window.run()
  assert.deepEqual([stopped?.code, restore.kind], ['window-over', 'restored'])
  assert.ok(runs.length > 0 && runs.length < 100)
})

test('an order that is refused ends the drill with what was said', async () => {
  const { run, cluster } = await stage({ during: ['cold-move'] })
  cluster.fails.set('move web cold', new Fault('refused', 'not-done', { why: 'rule' }))
  const { stopped, restore } = await run()
  assert.ok(stopped?.code === 'failed' && stopped.fault.code === 'refused')
  assert.equal(restore.kind, 'restored')
})

test('what cannot be put back is named', async () => {
  const { run, cluster } = await stage({ during: ['power-cut'] })
  cluster.fails.set('on h2', new Fault('fence-failed', 'not-done', {}))
  const { restore } = await run()
  assert.ok(restore.kind === 'left')
  assert.ok(restore.subjects.includes('h2') && restore.subjects.includes('web'))
})

for (const [what, during, deed] of [
  ['a power cut', 'power-cut', 'on h2'],
  ['a broken service', 'service-failure', 'mend 80/tcp'],
  ['a reboot', 'reboot', 'launch web'],
] as const) {
  test(`killed in ${what}: another daemon finds it, undoes it and says so`, async () => {
    const { ports, held, clock, store, cluster, before } = await stage({ during: [during] })
    const dead = { after: () => () => {}, now: clock.now.bind(clock), wall: clock.wall.bind(clock) }
    let alive = true
    // From the moment of its death none of its timers fires.
    const mortal = {
      ...ports,
      clock: { ...dead, after: (ms: number, run: () => void) => clock.after(ms, () => alive && run()) },
    }
    void new Drill(mortal, held).run()
    await new Promise<void>((resolve) => void clock.after(6_500, resolve))
    alive = false
    const found = (await store.running())!
    assert.equal(found.drill.doing, 'measuring')
    const taken = (await store.keep(found, { ...found.drill, life: 'two', doing: 'restoring' }))!
    const result = (await new Drill(ports, taken).clearUp(h1))!
    assert.deepEqual(result.stopped, { code: 'interrupted', host: h1 })
    assert.deepEqual(result.restore, { kind: 'restored' })
    assert.ok(cluster.done.includes(deed), cluster.done.join())
    assert.deepEqual(cluster.now, before)
    assert.equal(await store.running(), null)
  })
}

test('whoever was taken over does nothing more', async () => {
  const { ports, held, later, store, cluster } = await stage({ during: ['live-migration'], runs: 100 })
  let doneThen = 0
  later(20_000, async () => {
    const found = (await store.running())!
    await store.keep(found, { ...found.drill, life: 'two' })
    doneThen = cluster.done.length
  })
  assert.equal(await new Drill(ports, held).run(), null)
  // One order may have been under way.
  assert.ok(cluster.done.length <= doneThen + 1)
})
