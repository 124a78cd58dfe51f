import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePorts } from '../../lab/private-etcd.ts'
import { openMemberStore } from '../../src/bin/member-store.ts'
import { OwnStore } from '../../src/bin/own-store.ts'
import { backUp, forget, type MemberHere, restore, standDown } from '../../src/bin/restore-cluster.ts'
import { IdentityFolder } from '../../src/drivers/ca/identity-folder.ts'
import { urlOf } from '../../src/drivers/etcd-server/settings.ts'
import type { MemberFile } from '../../src/drivers/local/member-file.ts'
import { openSqlite } from '../../src/drivers/sqlite/open.ts'
import { hostId, wallTime } from '../../src/model/ids.ts'
import { storeKeys } from '../../src/ports/store.ts'
import { Several } from '../core/several.ts'
import { folderOf, refused } from '../drivers/ca/parts.ts'
import { program, skip } from '../drivers/etcd-server/store-of-hosts.ts'

const limits = { skip, timeout: 380_000 }

/** A member of a cluster of one, with an etcd of its own on free ports, as `vigia cluster init` makes it. */
async function memberOf(t: TestContext): Promise<MemberHere> {
  const stateDirectory = folderOf(t)
  const folder = new IdentityFolder(join(stateDirectory, 'ca'))
  const member = hostId('alfa')
  const identity = await folder.found('office', { member, addresses: ['127.0.0.1'] }, wallTime(Date.now()))
  const [clientPort = 0, peerPort = 0] = await freePorts(2)
  const ports = { clientPort, peerPort }
  const record = { id: member, kind: 'host', addresses: ['127.0.0.1:7443'] } as const
  const own = new OwnStore({ ...{ stateDirectory, record, ports }, identity: () => identity, program })
  const endpoints = [urlOf('127.0.0.1', clientPort)]
  const file: MemberFile = {
    ...{ version: 1, cluster: 'office', peerPort: 7_443, record },
    store: { endpoints, tls: 'member', own: ports },
  }
  t.after(async () => {
    await own.upkeep.stop()
    rmSync(stateDirectory, { recursive: true, force: true })
  })
  await own.found()
  const store = openMemberStore(file, 'alfa.command', () => identity)
  t.after(() => store.close())
  const feederSocket = join(stateDirectory, 'nobody.sock')
  return { ...{ stateDirectory, file, folder, identity, store, own, feederSocket }, etcdProgram: program }
}

const put = (values: Readonly<Record<string, unknown>>) => ({
  ...{ when: [], remove: [] },
  put: Object.entries(values).map(([key, value]) => ({ key, value: JSON.stringify(value) })),
})

/** As a command of later reads it: one that remembers the old store refuses the new one. */
async function contents(t: TestContext, { file, identity }: MemberHere): Promise<Map<string, unknown>> {
  const store = openMemberStore(file, `look${Math.random().toString(36).slice(2)}`, () => identity)
  t.after(() => store.close())
  return new Map((await store.read('')).entries.map(({ key, value }) => [key, JSON.parse(value) as unknown]))
}

const member = (id: string) => ({ [storeKeys.member(id)]: { id, kind: 'host', addresses: ['192.0.2.9:7443'] } })
const record = { ...new Several({ web: {} }).play().record('web'), owner: hostId('beta') }

test(
  'a backup is restored: wishes are there, what hosts did is to be looked at, and nothing is offered before',
  limits,
  async (t) => {
    const here = await memberOf(t)
    const { store, own } = here
    await store.transact(put({ ...member('alfa'), ...member('beta'), [storeKeys.guestRecord('web')]: record }))
    await store.transact(put({ [storeKeys.alive('beta')]: { armed: {} }, 'wish/guest/web': { launchSerial: 2 } }))
    const path = await backUp(here, join(here.stateDirectory, 'one.snapshot'))
    await store.transact(put({ later: 1 }))
    await assert.rejects(restore(here, path, false), refused('refused', 'etcd runs'))
    await own!.upkeep.stop()
    const daemon = await openSqlite(here.stateDirectory)
    await assert.rejects(restore(here, path, false), refused('refused'))
    await daemon.close()
    await restore(here, path, false)
    const found = await contents(t, here)
    assert.deepEqual([...found.keys()].sort(), [
      ...['member-key/alfa', 'member/alfa', 'member/beta', 'record/fencing', 'record/guest/web', 'record/restored'],
      'wish/guest/web',
    ])
    assert.deepEqual((found.get('record/restored') as { hosts: unknown }).hosts, ['alfa', 'beta'])
    const after = found.get('record/guest/web') as typeof record
    assert.equal(after.owner, null)
    assert.ok(after.epoch > record.epoch)
    // As it is now, not as the snapshot had it.
    assert.deepEqual(found.get('member/alfa'), here.file.record)
  },
)

test('a backup of another cluster is refused, and the store that is there stays', limits, async (t) => {
  const [one, other] = [await memberOf(t), await memberOf(t)]
  await other.store.transact(put({ ...member('alfa'), mine: 1 }))
  const path = await backUp(one, join(one.stateDirectory, 'one.snapshot'))
  await other.own!.upkeep.stop()
  await assert.rejects(restore(other, path, false), refused('refused'))
  await other.own!.upkeep.start()
  await other.own!.upkeep.untilAnswers()
  assert.equal((await contents(t, other)).get('mine'), 1)
})

test('of its own copy it goes on alone: the others, sworn to be off, are members no more', limits, async (t) => {
  const here = await memberOf(t)
  await here.store.transact(put({ ...member('alfa'), ...member('beta'), [storeKeys.guestRecord('web')]: record }))
  await here.own!.upkeep.stop()
  await restore(here, null, true)
  const found = await contents(t, here)
  assert.deepEqual([...found.keys()].filter((key) => key.startsWith('member')).sort(), [
    'member-key/alfa',
    'member/alfa',
  ])
  assert.deepEqual((found.get('record/restored') as { hosts: unknown }).hosts, ['alfa'])
})

test(
  'a host stands down only from a store that does not answer, and forgets only one that does not have it',
  limits,
  async (t) => {
    const here = await memberOf(t)
    await here.store.transact(put({ [storeKeys.alive('alfa')]: { left: false } }))
    await assert.rejects(standDown(here), refused('refused'))
    await assert.rejects(forget(here), refused('refused'))
    await here.own!.upkeep.stop()
    assert.equal(await standDown(here), 'alfa')
    assert.equal(await here.own!.upkeep.process.running(), false)
    assert.equal(await forget(here), 'alfa')
    assert.equal((await here.folder.load()).kind, 'empty')
    assert.ok(existsSync(join(here.stateDirectory, 'etcd', 'data.left-1')))
  },
)
