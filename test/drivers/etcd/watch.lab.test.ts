import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateEtcd, startPrivateEtcd, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import { etcdServerFlags } from '../../../src/drivers/etcd/server-flags.ts'
import { type EtcdOptions, EtcdStore } from '../../../src/drivers/etcd/store.ts'
import type { Change } from '../../../src/ports/store.ts'
import { compactEtcd } from './etcd-by-hand.ts'
import { WireBetween } from './wire-between.ts'

const skip = whyNoPrivateEtcd() ?? false
let etcd: PrivateEtcd
let clusters = 0

before(async () => {
  if (skip === false) etcd = await startPrivateEtcd({ members: 3, flags: etcdServerFlags })
})
after(() => etcd?.stop())

interface Stage {
  readonly wire: WireBetween
  /** Watches through the wire, then through the members given. */
  readonly watcher: EtcdStore
  readonly writer: EtcdStore
  readonly seen: { readonly keys: string[]; gaps: number }
  put(key: string, value?: string): Promise<void>
}

async function onStage(alsoDirect: boolean, times: Partial<EtcdOptions>, play: (stage: Stage) => Promise<void>) {
  const wire = new WireBetween(etcd.endpoints[0] ?? '')
  const through = await wire.open()
  const cluster = `w${++clusters}`
  const endpoints = alsoDirect ? [through, ...etcd.endpoints.slice(1)] : [through]
  const watcher = new EtcdStore({ endpoints, cluster, client: 'watcher', ...times })
  const writer = new EtcdStore({
    endpoints: etcd.endpoints,
    cluster,
    client: 'writer',
    writeMs: 30_000,
    readMs: 30_000,
  })
  const seen = { keys: [] as string[], gaps: 0 }
  const listener = {
    changes: (changes: readonly Change[]) => void seen.keys.push(...changes.map(({ key }) => key)),
    gap: () => void seen.gaps++,
  }
  const put = async (key: string, value = '{}'): Promise<void> => {
    const result = await writer.transact({ when: [], put: [{ key, value }], remove: [] })
    assert.ok(result.done)
  }
  try {
    await put('first')
    watcher.watch('', (await writer.read('')).revision, listener)
    await put('second')
    await until(() => seen.keys.length === 1)
    await play({ wire, watcher, writer, seen, put })
  } finally {
    await Promise.all([watcher.close(), writer.close()])
    wire.close()
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 1_200 && !holds(); waited++) await delay(50)
  assert.ok(holds(), 'not within a minute')
}

test('a watch whose connection is reset goes on where it was', { skip }, () =>
  onStage(false, {}, async ({ wire, seen, put }) => {
    for (let cut = 0; cut < 5; cut++) {
      wire.cut()
      await put(`after-${cut}`)
    }
    await until(() => seen.keys.length >= 6)
    assert.deepEqual(seen, { keys: ['second', 'after-0', 'after-1', 'after-2', 'after-3', 'after-4'], gaps: 0 })
  }),
)

test('a wire that goes silent is found out while nothing changes', { skip }, () =>
  onStage(true, { idleMs: 500, attemptMs: 500 }, async ({ wire, seen, put }) => {
    wire.silence()
    await delay(2_500)
    await put('third')
    await until(() => seen.keys.length >= 2)
    assert.deepEqual(seen, { keys: ['second', 'third'], gaps: 0 })
  }),
)

test('a change known from a read and not told by the watch makes it ask elsewhere', { skip }, () =>
  onStage(true, { idleMs: 3_600_000, lagMs: 500 }, async ({ wire, watcher, seen, put }) => {
    wire.silence()
    await put('third')
    assert.equal((await watcher.read('')).entries.length, 3)
    await until(() => seen.keys.length >= 2)
    assert.deepEqual(seen, { keys: ['second', 'third'], gaps: 0 })
  }),
)

test('what was compacted away while the wire was silent is a gap, told once', { skip }, () =>
  onStage(true, { idleMs: 500, attemptMs: 500 }, async ({ wire, seen, put }) => {
    wire.silence()
    await put('third')
    await put('fourth')
    await compactEtcd(etcd)
    await until(() => seen.gaps > 0)
    await put('fifth')
    await delay(300)
    assert.deepEqual(seen, { keys: ['second'], gaps: 1 })
  }),
)

test('a watch that was away for so long that changes were compacted is told of a gap', { skip }, async () => {
  const cluster = `w${++clusters}`
  const store = new EtcdStore({ endpoints: etcd.endpoints, cluster, client: 'one' })
  try {
    const first = await store.transact({ when: [], put: [{ key: 'a', value: '1' }], remove: [] })
    for (const value of ['2', '3']) await store.transact({ when: [], put: [{ key: 'a', value }], remove: [] })
    await compactEtcd(etcd)
    const seen = { changes: 0, gaps: 0 }
    const listener = { changes: () => void seen.changes++, gap: () => void seen.gaps++ }
    assert.ok(first.done)
    store.watch('', first.revision, listener)
    store.watch('', (await store.read('')).revision, listener)
    await until(() => seen.gaps > 0)
    await store.transact({ when: [], put: [{ key: 'a', value: '4' }], remove: [] })
    await until(() => seen.changes > 0)
    assert.deepEqual(seen, { changes: 1, gaps: 1 })
  } finally {
    await store.close()
  }
})

test('a transaction larger than an answer of etcd comes in parts and is told at once', { skip }, () =>
  onStage(false, {}, async ({ writer, seen, watcher }) => {
    const calls: number[] = []
    const { revision } = await writer.read('')
    watcher.watch('big/', revision, { changes: (changes) => void calls.push(changes.length), gap: () => seen.gaps++ })
    // Values that do not shrink; together more than one request of etcd's, so four transactions arrive in one catching up.
    const noise = () => randomBytes(60_000).toString('base64')
    for (let part = 0; part < 4; part++) {
      const put = Array.from({ length: 100 }, (_, place) => ({ key: `big/${part}/${place}`, value: noise() }))
      assert.ok((await writer.transact({ when: [], put, remove: [] })).done)
    }
    await until(() => calls.reduce((sum, count) => sum + count, 0) >= 400)
    const late: number[] = []
    watcher.watch('big/', revision, { changes: (changes) => void late.push(changes.length), gap: () => seen.gaps++ })
    await until(() => late.reduce((sum, count) => sum + count, 0) >= 400)
    for (const count of [...calls, ...late]) assert.equal(count % 100, 0)
    assert.equal(seen.gaps, 0)
  }),
)
