import { type Identity, publicKeyOf } from '../drivers/ca/certificates.ts'
import { Enrolment } from '../drivers/ca/enrolment.ts'
import { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import { parseToken } from '../drivers/ca/join-token.ts'
import { localClock } from '../drivers/local/clock.ts'
import { type MemberFile, readMemberFile, type StorePlace, writeMemberFile } from '../drivers/local/member-file.ts'
import { askIntroduction } from '../drivers/peers/introduction.ts'
import { join } from '../drivers/peers/joining.ts'
import { addressText, defaultPeerPort, parseAddress } from '../drivers/peers/wire.ts'
import { Fault } from '../model/fault.ts'
import { type HostId, hostId, isName } from '../model/ids.ts'
import type { MemberRecord } from '../model/member.ts'
import { silentLog } from '../ports/log.ts'
import { type Store, storeKeys } from '../ports/store.ts'
import { identityFolderOf, openMemberStore } from './member-store.ts'

/** What this host is to be in a cluster. */
export interface MemberWish {
  readonly stateDirectory: string
  readonly member: string
  /** `HOST` or `HOST:PORT`, at which the others reach its daemon; the first is the one it is called by. */
  readonly addresses: readonly string[]
  /** How libvirt of others reaches that of this host. Null: by TLS, at the first address. */
  readonly libvirtUri: string | null
  /** URL of etcd's members, the nearest first. Joining: in place of those that the others use; empty: those. */
  readonly endpoints: readonly string[]
}

export interface FoundWish extends MemberWish {
  readonly cluster: string
  readonly tls: StorePlace['tls']
}

/** Makes this host the first member of a cluster, in an etcd that is there. Repeated after a crash it carries on. */
export async function foundCluster(wish: FoundWish): Promise<MemberFile> {
  await requireAlone(wish.stateDirectory)
  if (!isName(wish.cluster)) throw new Fault('bad-request', 'not-done', { field: 'name', got: wish.cluster })
  const clock = localClock()
  const { record, peerPort } = recordOf(wish, 'host')
  const folder = new IdentityFolder(identityFolderOf(wish.stateDirectory))
  const names = { member: record.id, addresses: hostsOf(record) }
  const state = await folder.load()
  const identity = state.kind === 'member' ? state.identity : await folder.found(wish.cluster, names, clock.wall())
  const after = await folder.load()
  const authorityKey = after.kind === 'member' ? after.authorityKey : null
  if (authorityKey === null) throw new Fault('certificate-refused', 'not-done', { path: folder.path })
  const place: StorePlace = { endpoints: wish.endpoints, tls: wish.tls }
  const file: MemberFile = { version: 1, cluster: wish.cluster, record, peerPort, store: place }
  await withStore(file, identity, async (store) => {
    const authority = { certificate: identity.authority, key: authorityKey }
    await requireOwnOrNone(store, record.id)
    await new Enrolment(store, authority, clock, silentLog).admitFounder(names, publicKeyOf(identity.key))
    const key = storeKeys.member(record.id)
    await store.transact({ when: [{ key, revision: 0 }], put: [{ key, value: JSON.stringify(record) }], remove: [] })
  })
  await writeMemberFile(wish.stateDirectory, file)
  return file
}

export interface JoinWishOfHost extends MemberWish {
  readonly token: string
}

/** Makes this host a member of the cluster that the token is of. Repeated after a crash it carries on. */
export async function joinCluster(wish: JoinWishOfHost): Promise<MemberFile> {
  await requireAlone(wish.stateDirectory)
  const clock = localClock()
  const { addresses: places } = parseToken(wish.token)
  const { record, peerPort } = recordOf(wish, 'host')
  const folder = new IdentityFolder(identityFolderOf(wish.stateDirectory))
  const state = await folder.load()
  const identity = state.kind === 'member' ? state.identity : await admitted(folder, wish.token, record)
  const introduced = JSON.parse(await askIntroduction(identity, places, clock.wall())) as {
    readonly cluster: string
    readonly store: StorePlace
    readonly kind: MemberRecord['kind']
  }
  const { endpoints } = wish.endpoints.length > 0 ? wish : introduced.store
  const file: MemberFile = {
    ...{ version: 1, cluster: introduced.cluster, peerPort },
    record: { ...record, kind: introduced.kind },
    store: { ...introduced.store, endpoints },
  }
  await writeMemberFile(wish.stateDirectory, file)
  return file
}

async function admitted(folder: IdentityFolder, token: string, record: MemberRecord): Promise<Identity> {
  const key = await folder.keyForJoining()
  const wish = { token, member: record.id, addresses: hostsOf(record), key }
  return folder.joined(await join(wish, localClock().wall()))
}

function recordOf(wish: MemberWish, kind: MemberRecord['kind']): { record: MemberRecord; peerPort: number } {
  if (!isName(wish.member)) throw new Fault('bad-request', 'not-done', { field: 'host', got: wish.member })
  const read = wish.addresses.map((text) => {
    const address = parseAddress(
      text.includes(':') && !text.includes('.') && !text.startsWith('[') ? `[${text}]` : text,
    )
    if (address !== null) return address
    throw new Fault('bad-request', 'not-done', { field: 'address', expected: 'HOST or HOST:PORT', got: text })
  })
  const [first] = read
  if (first === undefined) throw new Fault('bad-request', 'not-done', { field: 'address' })
  const host = first.host.includes(':') ? `[${first.host}]` : first.host
  const record: MemberRecord = {
    id: hostId(wish.member),
    kind,
    addresses: read.map(addressText),
    libvirtUri: wish.libvirtUri ?? `qemu+tls://${host}/system`,
  }
  return { record, peerPort: first.port ?? defaultPeerPort }
}

/** Names and IP addresses of its certificate. */
function hostsOf({ addresses }: MemberRecord): string[] {
  return addresses.flatMap((text) => parseAddress(text)?.host ?? [])
}

async function requireAlone(stateDirectory: string): Promise<void> {
  const file = await readMemberFile(stateDirectory)
  if (file !== null) throw new Fault('refused', 'not-done', { why: 'member-already', cluster: file.cluster })
}

/** Of a cluster whose name is taken, a second founder would be a member nobody knows. */
async function requireOwnOrNone(store: Store, own: HostId): Promise<void> {
  const { entries } = await store.read(storeKeys.members)
  if (entries.some(({ key }) => key !== storeKeys.member(own))) {
    throw new Fault('refused', 'not-done', { why: 'cluster-exists' })
  }
}

/** By the member's own name: its daemon does not use this store yet. */
async function withStore(file: MemberFile, identity: Identity, use: (store: Store) => Promise<void>): Promise<void> {
  const store = openMemberStore(file, file.record.id, () => identity)
  try {
    await use(store)
  } finally {
    await store.close()
  }
}
