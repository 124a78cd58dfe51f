import type { DatabaseSync } from 'node:sqlite'
import { Fault, faultData } from '../../model/fault.ts'
import { byName } from '../../model/ids.ts'
import type { Entry, Transaction } from '../../ports/store.ts'
import { openDatabase, type Schema } from './database-file.ts'
import type { Outcome, StoreAnswer, StoreRequest } from './messages.ts'
import { commitOutcome, storageFault } from './sqlite-faults.ts'

const schema: Schema = {
  version: 1,
  steps: [
    `CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL);
     CREATE TABLE present (revision INTEGER NOT NULL);
     INSERT INTO present VALUES (0);`,
  ],
}

type TransactRequest = Extract<StoreRequest, { kind: 'transact' }>

/**
 * The store as the worker sees it: one connection, one batch at a time.
 * W1: requests take effect in the order they were given. W2: an answer is made only after the commit it depends on.
 */
export class StoreDatabase {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>
  #revision: number

  constructor(path: string, lockWaitMs = 0) {
    this.#path = path
    this.#database = openDatabase(path, schema, { lockWaitMs })
    try {
      this.#checkPages()
      this.#statements = prepareStatements(this.#database)
      this.#revision = Number(this.#database.prepare('SELECT revision FROM present').get()?.revision)
    } catch (error) {
      this.#database.close()
      throw storageFault(error, path, 'not-done')
    }
  }

  get revision(): number {
    return this.#revision
  }

  /** Neighbouring transactions share one commit (one fsync); each keeps its own answer. */
  run(requests: readonly StoreRequest[]): readonly Outcome<StoreAnswer>[] {
    const outcomes: Outcome<StoreAnswer>[] = []
    let group: TransactRequest[] = []
    for (const request of requests) {
      if (request.kind === 'transact') {
        group.push(request)
        continue
      }
      outcomes.push(...this.#transactAll(group), this.#read(request.prefix))
      group = []
    }
    outcomes.push(...this.#transactAll(group))
    return outcomes
  }

  close(): void {
    this.#database.close()
  }

  #checkPages(): void {
    const found = this.#database.prepare('PRAGMA quick_check(1)').get()?.quick_check
    if (found !== 'ok') throw new Fault('store-corrupt', 'not-done', { path: this.#path, text: String(found) })
  }

  #read(prefix: string): Outcome<StoreAnswer> {
    try {
      const end = endOfPrefix(prefix)
      const rows = end === null ? this.#statements.readFrom.all(prefix) : this.#statements.readRange.all(prefix, end)
      const entries = rows.map(
        (row): Entry => ({
          key: String(row.key),
          value: String(row.value),
          revision: Number(row.revision),
        }),
      )
      // SQLite sorts by UTF-8, the port by code unit: they differ beyond the basic plane.
      entries.sort((a, b) => byName(a.key, b.key))
      return { answer: { kind: 'read', revision: this.#revision, entries } }
    } catch (error) {
      return { fault: faultData(storageFault(error, this.#path, 'not-done')) }
    }
  }

  /** A group that failed without effect is tried one by one: a transaction too large for the disk must not refuse its small neighbours. */
  #transactAll(group: readonly TransactRequest[]): readonly Outcome<StoreAnswer>[] {
    if (group.length === 0) return []
    const before = this.#revision
    try {
      return this.#commitGroup(group)
    } catch (error) {
      this.#revision = before
      const fault = storageFault(error, this.#path, 'not-done')
      if (fault.outcome === 'unknown' || group.length === 1) return group.map(() => ({ fault: fault.data }))
      return group.flatMap((request) => this.#transactAll([request]))
    }
  }

  #commitGroup(group: readonly TransactRequest[]): readonly Outcome<StoreAnswer>[] {
    const before = this.#revision
    let answers: readonly StoreAnswer[]
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      answers = group.map((request) => this.#apply(request.transaction))
      if (this.#revision !== before) this.#statements.setRevision.run(this.#revision)
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
    return answers.map((answer) => ({ answer }))
  }

  /** Compares, then writes; a conflict has written nothing. */
  #apply({ when, put, remove }: Transaction): StoreAnswer {
    const conflicting = when.filter(({ key, revision }) => this.#revisionOf(key) !== revision).map(({ key }) => key)
    if (conflicting.length > 0) return { kind: 'conflict', keys: [...new Set(conflicting)] }
    const revision = this.#revision + 1
    for (const { key, value } of put) this.#statements.put.run(key, value, revision)
    const removed = remove.filter((key) => this.#statements.remove.run(key).changes !== 0)
    const changed = put.length + removed.length > 0
    if (changed) this.#revision = revision
    return { kind: 'done', revision: this.#revision, changed, removed }
  }

  #revisionOf(key: string): number {
    return Number(this.#statements.revisionOf.get(key)?.revision ?? 0)
  }

  #rollBack(): void {
    // After some errors SQLite has rolled back by itself, and a second ROLLBACK is an error.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }
}

function prepareStatements(database: DatabaseSync) {
  const columns = 'SELECT key, value, revision FROM entries'
  return {
    readRange: database.prepare(`${columns} WHERE key >= ? AND key < ?`),
    readFrom: database.prepare(`${columns} WHERE key >= ?`),
    revisionOf: database.prepare('SELECT revision FROM entries WHERE key = ?'),
    put: database.prepare(
      `INSERT INTO entries VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, revision = excluded.revision`,
    ),
    remove: database.prepare('DELETE FROM entries WHERE key = ?'),
    setRevision: database.prepare('UPDATE present SET revision = ?'),
  }
}

/** The first text after all that begin with the prefix, in the order of UTF-8; null when there is none. */
function endOfPrefix(prefix: string): string | null {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0)
  while (points.length > 0) {
    const last = points.pop() ?? 0
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
  }
  return null
}
