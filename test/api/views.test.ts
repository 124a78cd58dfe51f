import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Check, Errors } from 'typebox/value'
import { DoctorResult, HealthView } from '../../src/contract/doctor.ts'
import { ErrorBody } from '../../src/contract/error.ts'
import { EventsView } from '../../src/contract/events.ts'
import { GuestView, WhyView } from '../../src/contract/guest.ts'
import { paths } from '../../src/contract/protocol.ts'
import { StatusView } from '../../src/contract/status.ts'
import { chain, FakeDaemon, launchedDaemon } from './fake-daemon.ts'

test('every view is what the contract says', async (t) => {
  const daemon = launchedDaemon()
  const app = await daemon.api()
  t.after(() => app.close())
  const views = [
    [paths.status, StatusView],
    [paths.guest('web'), GuestView],
    [paths.why('web'), WhyView],
    [paths.events, EventsView],
    [paths.doctor, DoctorResult],
    [paths.alive, HealthView],
    [paths.ready, HealthView],
  ] as const
  for (const [url, schema] of views) {
    const response = await app.inject({ url })
    assert.equal(response.statusCode, 200, url)
    assert.equal(response.json().schemaVersion, 1)
    assert.ok(Check(schema, response.json()), `${url}: ${JSON.stringify([...Errors(schema, response.json())])}`)
  }
})

test('status shows guests in launch order with their needs and services', async (t) => {
  const app = await launchedDaemon().api()
  t.after(() => app.close())
  const status = (await app.inject({ url: paths.status })).json() as StatusView
  assert.deepEqual(
    status.guests.map(({ id, state, wave }) => [id, state, wave]),
    [
      ['dns', 'running', 1],
      ['lone', 'running', 1],
      ['mail', 'running', 2],
      ['web', 'running', 3],
    ],
  )
  assert.deepEqual(status.guests[3]?.needs, [{ text: 'mail:25/tcp', guest: 'mail', onLoss: 'pause', state: 'answers' }])
  assert.deepEqual(status.guests[0]?.services, [{ key: '53/udp', verdict: 'answering' }])
})

test('why leads from a waiting guest to the cause', async (t) => {
  const daemon = new FakeDaemon(chain)
  daemon.world.settle()
  const app = await daemon.api()
  t.after(() => app.close())
  const why = (await app.inject({ url: paths.why('web') })).json() as WhyView
  assert.deepEqual(
    why.chain.map(({ depth, guest, via, root }) => ({ depth, guest, via, root })),
    [
      { depth: 0, guest: 'web', via: null, root: false },
      { depth: 1, guest: 'mail', via: 'mail:25/tcp', root: false },
      { depth: 2, guest: 'dns', via: 'dns:53/udp', root: true },
    ],
  )
})

test('what is unknown is said with the nearest name, as problem+json', async (t) => {
  const app = await launchedDaemon().api()
  t.after(() => app.close())
  for (const url of [paths.guest('wbe'), paths.why('wbe')]) {
    const response = await app.inject({ url })
    assert.equal(response.statusCode, 404)
    assert.match(String(response.headers['content-type']), /^application\/problem\+json/)
    const body = response.json() as ErrorBody
    assert.ok(Check(ErrorBody, body))
    assert.deepEqual(body.fault, {
      code: 'guest-unknown',
      outcome: 'not-done',
      details: { guest: 'wbe', nearest: 'web' },
    })
  }
  const lost = await app.inject({ url: '/api/v1/nowhere' })
  assert.equal(lost.statusCode, 404)
  assert.equal((lost.json() as ErrorBody).fault.code, 'bad-request')
})

test('without a cluster file the status is empty and commands say what is missing', async (t) => {
  const daemon = new FakeDaemon(chain)
  daemon.hasCluster = false
  const app = await daemon.api()
  t.after(() => app.close())
  const status = (await app.inject({ url: paths.status })).json() as StatusView
  assert.equal(status.cluster, null)
  assert.deepEqual(status.guests, [])
  const launch = await app.inject({ method: 'POST', url: paths.launch, payload: {} })
  assert.equal(launch.statusCode, 409)
  assert.deepEqual((launch.json() as ErrorBody).fault.details, { why: 'no-cluster-file' })
})

test('not ready says why, alive stays alive', async (t) => {
  const daemon = launchedDaemon()
  daemon.troubles = [{ code: 'hypervisor-absent', outcome: 'not-done', details: {} }]
  const app = await daemon.api()
  t.after(() => app.close())
  assert.equal((await app.inject({ url: paths.alive })).statusCode, 200)
  const ready = await app.inject({ url: paths.ready })
  assert.equal(ready.statusCode, 503)
  assert.equal((ready.json() as HealthView).faults[0]?.code, 'hypervisor-absent')
})

test('events are filtered as asked, and a wrong question is refused', async (t) => {
  const daemon = launchedDaemon()
  const { history } = daemon
  const event = {
    at: daemon.clock.wall(),
    host: daemon.powers().host,
    actor: 'leader' as const,
    word: 'start' as const,
    service: null,
    because: null,
    fault: null,
    note: null,
  }
  const [dns, web] = daemon.world.cluster.order.map((guest) => guest.id)
  history.append([
    { ...event, guest: dns! },
    { ...event, guest: web!, word: 'ready' },
    { ...event, guest: dns!, word: 'ready' },
  ])
  const app = await daemon.api()
  t.after(() => app.close())
  const ids = async (query: string) =>
    ((await app.inject({ url: `${paths.events}?${query}` })).json() as EventsView).events.map(({ id }) => id)
  assert.deepEqual(await ids(''), [1, 2, 3])
  assert.deepEqual(await ids('guest=dns'), [1, 3])
  assert.deepEqual(await ids('words=ready'), [2, 3])
  assert.deepEqual(await ids('after=1&limit=1'), [2])
  assert.deepEqual(await ids('newestFirst=1&limit=2'), [3, 2])
  for (const query of ['limit=x', 'from=-1', 'unknown=1', 'newestFirst=yes']) {
    const response = await app.inject({ url: `${paths.events}?${query}` })
    assert.equal(response.statusCode, 400, query)
    assert.equal((response.json() as ErrorBody).fault.code, 'bad-request')
  }
})
