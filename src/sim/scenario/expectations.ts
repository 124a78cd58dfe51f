import { nearest } from '../../model/file/nearest.ts'
import type { GuestId, HostId } from '../../model/ids.ts'
import { guestId } from '../../model/ids.ts'
import type { GuestState } from '../../model/phase.ts'
import { readHostName } from './guests.ts'
import type { Expectations, ExpectedEvent, ExpectedGuest, ExpectedOrder, ExpectWord } from './scenario.ts'
import { expectWords, hostWords } from './scenario.ts'
import type { Field, PlacedText, Source } from './source.ts'
import { parseDuration, quote } from './source.ts'

export const noExpectations: Expectations = {
  guests: new Map(),
  fenced: null,
  maxFenced: null,
  order: [],
  orderAfter: [],
  never: [],
  moves: new Map(),
  restarts: new Map(),
}

const expectKeys = ['guests', 'fenced', 'maxFenced', 'order', 'orderAfter', 'never', 'moves', 'restarts'] as const
const guestStates: readonly GuestState[] = ['running', 'stopped', 'failed', 'waiting', 'paused']
const maxCount = 1_000_000

interface Names {
  readonly hosts: ReadonlySet<string>
  readonly guests: ReadonlySet<string>
}

export function readExpectations(source: Source, field: Field | undefined, names: Names): Expectations {
  if (field === undefined) return noExpectations
  const record = source.record(field.value, 'a mapping of expectations', expectKeys)
  if (record === null) return noExpectations
  const orders = (name: 'order'): ExpectedOrder[] => {
    const found = record.get(name)
    return found === undefined ? [] : readOrders(source, found.value, names)
  }
  return {
    guests: readGuests(source, record.get('guests'), names),
    fenced: record.has('fenced') ? readHosts(source, record.get('fenced')!, names) : null,
    maxFenced: record.has('maxFenced') ? source.integer(record.get('maxFenced')!.value, 0, maxCount) : null,
    order: orders('order'),
    orderAfter: readOrderAfter(source, record.get('orderAfter'), names),
    never: readNever(source, record.get('never'), names),
    moves: readCounts(source, record.get('moves'), names),
    restarts: readCounts(source, record.get('restarts'), names),
  }
}

function readGuests(source: Source, field: Field | undefined, names: Names): Map<GuestId, ExpectedGuest> {
  const expected = new Map<GuestId, ExpectedGuest>()
  for (const entry of guestFields(source, field, names)) {
    const record = source.record(entry.value, 'a mapping such as { state: running }', ['state', 'host'])
    const state = record?.get('state')
    const host = record?.get('host')
    expected.set(guestId(entry.key), {
      state: state === undefined ? null : source.oneOf(state.value, guestStates),
      hosts: host === undefined ? null : readHosts(source, host, names),
    })
  }
  return expected
}

function readCounts(source: Source, field: Field | undefined, names: Names): Map<GuestId, number> {
  const counts = new Map<GuestId, number>()
  for (const entry of guestFields(source, field, names)) {
    counts.set(guestId(entry.key), source.integer(entry.value, 0, maxCount) ?? 0)
  }
  return counts
}

/** Fields keyed by guests of the file; keys that are none are refused, and what stands there is read all the same: all that is wrong is told at once. */
function guestFields(source: Source, field: Field | undefined, names: Names): Field[] {
  const fields = (field === undefined ? null : source.fields(field.value, 'a mapping keyed by guests')) ?? []
  for (const { key, keyNode } of fields) {
    if (!names.guests.has(key)) source.refuse(keyNode, 'a guest of this file', quote(key), nearest(key, names.guests))
  }
  return fields
}

/** One host, or a list of them. */
function readHosts(source: Source, field: Pick<Field, 'value'>, names: Names): HostId[] {
  if (!source.isList(field.value)) return [readHostName(source, field, names.hosts)]
  const items = source.list(field.value, 'a list of hosts') ?? []
  return items.map((value) => readHostName(source, { value }, names.hosts))
}

function readOrderAfter(source: Source, field: Field | undefined, names: Names): Expectations['orderAfter'] {
  const fields = field === undefined ? null : source.fields(field.value, 'a mapping such as 120s: [start a < start b]')
  return (fields ?? []).map((entry) => {
    const afterMs = parseDuration(entry.key)
    if (afterMs === null) source.refuse(entry.keyNode, 'a time such as 120s', quote(entry.key))
    return { afterMs: afterMs ?? 0, order: readOrders(source, entry.value, names) }
  })
}

function readOrders(source: Source, node: Field['value'], names: Names): ExpectedOrder[] {
  const form = 'a list such as [ready dns < start nfs]'
  return (source.list(node, form) ?? []).flatMap((item) => {
    const placed = source.text(item, 'an order such as ready dns < start nfs')
    if (placed === null) return []
    const pieces = split(placed, '<')
    if (pieces.length < 2) {
      source.refuse(placed.offset, 'an order such as ready dns < start nfs', quote(placed.text))
      return []
    }
    const events = pieces.map((piece) => parseEvent(source, piece, names))
    return events.every((event) => event !== null) ? [events] : []
  })
}

function readNever(source: Source, field: Field | undefined, names: Names): ExpectedEvent[] {
  if (field === undefined) return []
  return (source.list(field.value, 'a list of events such as [restart dns]') ?? []).flatMap((item) => {
    const placed = source.text(item, 'an event such as restart dns')
    const event = placed === null ? null : parseEvent(source, placed, names)
    return event === null ? [] : [event]
  })
}

function parseEvent(source: Source, placed: PlacedText, names: Names): ExpectedEvent | null {
  const [word, subject, surplus] = split(placed, ' ').filter((piece) => piece.text !== '')
  const known = expectWords.find((candidate) => candidate === word?.text)
  if (word === undefined || known === undefined) {
    const got = word === undefined ? 'nothing' : quote(word.text)
    source.refuse(word?.offset ?? placed.offset, `one of ${expectWords.join(', ')}`, got, near(word, expectWords))
    return null
  }
  const ofHosts = hostWords.includes(known)
  const subjects = ofHosts ? names.hosts : names.guests
  if (subject === undefined || !subjects.has(subject.text)) {
    const got = subject === undefined ? 'nothing' : quote(subject.text)
    source.refuse(subject?.offset ?? placed.offset, ofHosts ? 'a host' : 'a guest', got, near(subject, subjects))
    return null
  }
  if (surplus !== undefined) {
    source.refuse(surplus.offset, 'the end of the event', quote(surplus.text))
    return null
  }
  return { word: known satisfies ExpectWord, subject: subject.text }
}

function near(placed: PlacedText | undefined, known: Iterable<string>): string | null {
  return placed === undefined ? null : nearest(placed.text, known)
}

/** Pieces between separators, trimmed, each with its own place. */
function split(placed: PlacedText, separator: string): PlacedText[] {
  const pieces: PlacedText[] = []
  let offset = 0
  for (const piece of placed.text.split(separator)) {
    const lead = piece.length - piece.trimStart().length
    pieces.push({ text: piece.trim(), offset: placed.offset + offset + lead })
    offset += piece.length + separator.length
  }
  return pieces
}
