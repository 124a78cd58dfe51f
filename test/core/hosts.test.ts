import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostView } from '../../src/core/hosts.ts'
import { instant, wallTime } from '../../src/model/ids.ts'
import { n1, n2, Several, sightOfMember } from './several.ts'

const cluster = (settings = {}) => new Several({ web: {} }, { settings }).settle()

interface Row {
  readonly claim: string
  readonly stand: (world: Several) => unknown
  readonly is: Partial<HostView>
}

const standings: readonly Row[] = [
  { claim: 'renews: online', stand: () => {}, is: { standing: 'online', accepts: true, keeps: true, refusal: null } },
  {
    claim: 'silent for no longer than is suspect: online',
    stand: (world) => world.silent('n2', 2_000),
    is: { standing: 'online' },
  },
  {
    claim: 'silent for longer: keeps what it has and gets nothing',
    stand: (world) => world.silent('n2', 2_001),
    is: { standing: 'silent', accepts: false, keeps: true, gone: false, refusal: { code: 'not-there' } },
  },
  { claim: 'silent for T: not expired yet', stand: (world) => world.silent('n2', 10_000), is: { standing: 'silent' } },
  {
    claim: 'silent for longer than T: expired, and nothing is taken from it by that (S2)',
    stand: (world) => world.silent('n2', 10_001),
    is: { standing: 'expired', keeps: true, gone: false, lacks: 'lease-not-over' },
  },
  {
    claim: 'silence is counted only while this process renewed itself',
    stand: (world) => {
      world.silent('n2', 60_000).renewingSinceMs = world.nowMs - 1_000
    },
    is: { standing: 'online' },
  },
  {
    claim: 'a process that cannot renew takes nobody for silent',
    stand: (world) => {
      world.silent('n2', 60_000).renewingSinceMs = null
    },
    is: { standing: 'online' },
  },
  {
    claim: 'gone on purpose: nothing runs there',
    stand: (world) => world.leave('n2'),
    is: { standing: 'left', gone: true, accepts: false, keeps: false, refusal: { code: 'not-there' } },
  },
  {
    claim: 'proven dead: nothing runs there',
    stand: (world) => world.silent('n2', 60_000).lose('n2'),
    is: { standing: 'lost', gone: true, accepts: false, keeps: false },
  },
  {
    claim: 'a proof is void as soon as its own record changes',
    stand: (world) => world.silent('n2', 60_000).lose('n2').back('n2'),
    is: { standing: 'online', gone: false, loss: null },
  },
  {
    claim: 'disarmed, a silent host lacks just that',
    stand: (world) => {
      world.silent('n2', 60_000).armed = false
    },
    is: { standing: 'expired', lacks: 'disarmed' },
  },
  {
    claim: 'what the fencing found it to lack is told',
    stand: (world) => world.silent('n2', 60_000).lacks.set(n2, 'quorum'),
    is: { lacks: 'quorum' },
  },
]

for (const { claim, stand, is } of standings) {
  test(claim, () => {
    const world = cluster()
    stand(world)
    assert.deepEqual({ ...world.view('n2'), ...is }, world.view('n2'))
  })
}

const coldStarts = [
  { claim: 'not heard of since this process began: waited for', agoMs: 119_999, silentMs: 119_999, standing: 'unseen' },
  { claim: 'waited for in vain: expired', agoMs: 120_000, silentMs: 120_000, standing: 'expired' },
  {
    claim: 'a record that was there before says nothing of the host, though it is fresh',
    agoMs: 120_000,
    silentMs: 1_000,
    standing: 'silent',
  },
] as const

for (const { claim, agoMs, silentMs, standing } of coldStarts) {
  test(`cold start (S15): ${claim}`, () => {
    const world = cluster()
    world.begunAtMs = world.nowMs - agoMs
    world.silent('n2', silentMs).member('n2', { renewed: false })
    assert.equal(world.view('n2').standing, standing)
    assert.equal(world.view('n2').accepts, false)
  })
}

test('a cold start ends for a host as soon as its record changes', () => {
  const world = cluster()
  world.begunAtMs = world.nowMs - 1_000
  world.silent('n2', 1_000).member('n2', { renewed: false })
  assert.deepEqual(world.view('n2').refusal, { code: 'not-seen-yet' })
  assert.equal(world.back('n2').view('n2').standing, 'online')
})

test('a host gets nothing before its present life was looked at and named (S9)', () => {
  const world = new Several({ web: {} })
  assert.deepEqual(world.view('n2').refusal, { code: 'not-seen-yet' })
  world.settle()
  assert.equal(world.view('n2').refusal, null)
  world.told.set(n2, { complete: false })
  assert.deepEqual(world.view('n2').refusal, { code: 'not-seen-yet' })
})

const leavings = [
  { policy: 'migrate', downFor: 'power-off', leaving: 'evacuate', code: 'maintenance' },
  { policy: 'migrate', downFor: 'reboot', leaving: 'evacuate', code: 'maintenance' },
  { policy: 'freeze', downFor: 'power-off', leaving: 'freeze', code: 'going-down' },
  { policy: 'failover', downFor: 'reboot', leaving: 'fail-over', code: 'going-down' },
  { policy: 'conditional', downFor: 'reboot', leaving: 'freeze', code: 'going-down' },
  { policy: 'conditional', downFor: 'power-off', leaving: 'fail-over', code: 'going-down' },
] as const

for (const { policy, downFor, leaving, code } of leavings) {
  test(`a host that goes down for a ${downFor}, policy ${policy}: ${leaving}`, () => {
    const view = cluster({ onHostShutdown: policy }).wishHost('n2', { downInBoot: 'boot-n2', downFor }).view('n2')
    assert.deepEqual(
      { leaving: view.leaving, goingDown: view.goingDown, keeps: view.keeps, refusal: view.refusal },
      { leaving, goingDown: true, keeps: false, refusal: { code } },
    )
    assert.equal(view.cause, 'host-shutdown')
  })
}

test('that a host shall go down means nothing in any other boot', () => {
  const world = cluster().wishHost('n2', { downInBoot: 'boot-n2', downFor: 'reboot' })
  assert.equal(world.back('n2', 'boot-2').view('n2').leaving, 'no')
})

test('maintenance outlives reboots, and is taken back only by command', () => {
  const world = cluster().wishHost('n2', { maintenance: true })
  assert.deepEqual(world.view('n2').refusal, { code: 'maintenance' })
  assert.equal(world.back('n2', 'boot-2').view('n2').leaving, 'evacuate')
  assert.equal(world.wishHost('n2', { maintenance: false }).view('n2').leaving, 'no')
})

test('the guests of a host that freezes wait for it, for as long as the freeze lasts and no longer', () => {
  const world = cluster({ onHostShutdown: 'freeze', freezeMs: 600_000 })
  world.wishHost('n2', { downInBoot: 'boot-n2' }).leave('n2')
  assert.equal(world.silent('n2', 599_999).view('n2').frozen, true)
  assert.equal(world.silent('n2', 600_000).view('n2').frozen, false)
})

test('what a host can give: what it has, less what it keeps, times the overcommit, less what others hold', () => {
  const world = cluster()
  const spec = {
    ...{ id: n2, memoryMib: 1_000, cpus: null, reservedMib: 200, overcommit: 1.5, headroomMib: 0 },
    ...{ addresses: [], migrationAddress: null, fence: [], watchdog: null },
  }
  const clusterSpec = { ...world.cluster.spec, hosts: [spec, { ...spec, id: n1 }] }
  Object.assign(world.cluster, { spec: clusterSpec })
  world.told.set(n2, { otherGuestsMib: 100 })
  assert.equal(world.view('n2').usableMib, 1_100)
})

test('a witness takes no guests: it is no host', () => {
  const world = cluster()
  world.sights.set(n1, sightOfMember('n1', { kind: 'witness' }))
  assert.equal(world.views().has(n1), false)
})

test('a loss names what it was proven of', () => {
  const world = cluster().silent('n2', 60_000).lose('n2', { kind: 'sworn', by: 'ana' })
  assert.deepEqual(world.view('n2').loss, {
    ...{ bootId: 'boot-n2', aliveRevision: 100, proof: { kind: 'sworn', by: 'ana' }, at: wallTime(world.nowMs) },
  })
  assert.equal(world.member('n2', { unchangedSince: instant(0) }).view('n2').standing, 'lost')
})
