import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { faultData } from '../../model/fault.ts'
import { AuditTable, auditTable } from './audit-table.ts'
import { openDatabase, type Schema } from './database-file.ts'
import type {
  EventRow,
  HistoryAnswer,
  HistoryRequest,
  Outcome as LaneOutcome,
  QuerySlice,
  StoredEventRow,
} from './messages.ts'
import { commitOutcome, storageFault } from './sqlite-faults.ts'

/** Events a block: small enough that looking through one takes a few milliseconds. Part of the file's format. */
const blockEvents = 4096

/** How long one slice of a query may hold up the store, give or take one block. */
const querySliceMs = 8

/** Events in one slice of a query: what the main thread takes in between two of its rounds. */
const querySliceEvents = 1000

/** Removals in one slice of pruning: a few milliseconds and one fsync. */
const pruneSliceEvents = 1000

/**
 * `blocks` sums up each 4096 neighbouring ids, so that time filters and pruning skip what cannot match. It supposes nothing of the wall
 * clock: events are kept in the order they happened even where the clock was set back. Its bounds may be too wide, never too narrow.
 */
const schema: Schema = {
  version: 3,
  steps: [
    `CREATE TABLE events (
       id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, host TEXT NOT NULL, actor TEXT NOT NULL, word TEXT NOT NULL,
       guest TEXT, service TEXT, because TEXT, fault TEXT, note TEXT);
     CREATE INDEX events_by_guest ON events (guest, id) WHERE guest IS NOT NULL;
     CREATE TABLE blocks (block INTEGER PRIMARY KEY, events INTEGER NOT NULL, min_at INTEGER NOT NULL, max_at INTEGER NOT NULL);`,
    // `origin`: the host that wrote it; null = this one. `copies`: how far the history of each is known here.
    `ALTER TABLE events ADD COLUMN origin TEXT;
     CREATE INDEX events_own ON events (id) WHERE origin IS NULL;
     CREATE TABLE copies (origin TEXT PRIMARY KEY, file TEXT NOT NULL, known INTEGER NOT NULL);
     CREATE TABLE file (name TEXT NOT NULL);
     INSERT INTO file VALUES (lower(hex(randomblob(16))));`,
    auditTable,
  ],
}

/** The history as the worker sees it: one connection, one request at a time. */
export class HistoryDatabase {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #audit: AuditTable

  constructor(path: string) {
    this.#path = path
    this.#database = openDatabase(path, schema)
    try {
      this.#statements = prepareStatements(this.#database)
      this.#audit = new AuditTable(this.#database)
    } catch (error) {
      this.#database.close()
      throw storageFault(error, path, 'not-done')
    }
  }

  run(request: HistoryRequest): LaneOutcome<HistoryAnswer> {
    try {
      switch (request.kind) {
        case 'append':
          return { answer: this.#inTransaction(() => this.#append(request.rows)) }
        case 'own':
          return { answer: this.#own(request.afterId, request.limit) }
        case 'copy':
          return { answer: this.#inTransaction(() => this.#copy(request.origin, request.file, request.rows)) }
        case 'query':
          return { answer: this.#query(request.query) }
        case 'prune':
          return { answer: this.#inTransaction(() => this.#prune(request.beforeMs, request.keepAtMost)) }
        case 'audit-append':
          return { answer: this.#inTransaction(() => this.#audit.append(request.entry)) }
        case 'audit-query':
          return { answer: this.#audit.query(request.filter) }
      }
    } catch (error) {
      return { fault: faultData(storageFault(error, this.#path, 'not-done')) }
    }
  }

  close(): void {
    this.#database.close()
  }

  #append(rows: readonly EventRow[]): HistoryAnswer {
    return { kind: 'append', firstId: this.#insert(null, rows) }
  }

  #own(afterId: number, limit: number): HistoryAnswer {
    const rows = this.#statements.own.all(afterId, limit).map(rowOf)
    return { kind: 'own', file: String(this.#statements.file.get()?.name), rows }
  }

  /** How far a file is known is kept apart from its events: pruned ones do not come again. */
  #copy(origin: string, file: string, rows: readonly StoredEventRow[]): HistoryAnswer {
    const before = this.#statements.known.get(origin)
    const known = before?.file === file ? Number(before.known) : 0
    const fresh = rows.filter(({ id }) => id > known)
    const newest = fresh.at(-1)?.id ?? known
    const firstId = fresh.length === 0 ? 0 : this.#insert(origin, fresh)
    this.#statements.setKnown.run(origin, file, newest)
    return { kind: 'copy', known: newest, kept: fresh.length, firstId }
  }

  /** The id of the first; the others follow. */
  #insert(origin: string | null, rows: readonly EventRow[]): number {
    let lastId = 0
    for (const row of rows) {
      const { at, host, actor, word, guest, service, because, fault, note } = row
      const result = this.#statements.insert.run(at, host, actor, word, guest, service, because, fault, note, origin)
      lastId = Number(result.lastInsertRowid)
      this.#statements.widenBlock.run(Math.floor(lastId / blockEvents), at, at)
    }
    return lastId - rows.length + 1
  }

  #query(query: QuerySlice): HistoryAnswer {
    const { limit, newestFirst } = query
    const { lowest, highest } = idBounds(query)
    const question = this.#questionOf(query)
    const wanted = Math.min(limit, querySliceEvents)
    const until = performance.now() + querySliceMs
    const rows: StoredEventRow[] = []
    for (const block of this.#candidateBlocks(query)) {
      const first = Math.max(block * blockEvents, lowest)
      const last = Math.min(block * blockEvents + blockEvents - 1, highest)
      rows.push(...question(first, last, wanted - rows.length))
      if (rows.length >= limit) return { kind: 'query', rows, beyondId: null }
      if (rows.length >= wanted) return { kind: 'query', rows, beyondId: rows.at(-1)?.id ?? null }
      if (performance.now() >= until) return { kind: 'query', rows, beyondId: newestFirst ? first : last }
    }
    return { kind: 'query', rows, beyondId: null }
  }

  #candidateBlocks(query: QuerySlice): readonly number[] {
    const { lowest, highest } = idBounds(query)
    const { where, values } = conditions([
      ['block >= ?', Math.floor(lowest / blockEvents)],
      ['block <= ?', Math.floor(highest / blockEvents)],
      ['max_at >= ?', query.fromMs],
      ['min_at < ?', query.untilMs],
    ])
    const sql = `SELECT block FROM blocks WHERE ${where} ORDER BY block ${query.newestFirst ? 'DESC' : 'ASC'}`
    const found = this.#database.prepare(sql).all(...values)
    return found.map((row) => Number(row.block))
  }

  #questionOf(query: QuerySlice): (firstId: number, lastId: number, limit: number) => readonly StoredEventRow[] {
    const { where, values } = conditions([
      ['guest = ?', query.guest],
      ['at >= ?', query.fromMs],
      ['at < ?', query.untilMs],
      ['word IN (SELECT value FROM json_each(?))', query.words === null ? null : JSON.stringify(query.words)],
    ])
    const order = query.newestFirst ? 'DESC' : 'ASC'
    const statement = this.#database.prepare(
      `SELECT * FROM events WHERE ${where} AND id BETWEEN ? AND ? ORDER BY id ${order} LIMIT ?`,
    )
    return (firstId, lastId, limit) => statement.all(...values, firstId, lastId, limit).map(rowOf)
  }

  /** One slice: the oldest beyond the number to keep, else what is too old in the first block that has any. */
  #prune(beforeMs: number, keepAtMost: number): HistoryAnswer {
    const total = Number(this.#statements.total.get()?.total ?? 0)
    const excess = Math.min(total - keepAtMost, pruneSliceEvents)
    const found = excess > 0 ? this.#statements.oldestBlock.get() : this.#statements.blockWithOlder.get(beforeMs)
    if (found === undefined) return { kind: 'prune', removed: 0, more: false }
    const block = Number(found.block)
    const first = block * blockEvents
    const bounds = [first, first + blockEvents - 1] as const
    const result =
      excess > 0
        ? this.#statements.removeOldest.run(...bounds, excess)
        : this.#statements.removeOlder.run(...bounds, beforeMs, pruneSliceEvents)
    this.#sumUp(block, bounds)
    return { kind: 'prune', removed: Number(result.changes), more: true }
  }

  #sumUp(block: number, bounds: readonly [number, number]): void {
    const row = this.#statements.sumUp.get(...bounds)
    const events = Number(row?.events ?? 0)
    if (events === 0) this.#statements.removeBlock.run(block)
    else this.#statements.setBlock.run(events, Number(row?.min_at), Number(row?.max_at), block)
  }

  #inTransaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE')
    let result: T
    try {
      result = work()
    } catch (error) {
      this.#rollBack()
      throw error
    }
    try {
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      throw storageFault(error, this.#path, commitOutcome(error))
    }
    return result
  }

  #rollBack(): void {
    // After some errors SQLite has rolled back by itself, and a second ROLLBACK is an error.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    insert: database.prepare(
      `INSERT INTO events (at, host, actor, word, guest, service, because, fault, note, origin)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    own: database.prepare(
      'SELECT * FROM events INDEXED BY events_own WHERE origin IS NULL AND id > ? ORDER BY id LIMIT ?',
    ),
    file: database.prepare('SELECT name FROM file'),
    known: database.prepare('SELECT file, known FROM copies WHERE origin = ?'),
    setKnown: database.prepare('INSERT OR REPLACE INTO copies VALUES (?, ?, ?)'),
    widenBlock: database.prepare(
      `INSERT INTO blocks VALUES (?, 1, ?, ?) ON CONFLICT (block) DO UPDATE SET
       events = events + 1, min_at = min(min_at, excluded.min_at), max_at = max(max_at, excluded.max_at)`,
    ),
    total: database.prepare('SELECT sum(events) AS total FROM blocks'),
    oldestBlock: database.prepare('SELECT block FROM blocks ORDER BY block LIMIT 1'),
    blockWithOlder: database.prepare('SELECT block FROM blocks WHERE min_at < ? ORDER BY block LIMIT 1'),
    removeOldest: database.prepare(
      'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)',
    ),
    removeOlder: database.prepare(
      'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id BETWEEN ? AND ? AND at < ? ORDER BY id LIMIT ?)',
    ),
    sumUp: database.prepare(
      'SELECT count(*) AS events, min(at) AS min_at, max(at) AS max_at FROM events WHERE id BETWEEN ? AND ?',
    ),
    setBlock: database.prepare('UPDATE blocks SET events = ?, min_at = ?, max_at = ? WHERE block = ?'),
    removeBlock: database.prepare('DELETE FROM blocks WHERE block = ?'),
  }
}

/** The ids still to be looked through, both inclusive. */
function idBounds({ newestFirst, beyondId, afterId }: QuerySlice): { lowest: number; highest: number } {
  const endless = { lowest: afterId + 1, highest: Number.MAX_SAFE_INTEGER }
  if (beyondId === null) return endless
  return newestFirst ? { ...endless, highest: beyondId - 1 } : { ...endless, lowest: Math.max(afterId, beyondId) + 1 }
}

type Row = Record<string, SQLOutputValue>

/** The conditions whose value is not null, joined; all of them hold where there is none. */
function conditions(all: readonly (readonly [string, SQLInputValue])[]): { where: string; values: SQLInputValue[] } {
  const given = all.filter(([, value]) => value !== null)
  return { where: ['true', ...given.map(([text]) => text)].join(' AND '), values: given.map(([, value]) => value) }
}

function rowOf(row: Row): StoredEventRow {
  const text = (name: string): string | null => (row[name] === null ? null : String(row[name]))
  return {
    id: Number(row.id),
    at: Number(row.at),
    host: String(row.host),
    actor: String(row.actor),
    word: String(row.word),
    guest: text('guest'),
    service: text('service'),
    because: text('because'),
    fault: text('fault'),
    note: text('note'),
  }
}
