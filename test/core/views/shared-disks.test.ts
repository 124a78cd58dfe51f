import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowedHosts, sameDisk, sharedDiskFindings } from '../../../src/core/views/shared-disks.ts'
import type { ClusterSpec } from '../../../src/model/cluster.ts'
import type { GuestSpec } from '../../../src/model/guest.ts'
import type { FileSight } from '../../../src/model/host-report.ts'
import { guestId, type HostId, hostId } from '../../../src/model/ids.ts'

const file = (more: Partial<FileSight> = {}): FileSight => ({
  ...{ path: '/vm/web.qcow2', kind: 'file', sizeBytes: 1_000, identity: '12', marked: null },
  ...more,
})
const block = (more: Partial<FileSight> = {}) => file({ kind: 'block', identity: 'wwid naa.5', ...more })

test('a path means the same disk only where that is known', () => {
  const rows: readonly (readonly [FileSight, FileSight, string])[] = [
    [file(), file({ marked: true }), 'same'],
    // It grew meanwhile, and the other file system numbers it otherwise: the mark knows better.
    [file(), file({ marked: true, sizeBytes: 2_000, identity: '99' }), 'same'],
    // Two hosts that were installed alike have the same numbers.
    [file(), file({ marked: false }), 'another'],
    [file(), file(), 'unknown'],
    [file(), file({ identity: '13' }), 'another'],
    [file(), file({ kind: 'missing' }), 'missing'],
    [file(), block(), 'another'],
    [block(), block(), 'same'],
    [block(), block({ identity: 'wwid naa.6' }), 'another'],
    [block(), block({ sizeBytes: 7 }), 'another'],
    [block({ identity: null }), block(), 'unknown'],
    [block({ identity: null }), block({ identity: null }), 'unknown'],
  ]
  for (const [own, other, expected] of rows) assert.equal(sameDisk(own, other), expected, JSON.stringify([own, other]))
})

const [h1, h2, h3] = ['h1', 'h2', 'h3'].map((name) => hostId(name)) as [HostId, HostId, HostId]
const web = guestId('web')

test('each host that would not find a disk is named; hosts that were not asked are not judged', () => {
  const own = [file(), file({ path: '/iso/cd' })]
  const found = (others: readonly (readonly [HostId, readonly FileSight[]])[]) =>
    sharedDiskFindings({ guest: web, holder: h1, own, others: new Map(others) }).map(
      ({ id, result, details }) => `${id} ${result} ${JSON.stringify(details)}`,
    )
  const good = [file({ marked: true }), file({ path: '/iso/cd', marked: true })]
  assert.deepEqual(found([]), [])
  assert.deepEqual(found([[h2, good]]), ['shared-disks pass {"hosts":["h1","h2"]}'])
  assert.deepEqual(
    found([
      [h3, [file({ marked: false }), file({ path: '/iso/cd', kind: 'missing' })]],
      [h2, [file({ marked: true })]],
    ]),
    [
      'disks-unsure warn {"host":"h2","paths":["/iso/cd"]}',
      'disks-not-there fail {"host":"h3","paths":["/iso/cd"]}',
      'disks-not-shared fail {"host":"h3","paths":["/vm/web.qcow2"]}',
    ],
  )
})

test('only a strict rule keeps a guest from a host', () => {
  const rule = (strict: boolean) =>
    ({ rules: [{ kind: 'hosts', guests: [web], hosts: { h1: 0, h2: 0 }, strict }] }) as unknown as ClusterSpec
  const guest = { id: web } as GuestSpec
  assert.deepEqual(allowedHosts(rule(true), guest, [h1, h2, h3]), [h1, h2])
  assert.deepEqual(allowedHosts(rule(false), guest, [h1, h2, h3]), [h1, h2, h3])
})
