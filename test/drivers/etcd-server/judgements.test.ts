import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { EtcdStatus } from '../../../src/drivers/etcd-server/admin.ts'
import { nextMaintenance } from '../../../src/drivers/etcd-server/maintenance.ts'
import {
  majorityOf,
  promotionVerdict,
  removalVerdict,
  type StoreMember,
  votersVerdict,
} from '../../../src/drivers/etcd-server/membership.ts'
import { type EtcdPlace, environmentFile, etcdEnvironment } from '../../../src/drivers/etcd-server/settings.ts'
import { electionTimes, latencyVerdict } from '../../../src/drivers/etcd-server/timing.ts'
import type { MemberHealth } from '../../../src/drivers/etcd-server/votes.ts'
import { hostId } from '../../../src/model/ids.ts'
import { refused } from '../ca/parts.ts'

/** `alfa beta! gamma?`: `!` does not answer, `?` has no vote. */
function members(text: string): StoreMember[] {
  return text.split(' ').map((word) => ({
    name: word.replace(/[!?]/g, ''),
    answers: !word.includes('!'),
    vote: !word.includes('?'),
  }))
}

test('how many votes: one decides alone, two are worse than one, more survive the loss of a minority', () => {
  const table = [0, 1, 2, 3, 4, 5, 7, 8].map((voters) => {
    const verdict = votersVerdict(voters)
    return verdict.kind === 'fine' ? verdict.spare : verdict.why
  })
  assert.deepEqual(table, ['no-voter', 0, 'two-without-witness', 1, 1, 2, 3, 'too-many-voters'])
})

test('a learner is given its vote only towards three, and only where a majority answers with it', () => {
  const table = [
    ['alfa beta?', 2, 'two-without-witness'],
    ['alfa beta?', 3, 0],
    ['alfa beta gamma?', 3, 1],
    ['alfa beta! gamma?', 3, 1],
    ['alfa! beta! gamma?', 3, 'majority-lost'],
    ['alfa beta gamma delta?', 4, 1],
    ['a b c d e f g h?', 8, 'too-many-voters'],
  ] as const
  for (const [text, wanted, expected] of table) {
    const verdict = promotionVerdict(members(text), wanted)
    assert.equal(verdict.kind === 'fine' ? verdict.spare : verdict.why, expected, text)
  }
})

test('a member is taken out only where those who are left decide, and two are left only for a moment', () => {
  const table = [
    ['alfa beta gamma', 'gamma', false, 'two-without-witness'],
    ['alfa beta gamma', 'gamma', true, 0],
    ['alfa beta gamma!', 'gamma', true, 0],
    ['alfa beta! gamma!', 'gamma', true, 'majority-lost'],
    ['alfa beta! gamma!', 'alfa', true, 'majority-lost'],
    ['alfa beta gamma delta', 'delta', false, 1],
    ['alfa beta?', 'beta', false, 0],
    ['alfa beta?', 'alfa', false, 'no-voter'],
    ['alfa', 'beta', false, 'not-a-member'],
  ] as const
  for (const [text, leaving, replaced, expected] of table) {
    const verdict = removalVerdict(members(text), leaving, replaced)
    assert.equal(verdict.kind === 'fine' ? verdict.spare : verdict.why, expected, `${text} - ${leaving}`)
  }
})

test('no verdict ever leaves fewer than a majority answering', () => {
  const member = fc.record({ vote: fc.boolean(), answers: fc.boolean() })
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 9 }), fc.boolean(), (made, replaced) => {
      const all = made.map((one, place) => ({ ...one, name: `m${place}` }))
      const voters = all.filter(({ vote }) => vote)
      const before = voters.filter(({ answers }) => answers).length >= majorityOf(voters.length)
      for (const { name } of all) {
        if (!before || removalVerdict(all, name, replaced).kind === 'refused') continue
        const left = voters.filter((one) => one.name !== name)
        assert.ok(left.filter(({ answers }) => answers).length >= majorityOf(left.length))
      }
    }),
  )
})

test('the times of elections follow the round trip, from the defaults of one building on', () => {
  assert.deepEqual(electionTimes(0.3), { heartbeatMs: 100, electionMs: 1_000 })
  assert.deepEqual(electionTimes(60), { heartbeatMs: 100, electionMs: 1_000 })
  assert.deepEqual(electionTimes(94), { heartbeatMs: 150, electionMs: 1_500 })
})

test('a disk or a network too slow for the lease is refused, with the numbers', () => {
  const lease = { leaseMs: 10_000, gapMs: 1_750, feedMs: 3_500 }
  const fast = { leaseMs: 4_000, gapMs: 700, feedMs: 1_400 }
  const table = [
    [1, 0.5, 'pass', 'fits'],
    [11, 0.5, 'warn', 'disk-slow'],
    [101, 0.5, 'fail', 'disk-too-slow'],
    [5, 70, 'pass', 'fits'],
    [5, 100, 'pass', 'fits'],
    [5, 200, 'warn', 'elections-too-slow'],
    [5, 400, 'fail', 'elections-too-slow'],
    [5, 1_000, 'fail', 'renewals-too-slow'],
  ] as const
  for (const [fsyncMs, roundTripMs, kind, because] of table) {
    const verdict = latencyVerdict({ fsyncMs, roundTripMs }, lease)
    assert.deepEqual([verdict.kind, verdict.because], [kind, because], `${fsyncMs} ms, ${roundTripMs} ms`)
    assert.equal(verdict.renewalMs, 2 * roundTripMs + fsyncMs)
  }
  const near = latencyVerdict({ fsyncMs: 1, roundTripMs: 0.5 }, fast)
  assert.deepEqual([near.kind, near.because], ['warn', 'elections-too-slow'])
})

const mib = 1024 * 1024

function health(name: string, status: Partial<EtcdStatus> | null): MemberHealth {
  const member = { id: name, name, peerUrl: '', clientUrl: '', learner: false }
  const usual = { memberId: name, clusterId: '1', leaderId: 'a', learner: false, revision: 9, behind: 0, version: '' }
  return { member, status: status === null ? null : { ...usual, sizeBytes: 100 * mib, usedBytes: 90 * mib, ...status } }
}

test('one wasteful member at a time, the leader last, and none while another is missing', () => {
  const wasteful = { usedBytes: 10 * mib }
  const table = [
    [[health('a', {}), health('b', {}), health('c', {})], { kind: 'none' }],
    [[health('a', wasteful), health('b', wasteful), health('c', {})], { kind: 'defragment', member: 'b' }],
    [[health('a', wasteful), health('b', {})], { kind: 'defragment', member: 'a' }],
    [[health('a', wasteful), health('b', null)], { kind: 'wait' }],
    [[health('a', { sizeBytes: 20 * mib, usedBytes: 1 * mib })], { kind: 'none' }],
  ] as const
  for (const [all, step] of table) assert.deepEqual(nextMaintenance(all, []), step)
})

test('a full store is made room in even while a member is missing', () => {
  const all = [health('a', { revision: 70 }), health('b', null), health('c', { revision: 71 })]
  assert.deepEqual(nextMaintenance(all, [{ memberId: 'a', kind: 'no-space' }]), { kind: 'make-room', revision: 71 })
})

const place: EtcdPlace = {
  name: hostId('alfa'),
  folder: '/var/lib/vigia/etcd',
  address: '2001:db8::1',
  clientPort: 2379,
  peerPort: 2380,
  files: { authority: '/ca/a', certificate: '/ca/c', key: '/ca/k' },
  timing: electionTimes(1),
}

test('the settings name this member, ask for certificates, and say whether a store is made or joined', () => {
  const made = etcdEnvironment(place, { kind: 'found', token: 'office' })
  assert.equal(made.ETCD_INITIAL_CLUSTER, 'alfa=https://[2001:db8::1]:2380')
  assert.equal(made.ETCD_INITIAL_CLUSTER_STATE, 'new')
  assert.equal(made.ETCD_LISTEN_CLIENT_URLS, 'https://[2001:db8::1]:2379,https://127.0.0.1:2379')
  for (const flag of ['ETCD_CLIENT_CERT_AUTH', 'ETCD_PEER_CLIENT_CERT_AUTH', 'ETCD_PRE_VOTE']) {
    assert.equal(made[flag], 'true', flag)
  }
  const joins = etcdEnvironment(place, { kind: 'join', members: { beta: 'https://b:2380' } })
  assert.equal(joins.ETCD_INITIAL_CLUSTER, 'beta=https://b:2380,alfa=https://[2001:db8::1]:2380')
  assert.equal(joins.ETCD_INITIAL_CLUSTER_STATE, 'existing')
  assert.match(environmentFile(joins), /^# .*\nETCD_NAME="alfa"\n/)
  assert.throws(
    () => etcdEnvironment({ ...place, address: 'alfa.example.net' }, { kind: 'found', token: '' }),
    refused('bad-request'),
  )
})
