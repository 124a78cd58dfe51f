import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterSnapshot } from '../../src/core/snapshot.ts'
import { isCancellable, planCancel } from '../../src/core/task-cancel.ts'
import { stepsOf } from '../../src/core/task-plan.ts'
import { taskSight, withEnds } from '../../src/core/tasks.ts'
import { type ClusterView, clusterView } from '../../src/core/views/cluster-view.ts'
import { planPause } from '../../src/core/views/guest-plan.ts'
import { planLaunch } from '../../src/core/views/launch-plan.ts'
import { planMaintenance } from '../../src/core/views/maintenance-plan.ts'
import { planMigrate } from '../../src/core/views/move-plan.ts'
import { planShutdown } from '../../src/core/views/shutdown-plan.ts'
import { changedWish, type Refusal, type WishPlan } from '../../src/core/views/wish-plan.ts'
import { guestId, hostId, wallTime } from '../../src/model/ids.ts'
import { firstSeat, type SeatRecord } from '../../src/model/member.ts'
import type { TaskKind, TaskRecord } from '../../src/model/task.ts'
import { noHostWish, noWish } from '../../src/model/wish.ts'
import { type WideDraft, wideCluster } from './wide.ts'
import { World } from './world.ts'

const at = wallTime(5_000)

function planned(plan: WishPlan | Refusal): WishPlan {
  assert.equal(plan.kind, 'planned', JSON.stringify(plan))
  return plan as WishPlan
}

function taskFor(kind: TaskKind, plan: WishPlan, view: ClusterView, host: string | null = null): TaskRecord {
  const of = host === null ? {} : { host: hostId(host), hostBefore: noHostWish.at }
  const steps = stepsOf(kind, plan, view, of.host ?? null)
  return { id: 't', kind, said: kind, by: 'ana', startedAt: at, ...of, steps, cancelledBy: null, endedAt: null }
}

/** One host; commands are written as the API does. */
class Told extends World {
  view(): ClusterView {
    const observation = {
      ...{ host: hostId('h1'), life: 'l' as never, bootId: this.bootId, complete: true, hypervisor: this.hypervisor },
      ...{ memoryMib: this.memoryMib, cpus: 8, otherGuestsMib: 0, guests: new Map(this.seen), externals: {} },
    }
    const snapshot: ClusterSnapshot = {
      ...{ cluster: this.cluster.spec, wishes: this.wishes, hostWishes: this.hostWishes, records: this.records },
      ...{ hostRecords: this.hostRecords, now: this.nowMs as never, wall: wallTime(this.nowMs) },
      observations: new Map([[hostId('h1'), { observation, seenAt: this.nowMs as never, verdictSince: new Map() }]]),
    }
    return clusterView(this.cluster, snapshot)
  }

  say(plan: WishPlan): this {
    for (const [guest, change] of plan.changes) {
      this.wishes.set(guest, changedWish(this.wishes.get(guest) ?? noWish, change, 'ana', at))
    }
    return this
  }

  states(task: TaskRecord): string {
    const { steps, state } = taskSight(task, this.view())
    return `${state}: ${steps.map((one) => `${one.step.guest} ${one.state}`).join(', ')}`
  }
}

const chain = {
  dns: { services: ['53/udp'], wish: 'stopped' as const },
  web: { services: ['80/tcp'], needs: ['dns:53/udp'], wish: 'stopped' as const },
}

test('a launch is waited for, begins, and ends when the services answer', () => {
  const world = new Told(chain)
  world.settle()
  const plan = planned(planLaunch(world.view(), ['web']))
  const task = taskFor('launch', plan, world.view())
  assert.equal(world.states(task), 'running: dns waiting, web waiting', 'before anybody heard of the command')
  world.say(plan)
  assert.equal(world.states(task), 'running: dns waiting, web waiting')
  world.settle()
  assert.equal(world.states(task), 'running: dns running, web waiting')
  world.launched()
  assert.equal(world.states(task), 'done: dns done, web done')
})

test('what has ended stays so, whatever becomes of the guest', () => {
  const world = new Told(chain)
  world.settle()
  const plan = planned(planLaunch(world.view(), ['web']))
  const task = taskFor('launch', plan, world.view())
  world.say(plan).launched()
  const over = withEnds(taskSight(task, world.view()), at)
  assert.equal(over.endedAt, at)
  world.see('web', 'stopped', {}, { stopCause: 'crashed' })
  world.settle()
  assert.notEqual(world.phase('web'), 'ready')
  assert.equal(world.states(over), 'done: dns done, web done')
  assert.equal(withEnds(taskSight(over, world.view()), wallTime(9_000)), over)
})

test('of a task that goes on, too, a step that has ended stays so', () => {
  const world = new Told(chain)
  world.settle()
  const plan = planned(planLaunch(world.view(), ['web']))
  const task = taskFor('launch', plan, world.view())
  world.say(plan).settle()
  world.see('dns', 'running', { '53/udp': 'answering' })
  world.settle()
  const kept = withEnds(taskSight(task, world.view()), at)
  assert.equal(world.states(kept), 'running: dns done, web running')
  world.see('dns', 'stopped', {}, { stopCause: 'crashed' })
  world.settle()
  assert.match(world.states(task), /^running: dns (waiting|running)/)
  assert.match(world.states(kept), /^running: dns done/)
})

test('a step that a newer wish overtook is not done and not failed', () => {
  const world = new Told(chain)
  world.settle()
  const launch = planned(planLaunch(world.view(), ['web']))
  const task = taskFor('launch', launch, world.view())
  world.say(launch).settle()
  world.say(planned(planShutdown(world.view(), { guests: ['web'], dependents: false, force: false }))).settle()
  assert.equal(world.states(task), 'running: dns running, web cancelled')
})

test('what waits for one that is given up has failed with it', () => {
  const world = new Told(chain)
  world.settle()
  const plan = planned(planLaunch(world.view(), ['web']))
  const task = taskFor('launch', plan, world.view())
  world.say(plan).settle()
  for (let round = 0; round < 40 && world.phase('dns') !== 'failed'; round++) {
    const fault = { code: 'domain-refused', outcome: 'not-done', details: { domain: 'dns' } } as const
    world.see('dns', 'stopped', {}, { tried: { generation: world.records.get(guestId('dns'))!.generation, fault } })
    world.after(60_000).settle()
  }
  assert.equal(world.phase('dns'), 'failed')
  assert.equal(world.states(task), 'failed: dns failed, web failed')
})

test('a shutdown goes from those that need to those that are needed', () => {
  const world = new Told({ dns: { services: ['53/udp'] }, web: { services: ['80/tcp'], needs: ['dns:53/udp'] } })
  world.launched()
  const plan = planned(planShutdown(world.view(), { guests: ['dns'], dependents: true, force: false }))
  const task = taskFor('shutdown', plan, world.view())
  world.say(plan).settle()
  assert.equal(world.states(task), 'running: dns waiting, web running')
  world.see('web', 'stopped', {}, { stopCause: 'shutdown' })
  world.settle()
  world.see('dns', 'stopped', {}, { stopCause: 'shutdown' })
  world.settle()
  assert.equal(world.states(task), 'done: dns done, web done')
})

test('to take a launch back is to wish again what was wished, of those that have not begun', () => {
  const world = new Told(chain)
  world.settle()
  const plan = planned(planLaunch(world.view(), ['web']))
  const task = taskFor('launch', plan, world.view())
  world.say(plan).settle()
  const back = planned(planCancel(world.view(), taskSight(task, world.view())))
  assert.deepEqual([...back.changes], [[guestId('web'), { state: null }]])
  world.say(back).settle()
  assert.equal(world.phase('web'), 'stopped')
  assert.equal(world.states(task), 'running: dns running, web cancelled')
  world.see('dns', 'running', { '53/udp': 'answering' })
  world.settle()
  assert.equal(world.states(task), 'cancelled: dns done, web cancelled')
})

test('nothing is left to take back of what has begun, and nothing at all of what is over', () => {
  const world = new Told(chain)
  world.settle()
  const plan = planned(planLaunch(world.view(), ['dns']))
  const task = taskFor('launch', plan, world.view())
  world.say(plan).settle()
  const refused = (record: TaskRecord) => {
    const answer = planCancel(world.view(), taskSight(record, world.view()))
    return answer.kind === 'refused' ? answer.fault.details.why : answer.kind
  }
  assert.equal(refused(task), 'task-under-way')
  world.see('dns', 'running', { '53/udp': 'answering' })
  world.settle()
  assert.equal(refused(withEnds(taskSight(task, world.view()), at)), 'task-over')
})

test('a pause ends with the pause, and is overtaken by a resume', () => {
  const world = new Told({ dns: { services: ['53/udp'] } })
  world.launched()
  const plan = planned(planPause(world.view(), 'dns'))
  const task = taskFor('pause', plan, world.view())
  assert.equal(world.states(task), 'running: dns waiting')
  world.say(plan).settle()
  world.see('dns', 'paused', {}, { pauseCause: 'asked' })
  assert.equal(world.states(task), 'done: dns done')
  world.say({ ...plan, changes: new Map([[guestId('dns'), { pausedByHand: false }]]) })
  assert.equal(world.states(task), 'cancelled: dns cancelled')
})

const wideDraft: WideDraft = {
  hosts: { n1: {}, n2: {} },
  guests: { db: { on: 'n1' }, web: { on: 'n1' }, far: { on: 'n2' } },
}

/** `web` as it is with another seat or owner. */
function wideView(seat: Partial<SeatRecord> | null, owner = 'n1', moveSerial = 1): ClusterView {
  const { compiled, snapshot } = wideCluster(wideDraft)
  const web = guestId('web')
  const record = { ...snapshot.records.get(web)!, owner: hostId(owner), seat: { ...firstSeat, ...seat } }
  const wish = { ...noWish, move: { to: hostId('n2'), how: 'live' as const }, moveSerial, at }
  return clusterView(compiled, {
    ...snapshot,
    records: new Map([...snapshot.records, [web, record]]),
    wishes: seat === null ? snapshot.wishes : new Map([[web, wish]]),
  })
}

test('a migration waits, is under way, and has arrived or failed', () => {
  const view = wideView(null)
  const plan = planned(planMigrate(view, { guests: ['web'], to: 'n2', cold: false }))
  const task = taskFor('migrate', plan, view)
  const move = { to: hostId('n2'), how: 'live', cause: 'operator', serial: 1 } as const
  const table: readonly [string, ClusterView, string][] = [
    ['not heard of', view, 'waiting'],
    ['asked for', wideView({}), 'waiting'],
    ['under way', wideView({ move, moveSerial: 1 }), 'running'],
    ['there', wideView({ moveSerial: 1 }, 'n2'), 'done'],
    ['refused or failed', wideView({ moveSerial: 1 }), 'failed'],
    ['asked otherwise since', wideView({ moveSerial: 1 }, 'n1', 2), 'cancelled'],
  ]
  for (const [name, now, state] of table) assert.equal(taskSight(task, now).steps[0]?.state, state, name)
  const back = planned(planCancel(wideView({}), taskSight(task, wideView({}))))
  assert.deepEqual(back.changes.get(guestId('web'))?.move, { to: 'n1', how: 'live' })
})

test('a live move under way is taken back by its serial, and has then neither arrived nor failed', () => {
  const first = wideView(null)
  const plan = planned(planMigrate(first, { guests: ['web'], to: 'n2', cold: false }))
  const task = taskFor('migrate', plan, first)
  const move = { to: hostId('n2'), how: 'live', cause: 'operator', serial: 4 } as const
  const underWay = wideView({ move, moves: 4, moveSerial: 1 })
  assert.equal(isCancellable(underWay, taskSight(task, underWay)), true)
  const back = planned(planCancel(underWay, taskSight(task, underWay)))
  assert.deepEqual(back.changes.get(guestId('web')), { moveCancel: 4 })
  const wish = underWay.snapshot.wishes.get(guestId('web'))!
  const said = changedWish(wish, back.changes.get(guestId('web'))!, 'ana', at)
  assert.deepEqual([said.moveCancel, said.moveSerial], [4, 1])
  const state = (seat: Partial<SeatRecord>, owner = 'n1') => {
    const { compiled, snapshot } = wideView(seat, owner)
    const wishes = new Map([[guestId('web'), said]])
    return taskSight(task, clusterView(compiled, { ...snapshot, wishes })).steps[0]?.state
  }
  assert.equal(state({ move: { ...move, cancelled: true }, moves: 4, moveSerial: 1 }), 'running')
  assert.equal(state({ moves: 4, moveSerial: 1 }), 'cancelled')
  assert.equal(state({ moves: 4, moveSerial: 1 }, 'n2'), 'done', 'it had arrived')
  assert.equal(changedWish(said, { move: { to: hostId('n2'), how: 'live' } }, 'ana', at).moveCancel, undefined)
})

test('what cannot end where it began is not taken back: a stop and start, and a move of another task', () => {
  const first = wideView(null)
  const plan = planned(planMigrate(first, { guests: ['web'], to: 'n2', cold: false }))
  const task = taskFor('migrate', plan, first)
  const move = { to: hostId('n2'), how: 'live', cause: 'operator', serial: 4 } as const
  for (const other of [
    { ...move, how: 'cold' },
    { ...move, to: hostId('n3') },
    { ...move, cancelled: true },
  ] as const) {
    const view = wideView({ move: other, moves: 4, moveSerial: 1 })
    const sight = taskSight(task, view)
    assert.equal(isCancellable(view, sight), false)
    assert.equal(planCancel(view, sight).kind, 'refused')
  }
})

test('a move under way tells how much its hypervisor has copied', () => {
  const web = { on: 'n1', seat: { move: { to: hostId('n2'), how: 'live', cause: 'operator', serial: 4 } } } as const
  const view = (serial: number, doneBytes: number) => {
    const guests = { ...wideDraft.guests, web: { ...web, moving: { serial, doneBytes, totalBytes: 100 } } }
    const { compiled, snapshot } = wideCluster({ ...wideDraft, guests })
    return clusterView(compiled, snapshot)
  }
  const steps = [{ guest: guestId('web'), goal: { kind: 'there', to: hostId('n2'), serial: null } }] as const
  const task = { ...taskFor('migrate', planned(planPause(wideView(null), 'db')), wideView(null)), steps }
  assert.deepEqual(taskSight(task, view(4, 30)).steps[0]?.bytes, { done: 30, total: 100 })
  assert.deepEqual(taskSight(task, view(4, 130)).steps[0]?.bytes, { done: 100, total: 100 })
  assert.equal(taskSight(task, view(3, 30)).steps[0]?.bytes, undefined, 'of an earlier move')
})

test('maintenance is over when the host is empty, and to take it back is to end it', () => {
  const { compiled, snapshot } = wideCluster(wideDraft)
  const before = clusterView(compiled, snapshot)
  const plan = planned(planMaintenance(before, { host: 'n1', on: true, force: false }))
  const task = taskFor('maintenance', plan, before, 'n1')
  assert.deepEqual(task.steps.map(({ guest }) => guest).sort(), ['db', 'web'])
  const hostWishes = new Map([[hostId('n1'), { ...noHostWish, maintenance: true, at }]])
  const said = clusterView(compiled, { ...snapshot, hostWishes })
  assert.equal(taskSight(task, said).state, 'running')
  const back = planned(planCancel(said, taskSight(task, said)))
  assert.deepEqual(back.hostChanges?.get(hostId('n1')), { maintenance: false })
  const move = { to: hostId('n2'), how: 'live', cause: 'maintenance', serial: 9 } as const
  const leaving = new Map(
    [...snapshot.records].map(([id, record]) => [id, { ...record, seat: { ...firstSeat, move, moves: 9 } }]),
  )
  const all = clusterView(compiled, { ...snapshot, hostWishes, records: leaving })
  const stop = planned(planCancel(all, taskSight(task, all)))
  assert.deepEqual(stop.hostChanges?.get(hostId('n1')), { maintenance: false })
  assert.deepEqual([...stop.changes.values()], [{ moveCancel: 9 }, { moveCancel: 9 }])
  const records = new Map([...snapshot.records].map(([id, record]) => [id, { ...record, owner: hostId('n2') }]))
  assert.equal(taskSight(task, clusterView(compiled, { ...snapshot, hostWishes, records })).state, 'done')
  const taken = new Map([[hostId('n1'), { ...noHostWish, maintenance: false, at }]])
  assert.equal(taskSight(task, clusterView(compiled, { ...snapshot, hostWishes: taken })).state, 'cancelled')
})
