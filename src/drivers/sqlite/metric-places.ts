import type { DatabaseSync } from 'node:sqlite'
import type { SubjectKind } from '../../model/metric.ts'
import { maxSubjects } from './metric-rings.ts'

/** A place is given to another subject only when its own has not been seen for so long. */
const keptMs = 60 * 60_000

/** That a subject is still there is written down so often. */
const noteSeenMs = 30 * 60_000

/** Where there is no place, it is looked for again so often. */
const lookAgainMs = 60_000

interface Known {
  readonly place: number
  sinceMs: number
  seenMs: number
}

/**
 * Which place of its rows each subject has. A name that comes back within two years has the place it had, and with it its past; a new one takes the next
 * free place, and beyond the most there may be, that of whom nobody has seen for longest.
 */
export class MetricPlaces {
  readonly #statements: ReturnType<typeof prepareStatements>
  #known = new Map<SubjectKind, Map<string, Known>>()
  readonly #fullAtMs = new Map<SubjectKind, number>()

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database)
  }

  /** Null: all places are taken by subjects that are there. Within a transaction. */
  of(kind: SubjectKind, name: string, nowMs: number): number | null {
    const known = this.#all(kind)
    const own = known.get(name)
    if (own !== undefined) {
      this.#noteSeen(kind, own, nowMs)
      return own.place
    }
    const place = known.size < maxSubjects ? this.highest(kind) : this.#oldest(kind, nowMs)
    if (place === null) return null
    this.#statements.put.run(kind, place, name, nowMs, nowMs)
    known.set(name, { place, sinceMs: nowMs, seenMs: nowMs })
    return place
  }

  find(kind: SubjectKind, name: string): Known | null {
    return this.#all(kind).get(name) ?? null
  }

  /** Places of this kind that were ever given; they are given in order. */
  highest(kind: SubjectKind): number {
    return this.#all(kind).size
  }

  /** Read again when next asked. */
  forget(): void {
    this.#known = new Map()
  }

  #all(kind: SubjectKind): Map<string, Known> {
    const known = this.#known.get(kind)
    if (known !== undefined) return known
    const rows = this.#statements.all.all(kind)
    const read = new Map(
      rows.map((row) => [
        String(row.name),
        { place: Number(row.place), sinceMs: Number(row.since), seenMs: Number(row.seen) },
      ]),
    )
    this.#known.set(kind, read)
    return read
  }

  #noteSeen(kind: SubjectKind, own: Known, nowMs: number): void {
    // The clock went back: what is measured from now on is its own as well.
    const earlier = nowMs < own.sinceMs
    if (!earlier && Math.abs(nowMs - own.seenMs) < noteSeenMs) return
    own.seenMs = nowMs
    own.sinceMs = Math.min(nowMs, own.sinceMs)
    this.#statements.seen.run(nowMs, own.sinceMs, kind, own.place)
  }

  #oldest(kind: SubjectKind, nowMs: number): number | null {
    const fullAtMs = this.#fullAtMs.get(kind)
    if (fullAtMs !== undefined && Math.abs(nowMs - fullAtMs) < lookAgainMs) return null
    const known = this.#all(kind)
    const [name, oldest] = [...known].reduce((a, b) => (b[1].seenMs < a[1].seenMs ? b : a))
    if (nowMs - oldest.seenMs < keptMs) {
      this.#fullAtMs.set(kind, nowMs)
      return null
    }
    known.delete(name)
    return oldest.place
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    all: database.prepare('SELECT place, name, since, seen FROM subjects WHERE kind = ?'),
    put: database.prepare('INSERT OR REPLACE INTO subjects VALUES (?, ?, ?, ?, ?)'),
    seen: database.prepare('UPDATE subjects SET seen = ?, since = ? WHERE kind = ? AND place = ?'),
  }
}
