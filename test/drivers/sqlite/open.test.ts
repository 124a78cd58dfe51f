import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { Fault, type FaultCode } from '../../../src/model/fault.ts'
import { event } from '../../conformance/history.ts'
import { scratchDirectory } from './scratch.ts'

const put = (key: string, value: string) => ({ when: [], put: [{ key, value }], remove: [] })

async function assertRefused(directory: string, code: FaultCode, path: string): Promise<Fault> {
  let caught: unknown
  await assert.rejects(openSqlite(directory), (error: unknown) => {
    caught = error
    return true
  })
  assert.ok(caught instanceof Fault, String(caught))
  assert.deepEqual([caught.code, caught.outcome, caught.details.path], [code, 'not-done', path], caught.message)
  return caught
}

/** A directory with a store and a history in it, closed. */
async function filled(context: TestContext): Promise<string> {
  const directory = scratchDirectory(context)
  const state = await openSqlite(directory)
  for (let count = 0; count < 40; count++) await state.store.transact(put(`key/${count}`, 'x'.repeat(2000)))
  await state.history.append([event(1)])
  await state.close()
  return directory
}

test('directory and files are made for their owner only; looser files are tightened', async (context) => {
  const directory = join(scratchDirectory(context), 'deep', 'state')
  const state = await openSqlite(directory)
  await state.store.transact(put('a', '1'))
  const mode = (path: string): number => statSync(path).mode & 0o777
  assert.equal(mode(directory), 0o711)
  for (const name of ['store.db', 'store.db-wal', 'history.db', 'history.db-wal'])
    assert.equal(mode(join(directory, name)), 0o600, name)
  await state.close()
  chmodSync(join(directory, 'store.db'), 0o644)
  await (await openSqlite(directory)).close()
  assert.equal(mode(join(directory, 'store.db')), 0o600)
})

test('what was confirmed is there after closing and opening, and ids go on', async (context) => {
  const directory = await filled(context)
  const state = await openSqlite(directory)
  const { revision, entries } = await state.store.read('key/')
  assert.deepEqual([revision, entries.length], [40, 40])
  await state.history.append([event(2)])
  assert.deepEqual(
    (await state.history.query({ limit: 10 })).map(({ id }) => id),
    [1, 2],
  )
  await state.close()
})

test('close finishes what was asked before it and refuses what comes after', async (context) => {
  const directory = scratchDirectory(context)
  const state = await openSqlite(directory)
  const pending = [state.store.transact(put('a', '1')), state.history.append([event(1)])]
  const closing = state.close()
  await assert.rejects(state.store.read(''), { code: 'store-lost', outcome: 'not-done' })
  await assert.rejects(state.history.append([event(2)]), { code: 'store-lost', outcome: 'not-done' })
  await Promise.all([...pending, closing])
  const again = await openSqlite(directory)
  assert.equal((await again.store.read('a')).entries.length, 1)
  assert.equal((await again.history.query({ limit: 1 })).length, 1)
  await again.close()
})

test('a second daemon on the same directory is refused until the first is gone', async (context) => {
  const directory = scratchDirectory(context)
  const first = await openSqlite(directory)
  await assertRefused(directory, 'store-busy', join(directory, 'store.db'))
  await first.store.transact(put('a', '1'))
  await first.close()
  await (await openSqlite(directory)).close()
})

test('a store written by a newer version is refused', async (context) => {
  const directory = await filled(context)
  const database = new DatabaseSync(join(directory, 'store.db'))
  database.exec('INSERT INTO schema_version VALUES (99)')
  database.close()
  const fault = await assertRefused(directory, 'refused', join(directory, 'store.db'))
  assert.equal(fault.details.got, 99)
})

test('random bytes instead of a store, or of a history, are called corrupt', async (context) => {
  for (const name of ['store.db', 'history.db']) {
    const directory = await filled(context)
    const size = statSync(join(directory, name)).size
    writeFileSync(join(directory, name), Buffer.from(Array.from({ length: size }, (_, place) => (place * 7919) % 251)))
    await assertRefused(directory, 'store-corrupt', join(directory, name))
  }
})

test('a store damaged inside, or cut off, is called corrupt', async (context) => {
  const damaged = await filled(context)
  const file = openSync(join(damaged, 'store.db'), 'r+')
  for (const page of [2, 3, 4, 5]) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096)
  await assertRefused(damaged, 'store-corrupt', join(damaged, 'store.db'))
  const cut = await filled(context)
  truncateSync(join(cut, 'store.db'), 4 * 4096 + 100)
  await assertRefused(cut, 'store-corrupt', join(cut, 'store.db'))
  assert.ok(readFileSync(join(cut, 'store.db')).length > 0, 'a refused file is left for its owner')
})

test('a file where the directory should be is named', async (context) => {
  const path = join(scratchDirectory(context), 'state')
  writeFileSync(path, '')
  await assertRefused(path, 'file-unreadable', path)
  await assertRefused(join(path, 'below'), 'file-unreadable', join(path, 'below'))
  const directory = join(scratchDirectory(context), 'state')
  mkdirSync(join(directory, 'store.db'), { recursive: true })
  await assertRefused(directory, 'file-unreadable', join(directory, 'store.db'))
})

test('what the user may not read or write is refused as not allowed', async (context) => {
  const parent = scratchDirectory(context)
  chmodSync(parent, 0o755)
  const closed = join(parent, 'closed')
  mkdirSync(closed, { mode: 0o000 })
  const readOnly = join(parent, 'read-only')
  await (await openSqlite(readOnly)).close()
  chmodSync(readOnly, 0o755)
  for (const name of ['store.db', 'history.db']) chmodSync(join(readOnly, name), 0o400)
  const noLog = join(parent, 'no-log')
  await (await openSqlite(noLog)).close()
  chmodSync(noLog, 0o500)
  const files = [readOnly, noLog].flatMap((path) => [join(path, 'store.db'), join(path, 'history.db')])
  await asOrdinaryUser([closed, readOnly, noLog, ...files], async () => {
    await assertRefused(join(parent, 'new'), 'not-allowed', join(parent, 'new'))
    await assertRefused(closed, 'not-allowed', join(closed, 'store.db'))
    await assertRefused(readOnly, 'not-allowed', join(readOnly, 'store.db'))
    await assertRefused(noLog, 'not-allowed', join(noLog, 'store.db'))
  })
})

/** Permissions do not bind root: where the test runs as root, it is nobody for a while. */
async function asOrdinaryUser(own: readonly string[], run: () => Promise<void>): Promise<void> {
  const nobody = 65534
  if (process.geteuid?.() !== 0) return run()
  for (const path of own) chownSync(path, nobody, nobody)
  process.seteuid?.(nobody)
  try {
    await run()
  } finally {
    process.seteuid?.(0)
  }
}
