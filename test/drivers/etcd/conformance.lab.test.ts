import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateEtcd, startPrivateEtcd, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import { until } from '../../../lab/run.ts'
import { StoredDrills } from '../../../src/control/drills/stored-drills.ts'
import { etcdServerFlags } from '../../../src/drivers/etcd/server-flags.ts'
import { EtcdStore } from '../../../src/drivers/etcd/store.ts'
import type { Change } from '../../../src/ports/store.ts'
import { drillStoreConformance } from '../../conformance/drill-store.ts'
import { storeConformance } from '../../conformance/store.ts'
import { compactEtcd } from './etcd-by-hand.ts'

/**
 * Nothing says that a watcher was told everything; on this machine's own loopback it takes a few milliseconds, and longer where it is busy: watchers
 * of another cluster in the same etcd are waited for before.
 */
const settleMs = 300
const pulseLimitMs = 60_000

const why = whyNoPrivateEtcd()
if (why !== undefined) test('etcd', { skip: why })
else for (const count of [1, 3]) conformanceOf(count)

function conformanceOf(count: number): void {
  let etcd: PrivateEtcd
  let clusters = 0
  before(async () => {
    etcd = await startPrivateEtcd({ members: count, flags: etcdServerFlags })
  })
  after(() => etcd.stop())
  drillStoreConformance(`drills in an etcd of ${count}`, async () => {
    const cluster = `d${++clusters}`
    const limits = { writeMs: 20_000, readMs: 20_000 }
    const clients = ['one', 'two'].map(
      (client) => new EtcdStore({ endpoints: etcd.endpoints, cluster, client, ...limits }),
    )
    const [store, other] = clients.map((client) => new StoredDrills(client)) as [StoredDrills, StoredDrills]
    const close = async (): Promise<void> => void (await Promise.all(clients.map((client) => client.close())))
    return { store, other, close }
  })
  storeConformance(`etcd of ${count}`, async () => {
    const cluster = `c${++clusters}`
    // The second client asks another member first.
    const store = new EtcdStore({ endpoints: etcd.endpoints, cluster, client: 'one', writeMs: 20_000, readMs: 20_000 })
    const others = [...etcd.endpoints].reverse()
    const other = new EtcdStore({ endpoints: others, cluster, client: 'two', writeMs: 20_000, readMs: 20_000 })
    const pulse = new Pulse([etcd.endpoints, others], `p${clusters}`)
    return {
      store,
      other,
      settle: async () => {
        await pulse.beat()
        await delay(settleMs)
      },
      forget: () => compactEtcd(etcd),
      close: async () => {
        await Promise.all([store.close(), other.close(), pulse.close()])
      },
    }
  })
}

/** Watchers of a cluster of their own, one by each way to the members: how long it takes at this moment until a watcher is told. */
class Pulse {
  readonly #stores: readonly EtcdStore[]
  readonly #told: string[]
  #beats = 0
  #watching = false

  constructor(ways: readonly (readonly string[])[], cluster: string) {
    const limits = { writeMs: pulseLimitMs, readMs: pulseLimitMs }
    this.#stores = ways.map((endpoints, place) => new EtcdStore({ endpoints, cluster, client: `p${place}`, ...limits }))
    this.#told = ways.map(() => '')
  }

  /** Resolves when all of them were told of what was written after this was asked. */
  async beat(): Promise<void> {
    if (!this.#watching) await this.#watch()
    const value = String(++this.#beats)
    await this.#stores[0]!.transact({ when: [], put: [{ key: 'beat', value }], remove: [] })
    await until('watchers are told', pulseLimitMs, () => this.#told.every((told) => told === value))
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()))
  }

  async #watch(): Promise<void> {
    this.#watching = true
    for (const [place, store] of this.#stores.entries()) {
      const changes = (all: readonly Change[]): void => {
        this.#told[place] = all.at(-1)?.value ?? ''
      }
      // One that compacted it all away has a gap to tell: it watches from now on.
      const from = async (): Promise<void> => {
        const { revision, entries } = await store.read('')
        this.#told[place] = entries.at(-1)?.value ?? ''
        store.watch('', revision, { changes, gap: () => void from() })
      }
      await from()
    }
  }
}
