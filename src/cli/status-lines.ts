import type { GuestSummary, HostSummary, StatusView } from '../contract/status.ts'
import { wallTime } from '../model/ids.ts'
import type { Text } from '../text/text.ts'
import type { CliContext } from './context.ts'
import { memoryWords, noteOf, paintedPhase } from './guest-words.ts'
import { memberLines, standingWords } from './member-lines.ts'
import { table } from './table.ts'

/** The whole status for people. `width` null: nothing is cut. */
export function statusLines({ text, paint }: CliContext, view: StatusView, width: number | null): string[] {
  const hosts = hostLines({ text }, view)
  if (view.cluster === null) return [text.cli('status-no-cluster'), ...hosts]
  const head = [text.cli('status-cluster', { name: view.cluster, count: view.guests.length }), ...hosts]
  if (view.guests.length === 0) return head
  const columns = [
    { heading: text.cli('column-guest') },
    { heading: text.cli('column-phase') },
    { heading: view.hosts.length > 1 ? 'HOST' : '' },
    { heading: text.cli('column-address') },
    { heading: text.cli('column-services') },
    { heading: text.cli('column-memory') },
    { heading: text.cli('column-since') },
    { heading: text.cli('column-note') },
  ]
  const rows = view.guests.map((guest) => [
    guest.id,
    paintedPhase(guest, text, paint),
    view.hosts.length > 1 ? (guest.host ?? '') : '',
    guest.address ?? '',
    serviceWords(guest),
    memoryWords(guest, text),
    guest.since === null ? '' : sinceWords(guest.since, view.at, text),
    noteOf(guest, text),
  ])
  return [...head, '', ...table(columns, rows, paint, width)]
}

/** The hosts, and what holds for them as a whole. */
export function hostLines({ text }: Pick<CliContext, 'text'>, view: StatusView): string[] {
  return [...view.hosts.map((host) => hostLine(host, text)), ...memberLines(view, text)]
}

/** `22/tcp` answers, `!53/udp` does not, `?80/tcp` is not known. */
function serviceWords(guest: GuestSummary): string {
  const mark = { answering: '', unknown: '?', refused: '!', silent: '!' }
  return guest.services.map(({ key, verdict }) => `${mark[verdict]}${key}`).join(' ')
}

const dayMs = 86_400_000

function sinceWords(since: number, at: number, text: Text): string {
  return at - since < dayMs ? text.clock(wallTime(since)) : text.time(wallTime(since))
}

function hostLine(host: HostSummary, text: Text): string {
  if (!host.seen) return [text.cli('status-host-unseen', { host: host.id }), ...standingWords(host, text)].join('; ')
  const { totalMib, reservedMib, guestsMib, othersMib } = host.memory
  const line = text.cli('status-host', {
    host: host.id,
    given: text.size(guestsMib),
    ...(host.cpus === null ? {} : { cpus: host.cpus }),
    ...(totalMib === null ? {} : { total: text.size(totalMib) }),
    ...(reservedMib === 0 ? {} : { reserved: text.size(reservedMib) }),
    ...(othersMib === 0 ? {} : { others: text.size(othersMib) }),
  })
  const more = [
    ...standingWords(host, text),
    ...(host.hypervisor === 'down' ? [text.cli('status-hypervisor-down')] : []),
    ...(host.complete ? [] : [text.cli('status-not-complete')]),
  ]
  return [line, ...more].join('; ')
}

/** For programs: names and words of the contract, figures without units. */
export function statusRows(view: StatusView): (readonly (string | number | boolean | null)[])[] {
  return [
    ['guest', 'state', 'phase', 'because', 'host', 'address', 'givenMib', 'usedMib', 'since', 'wave', 'wish', 'watch'],
    ...view.guests.map((guest) => [
      guest.id,
      guest.state,
      guest.phase.kind,
      guest.because.code,
      guest.host,
      guest.address,
      guest.memory.givenMib,
      guest.memory.usedMib,
      guest.since === null ? null : new Date(guest.since).toISOString(),
      guest.wave,
      guest.wish,
      guest.watch,
    ]),
  ]
}
