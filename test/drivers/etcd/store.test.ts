import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { type EtcdOptions, EtcdStore } from '../../../src/drivers/etcd/store.ts'
import { Fault } from '../../../src/model/fault.ts'
import type { Transaction } from '../../../src/ports/store.ts'
import { type Asked, gateways, header, refuse, say } from './fake-gateway.ts'

const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString('base64')
const text = (value: unknown): string => Buffer.from(String(value), 'base64').toString('utf8')
const kv = (key: string, value: string | Buffer, revision: number) => {
  return { key: base64(`/vigia/c/${key}`), value: base64(value), mod_revision: String(revision) }
}
/** Who answers does so at once, also on a busy machine. */
const patient = { attemptMs: 20_000, writeMs: 20_000, readMs: 20_000 }
const put: Transaction = { when: [], put: [{ key: 'a', value: '1' }], remove: [] }

async function withStore<T>(url: string, run: (store: EtcdStore) => Promise<T>, more: Partial<EtcdOptions> = {}) {
  const store = new EtcdStore({ endpoints: [url], cluster: 'c', client: 'one', ...patient, ...more })
  try {
    return await run(store)
  } finally {
    await store.close()
  }
}

async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const caught: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(caught instanceof Fault, String(caught))
  return caught
}

test('a long read comes in pages, all of the revision of the first', async (t) => {
  const [etcd] = await gateways(t, (answer, _asked, count) => {
    say(answer, { header: header(10 + count), more: count < 2, kvs: [kv(`k${count}`, '1', 3)] })
  })
  assert.ok(etcd)
  const snapshot = await withStore(etcd.url, (store) => store.read('k'))
  assert.equal(snapshot.revision, 10)
  assert.equal(snapshot.entries.length, 3)
  assert.deepEqual(
    etcd.asked.map(({ body }) => [text(body.key), body.revision]),
    [
      ['/vigia/c/k', undefined],
      ['/vigia/c/k0\0', '10'],
      ['/vigia/c/k1\0', '10'],
    ],
  )
})

test('a read whose revision is compacted between two pages begins anew', async (t) => {
  const [etcd] = await gateways(t, (answer, { body }, count) => {
    if (count === 1) refuse(answer, 400, 'etcdserver: mvcc: required revision has been compacted')
    else
      say(answer, {
        header: header(20 + count),
        more: body.revision === undefined && count < 2,
        kvs: [kv('k', '1', 3)],
      })
  })
  assert.ok(etcd)
  const { revision, entries } = await withStore(etcd.url, (store) => store.read(''))
  assert.deepEqual([revision, entries.length], [20 + 2, 1])
})

test('an answer too large for its way is asked for in smaller pages, down to one key', async (t) => {
  const [etcd] = await gateways(t, (answer, { body }) => {
    if (Number(body.limit) > 10) refuse(answer, 429, 'grpc: received message larger than max (9 vs. 8)')
    else say(answer, { header: header(5), kvs: [kv('k', '1', 3)] })
  })
  assert.ok(etcd)
  assert.equal((await withStore(etcd.url, (store) => store.read(''))).entries.length, 1)
  etcd.answering = (answer) => refuse(answer, 429, 'grpc: received message larger than max (9 vs. 8)')
  assert.equal((await withStore(etcd.url, (store) => faultOf(store.read('')))).code, 'limit-reached')
})

test('a value that Vigia did not write is named', async (t) => {
  const bomb = Buffer.concat([Buffer.from([0xff, 0x7a]), deflateSync(Buffer.alloc(40 * 1024 * 1024))])
  const [etcd] = await gateways(t, () => {})
  assert.ok(etcd)
  for (const value of [Buffer.from([0xff]), Buffer.from([0xff, 0x7a, 1, 2]), Buffer.from([0x80]), bomb]) {
    etcd.answering = (answer) => say(answer, { header: header(5), kvs: [kv('broken', value, 3)] })
    const fault: Fault = await withStore(etcd.url, (store) => faultOf(store.read('')))
    assert.deepEqual([fault.code, fault.details.key], ['store-corrupt', 'broken'])
  }
})

/** etcd of one key: the guard and what transactions compare with it. */
class OneGuard {
  revision = 0
  puts = 0
  readonly compared: string[] = []

  takes({ path, body }: Asked): object | null {
    if (path === '/v3/kv/put') {
      this.puts++
      return { header: header(++this.revision) }
    }
    if (path === '/v3/kv/range') return { header: header(this.revision), kvs: [] }
    const [guard] = body.compare as { key: string; mod_revision: string }[]
    assert.ok(guard)
    assert.equal(text(guard.key), '/vigia-guard/c/one')
    this.compared.push(guard.mod_revision)
    return null
  }

  holds({ body }: Asked): boolean {
    const [guard] = body.compare as { mod_revision: string }[]
    return guard?.mod_revision === String(this.revision)
  }
}

test('a first transaction writes the guard, later ones compare it', async (t) => {
  const guard = new OneGuard()
  const [etcd] = await gateways(t, (answer, asked) =>
    say(answer, guard.takes(asked) ?? { header: header(9), succeeded: true }),
  )
  assert.ok(etcd)
  await withStore(etcd.url, async (store) => {
    for (let count = 0; count < 3; count++) assert.ok((await store.transact(put)).done)
  })
  assert.deepEqual([guard.puts, guard.compared], [1, ['1', '1', '1']])
})

test('after a lost answer the guard is written before anything is read', async (t) => {
  const guard = new OneGuard()
  let lose = false
  const [etcd] = await gateways(t, (answer, asked) => {
    const own = guard.takes(asked)
    if (own === null && lose) answer.destroy()
    else say(answer, own ?? { header: header(9), succeeded: true })
  })
  assert.ok(etcd)
  await withStore(etcd.url, async (store) => {
    await store.transact(put)
    await store.read('')
    assert.equal(guard.puts, 1)
    lose = true
    assert.equal((await faultOf(store.transact(put))).outcome, 'unknown')
    lose = false
    await store.read('')
    await store.read('')
  })
  assert.deepEqual(etcd.paths().slice(-4), ['/v3/kv/txn', '/v3/kv/put', '/v3/kv/range', '/v3/kv/range'])
})

test('when the guard cannot be written after a lost answer, the read fails too: it would settle nothing', async (t) => {
  const guard = new OneGuard()
  const [etcd] = await gateways(t, (answer, asked, count) => {
    const own = guard.takes(asked)
    if (count === 1 || (count > 1 && asked.path === '/v3/kv/put')) refuse(answer, 503, 'etcdserver: request timed out')
    else say(answer, own ?? { header: header(9), succeeded: true })
  })
  assert.ok(etcd)
  await withStore(
    etcd.url,
    async (store) => {
      assert.equal((await faultOf(store.transact(put))).outcome, 'unknown')
      assert.equal((await faultOf(store.read(''))).code, 'store-lost')
    },
    { readMs: 1_000 },
  )
})

test('a guard changed by another hand: nothing was written, so the transaction is sent again', async (t) => {
  const guard = new OneGuard()
  const [etcd] = await gateways(t, (answer, asked, count) => {
    // A late write of the guard itself arrives.
    if (count === 1) guard.revision++
    const own = guard.takes(asked)
    const found = { response_range: { kvs: [{ key: 'x', mod_revision: String(guard.revision) }] } }
    say(
      answer,
      own ?? { header: header(9), succeeded: guard.holds(asked), responses: guard.holds(asked) ? [] : [found] },
    )
  })
  assert.ok(etcd)
  assert.ok((await withStore(etcd.url, (store) => store.transact(put))).done)
  assert.equal(guard.puts, 2)
})

test('two daemons of one name are told, and do not loop', async (t) => {
  const guard = new OneGuard()
  const [etcd] = await gateways(t, (answer, asked) => {
    const own = guard.takes(asked)
    const found = { response_range: { kvs: [{ key: 'x', mod_revision: '77' }] } }
    say(answer, own ?? { header: header(9), responses: [found] })
  })
  assert.ok(etcd)
  const fault = await withStore(etcd.url, (store) => faultOf(store.transact(put)))
  assert.deepEqual([fault.code, fault.outcome], ['store-busy', 'not-done'])
})

test('a closed store answers nothing, and closing waits for what is under way', async (t) => {
  const guard = new OneGuard()
  const [etcd] = await gateways(t, (answer, asked) => {
    const own = guard.takes(asked)
    if (own !== null) say(answer, own)
    else setTimeout(() => say(answer, { header: header(9), succeeded: true }), 100)
  })
  assert.ok(etcd)
  const store = new EtcdStore({ endpoints: [etcd.url], cluster: 'c', client: 'one', ...patient })
  const written = store.transact(put)
  await store.close()
  assert.ok((await written).done)
  assert.equal((await faultOf(store.read(''))).outcome, 'not-done')
})

test('names that are no names are refused: they would reach into another cluster', () => {
  for (const name of ['', 'a/b', '../x', 'a\0']) {
    assert.throws(() => new EtcdStore({ endpoints: ['http://h:1'], cluster: name, client: 'one' }), /bad-request/)
    assert.throws(() => new EtcdStore({ endpoints: ['http://h:1'], cluster: 'c', client: name }), /bad-request/)
  }
})
