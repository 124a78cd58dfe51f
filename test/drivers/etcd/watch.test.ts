import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type EtcdOptions, EtcdStore } from '../../../src/drivers/etcd/store.ts'
import type { Change } from '../../../src/ports/store.ts'
import { until } from '../../until.ts'
import { type Answering, type FakeGateway, gateways, header, refuse, say } from './fake-gateway.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const event = (key: string, revision: number, value: string | null = '1') => ({
  ...(value === null ? { type: 'DELETE' } : {}),
  kv: { key: base64(`/vigia/c/${key}`), value: base64(value ?? ''), mod_revision: String(revision) },
})
const line = (result: object): string => `${JSON.stringify({ result })}\n`
const created = (revision: number): string => line({ header: header(revision), created: true })
const events = (...list: object[]): string => line({ header: header(99), events: list })
const part = (...list: object[]): string => line({ header: header(99), fragment: true, events: list })

type Script = (answer: ServerResponse) => void

/** Each connection of a watch plays the next script; the last one is played again. Reads are answered with the newest revision. */
function playing(newest: number, ...scripts: Script[]): Answering {
  let played = 0
  return (answer, { path }) => {
    if (path !== '/v3/watch') return say(answer, { header: header(newest), kvs: [] })
    const script = scripts[Math.min(played++, scripts.length - 1)]
    script?.(answer)
  }
}

const stays =
  (...lines: string[]): Script =>
  (answer: ServerResponse): void => {
    answer.writeHead(200)
    answer.write(lines.join(''))
  }
const breaksAfter =
  (...lines: string[]): Script =>
  (answer: ServerResponse): void => {
    answer.writeHead(200)
    answer.write(lines.join(''), () => setTimeout(() => answer.destroy(), 10))
  }

interface Seen {
  readonly calls: string[][]
  gaps: number
}

async function watching(
  t: { after(close: () => void): void },
  from: number,
  answering: Answering,
  expected: Seen,
  more: Partial<EtcdOptions> = {},
): Promise<FakeGateway> {
  const [etcd] = await gateways(t, answering)
  assert.ok(etcd)
  const store = new EtcdStore({ endpoints: [etcd.url], cluster: 'c', client: 'one', attemptMs: 20_000, ...more })
  const seen: Seen = { calls: [], gaps: 0 }
  const name = ({ key, value, revision }: Change): string => `${key}@${revision}${value === null ? ' gone' : ''}`
  store.watch('', from, { changes: (changes) => void seen.calls.push(changes.map(name)), gap: () => void seen.gaps++ })
  try {
    await until(
      () => seen.calls.length >= expected.calls.length && seen.gaps >= expected.gaps,
      `${JSON.stringify(expected)}`,
    )
    // What comes too much comes soon.
    await delay(60)
    assert.deepEqual(seen, expected)
    return etcd
  } finally {
    await store.close()
  }
}

const starts = (etcd: FakeGateway): unknown[] =>
  etcd.asked
    .filter(({ path }) => path === '/v3/watch')
    .map(({ body }) => (body.create_request as { start_revision: string }).start_revision)

test('parts of an answer are told as one, when the last is there', (t) =>
  watching(
    t,
    5,
    playing(9, stays(created(5), part(event('a', 6), event('b', 6)), part(event('c', 6)), events(event('d', 6, null)))),
    { calls: [['a@6', 'b@6', 'c@6', 'd@6 gone']], gaps: 0 },
  ).then(() => {}))

test('a connection lost between two parts tells nothing of them, and begins where it was', async (t) => {
  const etcd = await watching(
    t,
    5,
    playing(
      9,
      breaksAfter(created(5), events(event('a', 6)), part(event('b', 7))),
      stays(created(7), events(event('b', 7), event('c', 7))),
    ),
    { calls: [['a@6'], ['b@7', 'c@7']], gaps: 0 },
  )
  assert.deepEqual(starts(etcd), ['6', '7'])
})

test('half a line is no line', async (t) => {
  const whole = events(event('b', 7))
  await watching(
    t,
    5,
    playing(9, breaksAfter(created(5), events(event('a', 6)), whole.slice(0, -3)), stays(created(7), whole)),
    { calls: [['a@6'], ['b@7']], gaps: 0 },
  )
})

test('what was told before is not told again', (t) =>
  watching(
    t,
    5,
    playing(9, stays(created(9), events(event('a', 6)), events(event('old', 5), event('a', 6)), events(event('b', 8)))),
    { calls: [['a@6'], ['b@8']], gaps: 0 },
  ).then(() => {}))

for (const [what, bad] of Object.entries({
  garbage: stays(created(5), 'not JSON\n'),
  'an answer that is none': stays(created(5), '{"result":[]}\n'),
  'an event of an unknown kind': stays(created(5), line({ events: [{ type: 'MOVE' }] })),
  'an error in the stream': stays(created(5), '{"error":{"message":"etcdserver: no leader"}}\n'),
  'an end without a reason': stays(created(5), line({ header: header(5), canceled: true })),
  'a member without a leader': (answer: ServerResponse): void => refuse(answer, 503, 'etcdserver: no leader'),
  'a page of a proxy': (answer: ServerResponse): void => void answer.writeHead(502).end('<html>'),
  'a closed connection': (answer: ServerResponse): void => void answer.destroy(),
  'an orderly end': (answer: ServerResponse): void => void answer.writeHead(200).end(created(5)),
})) {
  test(`after ${what} the watch goes on by itself`, (t) =>
    watching(t, 5, playing(9, bad, bad, stays(created(6), events(event('a', 6)))), { calls: [['a@6']], gaps: 0 }).then(
      () => {},
    ))
}

test('compaction is a gap, told once, and ends the watch', async (t) => {
  const compacted = line({ header: header(0), canceled: true, compact_revision: '8' })
  const etcd = await watching(t, 5, playing(9, stays(created(9), compacted, events(event('a', 9)))), {
    calls: [],
    gaps: 1,
  })
  assert.equal(starts(etcd).length, 1)
})

test('a member that lags behind is waited for; a store that never was so far is a gap', async (t) => {
  const lagging = playing(50, stays(created(40), events(event('a', 51))))
  await watching(t, 50, lagging, { calls: [['a@51']], gaps: 0 })
  const restored = playing(45, stays(created(45), events(event('a', 51))))
  await watching(t, 50, restored, { calls: [], gaps: 1 })
})

test('progress moves the place to begin from, creation does not', async (t) => {
  const progress = line({ header: header(70) })
  const etcd = await watching(
    t,
    5,
    playing(
      80,
      breaksAfter(created(60)),
      breaksAfter(created(60), progress),
      stays(created(75), events(event('a', 76))),
    ),
    { calls: [['a@76']], gaps: 0 },
  )
  assert.deepEqual(starts(etcd), ['6', '6', '71'])
})

test('a key or value that nobody wrote through the port is a gap: the reader names it', (t) =>
  watching(t, 5, playing(9, stays(created(5), events({ kv: { key: base64('/elsewhere'), mod_revision: '6' } }))), {
    calls: [],
    gaps: 1,
  }).then(() => {}))

test('silence is looked into: a member that answers is kept, one that does not is left', async (t) => {
  const dead: Answering = (answer, { path }) => {
    if (path === '/v3/watch') stays(created(5))(answer)
  }
  const [silent, quiet] = await gateways(t, dead, playing(9, stays(created(5))))
  assert.ok(silent && quiet)
  await whileWatching([silent.url, quiet.url], { idleMs: 100, attemptMs: 1_000 }, () =>
    until(() => quiet.asked.length >= 4, 'it is asked whether it still lives'),
  )
  assert.deepEqual([starts(silent), starts(quiet)], [['6'], ['6']])
  assert.ok(quiet.paths().filter((path) => path === '/v3/kv/range').length >= 3)
})

test('the first member that is back is asked and watched again', async (t) => {
  let isDown = true
  const first: Answering = (answer, ...asked) => (isDown ? void answer.destroy() : alive(answer, ...asked))
  const alive = playing(9, stays(created(5)))
  const [home, other] = await gateways(t, first, playing(9, stays(created(5))))
  assert.ok(home && other)
  await whileWatching([home.url, other.url], { homeMs: 300, idleMs: 60_000 }, async () => {
    await until(() => starts(other).length === 1, 'the other is watched')
    isDown = false
    const before = starts(home).length
    await until(() => starts(home).length > before, 'home is watched again')
  })
  assert.equal(starts(home).at(-1), '6', 'and goes on where it was')
})

test('members that are all down are not asked in a busy loop', async (t) => {
  const [etcd] = await gateways(t, (answer) => void answer.destroy())
  assert.ok(etcd)
  const began = performance.now()
  let [asked, tookMs] = [0, 0]
  await whileWatching([etcd.url], {}, async () => {
    await delay(500)
    await until(() => etcd.asked.length >= 2)
    asked = etcd.asked.length
    tookMs = performance.now() - began
  })
  // One at once, and after pauses of 50, 100, 200, 400 and 800 ms, at most; then each second.
  const due = [0, 50, 150, 350, 750, 1_550].filter((ms) => ms <= tookMs + 5).length
  assert.ok(asked <= due + tookMs / 1_000, `${asked} in ${tookMs} ms`)
})

async function whileWatching(
  endpoints: string[],
  more: Partial<EtcdOptions>,
  happen: () => Promise<void>,
): Promise<void> {
  const store = new EtcdStore({ endpoints, cluster: 'c', client: 'one', ...more })
  store.watch('', 5, { changes: () => assert.fail('nothing changed'), gap: () => assert.fail('nothing was missed') })
  await happen()
  await store.close()
}
