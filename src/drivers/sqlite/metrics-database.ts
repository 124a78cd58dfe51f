import { renameSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Fault, faultData } from '../../model/fault.ts'
import { unknownCode } from '../../model/figure-code.ts'
import { type SubjectKind, seriesOf, subjectKinds, type TierPlace } from '../../model/metric.ts'
import { openDatabase, type Schema } from './database-file.ts'
import type { Outcome as LaneOutcome, MetricStep, MetricsAnswer, MetricsRequest } from './messages.ts'
import { MetricPlaces } from './metric-places.ts'
import {
  codesIn,
  finerSteps,
  meanRow,
  rowKey,
  runsOf,
  setCodes,
  shardSubjects,
  stepAt,
  unknownRow,
  widthOf,
} from './metric-rings.ts'
import { storageFault } from './sqlite-faults.ts'

/** Key, step and figures of a ring's place (`metric-rings`); who has which place in a row; which step of each coarser tier is under way. */
const schema: Schema = {
  version: 1,
  steps: [
    `CREATE TABLE rings (place INTEGER PRIMARY KEY, step INTEGER NOT NULL, figures BLOB NOT NULL);
     CREATE TABLE subjects (
       kind TEXT NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL, seen INTEGER NOT NULL,
       PRIMARY KEY (kind, place), UNIQUE (kind, name)) WITHOUT ROWID;
     CREATE TABLE under_way (tier INTEGER PRIMARY KEY, step INTEGER NOT NULL);`,
  ],
}

/** A damaged file is put aside so often in the life of a worker: a disk that damages each new one is not helped by more of them. */
const maxMended = 3

/**
 * Figures over time as the worker sees them. The file is opened when it is first needed. It holds nothing that anybody waits for: a damaged one is put
 * aside and begun anew, and a commit does not wait for the disk (a crash of the machine may cost the last seconds, never the order of the file).
 */
export class MetricsDatabase {
  readonly #path: string
  #open: Opened | null = null
  #mended = 0

  constructor(path: string) {
    this.#path = path
  }

  run(request: MetricsRequest): LaneOutcome<MetricsAnswer> {
    try {
      return { answer: this.#mending(() => this.#answer(request)) }
    } catch (error) {
      return { fault: faultData(storageFault(error, this.#path, 'not-done')) }
    }
  }

  close(): void {
    this.#open?.database.close()
    this.#open = null
  }

  #answer(request: MetricsRequest): MetricsAnswer {
    const opened = this.#open ?? openMetrics(this.#path)
    this.#open = opened
    if (request.kind === 'read') return { kind: 'read', codes: read(opened, request) }
    inTransaction(opened, () => {
      for (const step of request.steps) record(opened, step)
    })
    return { kind: 'record' }
  }

  #mending<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      const fault = storageFault(error, this.#path, 'not-done')
      if (fault.code !== 'store-corrupt' || this.#mended >= maxMended) throw fault
      this.#mended += 1
      this.close()
      for (const end of ['', '-wal']) putAside(`${this.#path}${end}`, `${this.#path}.damaged${end}`)
      return work()
    }
  }
}

interface Opened {
  readonly path: string
  readonly database: DatabaseSync
  readonly places: MetricPlaces
  readonly statements: ReturnType<typeof prepareStatements>
}

function openMetrics(path: string): Opened {
  const database = openDatabase(path, schema, { waitForDisk: false })
  try {
    return { path, database, places: new MetricPlaces(database), statements: prepareStatements(database) }
  } catch (error) {
    database.close()
    throw error
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    put: database.prepare('INSERT OR REPLACE INTO rings VALUES (?, ?, ?)'),
    rows: database.prepare('SELECT step, figures FROM rings WHERE place BETWEEN ? AND ?'),
    parts: database.prepare('SELECT step, substr(figures, ?, ?) AS figures FROM rings WHERE place BETWEEN ? AND ?'),
    underWay: database.prepare('SELECT step FROM under_way WHERE tier = ?'),
    noteUnderWay: database.prepare('INSERT OR REPLACE INTO under_way VALUES (?, ?)'),
  }
}

/** One step of each kind as its rows, and, where a minute or an hour is over with it, those. */
function record(opened: Opened, { atMs, kind, names, codes }: MetricStep): void {
  for (const tier of [1, 2] as const) sumUp(opened, tier, atMs)
  const step = stepAt(0, atMs)
  const series = seriesOf[kind].length
  const rows = new Map<number, Uint8Array>()
  names.forEach((name, which) => {
    const place = opened.places.of(kind, name, atMs)
    if (place === null) return
    const shard = Math.floor(place / shardSubjects)
    const row = rows.get(shard) ?? unknownRow(shardSubjects * widthOf(kind))
    rows.set(shard, row)
    setCodes(row, place % shardSubjects, Array.from(codes.subarray(which * series, (which + 1) * series)))
  })
  for (const [shard, row] of rows) opened.statements.put.run(rowKey(kind, 0, shard, step), step, trimmed(row))
}

/** The minute that was left is made from what was measured of it, then the hour from its minutes. */
function sumUp(opened: Opened, tier: 1 | 2, atMs: number): void {
  const { underWay, noteUnderWay } = opened.statements
  const now = stepAt(tier, atMs)
  const last = underWay.get(tier)?.step
  if (last === now) return
  // Nothing was measured between that step and this one, however far apart they are, and whichever is the later by the clock.
  if (last !== undefined) for (const kind of subjectKinds) sumUpStep(opened, kind, tier, Number(last))
  noteUnderWay.run(tier, now)
}

function sumUpStep(opened: Opened, kind: SubjectKind, tier: 1 | 2, step: number): void {
  const { from, count } = finerSteps(tier, step)
  const shards = Math.ceil(opened.places.highest(kind) / shardSubjects)
  for (let shard = 0; shard < shards; shard += 1) {
    const first = rowKey(kind, (tier - 1) as TierPlace, shard, from)
    const rows = opened.statements.rows.all(first, first + count - 1)
    const known = rows.filter((row) => Number(row.step) >= from && Number(row.step) < from + count)
    const mean = meanRow(known.map((row) => row.figures as Uint8Array))
    if (mean !== null) opened.statements.put.run(rowKey(kind, tier, shard, step), step, mean)
  }
}

function read(opened: Opened, { subject, tier, from, count }: Extract<MetricsRequest, { kind: 'read' }>): Uint16Array {
  const { kind, name } = subject
  const series = seriesOf[kind].length
  const found = new Uint16Array(count * series).fill(unknownCode)
  const known = opened.places.find(kind, name)
  if (known === null) return found
  const shard = Math.floor(known.place / shardSubjects)
  const offset = (known.place % shardSubjects) * widthOf(kind)
  // Whoever had the place before is somebody else.
  const firstOwn = stepAt(tier, known.sinceMs)
  for (const run of runsOf(tier, from, count)) {
    const first = rowKey(kind, tier, shard, run.from)
    for (const row of opened.statements.parts.iterate(offset + 1, widthOf(kind), first, first + run.count - 1)) {
      const step = Number(row.step)
      if (step < Math.max(run.from, firstOwn) || step >= run.from + run.count) continue
      found.set(codesIn(row.figures as Uint8Array | null, series), (step - from) * series)
    }
  }
  return found
}

/** Rows of a few guests are short: what follows the last known figure is left away. */
function trimmed(row: Uint8Array): Uint8Array {
  let end = row.length
  while (end > 0 && row[end - 1] === 0xff && row[end - 2] === 0xff) end -= 2
  return row.subarray(0, end)
}

function inTransaction({ database, places, path }: Opened, work: () => void): void {
  try {
    database.exec('BEGIN IMMEDIATE')
    work()
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    // What was taken back must not be believed.
    places.forget()
    throw storageFault(error, path, 'not-done')
  }
}

function putAside(path: string, to: string): void {
  try {
    renameSync(path, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new Fault('store-corrupt', 'not-done', { path })
  }
}
