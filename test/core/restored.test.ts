import assert from 'node:assert/strict'
import { test } from 'node:test'
import { restoredLeap, restoredStore } from '../../src/core/restored.ts'
import { wallTime } from '../../src/model/ids.ts'
import type { FencingRecord, RestoredRecord } from '../../src/model/member.ts'
import { assignmentOf, type GuestRecord } from '../../src/model/record.ts'
import { noHostWish, type noWish } from '../../src/model/wish.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { n1, n2, n3, Several, sightOfMember } from './several.ts'

type Entries = { key: string; value: string }[]

/** What a snapshot of the store would hold of this world. */
function saved(world: Several, more: Readonly<Record<string, unknown>> = {}): Entries {
  const values: Record<string, unknown> = {
    ...Object.fromEntries([...world.records].map(([id, record]) => [storeKeys.guestRecord(id), record])),
    ...Object.fromEntries([...world.hostRecords].map(([id, record]) => [storeKeys.hostRecord(id), record])),
    ...Object.fromEntries([...world.sights].map(([id, { alive }]) => [storeKeys.alive(id), alive])),
    ...Object.fromEntries([...world.wishes].map(([id, wish]) => [storeKeys.guestWish(id), wish])),
    ...Object.fromEntries([...world.hostWishes].map(([id, wish]) => [storeKeys.hostWish(id), wish])),
    ...Object.fromEntries([n1, n2, n3].map((id) => [storeKeys.member(id), { id, kind: 'host', addresses: [] }])),
    [storeKeys.leader]: { host: n1, life: 'l', term: 3 },
    ...more,
  }
  return Object.entries(values).map(([key, value]) => ({ key, value: JSON.stringify(value) }))
}

function restored(entries: Entries, alone = false): Map<string, unknown> {
  const { put, remove } = restoredStore(entries, storeKeys, { self: n1, alone, at: wallTime(1) })
  const after = new Map(entries.map(({ key, value }) => [key, value]))
  for (const key of remove) after.delete(key)
  for (const { key, value } of put) after.set(key, value)
  return new Map([...after].map(([key, value]) => [key, JSON.parse(value) as unknown]))
}

/** The hosts as they are now, with the records that were restored: only n1 has a daemon yet. */
function began(drafts: ConstructorParameters<typeof Several>[0], store: ReadonlyMap<string, unknown>): Several {
  const world = new Several(drafts)
  for (const value of [...store].filter(([key]) => key.startsWith(storeKeys.guestRecords)).map(([, value]) => value)) {
    world.records.set((value as GuestRecord).guest, value as GuestRecord)
  }
  world.restored = (store.get(storeKeys.restored) as RestoredRecord).hosts
  world.begunAtMs = world.nowMs
  for (const host of ['n2', 'n3']) world.silent(host, 0).member(host, { renewed: false, alive: null, revision: 0 })
  return world
}

test('a guest that was moved after the snapshot is taken where it runs, however late that host comes', () => {
  const before = new Several({ web: { host: n2 } }).play()
  assert.equal(before.said('web'), 'ready on n2')
  const world = began({ web: { host: n2 } }, restored(saved(before)))
    .see('web', 'n3', 'running')
    .settle()
  assert.deepEqual(world.record('web').because, { code: 'store-restored', hosts: [n2, n3] })
  assert.equal(assignmentOf(world.record('web')), null, 'nobody is told anything about it')
  world.after(30 * 24 * 3_600_000, ['n2', 'n3']).settle()
  assert.equal(world.record('web').owner, null, 'no waiting is long enough')
  world
    .member('n2', { alive: sightOfMember('n2').alive })
    .back('n2')
    .play()
  assert.deepEqual(world.record('web').because, { code: 'store-restored', hosts: [n3] })
  assert.deepEqual(world.restored, [n1, n2, n3])
  world
    .member('n3', { alive: sightOfMember('n3').alive })
    .back('n3')
    .play()
  assert.equal(world.said('web'), 'ready on n3')
  assert.deepEqual(
    world.words.filter((word) => word.startsWith('start')),
    [],
    'it was never started again',
  )
  assert.equal(world.restored, null)
})

test('what runs on none of them starts once all were looked at, or sworn dead', () => {
  const before = new Several({ web: { host: n2 } }).play()
  const world = began({ web: { host: n2 } }, restored(saved(before))).settle()
  world
    .member('n2', { alive: sightOfMember('n2').alive })
    .back('n2')
    .play()
  assert.equal(world.said('web'), 'waiting on no host: store-restored')
  world
    .member('n3', { alive: sightOfMember('n3').alive })
    .lose('n3', { kind: 'sworn', by: 'ana' })
    .play()
  assert.equal(world.said('web'), 'ready on n2')
  assert.ok(world.record('web').epoch > before.record('web').epoch)
})

test('a host that was looked at and fell silent again is not waited for anew', () => {
  const before = new Several({ web: { host: n2 } }).play()
  const world = began({ web: {} }, restored(saved(before))).settle()
  for (const host of ['n2', 'n3']) world.member(host, { alive: sightOfMember(host).alive }).back(host)
  world.settle()
  world.silent('n3', 60_000).play()
  assert.notEqual(world.record('web').because.code, 'store-restored')
})

test('nothing that was proven, sworn, ordered or named for one host or boot is left', () => {
  const before = new Several({ web: { host: n2 } }).play()
  before.migrate('web', 'n3').lose('n3', { kind: 'sworn', by: 'ana' })
  before.wishHost('n3', { sworn: { aliveRevision: 100, by: 'ana' }, fenceSerial: 4 })
  before.seat('web', { move: { to: n3, how: 'live', cause: 'operator', serial: 1 }, moves: 1 })
  const store = restored(saved(before, { [storeKeys.seen(n1)]: {}, 'token/t1': {}, 'record/fencing': { hosts: [n3] } }))
  const left = [...store.keys()].sort()
  assert.deepEqual(left, [
    ...['member/n1', 'member/n2', 'member/n3', 'record/fencing', 'record/guest/web', 'record/restored'],
    ...['wish/guest/web', 'wish/host/n3'],
  ])
  const record = store.get(storeKeys.guestRecord('web')) as GuestRecord
  assert.deepEqual([record.owner, record.seat?.move, record.seat?.moveSerial], [null, null, 1])
  const { epoch, generation } = before.record('web')
  assert.deepEqual([record.epoch, record.generation], [epoch + restoredLeap, generation + restoredLeap])
  assert.deepEqual(store.get(storeKeys.hostWish(n3)), { ...noHostWish, sworn: null, fenceSerial: 4 })
  assert.deepEqual((store.get(storeKeys.fencing) as FencingRecord).asked, { n3: 4 })
  assert.deepEqual((store.get(storeKeys.guestWish('web')) as typeof noWish).moveSerial, 1)
})

test('sworn alone: the others are members no more, and only this host is looked at', () => {
  const before = new Several({ web: { host: n2 } }).play()
  const store = restored(saved(before, { 'member-key/n1': {}, 'member-key/n2': {}, 'member-key/n3': {} }), true)
  assert.deepEqual(
    [...store.keys()].filter((key) => key.startsWith('member')),
    ['member/n1', 'member-key/n1'],
  )
  assert.deepEqual((store.get(storeKeys.restored) as RestoredRecord).hosts, [n1])
})

test('restored twice, it is as restored once, with higher epochs', () => {
  const before = new Several({ web: { host: n2 } }).play()
  const once = restored(saved(before))
  const again = restored([...once].map(([key, value]) => ({ key, value: JSON.stringify(value) })))
  assert.deepEqual([...again.keys()].sort(), [...once.keys()].sort())
  const epochs = [before.record('web'), ...[once, again].map((store) => store.get(storeKeys.guestRecord('web')))]
  const [a, b, c] = epochs.map((record) => (record as GuestRecord).epoch) as [number, number, number]
  assert.ok(a < b && b < c)
})
