import { copyFile, mkdir, truncate } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Fault } from '../../model/fault.ts'
import type { TlsMaterial } from '../etcd/exchange.ts'
import { endOfPrefix } from '../etcd/wire.ts'
import { EtcdAdmin } from './admin.ts'
import { KeyCopier } from './key-copier.ts'
import { removeLeftovers, restoreFolders } from './leftovers.ts'
import { DetachedEtcd, type EtcdProcess } from './process.ts'
import { dataFolder, type EtcdPlace, etcdEnvironment, peerUrl } from './settings.ts'
import { checkSnapshot } from './snapshot.ts'
import { EtcdUpkeep } from './upkeep.ts'

export interface RestoreOptions {
  readonly place: EtcdPlace
  /** The etcd of this host, which must be stopped. */
  readonly process: EtcdProcess
  readonly tls: () => TlsMaterial
  /** etcd's own program: two are run for a moment, on the loopback. */
  readonly program: string
  readonly token: string
  /** Changes the restored store before anybody else can reach it. `endpoint`: an etcd on the loopback, which asks for a certificate. */
  readonly prepare: (endpoint: string) => Promise<void>
}

/** What is restored: Vigia's keys, without the guards, which daemons make anew. */
const prefix = '/vigia/'

/**
 * Makes a store of one from a snapshot of any version that this etcd reads; the other members join it anew. What was there is put aside. Only a copy
 * in a folder of its own is worked on, and it takes the place of the data in one rename: a crash before leaves all as it was.
 *
 * A snapshot's own log of the past is not taken over: an etcd is started on it to be read, and a new one is written. So no tool beside etcd is
 * needed, and members that still run the old store cannot be taken for members of this one.
 */
export async function restoreSnapshot(snapshot: string, options: RestoreOptions): Promise<{ readonly keys: number }> {
  const { place, process, tls, program, prepare } = options
  if (await process.running()) throw new Fault('refused', 'not-done', { text: 'etcd runs; stop it first' })
  const bytes = await checkSnapshot(snapshot)
  const { from, to } = restoreFolders(place.folder)
  const [reader, writer] = [new DetachedEtcd(program, from), new DetachedEtcd(program, to)]
  await removeLeftovers(place.folder)
  try {
    const database = join(from, 'data', 'member', 'snap')
    await mkdir(database, { recursive: true, mode: 0o700 })
    await copyFile(snapshot, join(database, 'db'))
    await truncate(join(database, 'db'), bytes)
    const old = await began(reader, { ...(await aside(place, from)), peerPort: await freePort() }, options)
    const fresh = await began(writer, await aside(place, to), options)
    const copier = new KeyCopier(old, fresh, tls)
    const keys = await copier
      .copy(Buffer.from(prefix).toString('base64'), endOfPrefix(prefix))
      .finally(() => copier.close())
    await prepare(fresh)
    await Promise.all([reader.stop(), writer.stop()])
    await new EtcdUpkeep(place, process, tls).adopt(dataFolder({ folder: to }))
    return { keys }
  } finally {
    await removeLeftovers(place.folder)
  }
}

/**
 * Makes a store of one from the data of this host, when all others are lost for good: nothing that they had confirmed without this one is in it.
 * etcd must be stopped; it runs afterwards. What was there is kept beside it. May be repeated after a crash.
 */
export async function continueAlone(options: Omit<RestoreOptions, 'program' | 'token'>): Promise<void> {
  const { place, process, tls, prepare } = options
  if (await process.running()) throw new Fault('refused', 'not-done', { text: 'etcd runs; stop it first' })
  const upkeep = new EtcdUpkeep(place, process, tls)
  if (upkeep.phase !== 'member') throw new Fault('refused', 'not-done', { text: 'the data of etcd are gone' })
  const endpoint = `https://127.0.0.1:${place.clientPort}`
  const hidden = { ...place, flags: { ...place.flags, 'listen-client-urls': endpoint } }
  const environment = etcdEnvironment(hidden, { kind: 'join', members: {} })
  await process.start({ ...environment, ETCD_FORCE_NEW_CLUSTER: 'true' })
  await upkeep.untilAnswers()
  await prepare(endpoint)
  // Started so it would throw out whoever joins meanwhile: once is enough.
  await process.stop()
  await upkeep.start()
  await upkeep.untilAnswers()
  const admin = new EtcdAdmin([endpoint], tls)
  try {
    const members = await admin.members()
    if (members.length === 1 && members[0]?.peerUrl === peerUrl(place)) return
    throw new Fault('store-corrupt', 'unknown', { text: 'the store still has other members' })
  } finally {
    admin.close()
  }
}

/** For a moment, in a folder of its own: on the loopback, though it knows itself by the address that the others will join by. */
async function aside(place: EtcdPlace, folder: string): Promise<EtcdPlace> {
  const [client, peer] = [await freePort(), await freePort()]
  const flags = {
    ...place.flags,
    'listen-client-urls': `https://127.0.0.1:${client}`,
    'listen-peer-urls': `https://127.0.0.1:${peer}`,
  }
  return { ...place, folder, flags, clientPort: client, address: place.address }
}

async function began(process: EtcdProcess, place: EtcdPlace, { token, tls }: RestoreOptions): Promise<string> {
  await process.start(etcdEnvironment(place, { kind: 'found', token }))
  await new EtcdUpkeep(place, process, tls).untilAnswers()
  return `https://127.0.0.1:${place.clientPort}`
}

/** One that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
