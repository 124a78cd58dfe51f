import { Fault } from '../../model/fault.ts'
import type { HostId } from '../../model/ids.ts'
import { isStretch, parseSubject, type Subject, subjectMaxLength } from '../../model/metric.ts'
import type { HostGuests, LineWish } from '../../ports/host-guests.ts'
import type { LineRoute, Route } from './peer-server.ts'
import { accepted, type HttpsPeers, type PeersOptions } from './peers.ts'

export const hostGuestsPath = '/peers/v1/guests'
export const linePath = '/peers/v1/line'

/** A question. A domain's name may be as long as a file's. */
const maxBytes = 4_096
const maxDomainLength = 255

/** Series of a day, or a guest's XML with many devices. */
const maxAnswerBytes = 4 * 1024 * 1024

/** Somebody waits in front of a screen: a host that does not answer within this is shown as absent. */
const limitMs = 4_000

/** libvirt opens a console within its own limit, a VNC server at once. */
const lineLimitMs = 12_000

type Here = () => HostGuests | null

/** Nothing is answered to anybody but members. `here`: null while this daemon is not ready. */
export function hostGuestsRoute(here: Here, options: Pick<PeersOptions, 'standingOf'>): Route {
  return {
    maxBytes,
    answer: async (body, shown) => {
      if (accepted(shown, options) === null) throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
      return JSON.stringify(await answerTo(body, ready(here)))
    },
  }
}

export function lineRoute(here: Here, options: Pick<PeersOptions, 'standingOf'>): LineRoute {
  return async (query, shown) => {
    if (accepted(shown, options) === null) throw new Fault('certificate-refused', 'not-done', { text: 'missing' })
    return ready(here).openLine(wishIn(query))
  }
}

/** The guests of another member. */
export function guestsOfMember(peers: Pick<HttpsPeers, 'request' | 'openLine'>, member: HostId): HostGuests {
  const ask = async <T>(question: object, isAnswer: (value: unknown) => boolean): Promise<T> => {
    const limits = { timeoutMs: limitMs, maxAnswerBytes }
    const text = await peers.request(member, hostGuestsPath, JSON.stringify(question), limits)
    const answer = valueIn(text)
    if (!isAnswer(answer)) throw new Fault('bad-data', 'unknown', { member })
    return answer as T
  }
  return {
    figures: (subject, stretch) =>
      ask({ ask: 'figures', subject: textOfSubject(subject), stretch }, (value) =>
        isSeries(value, stretch.count / stretch.group),
      ),
    newest: () => ask({ ask: 'newest' }, (value) => value === null || (typeof value === 'object' && 'guests' in value)),
    definition: (domain) => ask({ ask: 'definition', domain }, (value) => value === null || typeof value === 'string'),
    openLine: ({ domain, kind, force }) => {
      const query = new URLSearchParams({ domain, kind, ...(force && { force: '1' }) })
      return peers.openLine(member, `${linePath}?${query.toString()}`, lineLimitMs)
    },
  }
}

async function answerTo(body: string, here: HostGuests): Promise<unknown> {
  const { ask, subject, stretch, domain } = Object(valueIn(body)) as Record<string, unknown>
  if (ask === 'newest') return here.newest()
  if (ask === 'definition' && isDomain(domain)) return here.definition(domain)
  const of = typeof subject === 'string' && subject.length <= subjectMaxLength ? parseSubject(subject) : null
  if (ask === 'figures' && of !== null && isStretch(stretch)) return here.figures(of, stretch)
  throw new Fault('bad-data', 'not-done', {})
}

function wishIn(query: URLSearchParams): LineWish {
  const [domain, kind] = [query.get('domain'), query.get('kind')]
  if (!isDomain(domain) || (kind !== 'vnc' && kind !== 'serial')) throw new Fault('bad-data', 'not-done', {})
  return { domain, kind, force: query.get('force') === '1' }
}

function ready(here: Here): HostGuests {
  const guests = here()
  if (guests === null) throw new Fault('daemon-busy', 'not-done', {})
  return guests
}

function textOfSubject({ kind, name }: Subject): string {
  return `${kind}:${name}`
}

function isDomain(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxDomainLength
}

/** Of a member of a later version there may be more series than are known here. */
function isSeries(value: unknown, length: number): boolean {
  if (!Array.isArray(value)) return false
  return value.every(
    (series: unknown) =>
      Array.isArray(series) &&
      series.length === length &&
      series.every((one) => one === null || typeof one === 'number'),
  )
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: no question, and no answer.
    return undefined
  }
}
