import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mayTakeOver } from '../../src/core/failsafe.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { agentLife, hostId, instant } from '../../src/model/ids.ts'
import type { Statement } from '../../src/ports/peers.ts'
import { leaseMs, type Stage, type StagedMember, stage } from './member-stage.ts'

const { feedMs, gapMs, watchdogMs } = leaseTimes(leaseMs)

test('a process younger than T says neither, one that has renewed for T says that it renews', async () => {
  const { members, pass, timeline } = stage(1)
  const [one] = members
  assert.equal(one!.lease.statement(), 'cannot-renew', 'it has renewed nothing yet')
  await pass(100)
  assert.equal(one!.lease.statement(), 'neither')
  await pass(leaseMs - 200)
  assert.equal(one!.lease.statement(), 'neither')
  await pass(200)
  assert.equal(one!.lease.statement(), 'renews')
  assert.ok(timeline.nowMs < leaseMs + 200)
})

test('a gap over G makes it say that it cannot renew, and then neither for a whole T', async () => {
  const { members, pass } = stage(1)
  const [one] = members
  await pass(20_000)
  one!.store = 'off'
  await pass(gapMs - 1_000)
  assert.equal(one!.lease.statement(), 'renews')
  await pass(1_100)
  assert.equal(one!.lease.statement(), 'cannot-renew')
  assert.equal(one!.lease.renewingSince(), null)
  one!.store = 'on'
  await pass(2_000)
  assert.equal(one!.lease.statement(), 'neither')
  await pass(leaseMs)
  assert.equal(one!.lease.statement(), 'renews')
})

test('a renewal whose answer is lost does not count, though the others saw it', async () => {
  const { members, pass } = stage(2)
  const [one, two] = members
  await pass(20_000)
  one!.store = 'loses-answers'
  await pass(5_000)
  assert.equal(one!.lease.statement(), 'cannot-renew')
  const sight = two!.lease.members().get(one!.id)!
  assert.ok(sight.revision > 0)
  assert.ok(20_000 + 5_000 - sight.unchangedSince < 1_500, 'its record goes on changing')
})

/** What becomes of a member's way to the store, and for how long. */
const anyHistory = fc.array(
  fc.record({
    store: fc.constantFrom<StagedMember['store']>('on', 'on', 'off', 'hangs', 'loses-answers'),
    forMs: fc.integer({ min: 50, max: 14_000 }),
  }),
  { minLength: 1, maxLength: 8 },
)

const sampleMs = 50

async function statementsOver(history: readonly { store: StagedMember['store']; forMs: number }[]) {
  const { members, timeline, pass } = stage(1)
  const [one] = members
  const said: { atMs: number; statement: Statement }[] = []
  for (const { store, forMs } of history) {
    one!.store = store
    for (let leftMs = forMs; leftMs > 0; leftMs -= sampleMs) {
      await pass(Math.min(sampleMs, leftMs))
      said.push({ atMs: timeline.nowMs, statement: one!.lease.statement() })
    }
  }
  return { said, one: one! }
}

test('S5: who says that it renews has said for a whole T to nobody that it cannot', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const { said } = await statementsOver([...history, { store: 'on', forMs: 12_000 }])
      for (const [place, { atMs, statement }] of said.entries()) {
        if (statement !== 'renews') continue
        const before = said.slice(0, place).filter((one) => one.atMs > atMs - leaseMs)
        const contrary = before.find((one) => one.statement === 'cannot-renew')
        assert.equal(
          contrary,
          undefined,
          `says at ${atMs} that it renews, and said at ${contrary?.atMs} that it cannot`,
        )
      }
    }),
    { numRuns: 60 },
  )
})

test('S5: alone in its silence, a member feeds no longer than F after the sending of a renewal it knows of', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const world = stage(3)
      const [one] = world.members
      for (const { store, forMs } of [{ store: 'on' as const, forMs: 15_000 }, ...history]) {
        one!.store = store
        await world.pass(forMs)
      }
      for (const { atMs, untilMs } of one!.allowed) {
        const known = one!.sentAt.filter((sentAt) => sentAt <= atMs)
        assert.ok(
          known.some((sentAt) => untilMs <= sentAt + feedMs),
          `at ${atMs} it allowed feeding until ${untilMs}`,
        )
      }
    }),
    { numRuns: 40 },
  )
})

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

test('no guest may start later than F after the last renewal (S1)', async () => {
  const { members, pass } = stage(1)
  const [one] = members
  await pass(20_000)
  one!.store = 'off'
  const lastSentAt = one!.sentAt.at(-1)!
  await pass(feedMs - (20_000 - lastSentAt))
  assert.equal(one!.lease.mayStart, true)
  await pass(1)
  assert.equal(one!.lease.mayStart, false)
})

test('a host that is cut off dies within F + W of its last renewal', async () => {
  const world = stage(3)
  await world.pass(20_000)
  const [one] = world.members
  isolate(world, one!)
  const lastSentAt = one!.sentAt.at(-1)!
  await world.pass(20_000)
  assert.deepEqual(one!.diedAt, [lastSentAt + feedMs + watchdogMs])
})

test('a store that is gone for all kills nobody, for as long as it lasts (S5)', async () => {
  const world = stage(3)
  await world.pass(20_000)
  for (const member of world.members) member.store = 'off'
  await world.pass(300_000)
  for (const member of world.members) member.store = 'on'
  await world.pass(60_000)
  assert.deepEqual(
    world.members.map(({ diedAt }) => diedAt),
    [[], [], []],
  )
  assert.deepEqual(
    world.members.map(({ lease }) => lease.statement()),
    ['renews', 'renews', 'renews'],
  )
})

/** Of how many members, how many cannot renew and hear each other, and whether they live. */
const quorums = [
  { members: 1, silent: 1, live: true },
  { members: 2, silent: 1, live: false },
  { members: 2, silent: 2, live: true },
  { members: 3, silent: 1, live: false },
  { members: 3, silent: 2, live: true },
  { members: 4, silent: 2, live: false },
  { members: 4, silent: 3, live: true },
  { members: 5, silent: 2, live: false },
  { members: 5, silent: 3, live: true },
]

for (const { members: count, silent, live } of quorums) {
  test(`S5: ${silent} of ${count} that cannot renew ${live ? 'live' : 'die'}`, async () => {
    const world = stage(count)
    await world.pass(20_000)
    const without = world.members.slice(0, silent)
    for (const member of without) member.store = 'off'
    await world.pass(60_000)
    for (const { id, diedAt } of without) assert.equal(diedAt.length, live ? 0 : 1, `${id} ${diedAt.join()}`)
    for (const { diedAt } of world.members.slice(silent)) assert.deepEqual(diedAt, [])
  })
}

test('S5: under the failsafe it is fed until F / 2 after the question at most, and not once the others renew again', async () => {
  const world = stage(3)
  await world.pass(20_000)
  for (const member of world.members) member.store = 'off'
  await world.pass(30_000)
  const [one, ...others] = world.members
  for (const { atMs, untilMs } of one!.allowed.filter((each) => each.atMs > 25_000)) {
    assert.ok(untilMs <= atMs + feedMs / 2, `at ${atMs} it allowed feeding until ${untilMs}`)
  }
  for (const member of others) member.store = 'on'
  const sinceMs = world.timeline.nowMs
  await world.pass(20_000)
  assert.equal(one!.diedAt.length, 1)
  assert.ok(one!.diedAt[0]! <= sinceMs + 1_000 + feedMs / 2 + watchdogMs)
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

test('a record that was there before this process began is not taken for a renewal (S15)', async () => {
  const world = stage(2)
  const [one] = world.members
  const gone = hostId('n9')
  const alive = { member: gone, life: agentLife('x'), bootId: 'x', serial: 1, armed: null, left: false }
  world.store.apply({
    when: [],
    put: [
      { key: 'member/n9', value: JSON.stringify({ id: gone, kind: 'witness', addresses: [] }) },
      { key: 'alive/n9', value: JSON.stringify(alive) },
    ],
    remove: [],
  })
  await world.pass(100)
  const sight = one!.lease.members().get(gone)!
  assert.equal(sight.kind, 'witness')
  world.store.apply({
    when: [],
    put: [{ key: 'alive/n9', value: JSON.stringify({ ...alive, serial: 2 }) }],
    remove: [],
  })
  await world.pass(100)
  assert.equal(one!.lease.members().get(gone)?.renewed, true)
  world.store.apply({ when: [], put: [], remove: ['member/n9'] })
  await world.pass(100)
  assert.equal(one!.lease.members().has(gone), false)
})

test('every member is asked, itself too; who does not answer in time is absent', async () => {
  const world = stage(3)
  await world.pass(20_000)
  const [one, two] = world.members
  world.cuts.add(`${two!.id}>${one!.id}`)
  const asked = one!.lease.askAll(500)
  await world.pass(600)
  const heard = await asked
  assert.deepEqual([...heard.keys()].sort(), ['n1', 'n3'])
  assert.deepEqual(
    [...heard.values()].map(({ answer, askedAt }) => [answer.statement, askedAt]),
    [
      ['renews', instant(20_000)],
      ['renews', instant(20_000)],
    ],
  )
})

test('listening tells when each member was last heard directly', async () => {
  const world = stage(2)
  await world.pass(20_000)
  const [one, two] = world.members
  assert.equal(one!.lease.members().get(two!.id)?.heardAt, null)
  one!.lease.listen('all')
  await world.pass(5_000)
  const heardAt = one!.lease.members().get(two!.id)!.heardAt!
  assert.ok(world.timeline.nowMs - heardAt < 1_000)
  world.cuts.add(`${one!.id}>${two!.id}`)
  await world.pass(5_000)
  assert.ok(world.timeline.nowMs - one!.lease.members().get(two!.id)!.heardAt! >= 4_000)
  assert.ok(
    world.timeline.nowMs - one!.lease.members().get(two!.id)!.unchangedSince < 1_500,
    'the store still tells of it',
  )
})

test('it is known since when a member is listened to: of one that was not for a while, nothing is counted', async () => {
  const world = stage(3)
  await world.pass(20_000)
  const [one, two, three] = world.members
  const askedSince = (of = two) => one!.lease.members().get(of!.id)!.askedSince
  assert.equal(askedSince(), null)
  one!.lease.listen([two!.id])
  assert.deepEqual([askedSince(), askedSince(three)], [instant(20_000), null])
  await world.pass(5_000)
  one!.lease.listen([two!.id])
  one!.lease.listen('all')
  assert.deepEqual([askedSince(), askedSince(three)], [instant(20_000), instant(25_000)])
  one!.lease.listen([])
  assert.deepEqual([askedSince(), askedSince(three)], [null, null])
  await world.pass(5_000)
  const heardAt = one!.lease.members().get(two!.id)!.heardAt!
  assert.ok(world.timeline.nowMs - heardAt >= 4_500, 'nobody is asked any more')
  one!.lease.listen('all')
  assert.equal(askedSince(), instant(30_000))
})

test('S14: a daemon that is restarted while the store is gone goes on feeding what its predecessor armed', async () => {
  const world = stage(3)
  await world.pass(20_000)
  for (const member of world.members) member.store = 'off'
  await world.pass(30_000)
  for (const member of world.members) {
    member.kill()
    await world.pass(2_000)
    member.begin()
    await world.pass(60_000)
  }
  for (const member of world.members) member.store = 'on'
  await world.pass(20_000)
  for (const { diedAt, deeds } of world.members) {
    assert.deepEqual(diedAt, [])
    assert.ok(!deeds.includes('close') && deeds.filter((word) => word === 'open').length === 1, 'it stays as it was')
  }
})

test('S14: restarted while the store is there, it says from its first renewal on that it is armed', async () => {
  const { members, pass } = stage(3)
  await pass(20_000)
  const [one] = members
  one!.kill()
  one!.deeds.length = 0
  await pass(1_000)
  one!.begin()
  await pass(30_000)
  assert.equal(one!.deeds.at(-1), 'commit armed')
  assert.ok(one!.deeds.filter((word) => word === 'commit unarmed').length <= 1, one!.deeds.join())
  assert.deepEqual(one!.diedAt, [])
})

test('S5: restarted and cut off from all, it dies within the time that was left', async () => {
  const world = stage(3)
  await world.pass(20_000)
  const [one] = world.members
  isolate(world, one!)
  const lastSentAt = one!.sentAt.at(-1)!
  await world.pass(1_000)
  one!.kill()
  await world.pass(500)
  one!.begin()
  await world.pass(20_000)
  assert.equal(one!.diedAt.length, 1)
  assert.ok(one!.diedAt[0]! <= lastSentAt + feedMs + watchdogMs)
})

test('what an earlier boot kept is not inherited, nor what was armed otherwise than was kept', async () => {
  for (const change of [{ bootId: 'boot-before' }, { armed: { feedMs: 3_500, timeoutMs: 6_000, marginMs: 1_500 } }]) {
    const world = stage(3)
    await world.pass(20_000)
    for (const member of world.members) member.store = 'off'
    await world.pass(20_000)
    const [one] = world.members
    one!.kill()
    one!.arming.kept = { ...one!.arming.kept!, ...change }
    one!.begin()
    await world.pass(20_000)
    assert.equal(one!.diedAt.length, 1)
  }
})

test('S5: who joined counts as soon as it is kept for the next process, and until the record says so both counts must hold', async () => {
  const world = stage(4, { recorded: 3 })
  await world.pass(20_000)
  const [one] = world.members
  const named = () => one!.alive()?.armed?.members?.join()
  const kept = () => one!.arming.kept!.lists.map((list) => list.join()).join(' ')
  assert.equal(named(), 'n1,n2,n3')
  one!.disk.diskFull = true
  world.join(hostId('n4'))
  await world.pass(5_000)
  assert.equal(named(), 'n1,n2,n3', 'what cannot be kept is not named')
  assert.equal(kept(), 'n1,n2,n3')
  one!.disk.diskFull = false
  const seen: string[] = []
  for (let i = 0; i < 3_000; i++) {
    await world.pass(1)
    const now = `${named()} by ${kept()}`
    if (seen.at(-1) !== now) seen.push(now)
  }
  assert.deepEqual(seen, [
    'n1,n2,n3 by n1,n2,n3 n1,n2,n3,n4',
    'n1,n2,n3,n4 by n1,n2,n3 n1,n2,n3,n4',
    'n1,n2,n3,n4 by n1,n2,n3,n4',
  ])
})

test('S5: an earlier list that was inherited counts for a minute more: its process may have sent what is not written yet', async () => {
  const world = stage(4, { recorded: 3 })
  await world.pass(20_000)
  const [one] = world.members
  const lists = () => one!.arming.kept!.lists.length
  one!.kill()
  world.join(hostId('n4'))
  one!.begin()
  await world.pass(50_000)
  assert.equal(lists(), 2)
  await world.pass(15_000)
  assert.equal(lists(), 1)
})

/** What becomes of one member: its way to the store, its daemon, its disk; or of them all, when another joins. */
const anyLife = fc.array(
  fc.record({
    who: fc.nat(4),
    what: fc.constantFrom('on', 'off', 'loses-answers', 'hangs', 'restart', 'kill', 'join', 'disk-full', 'disk-free'),
    forMs: fc.constantFrom(50, 400, 1_000, 2_500, 12_000),
  }),
  { minLength: 2, maxLength: 14 },
)

test('S5: whoever joins, is restarted or cannot learn of it: nobody is taken from who lives', async () => {
  await fc.assert(
    fc.asyncProperty(anyLife, async (life) => {
      const world = stage(5, { recorded: 2 })
      const changedAt = new Map<string, number>()
      world.store.onCommit((changes) => {
        for (const { key } of changes) changedAt.set(key, world.timeline.nowMs)
      })
      const look = async (ms: number) => {
        for (let leftMs = ms; leftMs > 0; leftMs -= 100) {
          await world.pass(Math.min(100, leftMs))
          for (const member of world.members) assertNotTaken(world, member, changedAt.get(`alive/${member.id}`))
        }
      }
      await look(15_000)
      for (const { who, what, forMs } of life) {
        const member = world.members[who]!
        befall(world, member, what)
        await look(forMs)
      }
      await look(20_000)
    }),
    { numRuns: 60 },
  )
})

function befall(world: Stage, member: StagedMember, what: string): void {
  if (what === 'join') world.join(member.id)
  else if (what === 'disk-full' || what === 'disk-free') member.disk.diskFull = what === 'disk-full'
  else if (what === 'kill') member.kill()
  else if (what === 'restart') {
    member.kill()
    member.begin()
  } else member.store = what as StagedMember['store']
}

/** As a leader decides it (S2 b): the record unchanged for T, and enough of those whom it names renew. */
function assertNotTaken({ members, timeline }: Stage, host: StagedMember, changedAt = timeline.nowMs): void {
  const named = host.alive()?.armed?.members
  if (named === undefined || timeline.nowMs - changedAt < leaseMs) return
  const renewing = members.filter(({ lease }) => lease.statement() === 'renews').map(({ id }) => id)
  if (!mayTakeOver(named, renewing)) return
  const dead = !host.powered || host.bootId !== host.alive()?.bootId
  assert.ok(dead, `at ${timeline.nowMs} ${host.id}, which names ${named}, is taken from by ${renewing} and lives`)
}

function isolate({ cuts, members }: Stage, one: StagedMember): void {
  one.store = 'off'
  for (const { id } of members) {
    cuts.add(`${id}>${one.id}`)
    cuts.add(`${one.id}>${id}`)
  }
}
