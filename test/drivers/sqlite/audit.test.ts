import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { AuditTable, auditTable, mostKeptOfNobody } from '../../../src/drivers/sqlite/audit-table.ts'
import { openSqlite } from '../../../src/drivers/sqlite/open.ts'
import { FakeAudit } from '../../../src/sim/fakes/fake-audit.ts'
import { auditConformance, auditEntry } from '../../conformance/audit.ts'
import { scratchDirectory } from './scratch.ts'

auditConformance('SQLite audit', async (t) => {
  const state = await openSqlite(scratchDirectory(t))
  t.after(() => state.close())
  return state.audit
})

auditConformance('fake audit', async () => new FakeAudit())

test('it is there after a restart', async (t) => {
  const directory = scratchDirectory(t)
  const before = await openSqlite(directory)
  await before.audit.append(auditEntry(1_000))
  await before.close()
  const after = await openSqlite(directory)
  t.after(() => after.close())
  assert.equal((await after.audit.query({ limit: 9 })).length, 1)
})

test('whoever knocks does not wear out the memory of what others did', () => {
  const database = new DatabaseSync(':memory:')
  database.exec(auditTable)
  const table = new AuditTable(database)
  for (let n = 0; n < 10; n++) table.append(auditEntry(n))
  for (let n = 0; n < mostKeptOfNobody * 2; n++) table.append(auditEntry(100 + n, { who: 'eve', by: 'none' }))
  const count = (by: string): number =>
    Number(database.prepare('SELECT count(*) AS n FROM audit WHERE by = ?').get(by)?.n)
  assert.equal(count('session'), 10)
  assert.ok(count('none') >= mostKeptOfNobody && count('none') < mostKeptOfNobody + 256, `${count('none')}`)
})
