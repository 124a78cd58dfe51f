import type { StoredEvent } from '../../model/event.ts'
import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import type { History, OwnEvents } from '../../ports/history.ts'
import type { HistoryPeers } from '../../ports/history-peers.ts'
import type { Route } from './peer-server.ts'
import { accepted, type HttpsPeers, type PeersOptions } from './peers.ts'

export const historyPath = '/peers/v1/history'

/** A batch of events of the longest kind: each names up to some hundred guests. */
const maxBytes = 16 * 1024 * 1024

/** Events of one message. */
const maxEvents = 1_000

const maxAnswerBytes = 1_024

/** The other's disk may be slow; within what its server allows for a request. */
const limitMs = 5_000

/** Takes copies from members, each of what it wrote itself. */
export function historyRoute(history: Pick<History, 'copy'>, options: Pick<PeersOptions, 'standingOf'>): Route {
  return {
    maxBytes,
    answer: async (body, shown) => {
      const origin = accepted(shown, options)
      if (origin === null) throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
      return JSON.stringify({ known: await history.copy(origin, copiesIn(body)) })
    },
  }
}

export function historyPeers(peers: Pick<HttpsPeers, 'request'>, members: () => readonly HostId[]): HistoryPeers {
  return {
    members,
    give: async (member, copies) => {
      const limits = { timeoutMs: limitMs, maxAnswerBytes }
      const text = await peers.request(member, historyPath, JSON.stringify(copies), limits)
      const known = numberIn(text)
      if (known === null) throw new Fault('bad-data', 'unknown', { member })
      return known
    },
  }
}

function numberIn(text: string): number | null {
  const { known } = objectIn(text)
  return Number.isSafeInteger(known) ? (known as number) : null
}

function copiesIn(body: string): OwnEvents {
  const { file, events } = objectIn(body)
  const whole =
    typeof file === 'string' &&
    /^[\w-]{1,64}$/.test(file) &&
    Array.isArray(events) &&
    events.length <= maxEvents &&
    events.every((each, place) => isEvent(each) && (place === 0 || each.id > (events[place - 1] as StoredEvent).id))
  if (!whole) throw new Fault('bad-data', 'not-done', {})
  return { file, events }
}

/** Of a member of a later version, words and reasons may be unknown here: they are kept as they are. */
function isEvent(value: unknown): value is StoredEvent {
  const event = Object(value) as Partial<Record<keyof StoredEvent, unknown>>
  const text = (field: unknown): boolean => typeof field === 'string'
  const orNull = (field: unknown, is: boolean): boolean => field === null || is
  return (
    Number.isSafeInteger(event.id) &&
    (event.id as number) > 0 &&
    Number.isFinite(event.at) &&
    [event.host, event.actor, event.word].every(text) &&
    [event.guest, event.service, event.note].every((field) => orNull(field, text(field))) &&
    [event.because, event.fault].every((field) => orNull(field, typeof field === 'object'))
  )
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    // Not JSON: it has nothing of what is looked for.
    return {}
  }
}
