import { compileCluster } from '../../src/core/graph.ts'
import type { HistoryEvent } from '../../src/model/event.ts'
import { parseClusterFile } from '../../src/model/file/parse-cluster-file.ts'
import { ConsoleDaemon, office, officeFile } from './console-daemon.ts'

const minute = 60_000
const day = 24 * 60 * minute

const promises = `
calendars:
  office:
    timeZone: America/Sao_Paulo
    hours: { mon-fri: ["08:00-18:00"] }
sla:
  - { for: web, target: 99.9% }
  - { for: "@base", target: 99%, window: 90d, promised: office }
  - { for: db, target: 99.99%, window: 90d }
`

/** The office of one host with a history of a quarter: crashes, a power cut, a daemon that was down, planned work. */
export async function reportDaemon(): Promise<ConsoleDaemon> {
  const daemon = new ConsoleDaemon(office)
  const text = `${officeFile.trimEnd()}\n${promises}`
  const read = parseClusterFile({ path: 'office.yaml', text, readFile: () => ({ reason: 'ENOENT' }) })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  daemon.world.cluster = compileCluster(read.spec)
  const now = daemon.clock.wall()
  const base = { actor: 'leader', host: daemon.powers().host, service: null, because: null, fault: null, note: null }
  const at = (ms: number, word: string, guest: string | null, more: object = {}) =>
    ({ ...base, at: Math.round(ms), word, guest, ...more }) as unknown as HistoryEvent
  const guests = Object.keys(office)
  const answering = (guest: string, ms: number): HistoryEvent[] =>
    (office[guest]!.services ?? []).map((service) =>
      at(ms, 'answers', guest, { actor: 'agent', service: String(service) }),
    )
  const events: HistoryEvent[] = [
    at(now - 100 * day, 'daemon-started', null, { actor: 'daemon' }),
    ...guests.map((guest) => at(now - 100 * day + 1, 'ready', guest)),
    ...guests.flatMap((guest) => answering(guest, now - 100 * day + 2)),
  ]
  const down = (days: number, minutes: number, guest: string, word: string, more: object = {}): void => {
    const from = now - days * day
    events.push(at(from, word, guest, more), at(from + 1_000, 'start', guest))
    events.push(at(from + minutes * minute, 'ready', guest))
  }
  down(80, 30, 'db', 'crashed')
  down(41, 90, 'db', 'crashed')
  down(60, 12, 'mail', 'silent')
  down(21, 45, 'web', 'silent')
  down(9, 25, 'dns', 'stop', { because: { code: 'wish-stopped' } })
  for (const [days, minutes] of [
    [70, 55],
    [15, 18],
  ] as const) {
    const from = now - days * day
    events.push(at(from, 'power-lost', null, { actor: 'daemon' }))
    events.push(at(from + minutes * minute, 'daemon-started', null, { actor: 'daemon' }))
    for (const guest of guests) events.push(at(from + (minutes + 1) * minute, 'start', guest))
    for (const guest of guests) events.push(at(from + (minutes + 2) * minute, 'ready', guest))
  }
  events.push(at(now - 30 * day, 'daemon-stopped', null, { actor: 'daemon' }))
  events.push(at(now - 30 * day + 40 * minute, 'daemon-started', null, { actor: 'daemon' }))
  events.push(at(now - 30 * day + 41 * minute, 'looked', null, { actor: 'daemon' }))
  for (const guest of guests) events.push(...answering(guest, now - 30 * day + 42 * minute))
  events.sort((a, b) => a.at - b.at)
  await daemon.history.connect().append(events)
  return daemon
}
