import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestId } from '../../src/model/ids.ts'
import { FakeDaemon } from '../api/fake-daemon.ts'
import { served, type } from './terminal.ts'

/** db was given up, spare has its place, web needs db. */
function replaced(): FakeDaemon {
  const daemon = new FakeDaemon({
    db: { services: ['5432/tcp'], standby: guestId('spare'), policy: { maxRestarts: 0 } },
    spare: { services: ['5432/tcp'] },
    web: { needs: ['db:5432/tcp'] },
  })
  const fault = { code: 'hypervisor-error', outcome: 'not-done', details: { text: 'no disk' } } as const
  const { world } = daemon
  world
    .settle()
    .see('db', 'stopped', {}, { tried: { generation: 1, fault } })
    .settle()
  world.see('spare', 'running', { '5432/tcp': 'answering' }).settle().see('web', 'running').settle()
  return daemon
}

test('status, its probe and why say who stands in for whom', async (t) => {
  const socket = await served(t, replaced())
  const status = await type('status', { socket })
  assert.match(
    status.out,
    /^db +failed .*spare stands in for it; given up after 1 try; the last one: its 1st start failed/m,
  )
  assert.match(status.out, /^spare +ready .*stands in for db$/m)
  const probe = await type('status --check', { socket })
  assert.equal(probe.exitCode, 1)
  assert.match(probe.out, /^WARNING: 1 of 3 guests on the way, not watched or replaced: db\n$/)
  assert.match((await type('why db', { socket })).out, /spare stands in for it/)
})

test('launch leaves the place as it is and says how it is given back; clear gives it back', async (t) => {
  const daemon = replaced()
  const socket = await served(t, daemon)
  t.after(daemon.live())
  const all = await type('launch', { socket })
  assert.equal(all.exitCode, 0)
  assert.match(all.out, /their standbys stand in for them: db; "vigia clear" gives the place back/)
  const standby = await type('launch spare', { socket })
  assert.equal((await type('shutdown spare --yes', { socket })).exitCode, 1)
  assert.equal(standby.exitCode, 0)
  assert.equal((await type('clear db', { socket })).exitCode, 0)
  // Waits for what is on its way.
  assert.equal((await type('launch db', { socket })).exitCode, 0)
  assert.equal(daemon.world.phase('db'), 'ready')
  assert.equal(daemon.world.because('spare'), 'standby')
  const kept = await type('launch spare', { socket })
  assert.notEqual(kept.exitCode, 0)
  assert.match(kept.err, /spare is the standby of db: it starts when db is given up, and goes down with it/)
})
