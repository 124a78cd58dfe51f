import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { createApi } from '../../src/api/server.ts'
import { timedStore } from '../../src/bin/timed.ts'
import { paths } from '../../src/contract/protocol.ts'
import { hostId, wallTime } from '../../src/model/ids.ts'
import { createOwnTimes } from '../../src/ports/durations.ts'
import { until } from '../until.ts'
import { type FakeDaemon, launchedDaemon } from './fake-daemon.ts'
import { threeHosts } from './wide-daemon.ts'

const root = resolve(import.meta.dirname, '../..')

/** Reads the exposition as Prometheus does; throws at what it would refuse. */
function read(text: string) {
  const types = new Map<string, string>()
  const values = new Map<string, number>()
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const type = /^# TYPE ([a-z_]+) (gauge|counter|histogram)$/.exec(line)
    if (type) {
      assert.ok(!types.has(type[1]!), `${type[1]} is told of twice`)
      types.set(type[1]!, type[2]!)
      continue
    }
    if (/^# HELP [a-z_]+ \S/.test(line)) continue
    const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+\})? (-?[0-9.e+-]+)$/.exec(line)
    assert.ok(sample, line)
    const family = sample[1]!.replace(/_(bucket|sum|count)$/, '')
    assert.ok(types.has(sample[1]!) || types.get(family) === 'histogram', `${sample[1]} has no type`)
    values.set(`${sample[1]}${sample[2] ?? ''}`, Number(sample[3]))
  }
  return { types, values }
}

async function asked(daemon: FakeDaemon, ask: readonly string[] = []) {
  const times = createOwnTimes()
  const powers = daemon.powers()
  const app = await createApi({ ...powers, store: timedStore(powers.store, times), times })
  try {
    for (const url of ask) await app.inject({ url })
    const event = { at: wallTime(1), host: hostId('h1'), actor: 'leader', guest: null, service: null } as const
    daemon.history.append([{ ...event, word: 'restart', because: null, fault: null, note: null }])
    await app.inject({ url: paths.metrics })
    let answer = await app.inject({ url: paths.metrics })
    await until(async () => {
      // The lag of the event loop is that since the last question.
      await new Promise((resolve) => setTimeout(resolve, 50))
      answer = await app.inject({ url: paths.metrics })
      return ['vigia_events_total{word="restart"}', 'vigia_event_loop_lag_seconds{'].every((one) =>
        answer.body.includes(one),
      )
    }, 'the event is counted, and the lag measured')
    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/)
    return read(answer.body)
  } finally {
    await app.close()
  }
}

test('one host: guests by phase, itself as the leader, and what it counted', async () => {
  const { values } = await asked(launchedDaemon(), [
    paths.status,
    paths.guest('web'),
    paths.guest('nobody'),
    '/nowhere',
  ])
  assert.equal(values.get('vigia_guests{phase="ready"}'), 4)
  assert.equal(values.get('vigia_guests{phase="failed"}'), 0)
  assert.equal(values.get('vigia_guest_ready{guest="web",host="h1"}'), 1)
  assert.equal(values.get('vigia_quorum'), 1)
  assert.equal(values.get('vigia_leader'), 1)
  assert.equal(values.get('vigia_guest_restarts_total'), 1)
  assert.equal(values.get('vigia_events_total{word="restart"}'), 1)
  assert.equal(values.get('vigia_api_requests_total{method="GET",route="/api/v1/guests/:guest",status="200"}'), 1)
  assert.equal(values.get('vigia_api_requests_total{method="GET",route="/api/v1/guests/:guest",status="404"}'), 1)
  assert.equal(values.get('vigia_api_requests_total{method="GET",route="none",status="404"}'), 1)
  assert.ok(values.get('vigia_store_seconds_count{kind="read"}')! >= 1)
  assert.ok(values.get('vigia_event_loop_lag_seconds{stat="max"}')! >= 0)
})

test('several hosts: who is there, who leads, and whether it is armed', async () => {
  const { values } = await asked(threeHosts())
  assert.equal(values.get('vigia_host_alive{host="n1"}'), 1)
  assert.equal(values.get('vigia_host_alive{host="n3"}'), 0)
  assert.equal(values.get('vigia_armed'), 1)
  assert.equal(values.get('vigia_hosts_known'), 3)
})

test('every metric is documented, every documented one is there, and the dashboard asks for no other', async () => {
  const [one, several] = [await asked(launchedDaemon()), await asked(threeHosts())]
  const there = new Set([...one.types.keys(), ...several.types.keys()])
  const page = readFileSync(join(root, 'docs/operating/metrics.md'), 'utf8')
  const listed = [...page.matchAll(/^\| `([a-z_]+)/gm)].map(([, name]) => name!)
  // Told of only where a cluster file asks for it.
  const sometimes = ['vigia_survives', 'vigia_guest_memory_bytes']
  assert.deepEqual([...new Set([...there, ...sometimes])].sort(), listed.sort())
  const dashboard = readFileSync(join(root, 'packaging/grafana/vigia.json'), 'utf8')
  const { panels } = JSON.parse(dashboard) as { panels: { title: string; targets?: { expr: string }[] }[] }
  const wanted = panels.flatMap(({ targets = [] }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(vigia|process)_[a-z_]+/g) ?? []),
  )
  assert.ok(wanted.length > 10)
  for (const name of wanted) assert.ok(listed.includes(name.replace(/_(bucket|sum|count)$/, '')), name)
})

test('names of guests cannot break out of their labels', async () => {
  const { exposition } = await import('../../src/api/metrics/exposition.ts')
  const samples = [{ labels: { guest: 'a"} 1\nevil 2\\' }, value: 1 }]
  const text = exposition([{ name: 'x', help: 'one\ntwo', type: 'gauge', samples }])
  assert.equal(text, '# HELP x one\\ntwo\n# TYPE x gauge\nx{guest="a\\"} 1\\nevil 2\\\\"} 1\n')
})
