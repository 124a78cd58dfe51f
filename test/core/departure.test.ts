import assert from 'node:assert/strict'
import { test } from 'node:test'
import { departureOf, type StoredEntry } from '../../src/core/departure.ts'
import { hostId } from '../../src/model/ids.ts'
import type { GuestRecord } from '../../src/model/record.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { n2, n3, Several } from './several.ts'

const gone = hostId('n2')
const loss = (aliveRevision: number) => ({ host: n2, life: 'l', bootId: 'b', loss: { aliveRevision, bootId: 'b' } })

function entries(records: readonly GuestRecord[], more: Readonly<Record<string, readonly [unknown, number]>>) {
  const of = (key: string, value: unknown, revision: number): StoredEntry => ({
    key,
    value: JSON.stringify(value),
    revision,
  })
  return [
    ...records.map((record, index) => of(storeKeys.guestRecord(record.guest), record, 10 + index)),
    ...Object.entries(more).map(([key, [value, revision]]) => of(key, value, revision)),
  ]
}

const world = new Several({ web: {}, mail: {} }).see('web', 'n2', 'running').see('mail', 'n3', 'running').play()
const records = [...world.records.values()]
const departure = (more: Parameters<typeof entries>[1], of: readonly GuestRecord[] = records) =>
  departureOf(entries(of, more), storeKeys, gone)

test('a host that owns guests and is not proven dead is not taken out', () => {
  assert.deepEqual(departure({ 'alive/n2': [{}, 7] }), { kind: 'refused', why: 'guests-here', guests: ['web'] })
  assert.equal(departure({ 'alive/n2': [{}, 8], 'record/host/n2': [loss(7), 5] }).kind, 'refused', 'it renewed since')
})

test('proven dead, it goes, and its guests are nobody’s, in one transaction that its life would void', () => {
  const found = departure({ 'alive/n2': [{}, 7], 'record/host/n2': [loss(7), 5] })
  assert.ok(found.kind === 'goes')
  assert.deepEqual(found.remove, ['member/n2', 'seen/n2', 'record/host/n2'])
  assert.deepEqual(found.when.map(({ key, revision }) => `${key} ${revision}`).sort(), [
    'alive/n2 7',
    'record/guest/mail 10',
    'record/guest/web 11',
    'record/host/n2 5',
  ])
  const [put] = found.put
  const record = JSON.parse(put!.value) as GuestRecord
  assert.equal(found.put.length, 1)
  const before = world.record('web')
  assert.deepEqual([record.owner, record.epoch, record.seat?.lostFrom], [null, before.epoch + 1, n2])
})

test('without guests it goes, though nobody has proven it dead', () => {
  const found = departure({}, [world.record('mail')])
  assert.ok(found.kind === 'goes')
  assert.deepEqual(found.put, [])
})

test('a move that it is part of is ended first', () => {
  const move = { to: n2, how: 'live', cause: 'operator', serial: 1 } as const
  const moving = { ...world.record('mail'), seat: { ...world.record('mail').seat!, move } }
  assert.equal(moving.owner, n3)
  const dead = { 'alive/n2': [{}, 7], 'record/host/n2': [loss(7), 5] } as const
  assert.deepEqual(departure(dead, [moving]), { kind: 'refused', why: 'guests-here', guests: ['mail'] })
})

test('of a restored store: one that was not looked at since may have anything', () => {
  const restored = { 'record/restored': [{ at: 0, hosts: ['n2', 'n3'] }, 3] } as const
  assert.deepEqual(departure(restored, []), { kind: 'refused', why: 'guests-unknown', guests: [] })
  assert.equal(departure({ ...restored, 'record/host/n2': [loss(0), 5] }, []).kind, 'goes', 'sworn dead')
})
