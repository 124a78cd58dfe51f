import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leads, shallCampaign } from '../../src/core/election.ts'
import { leaseTimes } from '../../src/core/lease-times.ts'
import { agentLife, instant } from '../../src/model/ids.ts'
import type { LeaderRecord, MemberSight } from '../../src/model/member.ts'
import { n1, n2, sightOfMember } from './several.ts'

const now = 100_000
const me = { host: n1, life: agentLife('life-n1') }
const other: LeaderRecord = { host: n2, life: agentLife('life-n2'), term: 3 }
const heard = (agoMs: number, more: Partial<MemberSight> = {}): MemberSight =>
  sightOfMember('n2', { unchangedSince: instant(now - agoMs), ...more })
const alive = heard(0).alive!

interface Row {
  readonly claim: string
  readonly leader: LeaderRecord | null
  readonly sight?: MemberSight | null
  readonly renewingForMs?: number | null
  readonly campaigns: boolean
}

const table: readonly Row[] = [
  { claim: 'nobody leads', leader: null, campaigns: true },
  { claim: 'nobody leads, but it cannot renew itself', leader: null, renewingForMs: null, campaigns: false },
  { claim: 'it leads already', leader: { ...me, term: 3 }, campaigns: false },
  { claim: 'an earlier life of its own led', leader: { ...me, life: agentLife('before'), term: 3 }, campaigns: true },
  { claim: 'the leader renews', leader: other, campaigns: false },
  {
    claim: 'the leader has been silent for no longer than is suspect',
    leader: other,
    sight: heard(2_000),
    campaigns: false,
  },
  { claim: 'the leader has been silent for longer', leader: other, sight: heard(2_001), campaigns: true },
  {
    claim: 'it has renewed itself only since the leader fell silent for it: it may be the store that was silent',
    ...{ leader: other, sight: heard(60_000), renewingForMs: 1_500 },
    campaigns: false,
  },
  {
    claim: 'a silence that it has watched for long enough counts, whatever was before',
    ...{ leader: other, sight: heard(60_000), renewingForMs: 2_001 },
    campaigns: true,
  },
  {
    claim: 'the leader has left',
    leader: other,
    sight: heard(0, { alive: { ...alive, left: true } }),
    campaigns: true,
  },
  { claim: 'the leader is no member any more', leader: other, sight: null, campaigns: true },
  { claim: 'the leader never renewed', leader: other, sight: heard(0, { alive: null }), campaigns: true },
  {
    claim: 'the daemon that led was replaced by another on its host',
    ...{ leader: other, sight: heard(0, { alive: { ...alive, life: agentLife('next') } }) },
    campaigns: true,
  },
  {
    claim: 'a record of another life that was there before this process began says nothing yet',
    ...{ leader: other, sight: heard(0, { alive: { ...alive, life: agentLife('next') }, renewed: false }) },
    campaigns: false,
  },
]

for (const { claim, leader, sight, renewingForMs = 60_000, campaigns } of table) {
  test(`${campaigns ? 'tries to lead' : 'does not try to lead'}: ${claim}`, () => {
    const sights = new Map([[n1, sightOfMember('n1', { unchangedSince: instant(now) })]])
    if (sight !== null) sights.set(n2, sight ?? heard(0))
    const renewingSince = renewingForMs === null ? null : instant(now - renewingForMs)
    const view = { me, leader, sights, renewingSince, now: instant(now) }
    assert.equal(shallCampaign(view, leaseTimes(10_000)), campaigns)
  })
}

test('only the very life that the record names leads', () => {
  assert.equal(leads({ me, leader: { ...me, term: 1 } }), true)
  assert.equal(leads({ me, leader: { ...me, life: agentLife('before'), term: 1 } }), false)
  assert.equal(leads({ me, leader: other }), false)
  assert.equal(leads({ me, leader: null }), false)
})
