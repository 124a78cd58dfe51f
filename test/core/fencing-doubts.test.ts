import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FencingView, fencingPlan } from '../../src/core/fencing.ts'
import { hostViews } from '../../src/core/hosts.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { defaultHostMeans, defaultSettings } from '../../src/model/cluster.ts'
import { agentLife, guestId, type HostId, hostId, instant, wallTime } from '../../src/model/ids.ts'
import { firstSeat, type MemberSight } from '../../src/model/member.ts'
import type { GuestRecord } from '../../src/model/record.ts'

const [h1, h2, h3] = [hostId('h1'), hostId('h2'), hostId('h3')]
const times = leaseTimes(10_000)
const now = 100_000

/** Three members, each with a fence device; h2, which owns a guest, has been silent for so long. */
function view(silentMs: number, more: Partial<MemberSight> = {}): FencingView {
  const sight = (member: HostId, sinceMs: number): [HostId, MemberSight] => [
    member,
    {
      ...{
        member,
        kind: 'host',
        revision: 1,
        renewed: true,
        askedSince: instant(0),
        heardAt: null,
        unchangedSince: instant(now - sinceMs),
      },
      alive: { member, life: agentLife('life'), bootId: 'boot', serial: 1, armed: null, left: false },
    },
  ]
  const sights = new Map([sight(h1, 100), sight(h2, silentMs), sight(h3, 100)])
  sights.set(h2, { ...sights.get(h2)!, ...more })
  const web: GuestRecord = {
    ...{
      guest: guestId('web'),
      owner: h2,
      epoch: 1,
      generation: 1,
      wanted: 'running',
      memoryMib: null,
      seat: firstSeat,
    },
    ...{ tries: 0, relapses: 0, launchSerial: 0, because: { code: 'services-answer' }, phase: { kind: 'ready' } },
    ...{ enteredAt: instant(0), enteredAtWall: wallTime(0) },
  }
  const cluster = {
    ...{ version: 1 as const, name: 'lab', guests: [], rules: [], settings: defaultSettings },
    hosts: [h1, h2, h3].map((id) => ({
      ...{ ...defaultHostMeans, id, memoryMib: null, cpus: null, reservedMib: 0, overcommit: 1 },
    })),
  }
  const snapshot = {
    ...{ cluster, wishes: new Map(), hostWishes: new Map(), observations: new Map(), hostRecords: new Map() },
    ...{ records: new Map([[web.guest, web]]), now: instant(now), wall: wallTime(0) },
    members: {
      ...{ sights, fileRevision: 1, renewingSince: instant(0), begunAt: instant(0), armed: true, lacks: new Map() },
    },
  }
  const hosts = hostViews(cluster, snapshot)!
  return { snapshot, hosts, times, fenced: { hosts: [] }, devices: () => ['strip'], fencing: null }
}

const stepsOf = (given: FencingView): string[] => fencingPlan(given).steps.map(({ kind, host }) => `${kind} ${host}`)

test('a host that is silent on both ways for a fifth of the lease is fenced, and not before', () => {
  assert.deepEqual(stepsOf(view(1_900)), [])
  assert.deepEqual(stepsOf(view(2_100)), ['fence h2'])
})

test('a host that says something directly is not', () => {
  assert.deepEqual(stepsOf(view(5_000, { heardAt: instant(now - 500) })), [])
  assert.deepEqual(stepsOf(view(5_000, { heardAt: instant(now - 2_100) })), ['fence h2'])
})

test('one that was not asked directly for long enough is not suspected: who has just begun to lead has only one path’s word', () => {
  assert.deepEqual(stepsOf(view(5_000, { askedSince: null, heardAt: instant(now - 60_000) })), [])
  assert.deepEqual(stepsOf(view(5_000, { askedSince: instant(now - 1_900), heardAt: instant(now - 60_000) })), [])
  assert.deepEqual(stepsOf(view(5_000, { askedSince: instant(now - 2_100), heardAt: instant(now - 60_000) })), [
    'fence h2',
  ])
  assert.deepEqual(stepsOf(view(5_000, { askedSince: instant(now - 2_100), heardAt: instant(now - 1_000) })), [])
})

test('one whose kernel answers that no daemon listens has until the lease is over: its daemon may be on its way back', () => {
  const refusedAt = instant(now - 500)
  assert.deepEqual(stepsOf(view(5_000, { refusedAt })), [])
  assert.deepEqual(fencingPlan(view(5_000, { refusedAt })).lacks, new Map([[h2, 'lease-not-over']]))
  assert.deepEqual(stepsOf(view(10_100, { refusedAt })), ['fence h2'])
  // Its kernel is silent, too, by now.
  assert.deepEqual(stepsOf(view(5_000, { refusedAt: instant(now - 2_100) })), ['fence h2'])
})
