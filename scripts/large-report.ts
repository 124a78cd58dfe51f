/**
 * How long the availability report of a long history takes: years, with so many failures of 20 guests that need each other in a chain of
 * four. Prints JSON: failures told, milliseconds of each report, and of CPU. For bench/availability.ts.
 * usage: node scripts/large-report.ts YEARS FAILURES RUNS
 */
import { reportAvailability } from '../src/core/availability/report.ts'
import type { EventWord, StoredEvent } from '../src/model/event.ts'
import { parseClusterFile } from '../src/model/file/parse-cluster-file.ts'
import { guestId, hostId, serviceKey, wallTime } from '../src/model/ids.ts'
import type { PromisedHours } from '../src/model/promised-hours.ts'

const [years, failures, runs] = process.argv.slice(2).map(Number) as [number, number, number]
const beginMs = Date.UTC(2016, 0, 1)
const untilMs = Date.UTC(2016 + years, 0, 1)
const guests = Array.from({ length: 20 }, (_, index) => `guest${index}`)

const lines = guests.map((name, index) => {
  const needs = index % 4 === 0 ? '' : `, needs: ['guest${index - 1}:80/tcp']`
  return `  ${name}: { services: [80/tcp], tags: [row${index % 4}]${needs} }`
})
const text = `version: 1\nguests:\n${lines.join('\n')}\n`
const read = parseClusterFile({ path: 'vigia.yaml', text, readFile: () => ({ reason: 'ENOENT' }) })
if (!read.ok) throw new Error(JSON.stringify(read.problems))

const promised: PromisedHours = {
  ...{ name: 'office', timeZone: 'America/Sao_Paulo', holidays: ['12-25'] },
  days: [[], ...Array.from({ length: 5 }, () => [{ from: 480, until: 1080 }]), []],
}
const events = history()
const times: number[] = []
const cpuTimes: number[] = []
let told = 0
for (let run = 0; run < runs; run++) {
  const begun = performance.now()
  const cpuBegun = process.cpuUsage()
  const report = reportAvailability(read.spec, events, {
    ...{ fromMs: beginMs, untilMs, guests: null },
    promised: run % 2 === 0 ? null : promised,
  })
  times.push(performance.now() - begun)
  const { user, system } = process.cpuUsage(cpuBegun)
  cpuTimes.push((user + system) / 1000)
  const own = report.subjects.filter(({ kind }) => kind === 'guest').map((subject) => subject.own?.failures ?? 0)
  if (run % 2 === 0) told = own.reduce((a, b) => a + b, 0)
}
process.stdout.write(`${JSON.stringify({ events: events.length, told, times, cpuTimes })}\n`)

/** Each failure in its turn: crashed, started, answering, ready. */
function history(): StoredEvent[] {
  const all: StoredEvent[] = []
  const add = (at: number, word: EventWord, guest: string | null, service: string | null = null): void => {
    all.push({
      ...{ id: all.length + 1, at: wallTime(at), host: hostId('host'), actor: service === null ? 'leader' : 'agent' },
      ...{ word, guest: guest === null ? null : guestId(guest), because: null, fault: null, note: null },
      service: service === null ? null : serviceKey(service),
    })
  }
  add(beginMs, 'daemon-started', null)
  for (const guest of guests) add(beginMs + 1, 'ready', guest)
  for (const guest of guests) add(beginMs + 2, 'answers', guest, '80/tcp')
  const eachMs = (untilMs - beginMs) / (failures + 1)
  for (let failure = 0; failure < failures; failure++) {
    const at = Math.floor(beginMs + (failure + 0.5) * eachMs)
    const guest = guests[failure % guests.length]!
    const lasts = 20_000 + ((failure * 7919) % 600_000)
    add(at, 'crashed', guest)
    add(at + 1000, 'start', guest)
    add(at + lasts, 'answers', guest, '80/tcp')
    add(at + lasts + 5, 'ready', guest)
  }
  return all
}
