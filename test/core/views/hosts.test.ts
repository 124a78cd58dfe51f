import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disarmed } from '../../../src/core/armed.ts'
import { decide } from '../../../src/core/decide.ts'
import { fenceOrder } from '../../../src/core/fence-orders.ts'
import { type FencingView, fencingPlan } from '../../../src/core/fencing.ts'
import { hostViews } from '../../../src/core/hosts.ts'
import { leaseTimes } from '../../../src/core/lease-times.ts'
import type { MembersSnapshot } from '../../../src/core/snapshot.ts'
import { snapshotFrom, snapshotText } from '../../../src/core/snapshot-text.ts'
import { planArm, planDisarm, planFence, planFenceReset, planSwearDead } from '../../../src/core/views/host-plan.ts'
import type { Refusal, WishPlan } from '../../../src/core/views/wish-plan.ts'
import type { DefinitionSpec } from '../../../src/model/definition.ts'
import { hostId, instant, wallTime } from '../../../src/model/ids.ts'
import type { HostWish } from '../../../src/model/wish.ts'
import { goodWatchdog, type WideDraft, wideCluster, wideView } from '../wide.ts'

const three = { n1: {}, n2: {}, n3: {} }
const guests = { web: { on: 'n3' } }
const silent: WideDraft = { hosts: { ...three, n3: { silentMs: 30_000 } }, guests }

function told(plan: WishPlan | Refusal): unknown {
  if (plan.kind === 'refused') return plan.fault.details.why ?? plan.fault.code
  const { hostChanges, armed, resetFencing } = plan
  if (hostChanges?.size) return Object.fromEntries(hostChanges)
  return armed ?? (resetFencing ? 'reset' : 'nothing')
}

test('an oath is taken of a silent host only, by name, and names the record it is about', () => {
  const cases: [WideDraft, string, string, unknown][] = [
    [silent, 'n3', 'ana', { n3: { sworn: { aliveRevision: 1 } } }],
    [{ hosts: three, guests }, 'n3', 'ana', 'host-online'],
    [silent, 'n3', '', 'oath-without-name'],
    [silent, 'n4', 'ana', 'host-unknown'],
    [{ hosts: { ...three, n3: { lost: true } }, guests }, 'n3', 'ana', 'nothing'],
  ]
  for (const [draft, host, by, expected] of cases) {
    assert.deepEqual(told(planSwearDead(wideView(draft), host, by)), expected)
  }
})

test('fencing by hand: within the limit (S6), by a device, in the boot that is meant', () => {
  const fence = ['fence_ipmilan']
  const hosts = { n1: { fence }, n2: { fence }, n3: { fence } }
  const members = (more: Partial<MembersSnapshot>) => ({ hosts, guests, members: more })
  const cases: [WideDraft, unknown][] = [
    [{ hosts, guests }, { n3: { fence: { bootId: 'boot-n3' } } }],
    [{ hosts: three, guests }, 'fence-absent'],
    [members({ armed: false }), 'disarmed'],
    [members({ fenced: { hosts: [hostId('n1')] } }), 'fence-limit'],
    [members({ fenced: { hosts: [hostId('n3')] } }), { n3: { fence: { bootId: 'boot-n3' } } }],
  ]
  for (const [draft, expected] of cases) assert.deepEqual(told(planFence(wideView(draft), 'n3')), expected)
  assert.equal(told(planFenceReset(wideView({ hosts, guests }))), 'nothing')
  assert.equal(told(planFenceReset(wideView(members({ fenced: { hosts: [hostId('n1')] } })))), 'reset')
})

test('arming says with the numbers what could not be proven dead (S3), and what libvirt would start (S9)', () => {
  const off = { armed: false }
  const order = { force: false, autostarting: [] }
  const slow = { ...goodWatchdog, timeoutMs: 9_000 }
  const bare = { hosts: { n1: {}, n2: { armed: null }, n3: { armed: slow } }, guests, members: off }
  const refused = planArm(wideView(bare), order)
  assert.ok(refused.kind === 'refused')
  assert.deepEqual(refused.fault.details, {
    why: 'no-proof',
    hosts: ['n2', 'n3 (F 3500 + W 9000 + D 1500 = 14000 > T 10000)'],
  })
  assert.deepEqual(told(planArm(wideView(bare), { ...order, force: true })), { armed: true, forMs: null })
  const devices = { n1: {}, n2: { armed: null, fence: ['fence_a'] }, n3: { armed: slow, fence: ['fence_b'] } }
  assert.deepEqual(told(planArm(wideView({ hosts: devices, guests, members: off }), order)), {
    armed: true,
    forMs: null,
  })
  const whole = { hosts: three, guests, members: off }
  assert.equal(told(planArm(wideView(whole), { ...order, autostarting: ['web'] })), 'autostart')
  assert.equal(told(planArm(wideView({ hosts: three, guests }), order)), 'nothing')
})

test('disarming, for a time or until somebody arms', () => {
  const view = wideView({ hosts: three, guests })
  assert.deepEqual(told(planDisarm(view, null)), { armed: false, forMs: null })
  assert.deepEqual(told(planDisarm(view, 7_200_000)), { armed: false, forMs: 7_200_000 })
  assert.equal(told(planDisarm(wideView({ hosts: three, guests, members: { armed: false } }), null)), 'nothing')
})

test('a disarming for a time ends by the clock of whoever saw it', () => {
  const wish = { armed: false, forMs: 1_000, by: 'ana', at: wallTime(0) }
  const seen = { wish, revision: 1, seenAt: instant(500) }
  assert.deepEqual(disarmed(null, instant(0)), { armed: true, disarmedForMs: null })
  assert.deepEqual(disarmed(seen, instant(600)), { armed: false, disarmedForMs: 900 })
  assert.deepEqual(disarmed(seen, instant(1_500)), { armed: true, disarmedForMs: null })
  const { forMs: _, ...endless } = wish
  assert.deepEqual(disarmed({ ...seen, wish: endless }, instant(1e9)), { armed: false, disarmedForMs: null })
})

function fencing(
  more: Partial<FencingView>,
  wish: Partial<HostWish>,
  members: Partial<MembersSnapshot> = {},
): FencingView {
  const { compiled, snapshot } = wideCluster({ hosts: three, guests, members })
  const full = { downInBoot: null, fenceBoot: 'boot-n3', by: 'ana', at: wallTime(0), ...wish }
  const wished = { ...snapshot, hostWishes: new Map([[hostId('n3'), full]]), members: snapshot.members! }
  return {
    ...{ snapshot: wished, hosts: hostViews(compiled.spec, wished)!, times: leaseTimes(10_000), fenced: { hosts: [] } },
    ...{ devices: () => ['fence_a'], fencing: null, ...more },
  }
}

test('an order to fence is acted upon once, though the host is not silent, or answered with why not', () => {
  const cases: [Parameters<typeof fencing>, unknown][] = [
    [[{}, { fenceSerial: 1 }], 'take'],
    [[{}, {}], undefined],
    [[{ fenced: { hosts: [], asked: { n3: 1 } } }, { fenceSerial: 1 }], undefined],
    [[{ fenced: { hosts: [], asked: { n3: 1 } } }, { fenceSerial: 2 }], 'take'],
    [[{ fencing: hostId('n1') }, { fenceSerial: 1 }], undefined],
    [[{ devices: () => [] }, { fenceSerial: 1 }], 'no-device'],
    [[{ fenced: { hosts: [hostId('n1')] } }, { fenceSerial: 1 }], 'fence-limit'],
    [[{}, { fenceSerial: 1 }, { armed: false }], 'disarmed'],
    [[{}, { fenceSerial: 1, fenceBoot: 'another' }], 'booted-since'],
  ]
  for (const [given, expected] of cases) assert.equal(fenceOrder(fencing(...given))?.verdict, expected)
})

test('the count begins anew when all are back or a person says so, and not while a power is being taken (S6)', () => {
  const fenced = { hosts: [hostId('n1')] }
  assert.equal(fencingPlan(fencing({ fenced }, {})).resetCount, true)
  assert.equal(fencingPlan(fencing({ fenced, fencing: hostId('n1') }, {})).resetCount, false)
  assert.equal(fencingPlan(fencing({}, {}, { fencingReset: 2 })).resetCount, true)
  assert.equal(
    fencingPlan(fencing({ fenced: { hosts: [], resetSerial: 2 } }, {}, { fencingReset: 2 })).resetCount,
    false,
  )
})

test('a snapshot written down decides as it did, and keeps no secret', () => {
  const machine: DefinitionSpec = {
    hypervisor: 'kvm',
    ...{
      memoryStartMib: 512,
      memoryMaxMib: 512,
      cpus: 1,
      cpuModel: null,
      machine: null,
      tpm: false,
      guestAgent: false,
    },
    firmware: 'bios',
    ...{ disks: [], interfaces: [] },
    boot: { kind: 'disk' },
    cloudInit: { userData: 'password: hunter2', metaData: null, networkConfig: null },
    consoles: { serial: true, serialLog: null, vnc: false },
  }
  const { compiled, snapshot } = wideCluster({
    hosts: { ...three, n3: { lost: true } },
    guests: { ...guests, made: { on: 'n3', spec: { source: { kind: 'defined', definition: machine } } } },
  })
  const text = snapshotText(snapshot)
  assert.doesNotMatch(text, /hunter2/)
  const again = snapshotFrom(text)
  assert.ok(again !== null)
  const decision = decide(compiled, snapshot)
  assert.ok(decision.records.length >= 2)
  assert.deepEqual(decide(compiled, again), decision)
  for (const wrong of [
    '',
    '{',
    '[]',
    '{"snapshotVersion":99}',
    text.replace('"snapshotVersion":1', '"snapshotVersion":2'),
  ]) {
    assert.equal(snapshotFrom(wrong), null)
  }
})
