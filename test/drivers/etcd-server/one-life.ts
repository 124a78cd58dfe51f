import type { TlsMaterial } from '../../../src/drivers/etcd/exchange.ts'
import { EtcdAdmin } from '../../../src/drivers/etcd-server/admin.ts'
import { DetachedEtcd } from '../../../src/drivers/etcd-server/process.ts'
import { restoreSnapshot } from '../../../src/drivers/etcd-server/restore.ts'
import type { EtcdPlace } from '../../../src/drivers/etcd-server/settings.ts'
import { EtcdUpkeep } from '../../../src/drivers/etcd-server/upkeep.ts'
import type { Deed } from './store-of-hosts.ts'

// One life of a daemon, to be killed at any moment. Its first word says that it begins.
const order = JSON.parse(process.argv[2] ?? '') as {
  readonly place: EtcdPlace
  readonly program: string
  readonly deed: Deed
  readonly tls: TlsMaterial
}
const { place, program, deed } = order
const tls = (): TlsMaterial => order.tls
const etcd = new DetachedEtcd(program, place.folder)
const upkeep = new EtcdUpkeep(place, etcd, tls)
process.stdout.write('begins\n')
if (deed.kind === 'found') await upkeep.found('test')
if (deed.kind === 'join') await upkeep.join(new EtcdAdmin([deed.by], tls))
if (deed.kind === 'restore') {
  await restoreSnapshot(deed.snapshot, {
    place,
    process: etcd,
    tls,
    program,
    token: 'restored',
    prepare: async () => {},
  })
}
process.exit(0)
