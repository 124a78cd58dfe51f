import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import type { EventWord, HistoryEvent } from '../../src/model/event.ts'
import { guestId, hostId, wallTime } from '../../src/model/ids.ts'
import { chain, FakeDaemon } from '../api/fake-daemon.ts'
import { folder, served, type } from './terminal.ts'

/** The terminal's clock stands at 2026-01-01T00:00Z. */
const nowMs = Date.UTC(2026, 0, 1)
const hour = 3_600_000

/** Ten days ago all was ready; a day ago dns crashed for two hours, and mail was shut down for three. */
async function withHistory(t: TestContext): Promise<string> {
  const daemon = new FakeDaemon({ ...chain, web: { ...chain.web, tags: ['shop'] } })
  daemon.world.settle()
  const lines: readonly (readonly [
    hoursAgo: number,
    word: EventWord,
    guest: string,
    because?: HistoryEvent['because'],
  ])[] = [
    ...['dns', 'lone', 'mail', 'web'].map((guest) => [240, 'ready', guest] as const),
    [24, 'crashed', 'dns'],
    [22, 'ready', 'dns'],
    [20, 'stop', 'mail', { code: 'wish-stopped' }],
    [17, 'ready', 'mail'],
  ]
  daemon.history.append(
    lines.map(([ago, word, guest, because = null]) => ({
      ...{ at: wallTime(nowMs - ago * hour), host: hostId('h1'), actor: 'leader', word, guest: guestId(guest) },
      ...{ service: null, because, fault: null, note: null },
    })),
  )
  return served(t, daemon)
}

test('report availability tells failures and planned work apart, and what its needs cost a guest', async (t) => {
  const socket = await withHistory(t)
  const { exitCode, out, err } = await type('report availability -o json', { socket })
  assert.equal(err, '')
  assert.equal(exitCode, 0)
  const subjects = new Map(JSON.parse(out).subjects.map((one: { name: string }) => [one.name, one]))
  const of = (name: string) => subjects.get(name) as { own: Record<string, number>; perceived: Record<string, number> }
  assert.deepEqual([of('dns').own.upMs, of('dns').own.downMs], [238 * hour, 2 * hour])
  assert.equal(of('dns').own.failures, 1)
  assert.deepEqual([of('mail').own.downMs, of('mail').own.plannedMs], [0, 3 * hour])
  // web needs mail, mail needs dns.
  assert.deepEqual(
    [of('web').own.downMs, of('web').perceived.downMs, of('web').perceived.plannedMs],
    [0, 2 * hour, 3 * hour],
  )
  assert.equal(of('web').own.notObservedMs, 20 * 24 * hour)
})

test('a table for people in both languages, rows for programs', async (t) => {
  const socket = await withHistory(t)
  const english = await type('report availability', { socket })
  assert.match(english.out, /^Availability of /)
  assert.match(english.out, /dns +99\.16666 % /)
  assert.match(english.out, /crashed/)
  const portuguese = await type('report availability --lang pt-BR', { socket })
  assert.match(portuguese.out, /^Disponibilidade de /)
  assert.match(portuguese.out, /dns +99,16666 % /)
  const rows = await type('report availability -o csv --guest dns', { socket })
  assert.match(rows.out, /^kind,name,availability,/)
  assert.match(rows.out, /guest,dns,0\.991666/)
  assert.doesNotMatch(rows.out, /guest,web/)
  const yaml = await type('report availability -o yaml --group shop', { socket })
  assert.equal(parse(yaml.out).subjects[1].name, '@shop')
})

test('a page stands alone: no script, nothing fetched, one row a guest', async (t) => {
  const socket = await withHistory(t)
  const file = join(folder(t), 'report.html')
  const { exitCode, err } = await type(['report', 'availability', '--html', file], { socket })
  assert.equal(err, `written to ${file}\n`)
  assert.equal(exitCode, 0)
  const page = readFileSync(file, 'utf8')
  assert.doesNotMatch(page, /<script|https?:|src=|<link/)
  assert.match(page, /<svg role="img" aria-label="dns: 99\.16666 %"/)
})

test('wrong words are refused with what was expected', async (t) => {
  const socket = await withHistory(t)
  for (const line of ['report cost', 'report availability --guest nobody', 'report availability --group none']) {
    assert.equal((await type(line, { socket })).exitCode, 64, line)
  }
  assert.equal((await type('report availability --from 1d --to 2d', { socket })).exitCode, 64)
  assert.equal((await type('report availability --promised office', { socket })).exitCode, 64)
})

test('foresee reckons a file, says what it supposes and what would make it better', async (t) => {
  const file = join(folder(t), 'vigia.yaml')
  writeFileSync(file, 'version: 1\nhosts: { a: , b: , c: }\nguests:\n  web: { services: [80/tcp] }\n')
  const line = ['foresee', file, '--host-mtbf', '100d', '--host-mttr', '8h', '--boot-time', '60s']
  const { exitCode, out, err } = await type(line)
  assert.equal(err, '')
  assert.equal(exitCode, 0)
  assert.match(out, /^3 hosts, 2 needed for all guests\n/)
  assert.match(out, /between losses of one host +100 d +given/)
  assert.match(out, /between failures of one guest +91 d 6 h +assumed/)
  assert.match(out, /What would make this better:\n/)
  const data = JSON.parse((await type([...line, '-o', 'json'])).out)
  const more = JSON.parse((await type([...line, '--hosts', '+1', '-o', 'json'])).out)
  assert.equal(more.design.hosts, 4)
  assert.ok(more.outlook.availability > data.outlook.availability)
})

test('foresee takes from the history what it says', async (t) => {
  const socket = await withHistory(t)
  const { out } = await type('foresee', { socket })
  assert.match(out, /between failures of one guest +.* measured, from 1\n/)
})
