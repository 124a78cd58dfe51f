/**
 * usage: node scripts/store-value.ts ENDPOINT CLUSTER KEY [JSON]
 *
 * For the lab, inside one of its namespaces: prints what the store of a cluster holds under a key, or merges fields into it, as another
 * program that speaks to the store would. Status 3: there is no such key.
 */
import { EtcdStore } from '../src/drivers/etcd/store.ts'

const [endpoint = '', cluster = '', key = '', fields] = process.argv.slice(2)
const store = new EtcdStore({ endpoints: [endpoint], cluster, client: 'lab' })
const entry = (await store.read(key)).entries.find((one) => one.key === key)
if (fields === undefined) process.stdout.write(entry?.value ?? '')
else {
  const value = JSON.stringify({ ...(JSON.parse(entry?.value ?? '{}') as object), ...(JSON.parse(fields) as object) })
  await store.transact({ when: [], put: [{ key, value }], remove: [] })
}
await store.close()
process.exitCode = entry === undefined && fields === undefined ? 3 : 0
