import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../../src/drivers/etcd/etcd-faults.ts'
import { type Call, Gateway, type GatewayOptions } from '../../../src/drivers/etcd/gateway.ts'
import { type Answering, gateways, header, misbehaviours, refuse, say } from './fake-gateway.ts'

/** Generous: who answers or refuses does so at once, also on a busy machine. */
const patientMs = 20_000
/** Where somebody says nothing, so that the limit is waited for. */
const silenceMs = 1_000
const read: Call = { path: '/v3/kv/range', body: '{}', writes: false, limitMs: patientMs }
const write: Call = { path: '/v3/kv/txn', body: '{}', writes: true, limitMs: patientMs }
const good: Answering = (answer) => say(answer, { header: header(7) })
/** Nothing listens on the port of discard. */
const nobody = 'http://127.0.0.1:9'

async function withGateway<T>(options: GatewayOptions, run: (gateway: Gateway) => Promise<T>): Promise<T> {
  const gateway = new Gateway({ attemptMs: patientMs, connectMs: patientMs, ...options })
  try {
    return await run(gateway)
  } finally {
    gateway.close()
  }
}

async function refusalOf(call: Promise<unknown>): Promise<string> {
  const caught: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(caught instanceof Refusal, String(caught))
  return `${caught.fault.code} ${caught.fault.outcome}`
}

for (const [what, bad] of Object.entries(misbehaviours)) {
  const says = !['says nothing', 'stops in the middle of its answer'].includes(what)
  const attemptMs = says ? patientMs : silenceMs
  test(`a member that ${what}: a read is asked of the next`, async (t) => {
    const [one, two] = await gateways(t, bad, good)
    assert.ok(one && two)
    await withGateway({ endpoints: [one.url, two.url], attemptMs }, async (gateway) => {
      assert.deepEqual(await gateway.call(read), { header: header(7) })
      // And the next read at once of the one that answered.
      await gateway.call(read)
    })
    assert.deepEqual([one.asked.length, two.asked.length], [1, 2])
  })

  test(`a member that ${what}: a write is unknown, and sent to nobody else`, async (t) => {
    const [one, two] = await gateways(t, bad, good)
    assert.ok(one && two)
    await withGateway({ endpoints: [one.url, two.url], attemptMs }, async (gateway) => {
      assert.equal(await refusalOf(gateway.call({ ...write, limitMs: attemptMs })), 'store-lost unknown')
      // The next one goes elsewhere.
      await gateway.call(write)
    })
    assert.deepEqual([one.asked.length, two.asked.length], [1, 1])
  })
}

test('where nobody listens nothing is sent: a write goes to the next', async (t) => {
  const [two] = await gateways(t, good)
  assert.ok(two)
  await withGateway({ endpoints: [nobody, two.url] }, (gateway) => gateway.call(write))
  assert.equal(two.asked.length, 1)
})

test('nobody at all: not done, within its limit', async () => {
  const began = performance.now()
  await withGateway({ endpoints: [nobody, nobody] }, async (gateway) => {
    for (const call of [write, read])
      assert.equal(await refusalOf(gateway.call({ ...call, limitMs: 300 })), 'store-lost not-done')
  })
  assert.ok(performance.now() - began < 5_000)
})

test('a write that never got a connection is not done', async (t) => {
  const [silent] = await gateways(t, () => {})
  assert.ok(silent)
  await withGateway({ endpoints: [silent.url] }, async (gateway) => {
    const sent = Array.from({ length: 16 }, () => refusalOf(gateway.call({ ...write, limitMs: 3_000 })))
    const queued = Array.from({ length: 4 }, () => refusalOf(gateway.call({ ...write, limitMs: 500 })))
    assert.deepEqual(await Promise.all(queued), Array(4).fill('store-lost not-done'))
    assert.deepEqual(await Promise.all(sent), Array(16).fill('store-lost unknown'))
    assert.equal(silent.asked.length, 16)
  })
})

const sentences: readonly (readonly [number, string, string])[] = [
  [429, 'etcdserver: mvcc: database space exceeded', 'disk-full unknown'],
  [429, 'etcdserver: too many requests', 'store-busy not-done'],
  [400, 'etcdserver: request is too large', 'limit-reached not-done'],
  [400, 'etcdserver: too many operations in txn request', 'limit-reached not-done'],
  [429, 'grpc: received message larger than max (3 vs. 2)', 'limit-reached not-done'],
  [403, 'etcdserver: permission denied', 'not-allowed not-done'],
  [401, 'etcdserver: invalid auth token', 'not-allowed not-done'],
  [503, 'etcdserver: request timed out', 'store-lost unknown'],
  [503, 'etcdserver: request timed out, possibly due to previous leader failure', 'store-lost unknown'],
  [503, 'etcdserver: leader changed', 'store-lost unknown'],
  [503, 'etcdserver: server stopped', 'store-lost unknown'],
  [503, 'etcdserver: no leader', 'store-lost not-done'],
  [500, 'etcdserver: corrupt cluster', 'store-corrupt not-done'],
  [404, 'Not Found', 'store-lost not-done'],
  [500, 'a sentence of a later etcd', 'store-lost unknown'],
]

test('what etcd says decides what is known of a write', async (t) => {
  const [one] = await gateways(t, () => {})
  assert.ok(one)
  await withGateway({ endpoints: [one.url] }, async (gateway) => {
    for (const [status, message, expected] of sentences) {
      one.answering = (answer) => refuse(answer, status, message)
      const isAskedAgain = expected === 'store-lost not-done'
      let told = ''
      // What is asked again until its time is over may be under way just then, and of that nothing is known.
      for (let turn = 0; turn < (isAskedAgain ? 20 : 1) && told !== expected; turn += 1)
        told = await refusalOf(gateway.call({ ...write, limitMs: isAskedAgain ? 500 : patientMs }))
      assert.equal(told, expected, message)
    }
  })
})

test('a member without a leader is passed over, also for a write', async (t) => {
  const [one, two] = await gateways(t, (answer) => refuse(answer, 503, 'etcdserver: no leader'), good)
  assert.ok(one && two)
  await withGateway({ endpoints: [one.url, two.url] }, (gateway) => gateway.call(write))
  assert.deepEqual([one.asked.length, two.asked.length], [1, 1])
})

test('a read waits for the end of an election', async (t) => {
  const [one] = await gateways(t, (answer, asked, count) => {
    if (count < 4) refuse(answer, 503, 'etcdserver: no leader')
    else void good(answer, asked, count)
  })
  assert.ok(one)
  await withGateway({ endpoints: [one.url] }, (gateway) => gateway.call(read))
})

test('an answer that comes slowly but steadily is waited for', async (t) => {
  const [one] = await gateways(t, async (answer) => {
    const text = JSON.stringify({ header: header(7) })
    for (const letter of text.match(/.{1,8}/g) ?? []) {
      answer.write(letter)
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    answer.end()
  })
  assert.ok(one)
  // All of it takes longer than that, no piece of it does.
  await withGateway({ endpoints: [one.url], attemptMs: 1_500 }, async (gateway) => {
    assert.deepEqual(await gateway.call(read), { header: header(7) })
  })
  assert.equal(one.asked.length, 1)
})

test('a member of another etcd is refused: its state is not ours', async (t) => {
  const [one, two] = await gateways(t, good, (answer) => say(answer, { header: header(7, '2') }))
  assert.ok(one && two)
  await withGateway({ endpoints: [one.url, two.url] }, async (gateway) => {
    await gateway.call(read)
    one.answering = (answer) => void answer.destroy()
    assert.equal(await refusalOf(gateway.call(read)), 'store-corrupt not-done')
  })
})

test('one token serves all calls; one that is refused is renewed once', async (t) => {
  let valid = 't0'
  const [one] = await gateways(t, (answer, { path, token }, count) => {
    if (path === '/v3/auth/authenticate') {
      valid = `t${count}`
      say(answer, { header: header(1), token: valid })
    } else if (token === valid) say(answer, { header: header(2) })
    else refuse(answer, 401, 'etcdserver: invalid auth token')
  })
  assert.ok(one)
  const credentials = () => ({ name: 'vigia', password: 'secret' })
  await withGateway({ endpoints: [one.url], credentials }, async (gateway) => {
    await Promise.all([gateway.call(read), gateway.call(write), gateway.call(read)])
    assert.equal(one.paths().filter((path) => path.includes('auth')).length, 1)
    valid = 'another'
    await Promise.all([gateway.call(write), gateway.call(write)])
    assert.equal(one.paths().filter((path) => path.includes('auth')).length, 2)
  })
})

test('a token that is never accepted is not asked for for ever', async (t) => {
  const [one] = await gateways(t, (answer, { path }) => {
    if (path === '/v3/auth/authenticate') say(answer, { header: header(1), token: 't' })
    else refuse(answer, 401, 'etcdserver: invalid auth token')
  })
  assert.ok(one)
  const credentials = () => ({ name: 'vigia', password: 'secret' })
  await withGateway({ endpoints: [one.url], credentials }, async (gateway) => {
    assert.equal(await refusalOf(gateway.call(read)), 'not-allowed not-done')
  })
  assert.equal(one.asked.length, 4)
})

test('more calls than etcd can ever answer are refused at once', async (t) => {
  const [one] = await gateways(t, () => {})
  assert.ok(one)
  await withGateway({ endpoints: [one.url] }, async (gateway) => {
    const waiting = Array.from({ length: 2_000 }, () => refusalOf(gateway.call({ ...write, limitMs: 200 })))
    assert.equal(await refusalOf(gateway.call(write)), 'store-busy not-done')
    await Promise.all(waiting)
  })
})

test('endpoints that are none are refused', () => {
  for (const endpoints of [[], ['127.0.0.1:2379'], ['ftp://a'], ['http://user@a'], ['http://a/path'], ['http://']]) {
    assert.throws(() => new Gateway({ endpoints }), /bad-request/, endpoints.join())
  }
})
