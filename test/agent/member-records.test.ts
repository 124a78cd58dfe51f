import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemberRecords } from '../../src/agent/member-records.ts'
import { hostId } from '../../src/model/ids.ts'
import { silentLog } from '../../src/ports/log.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { FakeStore } from '../../src/sim/fakes/fake-store.ts'
import { Timeline } from '../../src/sim/timeline.ts'
import { worldClock } from '../../src/sim/world-clock.ts'

const [h1, h2] = [hostId('h1'), hostId('h2')]

async function stage() {
  const timeline = new Timeline()
  const clock = worldClock(timeline)
  const store = new FakeStore(clock)
  const put = (key: string, value: object) =>
    store.apply({ when: [], put: [{ key, value: JSON.stringify(value) }], remove: [] })
  for (const id of [h1, h2]) put(storeKeys.member(id), { id, kind: 'host', addresses: [] })
  put(storeKeys.alive(h1), { member: h1, serial: 1 })
  let deaf = false
  const connection = store.connect({}, () => deaf)
  const records = new MemberRecords({ store: connection, clock, log: silentLog }, () => {})
  records.start()
  const play = () => timeline.playUntil(timeline.nowMs + 1_000)
  await play()
  /** Changes are missed, then everything is read again. */
  const missed = async (change: () => void) => {
    deaf = true
    change()
    deaf = false
    connection.loseWatches()
    await play()
  }
  return { store, put, records, play, missed }
}

test('a member that left while changes were missed counts no more (S5: N is what is recorded)', async () => {
  const { store, records, missed } = await stage()
  assert.deepEqual([...records.members.keys()], [h1, h2])
  await missed(() => store.apply({ when: [], put: [], remove: [storeKeys.member(h2)] }))
  assert.deepEqual([...records.members.keys()], [h1])
})

test('what is read again and has not changed was silent all the time', async () => {
  const { records, missed } = await stage()
  const before = records.members.get(h1)!
  await missed(() => {})
  assert.deepEqual(records.members.get(h1), before)
  assert.equal(before.renewed, false)
})

test('what changed while nobody listened has been renewed, from when it was read', async () => {
  const { put, records, missed } = await stage()
  const before = records.members.get(h1)!
  await missed(() => put(storeKeys.alive(h1), { member: h1, serial: 2 }))
  const after = records.members.get(h1)!
  assert.ok(after.renewed && after.unchangedSince > before.unchangedSince)
})
