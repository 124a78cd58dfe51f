import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { MetricsHistoryView, MetricsNowView } from '../../src/contract/metrics.ts'
import { paths } from '../../src/contract/protocol.ts'
import { wallTime } from '../../src/model/ids.ts'
import type { FakeDaemon } from './fake-daemon.ts'
import { launchedDaemon } from './fake-daemon.ts'
import { threeHosts } from './wide-daemon.ts'

async function api(t: TestContext, daemon: FakeDaemon): Promise<FastifyInstance> {
  const app = await daemon.api()
  t.after(() => app.close())
  return app
}

const historyOf = (subject: string, range = 'hour'): string =>
  `${paths.metricsHistory}?${new URLSearchParams({ subject, range }).toString()}`

async function history(app: FastifyInstance, subject: string, range = 'hour'): Promise<MetricsHistoryView> {
  const answer = await app.inject(historyOf(subject, range))
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}

test('the history of a guest, host and service of one host', async (t) => {
  const daemon = launchedDaemon()
  const app = await api(t, daemon)
  const { host } = daemon.powers()
  daemon.measured[`${host} guest:web`] = [1, 2, null, 4]
  const before = Date.now()
  const view = await history(app, 'guest:web')
  assert.equal(view.step, 10_000)
  assert.equal(view.from % 10_000, 0)
  const end = view.from + 360 * 10_000
  assert.ok(end >= before - 10_000 && end <= Date.now() + 10_000, `${end - before}`)
  assert.deepEqual(
    view.series.map(({ name, unit }) => `${name} ${unit}`),
    [
      ...['cpu percent-of-one', 'memory-given MiB', 'memory-used MiB', 'disk-read bytes/s', 'disk-write bytes/s'],
      ...['net-receive bytes/s', 'net-send bytes/s'],
    ],
  )
  assert.deepEqual(view.series[0]!.values.slice(0, 5), [1, 2, null, 4, null])
  assert.ok(view.series.every(({ values }) => values.length === 360))
  assert.deepEqual(view.absent, [])
  daemon.measured[`${host} service:web/80/tcp`] = [7]
  assert.equal((await history(app, 'service:web/80')).series[0]!.values[0], 7)
  daemon.measured[`${host} host:${host}`] = [50]
  const year = await history(app, `host:${host}`, 'year')
  assert.deepEqual([year.step, year.series[0]!.values.length, year.series[0]!.values[0]], [43_200_000, 730, 50])
})

test('a guest that moved is made of the parts of its hosts; the one it is on comes first, one that is gone is said', async (t) => {
  const daemon = threeHosts()
  const app = await api(t, daemon)
  daemon.measured['n1 guest:web'] = [null, 5, 6]
  daemon.measured['n2 guest:web'] = [1, 2, null, 4]
  daemon.measured['n3 guest:web'] = [9, 9, 9, 9, 9]
  const view = await history(app, 'guest:web')
  assert.deepEqual(view.series[0]!.values.slice(0, 5), [1, 5, 6, 4, null])
  assert.deepEqual(view.absent, ['n3'])
})

test('a host that does not answer leaves nothing, and is said; so is all of a guest whose every host is silent', async (t) => {
  const daemon = threeHosts()
  const app = await api(t, daemon)
  daemon.measured['n2 host:n2'] = [1]
  daemon.silentHosts = ['n2']
  const host = await history(app, 'host:n2')
  assert.deepEqual(host.absent, ['n2'])
  assert.ok(host.series.every(({ values }) => values.length === 360 && values.every((value) => value === null)))
  daemon.silentHosts = ['n1', 'n2', 'n3']
  const guest = await history(app, 'guest:web')
  assert.deepEqual(guest.absent, ['n1', 'n2', 'n3'])
  assert.equal(guest.series[0]!.values.length, 360)
})

test('what cannot be asked for', async (t) => {
  const app = await api(t, threeHosts())
  const table: [string, number, string][] = [
    [historyOf('guest:wbe'), 404, 'guest-unknown'],
    [historyOf('service:wbe/80'), 404, 'guest-unknown'],
    [historyOf('host:n9'), 404, 'host-unknown'],
    [historyOf('cluster:all'), 400, 'bad-request'],
    [historyOf('guest:web', 'decade'), 400, 'bad-request'],
    [`${paths.metricsHistory}?subject=guest:web`, 400, 'bad-request'],
    [`${historyOf('guest:web')}&more=1`, 400, 'bad-request'],
  ]
  for (const [url, status, code] of table) {
    const answer = await app.inject(url)
    assert.deepEqual([answer.statusCode, answer.json().fault?.code], [status, code], url)
  }
})

test('the newest figures of all, each guest once: where it is', async (t) => {
  const daemon = threeHosts()
  const app = await api(t, daemon)
  const guest = (cpu: number) => [cpu, 512, null, 0, 0, 0, 1 / 3]
  daemon.newest.n1 = {
    measuredAt: wallTime(1_000),
    host: [25, 8_000, 1_000, 0, 0, 0, 0],
    guests: { web: guest(1), mail: guest(7) },
  }
  daemon.newest.n2 = { measuredAt: wallTime(2_000), host: null, guests: { mail: guest(2) } }
  const answer = await app.inject(paths.metricsNow)
  const view: MetricsNowView = answer.json()
  assert.equal(answer.statusCode, 200)
  assert.deepEqual(
    view.guests.map(({ guest: id, host, figures }) => [
      id,
      host,
      figures.cpu,
      figures['net-send'],
      figures['memory-used'],
    ]),
    [
      ['mail', 'n2', 2, 0.3333, null],
      ['web', 'n1', 1, 0.3333, null],
    ],
  )
  assert.deepEqual(
    view.hosts.map(({ host, measuredAt, figures }) => [host, measuredAt, figures?.cpu ?? null]),
    [
      ['n1', 1_000, 25],
      ['n2', 2_000, null],
    ],
  )
  assert.deepEqual(view.absent, ['n3'])
})

test('the XML of a guest comes from the host that it is on', async (t) => {
  const daemon = threeHosts()
  const app = await api(t, daemon)
  daemon.definitions['n2 mail'] = '<domain><name>mail</name></domain>'
  const answer = await app.inject(paths.guestXml('mail'))
  assert.deepEqual([answer.statusCode, answer.body], [200, '<domain><name>mail</name></domain>'])
  assert.match(String(answer.headers['content-type']), /^application\/xml/)
  daemon.definition = null
  const missing = await app.inject(paths.guestXml('web'))
  assert.deepEqual([missing.statusCode, missing.json().fault.code], [409, 'domain-missing'])
  daemon.silentHosts = ['n2']
  const lost = await app.inject(paths.guestXml('mail'))
  assert.deepEqual([lost.statusCode, lost.json().fault.code], [503, 'peer-lost'])
})
