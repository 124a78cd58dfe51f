/**
 * Pretend hosts on a real etcd: the real lease, observations and leader's loop, guests that do at once what they are told. For
 * bench/store-traffic.ts, which says more.
 * usage: node scripts/pretend-hosts.ts CONFIG, JSON of PretendConfig (scripts/pretend/config.ts); ends with its standard input.
 */
import { EtcdStore } from '../src/drivers/etcd/store.ts'
import { parseClusterFile } from '../src/model/file/parse-cluster-file.ts'
import { wallTime } from '../src/model/ids.ts'
import type { MemberRecord } from '../src/model/member.ts'
import type { StoredCluster } from '../src/model/stored-cluster.ts'
import { storeKeys } from '../src/ports/store.ts'
import { clusterName, guestsEach, hostOf, type PretendConfig } from './pretend/config.ts'
import { runHosts } from './pretend/hosts.ts'
import { runLeader } from './pretend/leader.ts'

const config = JSON.parse(process.argv[2] ?? '{}') as PretendConfig

if (config.role === 'seed') await seed(config)
else if (config.role === 'hosts') await runHosts(config)
else await runLeader(config)

/** The cluster file, and the members. Host 0, where the leader is, is a witness: it has no guests. */
async function seed({ hosts, endpoints }: PretendConfig): Promise<void> {
  const ids = Array.from({ length: hosts }, (_, index) => hostOf(index))
  const own = ids.slice(1).map((id) => `  ${id}: { memory: 64 GiB }`)
  const guests = ids.slice(1).flatMap((id) =>
    Array.from({ length: guestsEach }, (_, index) => {
      const name = `${id.replace('host', 'g')}-${index}`
      return `  ${name}: { address: 192.0.2.1, services: [22/tcp], memory: 1 GiB, define: { hypervisor: qemu, boot: { kernel: /boot/vmlinuz } } }`
    }),
  )
  const rules = ids.slice(1).map((id) => {
    const names = Array.from({ length: guestsEach }, (_, index) => `${id.replace('host', 'g')}-${index}`)
    return `  - { kind: hosts, guests: [${names.join(', ')}], hosts: [${id}] }`
  })
  const text = `version: 1\nname: ${clusterName}\nhosts:\n${own.join('\n')}\nguests:\n${guests.join('\n')}\nrules:\n${rules.join('\n')}\n`
  const parsed = parseClusterFile({ path: 'pretend.yaml', text, readFile: () => ({ reason: 'ENOENT' }) })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems.slice(0, 3)))
  const source = { path: 'pretend.yaml', format: 'vigia', text } as const
  const stored: StoredCluster = { spec: parsed.spec, source, appliedBy: 'bench', appliedAt: wallTime(0) }
  const store = new EtcdStore({ endpoints, cluster: clusterName, client: 'seed' })
  await store.transact({
    when: [],
    put: [
      { key: storeKeys.cluster, value: JSON.stringify(stored) },
      ...ids.map((id, place) => {
        const member: MemberRecord = { id, kind: place === 0 ? 'witness' : 'host', addresses: [] }
        return { key: storeKeys.member(id), value: JSON.stringify(member) }
      }),
    ],
    remove: [],
  })
  await store.close()
}
