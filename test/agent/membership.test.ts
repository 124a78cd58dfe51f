import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { agentLife, hostId, instant } from '../../src/model/ids.ts'
import type { Statement } from '../../src/ports/peers.ts'
import { isolate, leaseMs, type StagedMember, stage } from './member-stage.ts'

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
