import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Check } from 'typebox/value'
import { AvailabilityView, ForesightPlayView, ForesightView } from '../../src/contract/availability.ts'
import { paths } from '../../src/contract/protocol.ts'
import { observe } from '../../src/core/availability/observe.ts'
import { reportAvailability } from '../../src/core/availability/report.ts'
import type { HistoryEvent, StoredEvent } from '../../src/model/event.ts'
import type { FakeDaemon } from './fake-daemon.ts'
import { chain, launchedDaemon } from './fake-daemon.ts'

const hour = 3_600_000

interface Stage {
  readonly app: FastifyInstance
  readonly daemon: FakeDaemon
  readonly beginMs: number
}

/** dns crashed for six minutes an hour ago, and web with it; half an hour ago lone was silent for a minute. */
async function stage(t: TestContext): Promise<Stage> {
  const daemon = launchedDaemon(chain)
  const nowMs = daemon.clock.wall()
  const beginMs = nowMs - 10 * hour
  const base = { actor: 'leader', host: daemon.powers().host, service: null, because: null, fault: null, note: null }
  const at = (ms: number, word: string, guest: string | null, more: object = {}) =>
    ({ ...base, at: ms, word, guest, ...more }) as unknown as HistoryEvent
  const needs = { code: 'needs-lost', needs: [{ text: 'dns:53/udp', guest: 'dns', state: 'silent' }] }
  const events = [
    at(beginMs, 'daemon-started', null, { actor: 'daemon' }),
    ...Object.keys(chain).map((guest) => at(beginMs, 'ready', guest)),
    at(nowMs - hour, 'crashed', 'dns'),
    at(nowMs - hour + 1_000, 'pause', 'mail', { because: needs }),
    at(nowMs - hour + 360_000, 'ready', 'dns'),
    at(nowMs - hour + 361_000, 'ready', 'mail'),
    at(nowMs - hour / 2, 'silent', 'lone'),
    at(nowMs - hour / 2 + 60_000, 'ready', 'lone'),
  ]
  await daemon.history.connect().append(events)
  const app = await daemon.api()
  t.after(() => app.close())
  return { app, daemon, beginMs }
}

async function asked(app: FastifyInstance, query = ''): Promise<AvailabilityView> {
  const answer = await app.inject(`${paths.availability}${query}`)
  assert.equal(answer.statusCode, 200, answer.body)
  assert.match(String(answer.headers['content-type']), /^application\/json/)
  const view = answer.json() as AvailabilityView
  assert.ok(Check(AvailabilityView, view), answer.body.slice(0, 400))
  return view
}

const subject = (view: AvailabilityView, name: string) => view.subjects.find((one) => one.name === name)!

test('the report says what the core reckons, and what would have made each figure better', async (t) => {
  const { app, daemon, beginMs } = await stage(t)
  const view = await asked(app, `?from=${beginMs}`)
  const spec = daemon.snapshot().cluster!
  const events = (await daemon.history.connect().query({ limit: 10_000 })) as StoredEvent[]
  const wish = { fromMs: beginMs, untilMs: view.untilMs, promised: null, guests: null }
  const expected = reportAvailability(spec, events, wish, observe(events, view.untilMs))
  assert.deepEqual(
    view.subjects.map(({ kind, name, own }) => [kind, name, own?.upMs, own?.downMs, own?.failures]),
    expected.subjects.map(({ kind, name, own }) => [kind, name, own?.upMs, own?.downMs, own?.failures]),
  )
  const dns = subject(view, 'dns')
  assert.equal(dns.own?.downMs, 360_000)
  assert.deepEqual(dns.own?.causes, [{ cause: 'crashed', downMs: 360_000, incidents: 1 }])
  // Without the crash it would have been there all the time; repaired in half the time, half as long away.
  assert.deepEqual(
    dns.better.map(({ code, availability }) => [code, availability]),
    [
      ['cause', 1],
      ['repair-half', (dns.own!.upMs + 180_000) / (dns.own!.upMs + 360_000)],
    ],
  )
  const web = subject(view, 'web')
  assert.equal(web.own?.downMs, 0)
  assert.equal(web.perceived?.downMs, 361_000)
  assert.deepEqual(
    web.better.map((one) => [one.code, one.code === 'needs' && one.guest, one.availability]),
    [['needs', 'dns', 1]],
  )
  const cluster = view.subjects[0]!
  const member = cluster.better.find((one) => one.code === 'member')
  assert.ok(member?.code === 'member' && member.guest === 'dns')
  assert.ok(member.availability > cluster.own!.availability!)
  assert.deepEqual(
    view.incidents.map(({ name, cause }) => [name, cause]),
    [
      ['lone', 'service-lost'],
      ['mail', 'need-lost'],
      ['dns', 'crashed'],
    ],
  )
  assert.equal(
    dns.strip.reduce((sum, { columns }) => sum + columns, 0),
    1_000,
  )
  assert.deepEqual(
    dns.strip.map(({ condition }) => condition),
    ['up', 'down', 'up'],
  )
  assert.deepEqual(view.groups, ['base', 'front'])
})

test('a time of several months is told month by month, and adds up', async (t) => {
  const { app, beginMs } = await stage(t)
  const view = await asked(app, `?from=${beginMs - 70 * 24 * hour}&zone=America%2FSao_Paulo`)
  const dns = subject(view, 'dns')
  assert.ok(dns.months.length >= 3)
  const sum = (key: 'upMs' | 'downMs' | 'notObservedMs'): number => dns.months.reduce((all, one) => all + one[key], 0)
  for (const key of ['upMs', 'downMs', 'notObservedMs'] as const) assert.equal(sum(key), dns.own?.[key])
})

test('failures beyond those asked for are counted', async (t) => {
  const { app, beginMs } = await stage(t)
  const view = await asked(app, `?from=${beginMs}&incidents=1`)
  assert.equal(view.incidents.length, 1)
  assert.equal(view.incidentsLeftOut, 2)
})

test('a group, a guest; what is not there is refused by its field', async (t) => {
  const { app, beginMs } = await stage(t)
  const guests = ({ subjects }: AvailabilityView) =>
    subjects.flatMap(({ kind, name }) => (kind === 'guest' ? name : []))
  assert.deepEqual(guests(await asked(app, `?from=${beginMs}&group=front`)), ['lone', 'web'])
  assert.deepEqual(guests(await asked(app, `?from=${beginMs}&guest=dns`)), ['dns'])
  for (const [query, field] of [
    ['?group=nobody', 'group'],
    ['?promised=office', 'promised'],
    ['?zone=Nowhere', 'zone'],
    ['?from=2000&to=1000', 'from'],
  ]) {
    const answer = await app.inject(`${paths.availability}${query}`)
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().fault.details.field, field)
  }
  const unknown = await app.inject(`${paths.availability}?guest=dsn`)
  assert.equal(unknown.json().fault.details.nearest, 'dns')
})

test('CSV by format and by accept', async (t) => {
  const { app, beginMs } = await stage(t)
  const url = `${paths.availability}?from=${beginMs}`
  const byFormat = await app.inject(`${url}&format=csv`)
  assert.match(String(byFormat.headers['content-type']), /^text\/csv/)
  const lines = byFormat.body.trim().split(/\r?\n/)
  assert.match(lines[0]!, /^kind,name,availability,/)
  assert.ok(lines.some((line) => /^guest,dns,0\.9[89]\d*,/.test(line)))
  const byAccept = await app.inject({ url, headers: { accept: 'text/csv, */*;q=0.1' } })
  assert.equal(byAccept.body.split('\n').length, byFormat.body.split('\n').length)
  const json = await app.inject({ url: `${url}&format=json`, headers: { accept: 'text/csv' } })
  assert.match(String(json.headers['content-type']), /^application\/json/)
})

test('foresight: what was measured is said to be, a change is one, and a design is played', async (t) => {
  const { app, daemon } = await stage(t)
  const ask = async (query: string): Promise<ForesightView> => {
    const answer = await app.inject(`${paths.foresight}${query}`)
    assert.equal(answer.statusCode, 200, answer.body)
    const view = answer.json() as ForesightView
    assert.ok(Check(ForesightView, view))
    return view
  }
  const now = await ask('')
  assert.equal(now.design.hosts, 1)
  assert.equal(now.assumptions.find(({ what }) => what === 'guestMtbfMs')?.source, 'measured')
  assert.ok(now.improvements.some(({ change }) => change === 'host-more'))
  assert.ok(now.improvements.every(({ gain }, place, all) => gain <= (all[place - 1]?.gain ?? 1)))
  const two = await ask('?hosts=%2B1&bootMs=1000')
  assert.equal(two.design.hosts, 2)
  assert.equal(two.assumptions.find(({ what }) => what === 'bootMs')?.source, 'given')
  assert.ok(two.outlook!.availability > now.outlook!.availability)
  const many = await ask('?hosts=800')
  assert.ok(many.outlook!.availability < 1)
  assert.equal((await app.inject(`${paths.foresight}?hosts=0`)).statusCode, 400)
  assert.equal((await app.inject(`${paths.foresight}?hostMtbfMs=0`)).statusCode, 400)

  const play = (payload: object) => app.inject({ method: 'POST', url: paths.foresightPlay, payload })
  assert.equal((await play({ plays: 1 })).statusCode, 400)
  assert.equal((await play({ plays: 2 })).json().fault.code, 'daemon-busy')
  daemon.plays = true
  const played = await play({ plays: 2, change: { bootMs: '1000' } })
  assert.ok(Check(ForesightPlayView, played.json()), played.body)
  assert.equal(played.json().played.plays, 2)
})

test('without a cluster file there is nothing to report of', async (t) => {
  const { app, daemon } = await stage(t)
  daemon.hasCluster = false
  for (const url of [paths.availability, paths.foresight]) {
    const answer = await app.inject(url)
    assert.equal(answer.json().fault.details.why, 'no-cluster-file', url)
  }
})
