import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { EtcdAdmin } from '../../../src/drivers/etcd-server/admin.ts'
import { maintain } from '../../../src/drivers/etcd-server/maintenance.ts'
import { continueAlone, restoreSnapshot } from '../../../src/drivers/etcd-server/restore.ts'
import { clientUrl } from '../../../src/drivers/etcd-server/settings.ts'
import { checkSnapshot, saveDatedSnapshot, saveSnapshot } from '../../../src/drivers/etcd-server/snapshot.ts'
import { settleVotes } from '../../../src/drivers/etcd-server/votes.ts'
import { folderOf, refused } from '../ca/parts.ts'
import { cutOff, hostsOf, program, put, skip, storeOf, type TestHost } from './store-of-hosts.ts'

const limits = { skip, timeout: 390_000 }

async function joined(first: TestHost, host: TestHost): Promise<void> {
  await host.upkeep.join(first.admin)
  for (let tries = 0; (await settleVotes(first.admin, first.tls, 3)) !== null; tries++) {
    assert.ok(tries < 900, 'it has no vote')
    await delay(100)
  }
}

async function three(t: TestContext) {
  const [alfa, beta, gamma] = await hostsOf(t, ['alfa', 'beta', 'gamma'])
  assert.ok(alfa && beta && gamma)
  await alfa.upkeep.found('test')
  await joined(alfa, beta)
  await joined(alfa, gamma)
  return { alfa, beta, gamma }
}

/** As the next life of the daemon asks it: one that remembers the old store refuses the new one. */
function anew(t: TestContext, host: TestHost): TestHost {
  const admin = new EtcdAdmin([clientUrl(host.place)], host.tls)
  t.after(() => admin.close())
  return { ...host, admin }
}

const options = ({ place, process, tls }: TestHost) => ({
  ...{ place, process, tls, program, token: 'restored' },
  prepare: async () => {},
})

/** Keys and values, without their revisions: those are another store's. */
async function contents(t: TestContext, ...hosts: readonly TestHost[]) {
  const { entries } = await storeOf(t, ...hosts).read('')
  return entries.map(({ key, value }) => [key, value])
}

test(
  'all three hosts lose their store; it is restored on one from a snapshot, and the others join it',
  limits,
  async (t) => {
    const { alfa, beta, gamma } = await three(t)
    const store = storeOf(t, alfa)
    // More than a page, one that is compressed, one that is large, one that was removed.
    for (let number = 0; number < 25; number++) await store.transact(put(`record/guest/g${number}`))
    await store.transact(put('wish/cluster', 'x'.repeat(100_000)))
    await store.transact(put('large', Array.from({ length: 400_000 }, (_, n) => n.toString(36)).join('')))
    await store.transact({ when: [], put: [], remove: ['record/guest/g7'] })
    const before = await contents(t, alfa)
    const path = await saveSnapshot(beta.admin, join(folderOf(t), 'one.snapshot'))
    assert.equal(statSync(path).mode & 0o777, 0o600)
    await store.transact(put('after-the-snapshot'))
    await assert.rejects(restoreSnapshot(path, options(alfa)), refused('refused', 'runs'))
    for (const host of [alfa, beta, gamma]) await host.kill()
    const { keys } = await restoreSnapshot(path, options(alfa))
    assert.equal(keys, before.length)
    await alfa.upkeep.start()
    await alfa.upkeep.untilAnswers()
    assert.deepEqual(await contents(t, alfa), before)
    assert.ok(existsSync(join(alfa.place.folder, 'data.before-restore-1', 'member')))
    // Those that still have the old store are put aside and join.
    const after = anew(t, alfa)
    for (const host of [beta, gamma]) {
      await host.upkeep.forget()
      await joined(after, host)
    }
    await alfa.kill()
    assert.deepEqual(await contents(t, beta, gamma), before)
    assert.ok((await storeOf(t, beta, gamma).transact(put('new'))).done)
  },
)

test(
  'restoring that was cut off at any moment leaves the old store or the new one, and may be repeated',
  limits,
  async (t) => {
    const [alfa] = await hostsOf(t, ['alfa'])
    assert.ok(alfa)
    await alfa.upkeep.found('test')
    await storeOf(t, alfa).transact(put('saved'))
    const snapshot = await saveSnapshot(alfa.admin, join(folderOf(t), 'one.snapshot'))
    await storeOf(t, alfa).transact(put('later'))
    const [old, restored] = [await contents(t, alfa), [['saved', '"saved"']]]
    const seen = new Set<number>()
    for (let number = 0; number < 8; number++) {
      await alfa.upkeep.stop()
      await cutOff(alfa, { kind: 'restore', snapshot }, number * 250)
      await alfa.upkeep.start()
      await alfa.upkeep.untilAnswers()
      const found = await contents(t, alfa)
      assert.ok(
        [old, restored].some((one) => JSON.stringify(one) === JSON.stringify(found)),
        JSON.stringify(found),
      )
      seen.add(found.length)
    }
    t.diagnostic(`keys found: ${[...seen].join(', ')}`)
    await alfa.upkeep.stop()
    await restoreSnapshot(snapshot, options(alfa))
    await alfa.upkeep.start()
    await alfa.upkeep.untilAnswers()
    assert.deepEqual(await contents(t, alfa), restored)
    const left = readdirSync(alfa.place.folder).filter((name) => name.startsWith('restore-'))
    assert.deepEqual(left, [])
  },
)

test('a snapshot that lost or changed a byte is refused before anything is touched', limits, async (t) => {
  const [alfa] = await hostsOf(t, ['alfa'])
  assert.ok(alfa)
  await alfa.upkeep.found('test')
  const folder = folderOf(t)
  const path = await saveSnapshot(alfa.admin, join(folder, 'one.snapshot'))
  await checkSnapshot(path)
  const bytes = readFileSync(path)
  const damaged = join(folder, 'damaged.snapshot')
  const changed = Buffer.from(bytes)
  changed[5_000] = (changed[5_000] ?? 0) ^ 1
  await alfa.upkeep.stop()
  for (const other of [changed, bytes.subarray(0, -1), bytes.subarray(0, 600), Buffer.alloc(0)]) {
    writeFileSync(damaged, other)
    await assert.rejects(restoreSnapshot(damaged, options(alfa)), refused('store-corrupt'))
  }
  await assert.rejects(restoreSnapshot(join(folder, 'none'), options(alfa)), refused('file-unreadable'))
  await alfa.upkeep.start()
  await alfa.upkeep.untilAnswers()
})

test('of dated snapshots the newest are kept, and one that failed leaves nothing', limits, async (t) => {
  const [alfa] = await hostsOf(t, ['alfa'])
  assert.ok(alfa)
  await alfa.upkeep.found('test')
  const folder = join(folderOf(t), 'snapshots')
  for (let hour = 0; hour < 4; hour++) await saveDatedSnapshot(alfa.admin, folder, Date.UTC(2026, 0, 1, hour), 2)
  copyFileSync(join(folder, '20260101T030000Z.snapshot'), join(folder, 'by-hand'))
  assert.deepEqual(readdirSync(folder).sort(), ['20260101T020000Z.snapshot', '20260101T030000Z.snapshot', 'by-hand'])
  await alfa.kill()
  await assert.rejects(saveDatedSnapshot(alfa.admin, folder, Date.UTC(2026, 0, 1, 5), 2), refused('store-lost'))
  assert.equal(readdirSync(folder).length, 3)
})

test('two of three hosts are lost for good: the third goes on alone, and new ones join', limits, async (t) => {
  const { alfa, beta, gamma } = await three(t)
  await storeOf(t, alfa).transact(put('kept'))
  const before = await contents(t, gamma)
  await alfa.kill()
  await beta.kill()
  await gamma.upkeep.stop()
  await continueAlone(options(gamma))
  assert.deepEqual(await contents(t, gamma), before)
  assert.ok((await storeOf(t, gamma).transact(put('alone'))).done)
  await alfa.upkeep.forget()
  await joined(anew(t, gamma), alfa)
  await gamma.upkeep.stop()
  await gamma.upkeep.start()
  await gamma.upkeep.untilAnswers()
  assert.equal((await anew(t, gamma).admin.members()).length, 2)
})

test('a store that ran full takes writes again after room was made', limits, async (t) => {
  const [alfa] = await hostsOf(t, ['alfa'], { 'quota-backend-bytes': String(16 * 1024 * 1024) })
  assert.ok(alfa)
  await alfa.upkeep.found('test')
  const store = storeOf(t, alfa)
  // Compression would keep it small: text that is not repeated.
  const filling = (): string =>
    Array.from({ length: 120_000 }, () => Math.floor(Math.random() * 2_176_782_336).toString(36)).join('')
  const full = await (async () => {
    for (let number = 0; number < 60; number++) await store.transact(put('same', filling()))
  })().catch((error: unknown) => error)
  assert.ok(refused('disk-full')(full), String(full))
  assert.deepEqual(
    (await alfa.admin.alarms()).map(({ kind }) => kind),
    ['no-space'],
  )
  assert.equal((await maintain(alfa.admin, alfa.tls)).kind, 'make-room')
  assert.deepEqual(await alfa.admin.alarms(), [])
  assert.ok((await storeOf(t, alfa).transact(put('after'))).done)
  const { sizeBytes } = await alfa.admin.status()
  assert.ok(sizeBytes < 8 * 1024 * 1024, `${sizeBytes} bytes at ${clientUrl(alfa.place)}`)
  assert.equal((await maintain(alfa.admin, alfa.tls)).kind, 'none')
})
