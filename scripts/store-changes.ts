/**
 * usage: node scripts/store-changes.ts CLUSTER ENDPOINT…
 *
 * Runs inside a namespace of the lab (see `StoreChanges`): prints every change of a cluster's store, a line of JSON each, until its input ends.
 */
import { EtcdStore } from '../src/drivers/etcd/store.ts'

const [cluster = '', ...endpoints] = process.argv.slice(2)
const store = new EtcdStore({ endpoints, cluster, client: 'lab-watch' })
let stop = (): void => undefined

const tell = (changes: readonly { readonly key: string; readonly value: string | null }[]): void => {
  for (const { key, value } of changes) process.stdout.write(`${JSON.stringify({ key, value })}\n`)
}

async function begin(): Promise<void> {
  const { revision, entries } = await store.read('')
  tell(entries)
  stop = store.watch('', revision, { changes: tell, gap: () => void begin() })
}

process.stdin.resume()
process.stdin.on('end', () => {
  stop()
  void store.close().then(() => process.exit(0))
})
await begin()
