import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goalState } from '../../../src/cli/goal.ts'
import type { StatusView } from '../../../src/contract/status.ts'
import { clusterView } from '../../../src/core/views/cluster-view.ts'
import { planClear, planPause } from '../../../src/core/views/guest-plan.ts'
import { planLaunch } from '../../../src/core/views/launch-plan.ts'
import { planShutdown } from '../../../src/core/views/shutdown-plan.ts'
import { nothingExpected, statusData } from '../../../src/core/views/status.ts'
import { whyChain } from '../../../src/core/views/why.ts'
import type { Refusal, WishPlan } from '../../../src/core/views/wish-plan.ts'
import { guestId } from '../../../src/model/ids.ts'
import { FakeDaemon } from '../../api/fake-daemon.ts'

const answering = { '5432/tcp': 'answering' } as const
const [db, spare, web] = [guestId('db'), guestId('spare'), guestId('web')]

function daemon(): FakeDaemon {
  return new FakeDaemon({
    db: { services: ['5432/tcp'], standby: spare, policy: { maxRestarts: 0 } },
    spare: { services: ['5432/tcp'], tags: ['pair'] },
    web: { needs: ['db:5432/tcp'] },
  })
}

function launched(): FakeDaemon {
  const made = daemon()
  const { world } = made
  world.settle().see('db', 'running', answering).settle().see('web', 'running').settle()
  return made
}

function replaced(): FakeDaemon {
  const made = daemon()
  const { world } = made
  const fault = { code: 'hypervisor-error', outcome: 'not-done', details: {} } as const
  world
    .settle()
    .see('db', 'stopped', {}, { tried: { generation: 1, fault } })
    .settle()
  world.see('spare', 'running', answering).settle().see('web', 'running').settle()
  for (const id of ['spare', 'web']) assert.equal(world.phase(id), 'ready')
  return made
}

const viewOf = (made: FakeDaemon) => clusterView(made.world.cluster, made.snapshot())
const down = (...guests: string[]) => ({ guests, dependents: false, force: false })

function told(plan: WishPlan | Refusal) {
  if (plan.kind === 'refused') return `refused ${plan.fault.code} ${plan.fault.details?.why ?? ''}`.trim()
  const skipped = plan.skipped.map(({ guest, why }) => `${guest} ${why}`)
  const changed = [...plan.changes].map(([guest, change]) => `${guest}${change.command ? '' : ' without a command'}`)
  return { changed, already: plan.already, skipped, affects: plan.affects }
}

test('launch and shutdown leave a standby alone; named by itself it is refused', () => {
  const made = launched()
  const rest = { already: ['db', 'web'], affects: [] }
  assert.deepEqual(told(planLaunch(viewOf(made), [])), { ...rest, changed: [], skipped: ['spare standby'] })
  assert.equal(told(planLaunch(viewOf(made), ['spare'])), 'refused refused is-standby')
  assert.equal(told(planLaunch(viewOf(made), ['@pair'])), 'refused refused is-standby')
  assert.deepEqual(told(planLaunch(viewOf(made), ['web', 'spare'])), {
    ...{ changed: [], already: ['db', 'web'], skipped: ['spare standby'], affects: [] },
  })
  assert.equal(told(planShutdown(viewOf(made), down('db'))), 'refused needs-force')
  assert.deepEqual(told(planShutdown(viewOf(made), down('spare'))), {
    ...{ changed: [], already: ['spare'], skipped: [], affects: [] },
  })
})

test('a standby that was unmanaged or given up is kept ready again by launch', () => {
  const made = launched()
  made.world.wish('spare', { state: 'ignored' }).settle()
  assert.deepEqual(told(planLaunch(viewOf(made), ['spare'])), {
    ...{ changed: ['spare'], already: [], skipped: [], affects: [] },
  })
})

test('where a standby stands in, launch gives its place back only to one that is named', () => {
  const made = replaced()
  const all = { changed: [], already: ['spare', 'web'], skipped: ['db replaced'], affects: [] }
  assert.deepEqual(told(planLaunch(viewOf(made), [])), all)
  assert.deepEqual(told(planLaunch(viewOf(made), ['web'])), all)
  assert.deepEqual(told(planLaunch(viewOf(made), ['db'])), { changed: ['db'], already: [], skipped: [], affects: [] })
  assert.deepEqual(told(planClear(viewOf(made), 'db')), { changed: ['db'], already: [], skipped: [], affects: [] })
})

test('where a standby stands in, it goes down with its guest, and what needs that one is asked for', () => {
  const made = replaced()
  assert.equal(told(planShutdown(viewOf(made), down('spare'))), 'refused refused is-standby')
  assert.equal(told(planShutdown(viewOf(made), down('db'))), 'refused needs-force')
  const all = { changed: ['db', 'web'], already: ['spare'], skipped: [], affects: [] }
  assert.deepEqual(told(planShutdown(viewOf(made), down())), all)
  assert.deepEqual(told(planPause(viewOf(made), 'spare')), {
    ...all,
    changed: ['spare without a command'],
    already: [],
    affects: ['web'],
  })
  made.world.wish('db', { state: 'stopped', launchSerial: 1 }).wish('web', { state: 'stopped', launchSerial: 1 })
  made.world.settle().see('web', 'stopped').settle().see('spare', 'stopped').settle()
  assert.equal(made.world.because('spare'), 'wish-stopped')
  assert.deepEqual(told(planLaunch(viewOf(made), [])), {
    ...{ changed: ['db without a command', 'spare', 'web'], already: [], skipped: [], affects: [] },
  })
})

test('status and why name the standby, and an unmet need leads to it', () => {
  const made = replaced()
  const data = () => statusData(viewOf(made), made.snapshot(), nothingExpected)
  const of = (id: string) => data().guests.find((guest) => guest.id === id)!
  assert.equal(of('db').replacedBy, spare)
  assert.equal(of('spare').standbyOf, db)
  assert.equal(of('web').needs[0]?.guest, db)
  made.world.see('spare', 'running', { '5432/tcp': 'refused' }).settle()
  const steps = whyChain(viewOf(made), web).map(({ guest, via, root }) => `${guest} ${via} ${root}`)
  assert.deepEqual(steps, ['web null false', 'spare db:5432/tcp true'])
})

test('who waits for a launch is not stuck on a guest that was replaced', () => {
  const made = replaced()
  made.world.see('web', 'stopped').settle()
  const status = () => statusData(viewOf(made), made.snapshot(), nothingExpected) as unknown as StatusView
  made.world.see('spare', 'running', { '5432/tcp': 'unknown' }).settle()
  assert.notEqual(goalState({ verb: 'launch', guests: ['web'] }, status()).of.get('web'), 'blocked')
  assert.equal(goalState({ verb: 'launch', guests: ['db'] }, status()).of.get('db'), 'failed')
})
