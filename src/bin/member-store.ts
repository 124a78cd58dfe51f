import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Identity } from '../drivers/ca/certificates.ts'
import type { TlsMaterial } from '../drivers/etcd/exchange.ts'
import { EtcdStore } from '../drivers/etcd/store.ts'
import type { MemberFile } from '../drivers/local/member-file.ts'
import { fileFault } from '../drivers/machine/file-faults.ts'

/** Where a member keeps what it shows to others. */
export function identityFolderOf(stateDirectory: string): string {
  return join(stateDirectory, 'ca')
}

/**
 * The store of a cluster. `client`: a name that no other process uses at the same time (see etcd/guard.ts); the daemon's is its member's.
 * `identity` is asked anew for each connection, so that a renewed certificate is shown.
 */
export function openMemberStore(
  { cluster, store }: Pick<MemberFile, 'cluster' | 'store'>,
  client: string,
  identity: () => Identity,
): EtcdStore {
  const { endpoints, tls } = store
  const common = { cluster, client, endpoints }
  if (tls === 'none') return new EtcdStore(common)
  if (tls === 'member') return new EtcdStore({ ...common, tls: materialOf(identity) })
  const given = readMaterial(tls)
  return new EtcdStore({ ...common, tls: () => given })
}

/** The same object for as long as the identity is the same: a new one makes new connections. */
export function materialOf(identity: () => Identity): () => TlsMaterial {
  let [of, material]: [Identity | null, TlsMaterial] = [null, { ca: '' }]
  return () => {
    const now = identity()
    if (now !== of) [of, material] = [now, { ca: now.authority, cert: now.certificate, key: now.key }]
    return material
  }
}

/** Faults: `not-allowed`, `file-unreadable`. */
function readMaterial(files: { authority: string; certificate: string; key: string }): TlsMaterial {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      throw fileFault(error, { kind: 'file', path })
    }
  }
  return { ca: read(files.authority), cert: read(files.certificate), key: read(files.key) }
}
