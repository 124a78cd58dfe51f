import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type PrivateEtcd, startPrivateEtcd, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import { etcdServerFlags } from '../../../src/drivers/etcd/server-flags.ts'
import { EtcdStore } from '../../../src/drivers/etcd/store.ts'
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
