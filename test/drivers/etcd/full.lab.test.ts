import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { insideFolder, startPrivateEtcd, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import { etcdServerFlags } from '../../../src/drivers/etcd/server-flags.ts'
import { EtcdStore } from '../../../src/drivers/etcd/store.ts'
import { Fault } from '../../../src/model/fault.ts'
import { askEtcd, compactEtcd } from './etcd-by-hand.ts'
import { writeAndWatchWhile } from './story.ts'

const skip = whyNoPrivateEtcd() ?? false
const skipDisk = skip || process.getuid?.() === 0 ? skip : 'needs root'

const noise = (bytes: number): string => randomBytes(bytes).toString('base64')

async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const caught: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(caught instanceof Fault, String(caught))
  return caught
}

test('an etcd at its quota refuses writes with disk-full, stays readable, and takes writes again', {
  skip,
}, async () => {
  const etcd = await startPrivateEtcd({ flags: [...etcdServerFlags, '--quota-backend-bytes=8000000'] })
  const store = new EtcdStore({
    endpoints: etcd.endpoints,
    cluster: 'full',
    client: 'one',
    writeMs: 30_000,
    readMs: 30_000,
  })
  try {
    const write = () => store.transact({ when: [], put: [{ key: 'a', value: noise(700_000) }], remove: [] })
    let fault: Fault | null = null
    // One that is only late on a busy disk says nothing of how full it is.
    for (let tries = 0; tries < 60 && fault?.code !== 'disk-full'; tries++) {
      fault = await write().then(
        () => null,
        (error: Fault) => error,
      )
    }
    assert.deepEqual([fault?.code, fault?.outcome], ['disk-full', 'unknown'])
    assert.equal((await store.read('')).entries.length, 1)
    assert.equal((await faultOf(write())).code, 'disk-full')
    // What an operator does, as etcd's documentation says.
    await compactEtcd(etcd)
    const [endpoint = ''] = etcd.endpoints
    await askEtcd(endpoint, '/v3/maintenance/defragment', {})
    const { alarms } = (await askEtcd(endpoint, '/v3/maintenance/alarm', { action: 'GET' })) as { alarms: object[] }
    for (const alarm of alarms) await askEtcd(endpoint, '/v3/maintenance/alarm', { action: 'DEACTIVATE', ...alarm })
    assert.ok((await write()).done)
  } finally {
    await store.close()
    await etcd.stop()
  }
})

test('one of three members whose disk is full is done without', { skip: skipDisk }, async (t) => {
  const etcd = await startPrivateEtcd({ members: 3, flags: etcdServerFlags, firstDiskMib: 200 })
  try {
    const [first] = etcd.members
    assert.ok(first)
    const options = { endpoints: etcd.endpoints, cluster: 'disk', client: 'x' }
    const story = await writeAndWatchWhile(options, async () => {
      fillDisk(insideFolder(first))
      // The journal is written ahead in pieces of 64 MiB: only the next piece finds the disk full.
      const filler = new EtcdStore({
        ...options,
        endpoints: etcd.endpoints.slice(1),
        client: 'filler',
        writeMs: 10_000,
      })
      for (let round = 0; round < 12; round++) {
        const put = [{ key: 'filler', value: noise(6_000_000) }]
        // Whether this one is written is not what is asked here.
        await filler.transact({ when: [], put, remove: [] }).catch(() => {})
      }
      await filler.close()
      for (let waited = 0; waited < 300 && existsSync(`/proc/${first.pid}`); waited++) await delay(100)
      assert.ok(!existsSync(`/proc/${first.pid}`), 'the member is still there: its disk was not full')
    })
    t.diagnostic(JSON.stringify(story))
    assert.ok(story.confirmed > 10)
    assert.equal(story.gaps, 0)
  } finally {
    await etcd.stop()
  }
})

function fillDisk(folder: string): void {
  const file = openSync(join(folder, 'filler'), 'w')
  const piece = Buffer.alloc(1024 * 1024)
  try {
    for (let count = 0; count < 1_000; count++) writeSync(file, piece)
  } catch (error) {
    assert.match(String(error), /ENOSPC/)
  } finally {
    closeSync(file)
  }
}
