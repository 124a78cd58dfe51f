import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AuditEntry, AuditFilter, StoredAuditEntry } from '../../ports/audit.ts'
import type { HistoryAnswer } from './messages.ts'

/** Part of the history's file: its second version. */
export const auditTable = `CREATE TABLE audit (
   number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, by TEXT NOT NULL, id TEXT, place TEXT NOT NULL,
   what TEXT NOT NULL, details TEXT, outcome TEXT NOT NULL);
 CREATE INDEX audit_by_who ON audit (who, number);`

/** Kept at most: some 40 MiB. Of those whom nobody knew far fewer, and counted apart: whoever knocks must not wear out the memory of what others did. */
export const mostKept = 100_000
export const mostKeptOfNobody = 5_000

/** The bounds are looked after once in so many entries. */
const tidyEach = 256

const maxQueried = 1_000

/** Who did what, as the worker keeps it. */
export class AuditTable {
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #tidy: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#insert = database.prepare(
      'INSERT INTO audit (at, who, by, id, place, what, details, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#tidy = database.prepare(
      `DELETE FROM audit WHERE (by = 'none') = ? AND number <=
       (SELECT number FROM audit WHERE (by = 'none') = ? ORDER BY number DESC LIMIT 1 OFFSET ?)`,
    )
  }

  append({ at, who, by, id, from, what, details, outcome }: AuditEntry): HistoryAnswer {
    const { lastInsertRowid } = this.#insert.run(at, who, by, id, from, what, details, outcome)
    if (Number(lastInsertRowid) % tidyEach === 0) {
      this.#tidy.run(0, 0, mostKept)
      this.#tidy.run(1, 1, mostKeptOfNobody)
    }
    return { kind: 'audit-append' }
  }

  query({ fromMs, who, beforeId, limit }: AuditFilter): HistoryAnswer {
    const statement = this.#database.prepare(
      `SELECT * FROM audit WHERE (?1 IS NULL OR who = ?1) AND (?2 IS NULL OR at >= ?2) AND (?3 IS NULL OR number < ?3)
       ORDER BY number DESC LIMIT ?4`,
    )
    const wanted = Math.min(limit, maxQueried)
    const rows = statement.all(who ?? null, fromMs ?? null, beforeId ?? null, wanted)
    return { kind: 'audit-query', entries: rows.map(entryOf) }
  }
}

/** The file is written by this program alone: its rows are trusted to be entries. */
function entryOf({ place, ...row }: Record<string, unknown>): StoredAuditEntry {
  return { ...row, from: String(place) } as unknown as StoredAuditEntry
}
