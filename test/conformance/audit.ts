import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { wallTime } from '../../src/model/ids.ts'
import type { Audit, AuditEntry } from '../../src/ports/audit.ts'

export function auditEntry(at: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: wallTime(at),
    who: 'ana',
    by: 'session',
    id: '0123abcd',
    from: '192.0.2.1',
    what: 'POST /api/v1/launch',
    details: '{"guests":["web"]}',
    outcome: 'done',
    ...more,
  }
}

/** What every audit keeps to. */
export function auditConformance(name: string, open: (t: TestContext) => Promise<Audit>): void {
  test(`${name}: newest first, as they were written, a page after the other`, async (t) => {
    const audit = await open(t)
    const all = [1, 2, 3, 4, 5].map((at) => auditEntry(at * 1_000, { what: `${at}` }))
    for (const entry of all) await audit.append(entry)
    const first = await audit.query({ limit: 2 })
    assert.deepEqual(
      first.map(({ number: _, ...entry }) => entry),
      [all[4], all[3]],
    )
    const next = await audit.query({ limit: 10, beforeId: first.at(-1)?.number ?? 0 })
    assert.deepEqual(
      next.map(({ what }) => what),
      ['3', '2', '1'],
    )
  })

  test(`${name}: of one person, from a time on, and what nobody knew`, async (t) => {
    const audit = await open(t)
    const nobody = { who: '', by: 'none', id: null, details: null, outcome: 'sign-in-refused' } as const
    await audit.append(auditEntry(1_000))
    await audit.append(auditEntry(2_000, nobody))
    await audit.append(auditEntry(3_000, { who: 'bia' }))
    assert.deepEqual(
      (await audit.query({ limit: 9, who: 'ana' })).map(({ at }) => at),
      [1_000],
    )
    assert.deepEqual(
      (await audit.query({ limit: 9, fromMs: 2_000 })).map(({ at }) => at),
      [3_000, 2_000],
    )
    const [found] = await audit.query({ limit: 9, who: '' })
    assert.deepEqual({ ...found, number: 0 }, { ...auditEntry(2_000, nobody), number: 0 })
  })
}
