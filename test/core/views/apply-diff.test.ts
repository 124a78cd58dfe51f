import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCluster } from '../../../src/core/graph.ts'
import { type ApplyDiff, applyDiff } from '../../../src/core/views/apply-diff.ts'
import { clusterView } from '../../../src/core/views/cluster-view.ts'
import { defaultHostMeans } from '../../../src/model/cluster.ts'
import { guestId, hostId } from '../../../src/model/ids.ts'
import { FakeDaemon, launchedDaemon } from '../../api/fake-daemon.ts'
import { clusterOf, type GuestDraft } from '../world.ts'

type Drafts = Record<string, GuestDraft>

const before: Drafts = {
  dns: { services: ['53/udp'] },
  web: { services: ['80/tcp'], needs: ['dns:53/udp'] },
  off: { wish: 'stopped', services: ['22/tcp'] },
}

function differing(next: Drafts, drafts: Drafts = before): ApplyDiff {
  const daemon = new FakeDaemon(drafts)
  try {
    daemon.world.launched()
  } catch {
    // Not everything in these tables is wished to run.
  }
  daemon.world.settle()
  return applyDiff(clusterView(compileCluster(clusterOf(next)), daemon.snapshot()))
}

test('the same file differs in nothing', () => {
  assert.deepEqual(differing(before), { added: [], removed: [], changed: [], cluster: [], refusals: [] })
})

test('what came, what went, and which fields changed', () => {
  const diff = differing({
    dns: { services: ['53/udp'], priority: 3, tags: ['base'] },
    web: { ...before.web, policy: { graceMs: 1 } },
    neu: {},
  })
  assert.deepEqual(diff.added, ['neu'])
  assert.deepEqual(diff.removed, ['off'])
  assert.deepEqual(diff.changed, [
    { guest: 'dns', fields: ['priority', 'tags'], restart: false },
    { guest: 'web', fields: ['policy'], restart: false },
  ])
})

test('what is read only at a start needs one, where the guest runs', () => {
  const memory = { startMib: 512, runMib: 256, maxMib: 1024 }
  const diff = differing({ ...before, dns: { ...before.dns, memory, cpus: 4 }, off: { ...before.off, cpus: 4 } })
  assert.deepEqual(diff.changed, [
    { guest: 'dns', fields: ['cpus', 'memory.max', 'memory.run', 'memory.start'], restart: true },
    { guest: 'off', fields: ['cpus'], restart: false },
  ])
  const running = differing({ ...before, dns: { ...before.dns, memory: { startMib: null, runMib: 64, maxMib: null } } })
  assert.deepEqual(running.changed, [{ guest: 'dns', fields: ['memory.run'], restart: false }])
})

test('a standby that stands in is not dropped unnoticed: what it answers for would be paused', () => {
  const spare = { services: ['5432/tcp'] }
  const web = { needs: ['db:5432/tcp'] }
  const db = { services: ['5432/tcp'], policy: { maxRestarts: 0 } }
  const daemon = new FakeDaemon({ db: { ...db, standby: guestId('spare') }, spare, web })
  const fault = { code: 'hypervisor-error', outcome: 'not-done', details: {} } as const
  const { world } = daemon
  world
    .settle()
    .see('db', 'stopped', {}, { tried: { generation: 1, fault } })
    .settle()
  world.see('spare', 'running', { '5432/tcp': 'answering' }).settle().see('web', 'running').settle()
  const refusalsOf = (next: Drafts) =>
    applyDiff(clusterView(compileCluster(clusterOf(next)), daemon.snapshot())).refusals
  assert.deepEqual(refusalsOf({ db: { ...db, standby: guestId('spare') }, spare, web }), [])
  assert.deepEqual(refusalsOf({ db, spare, web }), [
    { code: 'would-pause', guest: 'web', need: 'db:5432/tcp', state: 'failed' },
  ])
})

const breaking: readonly [string, Drafts, ApplyDiff['refusals']][] = [
  [
    'another machine under a running guest',
    { ...before, dns: { ...before.dns, source: { kind: 'existing', domain: 'dns2' } } },
    [{ code: 'machine-changed-while-running', guest: 'dns' as never, from: 'dns', to: 'dns2' }],
  ],
  [
    'a new need that is down',
    { ...before, web: { services: ['80/tcp'], needs: ['dns:53/udp', 'off:22/tcp'] } },
    [{ code: 'would-pause', guest: 'web' as never, need: 'off:22/tcp', state: 'not-running' }],
  ],
  [
    'keeping down what a running guest needs',
    { ...before, dns: { ...before.dns, wish: 'stopped' } },
    [{ code: 'would-stop-needed', guest: 'dns' as never, needing: ['web' as never] }],
  ],
  [
    'a running guest that becomes a standby',
    { ...before, dns: { ...before.dns, standby: guestId('web') }, web: { services: ['80/tcp'] } },
    [{ code: 'would-stop-standby', guest: 'web' as never, first: 'dns' as never }],
  ],
]

for (const [name, next, refusals] of breaking) {
  test(`refused, since it would break what runs: ${name}`, () => assert.deepEqual(differing(next).refusals, refusals))
}

test('harmless: a new need that does not pause, one that answers, one on a guest that comes with the file', () => {
  const keep = differing({ ...before, web: { services: ['80/tcp'], needs: ['dns:53/udp', ['off:22/tcp', 'keep']] } })
  assert.deepEqual(keep.refusals, [])
  const answers = differing({ ...before, off: { ...before.off, needs: ['dns:53/udp'] } })
  assert.deepEqual(answers.refusals, [])
})

test('a host with guests is not dropped unsaid; one host may be renamed', () => {
  const daemon = launchedDaemon({ dns: {} })
  const host = (id: string) => ({
    id: hostId(id),
    memoryMib: null,
    cpus: null,
    reservedMib: 0,
    overcommit: 1,
    ...defaultHostMeans,
  })
  const snapshot = { ...daemon.snapshot(), cluster: { ...daemon.world.cluster.spec, hosts: [host('h1'), host('h2')] } }
  const refusals = (hosts: string[]) =>
    applyDiff(clusterView(compileCluster({ ...clusterOf({ dns: {} }), hosts: hosts.map(host) }), snapshot)).refusals
  assert.deepEqual(refusals(['h2', 'h3']), [{ code: 'host-dropped-with-guests', host: 'h1', guests: ['dns'] }])
  assert.deepEqual(refusals(['new-name']), [])
})
