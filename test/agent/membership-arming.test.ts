import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { leaseMs, stage } from './member-stage.ts'

const { feedMs, watchdogMs } = leaseTimes(leaseMs)

test('S14: opened, then committed, and only then guests may start', async () => {
  const { members, pass } = stage(1)
  const [one] = members
  const seen: string[] = []
  for (let i = 0; i < 100; i++) {
    await pass(1)
    const word = `${one!.watchdog.timeoutMs === null ? 'closed' : 'open'} ${one!.alive()?.armed ? 'armed' : 'unarmed'} ${one!.lease.mayStart ? 'may' : 'may not'}`
    if (seen.at(-1) !== word) seen.push(word)
  }
  assert.deepEqual(seen, ['closed unarmed may not', 'open unarmed may not', 'open armed may not', 'open armed may'])
  assert.deepEqual(one!.alive()?.armed, {
    ...{ feedMs: 3_500, timeoutMs: watchdogMs, marginMs: 1_500 },
    members: ['n1'],
  })
})

test('a host without a watchdog may start guests as soon as it renews, and proves nothing', async () => {
  const { members, pass } = stage(1, { watchdogs: false })
  await pass(100)
  assert.equal(members[0]!.lease.mayStart, true)
  assert.equal(members[0]!.alive()?.armed, null)
})

test('leaving: that it left is committed, then the watchdog is closed, and nothing of it renews again', async () => {
  const { members, pass } = stage(2)
  const [one] = members
  await pass(20_100)
  one!.deeds.length = 0
  const left = one!.lease.leave()
  assert.equal(one!.lease.mayStart, false, 'from the first moment on')
  await pass(100)
  await left
  await pass(30_000)
  assert.deepEqual(one!.deeds, ['commit left', 'close'])
  assert.equal(one!.alive()?.left, true)
  assert.deepEqual(one!.diedAt, [])
})

test('leaving waits for renewals under way: what they say may not be committed after the last word', async () => {
  const { members, pass } = stage(2)
  const [one] = members
  await pass(19_900)
  one!.store = 'hangs'
  await pass(200)
  one!.deeds.length = 0
  one!.store = 'on'
  const left = one!.lease.leave()
  await pass(6_000)
  await left
  assert.deepEqual(one!.deeds, ['commit armed', 'commit left', 'close'])
})

test('a renewal that was to be tried again is not when the member has left', async () => {
  const { members, pass } = stage(2)
  const [one] = members
  await pass(19_900)
  one!.store = 'off'
  await pass(110)
  one!.store = 'on'
  one!.deeds.length = 0
  const left = one!.lease.leave()
  await pass(1_000)
  await left
  assert.deepEqual(one!.deeds, ['commit left', 'close'])
})

test('who cannot commit that it leaves stays armed', async () => {
  const { members, pass } = stage(2)
  const [one] = members
  await pass(20_000)
  one!.store = 'off'
  const left = assert.rejects(one!.lease.leave(), { code: 'store-lost' })
  await pass(100)
  await left
  assert.ok(!one!.deeds.includes('close'))
  assert.equal(one!.watchdog.timeoutMs, watchdogMs)
})

test('disarming: committed first, closed then; armed again in the order of arming (S14)', async () => {
  const { members, pass } = stage(1)
  const [one] = members
  await pass(20_000)
  one!.deeds.length = 0
  one!.lease.configure(leaseMs, false)
  await pass(3_000)
  const closed = one!.deeds.indexOf('close')
  assert.equal(one!.deeds[closed - 1], 'commit unarmed')
  assert.ok(!one!.deeds.slice(closed).includes('commit armed'))
  assert.equal(one!.lease.mayStart, true, 'an operator has disarmed: guests are started all the same')
  one!.deeds.length = 0
  one!.lease.configure(leaseMs, true)
  await pass(3_000)
  const words = one!.deeds.filter((word, place) => word !== one!.deeds[place - 1])
  assert.deepEqual(words, ['commit unarmed', 'open', 'commit armed'])
  assert.deepEqual(one!.diedAt, [])
})

test('a disarming that could not be committed kills nobody: it is fed, and disarmed when that can be', async () => {
  const { members, pass } = stage(3)
  const [one] = members
  await pass(20_000)
  one!.store = 'off'
  one!.lease.configure(leaseMs, false)
  await pass(1_500)
  one!.store = 'on'
  await pass(30_000)
  assert.deepEqual(one!.diedAt, [])
  assert.equal(one!.watchdog.timeoutMs, null)
  assert.equal(one!.alive()?.armed, null)
})

test('another lease: closed and opened anew with its times, and never said to be armed while it is not', async () => {
  const { members, pass } = stage(1)
  const [one] = members
  await pass(20_000)
  one!.lease.configure(2 * leaseMs, true)
  for (let i = 0; i < 5_000; i++) {
    await pass(1)
    if (one!.alive()?.armed) assert.notEqual(one!.watchdog.timeoutMs, null)
  }
  assert.deepEqual(one!.alive()?.armed, {
    ...{ feedMs: 7_000, timeoutMs: 10_000, marginMs: 3_000 },
    members: ['n1'],
  })
  assert.equal(one!.watchdog.timeoutMs, 10_000)
  assert.equal(one!.lease.mayStart, true)
})

test('a shorter lease kills nobody, whenever it is told: what the longer one allowed to be fed counts no more', async () => {
  for (let laterMs = 0; laterMs < 1_000; laterMs += 50) {
    const { members, pass } = stage(3)
    await pass(20_000 + laterMs)
    for (const { lease } of members) lease.configure(4_000, true)
    await pass(10_000)
    for (const one of members) {
      assert.deepEqual(one.diedAt, [], `told ${laterMs} ms after a renewal`)
      const armed = { feedMs: 1_400, timeoutMs: 2_000, marginMs: 600 }
      assert.deepEqual(one.alive()?.armed, { ...armed, members: ['n1', 'n2', 'n3'] })
      assert.equal(one.watchdog.timeoutMs, 2_000)
    }
  }
})

test('told to disarm while it opens, it closes what it opened', async () => {
  const { members, pass } = stage(1)
  const [one] = members
  await pass(6)
  one!.lease.configure(leaseMs, false)
  await pass(5_000)
  assert.equal(one!.watchdog.timeoutMs, null)
  assert.equal(one!.alive()?.armed, null)
  assert.deepEqual(one!.diedAt, [])
})

test('disarmed from the first, it closes what an earlier daemon left open', async () => {
  const { members, pass } = stage(1)
  const [one] = members
  void one!.watchdog.port().arm(watchdogMs)
  one!.lease.configure(leaseMs, false)
  await pass(10_000)
  assert.equal(one!.watchdog.timeoutMs, null)
  assert.deepEqual(one!.diedAt, [])
})

test('a daemon that ends leaves its watchdog armed', async () => {
  const { members, pass } = stage(1)
  await pass(20_000)
  members[0]!.lease.stop()
  await pass(feedMs)
  assert.equal(members[0]!.watchdog.timeoutMs, watchdogMs)
  await pass(watchdogMs)
  assert.equal(members[0]!.diedAt.length, 1, 'with no successor its host dies')
})
