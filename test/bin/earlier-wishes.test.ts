import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { handOverWishes, markHandOver, setAsideName } from '../../src/bin/earlier-wishes.ts'
import { openSqlite } from '../../src/drivers/sqlite/open.ts'
import { Fault } from '../../src/model/fault.ts'
import { silentLog } from '../../src/ports/log.ts'
import type { Store } from '../../src/ports/store.ts'

const earlier = {
  'record/guest/www': '{"owner":"alfa"}',
  'wish/cluster': '{"spec":1}',
  'wish/guest/www': '{"launchSerial":3}',
  'wish/host/alfa': '{"downInBoot":"x"}',
}

/** A host with what it wished while it was alone, and the store of a cluster. */
async function stage(t: TestContext, inCluster: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-earlier-'))
  const [alone, cluster] = await Promise.all([openSqlite(join(folder, 'host')), openSqlite(join(folder, 'cluster'))])
  t.after(async () => {
    await Promise.all([alone.close(), cluster.close()])
    rmSync(folder, { recursive: true })
  })
  const put = (values: Readonly<Record<string, string>>) => ({
    ...{ when: [], remove: [] },
    put: Object.entries(values).map(([key, value]) => ({ key, value })),
  })
  await alone.store.transact(put(earlier))
  await cluster.store.transact(put(inCluster))
  const stateDirectory = join(folder, 'host')
  const run = (store: Store = cluster.store, signal = new AbortController().signal): Promise<void> =>
    handOverWishes({ stateDirectory, local: alone.store, cluster: store, log: silentLog, signal })
  const kept = async ({ store }: typeof alone): Promise<Record<string, string>> =>
    Object.fromEntries((await store.read('')).entries.map(({ key, value }) => [key, value]))
  return { stateDirectory, alone, cluster, run, kept, setAside: join(stateDirectory, setAsideName) }
}

test('the founder hands its file and the wishes for guests over, once, and keeps none', async (t) => {
  const { stateDirectory, alone, cluster, run, kept, setAside } = await stage(t)
  await markHandOver(stateDirectory)
  await run()
  const { 'wish/cluster': file, 'wish/guest/www': wish } = earlier
  assert.deepEqual(await kept(cluster), { 'wish/cluster': file, 'wish/guest/www': wish })
  assert.deepEqual(await kept(alone), {})
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(setAside, 'utf8')) as object), Object.keys(earlier).sort())
  await cluster.store.transact({ when: [], put: [{ key: 'wish/guest/www', value: '{"launchSerial":4}' }], remove: [] })
  await run()
  assert.equal((await kept(cluster))['wish/guest/www'], '{"launchSerial":4}')
})

test('a host that joins keeps its wishes to itself, and they are not in force when it is alone again', async (t) => {
  const { alone, cluster, run, kept, setAside } = await stage(t)
  await run()
  assert.deepEqual([await kept(cluster), await kept(alone)], [{}, {}])
  assert.ok(existsSync(setAside))
})

test('a cluster that has a file keeps that one', async (t) => {
  const { stateDirectory, alone, cluster, run, kept } = await stage(t, { 'wish/cluster': '{"spec":2}' })
  await markHandOver(stateDirectory)
  await run()
  assert.deepEqual([await kept(cluster), await kept(alone)], [{ 'wish/cluster': '{"spec":2}' }, {}])
})

test('while the store does not answer nothing is set aside; a write whose answer was lost is not done twice', async (t) => {
  const { stateDirectory, alone, cluster, run, kept } = await stage(t)
  await markHandOver(stateDirectory)
  const lost = new Fault('store-lost', 'unknown')
  const ended = new AbortController()
  const away: Store = { ...cluster.store, transact: async () => Promise.reject(lost) }
  const waiting = run(away, ended.signal)
  setImmediate(() => ended.abort())
  await waiting
  assert.deepEqual(await kept(alone), earlier)
  let tries = 0
  const answerLost: Store = {
    ...cluster.store,
    transact: async (transaction) => {
      const result = await cluster.store.transact(transaction)
      if (tries++ === 0) throw lost
      return result
    },
  }
  await run(answerLost)
  assert.equal(tries, 2)
  assert.equal((await cluster.store.read('')).revision, 1)
  assert.deepEqual(await kept(alone), {})
})
