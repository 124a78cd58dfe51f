import type { Revision } from '../../ports/store.ts'
import { Garbled, headerRevision, integer, type Json, list, record, type StoredEntry, storedEntry } from './wire.ts'

/** One change as etcd tells it. */
export interface StoredChange extends StoredEntry {
  readonly removed: boolean
}

/** What one answer of a watch means. */
export type WatchNews =
  /** The watch stands. `revision`: of the member, which may lag behind the others. */
  | { readonly kind: 'created'; readonly revision: Revision }
  | { readonly kind: 'changes'; readonly changes: readonly StoredChange[] }
  /** Nothing happened under the prefix up to `revision`. */
  | { readonly kind: 'progress'; readonly revision: Revision }
  /** More of the same answer follows. */
  | { readonly kind: 'part' }
  /** Changes were missed: compacted away, or more at once than are kept. */
  | { readonly kind: 'gap' }
  /** The member ended the watch: it lost its leader, or shuts down. */
  | { readonly kind: 'ended'; readonly text: string }

/** Text of one answer, all its parts together: what keeps a flood of changes from eating the daemon's memory. Beyond it one reads anew. */
export const maxAnswerUnits = 64 * 1024 * 1024

/**
 * Puts the parts of an answer together. etcd never splits a transaction over two answers, but it cuts a large answer into parts
 * anywhere; so nothing is told before the last part is there, and a connection lost in between tells nothing of it.
 */
export class WatchAnswers {
  #parts: StoredChange[] = []
  #units = 0

  /** `units`: length of the answer's text. Throws `Garbled`. */
  take(line: Json, units: number): WatchNews {
    if (line.error !== undefined) return { kind: 'ended', text: String(record(line.error, 'an error').message) }
    const answer = record(line.result, 'a result')
    if (answer.canceled === true) {
      const compacted = integer(answer.compact_revision, 'a revision') > 0
      return compacted ? { kind: 'gap' } : { kind: 'ended', text: String(answer.cancel_reason) }
    }
    if (answer.created === true) return { kind: 'created', revision: headerRevision(answer) }
    const changes = list(answer.events, 'events').map(storedChange)
    if (changes.length === 0 && this.#parts.length === 0 && answer.fragment !== true) {
      return { kind: 'progress', revision: headerRevision(answer) }
    }
    this.#units += units
    if (this.#units > maxAnswerUnits) return { kind: 'gap' }
    for (const change of changes) this.#parts.push(change)
    if (answer.fragment === true) return { kind: 'part' }
    const whole = this.#parts
    this.#parts = []
    this.#units = 0
    return { kind: 'changes', changes: whole }
  }
}

function storedChange(value: unknown): StoredChange {
  const event = record(value, 'an event')
  const { type } = event
  if (type !== undefined && type !== 'PUT' && type !== 'DELETE') throw new Garbled(`an event of type ${String(type)}`)
  return { ...storedEntry(event.kv), removed: type === 'DELETE' }
}

/** The text is longer than one answer may be. */
export class LineTooLong extends Error {}

/** Lines of a stream, without their ends; `heard` is called for whatever comes. Throws `LineTooLong`; half a line at the end is dropped: it was never told. */
export async function* linesOf(stream: AsyncIterable<Buffer>, heard: () => void): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    heard()
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end))
      yield Buffer.concat(parts).toString('utf8')
      parts = []
      bytes = 0
      from = end + 1
    }
    const rest = chunk.subarray(from)
    if (rest.length === 0) continue
    parts.push(rest)
    bytes += rest.length
    if (bytes > maxAnswerUnits) throw new LineTooLong(`a line of more than ${maxAnswerUnits} bytes`)
  }
}
