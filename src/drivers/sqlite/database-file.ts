import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../model/fault.ts'
import { storageFault } from './sqlite-faults.ts'

/** Keeps the page caches together under a few MiB of the daemon's memory. */
const pageCacheKib = 512

/** One huge transaction makes a huge log; it is cut back to this at the next checkpoint, else the disk keeps it. */
const logKeptBytes = 16 * 1024 * 1024

export interface Schema {
  readonly version: number
  /** Statements that make each version out of the one before; the first makes version 1 of an empty file. */
  readonly steps: readonly string[]
}

/** Creates the directory: others may pass through (QEMU opens cloud-init seeds below it) but not list it. An existing one is left as it is. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o711 })
    if (!statSync(directory).isDirectory()) throw notDirectory(directory)
  } catch (error) {
    if (isErrno(error, 'EEXIST') || isErrno(error, 'ENOTDIR')) throw notDirectory(directory, error)
    throw storageFault(error, directory, 'not-done')
  }
}

/**
 * Opens or creates one database, for this process alone: a second process is refused with `store-busy` until this one ends.
 * With the exclusive lock the WAL's index lies in our heap and not in a shared file, so that a full disk cannot raise SIGBUS.
 * `lockWaitMs`: how long one that is there is waited for, by whoever opens it; its own transactions meet nobody.
 * `waitForDisk`: a commit is on the disk when it returns. Nobody else in this process may open and close the file: POSIX drops all of a process's locks on the first close.
 */
export function openDatabase(path: string, schema: Schema, { waitForDisk = true, lockWaitMs = 0 } = {}): DatabaseSync {
  let database: DatabaseSync | null = null
  try {
    createForOwnerOnly(path)
    database = new DatabaseSync(path, { timeout: lockWaitMs })
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${waitForDisk ? 'FULL' : 'NORMAL'};
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${pageCacheKib};
      PRAGMA journal_size_limit = ${logKeptBytes};
    `)
    migrate(database, path, schema)
    return database
  } catch (error) {
    database?.close()
    const fault = storageFault(error, path, 'not-done')
    throw fault.code === 'store-lost' || fault.code === 'file-unreadable' ? (notOpenable(path) ?? fault) : fault
  }
}

/** SQLite says "disk I/O error" and the like for files it may not open: the system's own word is clearer. Only after a failure: see the locks above. */
function notOpenable(path: string): Fault | null {
  try {
    closeSync(openSync(path, 'r+'))
    closeSync(openSync(`${path}-wal`, 'a', 0o600))
    return null
  } catch (error) {
    return storageFault(error, path, 'not-done')
  }
}

function createForOwnerOnly(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  }
}

/** Also takes the write lock, so that a read-only file is found out now and not at the first wish. */
function migrate(database: DatabaseSync, path: string, schema: Schema): void {
  database.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)')
  const found = Number(database.prepare('SELECT max(version) AS version FROM schema_version').get()?.version ?? 0)
  if (found > schema.version) {
    const text = `${path} was written by a newer version: expected schema ${schema.version} or older, got ${found}`
    throw new Fault('refused', 'not-done', { path, expected: schema.version, got: found, text })
  }
  for (const step of schema.steps.slice(found)) database.exec(step)
  if (found < schema.version) database.prepare('INSERT INTO schema_version VALUES (?)').run(schema.version)
  database.exec('COMMIT')
}

function notDirectory(path: string, cause?: unknown): Fault {
  return new Fault(
    'file-unreadable',
    'not-done',
    { path, file: path, text: 'expected a directory, got a file' },
    { cause },
  )
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
