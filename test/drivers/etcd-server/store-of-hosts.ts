import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { etcdProgram, freePorts, whyNoPrivateEtcd } from '../../../lab/private-etcd.ts'
import { signMember } from '../../../src/drivers/ca/certificate-maker.ts'
import { type AuthorityPair, type Identity, publicKeyOf } from '../../../src/drivers/ca/certificates.ts'
import { IdentityFolder } from '../../../src/drivers/ca/identity-folder.ts'
import type { TlsMaterial } from '../../../src/drivers/etcd/exchange.ts'
import { EtcdStore } from '../../../src/drivers/etcd/store.ts'
import { EtcdAdmin } from '../../../src/drivers/etcd-server/admin.ts'
import { removeLeftovers } from '../../../src/drivers/etcd-server/leftovers.ts'
import { DetachedEtcd } from '../../../src/drivers/etcd-server/process.ts'
import { clientUrl, type EtcdPlace } from '../../../src/drivers/etcd-server/settings.ts'
import { EtcdUpkeep } from '../../../src/drivers/etcd-server/upkeep.ts'
import { hostId, wallTime } from '../../../src/model/ids.ts'
import { newAuthority } from '../ca/parts.ts'

export const skip = whyNoPrivateEtcd() ?? false
export const program = etcdProgram() ?? ''

/** One host of a test: its folders, its etcd, its certificate of the cluster's own authority. */
export interface TestHost {
  readonly place: EtcdPlace
  readonly process: DetachedEtcd
  readonly upkeep: EtcdUpkeep
  readonly tls: () => TlsMaterial
  /** Asks this host's etcd. */
  readonly admin: EtcdAdmin
  /** SIGKILL; its data stay. */
  kill(): Promise<void>
}

/** Hosts with certificates and without anything in them yet. All are killed when the test is over. */
export async function hostsOf(t: TestContext, names: readonly string[], flags: EtcdPlace['flags'] = {}) {
  const now = wallTime(Date.now())
  const authority = await newAuthority()
  const ports = await freePorts(names.length * 2)
  const hosts: TestHost[] = []
  for (const [number, name] of names.entries()) {
    const root = mkdtempSync(join(tmpdir(), 'vigia-etcd-'))
    const folder = new IdentityFolder(join(root, 'ca'))
    const identity = await admitted(folder, authority, name, now)
    const place: EtcdPlace = {
      ...{ name: hostId(name), folder: join(root, 'etcd'), address: '127.0.0.1', files: folder.files, flags },
      clientPort: ports[2 * number] ?? 0,
      peerPort: ports[2 * number + 1] ?? 0,
      timing: { heartbeatMs: 100, electionMs: 1_000 },
    }
    const host = testHost(t, place, identity)
    hosts.push(host)
  }
  return hosts
}

/** The same folder and etcd as another life of the daemon finds them. */
export function testHost(t: TestContext, place: EtcdPlace, identity: Identity): TestHost {
  const material: TlsMaterial = { ca: identity.authority, cert: identity.certificate, key: identity.key }
  const process = new DetachedEtcd(program, place.folder)
  const tls = (): TlsMaterial => material
  const admin = new EtcdAdmin([clientUrl(place)], tls)
  const kill = async (): Promise<void> => process.kill()
  t.after(async () => {
    admin.close()
    // Its folder tells which process it is: killed first.
    await kill()
    await removeLeftovers(place.folder)
    rmSync(join(place.folder, '..'), { recursive: true, force: true })
  })
  return { place, process, upkeep: new EtcdUpkeep(place, process, tls), tls, admin, kill }
}

export function storeOf(t: TestContext, ...hosts: readonly TestHost[]): EtcdStore {
  const [first] = hosts
  if (first === undefined) throw new Error('no host')
  const endpoints = hosts.map(({ place }) => clientUrl(place))
  const store = new EtcdStore({
    endpoints,
    tls: first.tls,
    cluster: 'test',
    client: 'alfa',
    writeMs: 30_000,
    readMs: 30_000,
  })
  t.after(() => store.close())
  return store
}

export function put(key: string, value = key) {
  return { when: [], put: [{ key, value: JSON.stringify(value) }], remove: [] }
}

async function admitted(
  folder: IdentityFolder,
  authority: AuthorityPair,
  name: string,
  now: ReturnType<typeof wallTime>,
) {
  const key = await folder.keyForJoining()
  const names = { member: hostId(name), addresses: ['127.0.0.1'] }
  const certificate = await signMember(authority, publicKeyOf(key), names, now)
  return folder.joined({ authority: authority.certificate, authorityKey: authority.key, certificate })
}

export type Deed =
  | { readonly kind: 'found' }
  | { readonly kind: 'join'; readonly by: string }
  | { readonly kind: 'restore'; readonly snapshot: string }

/** A daemon in a process of its own begins a deed, and is killed so long after (SIGKILL). Its etcd is left as it is. */
export async function cutOff(host: TestHost, deed: Deed, afterMs: number): Promise<void> {
  const order = JSON.stringify({ place: host.place, program, deed, tls: host.tls() })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'one-life.ts'), order], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const gone = once(child, 'exit')
  await Promise.race([delay(afterMs), gone])
  child.kill('SIGKILL')
  await gone
}
