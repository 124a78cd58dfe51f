import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mayTakeOver } from '../../src/core/failsafe.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { hostId } from '../../src/model/ids.ts'
import { isolate, leaseMs, type Stage, type StagedMember, stage } from './member-stage.ts'

const { feedMs, watchdogMs } = leaseTimes(leaseMs)

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
