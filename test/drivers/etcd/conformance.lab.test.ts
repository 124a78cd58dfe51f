import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateEtcd, startPrivateEtcd, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import { StoredDrills } from '../../../src/control/drills/stored-drills.ts'
import { etcdServerFlags } from '../../../src/drivers/etcd/server-flags.ts'
import { EtcdStore } from '../../../src/drivers/etcd/store.ts'
import { drillStoreConformance } from '../../conformance/drill-store.ts'
import { storeConformance } from '../../conformance/store.ts'
import { compactEtcd } from './etcd-by-hand.ts'

/** Nothing says that a watcher was told everything; on this machine's own loopback it takes a few milliseconds. */
const settleMs = 300

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
    const clients = ['one', 'two'].map((client) => new EtcdStore({ endpoints: etcd.endpoints, cluster, client }))
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
    return {
      store,
      other,
      settle: () => delay(settleMs),
      forget: () => compactEtcd(etcd),
      close: async () => {
        await Promise.all([store.close(), other.close()])
      },
    }
  })
}
