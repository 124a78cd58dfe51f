import { createSocket } from 'node:dgram'
import { type Identity, publicKeyOf, signerIn } from '../drivers/ca/certificates.ts'
import { Enrolment } from '../drivers/ca/enrolment.ts'
import { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import { parseToken } from '../drivers/ca/join-token.ts'
import { defaultClientPort, defaultEtcdPeerPort, urlOf } from '../drivers/etcd-server/settings.ts'
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
import { markHandOver } from './earlier-wishes.ts'
import type { Introduction } from './member-routes.ts'
import { identityFolderOf, openMemberStore } from './member-store.ts'
import { allEndpoints, ownEndpoints, ownStoreOf } from './own-store.ts'

/** What this host is to be in a cluster. */
export interface MemberWish {
  readonly stateDirectory: string
  readonly member: string
  /**
   * `HOST` or `HOST:PORT`, at which the others reach its daemon; the first is the one it is called by. Joining: empty = the one by which it
   * reaches them.
   */
  readonly addresses: readonly string[]
  /** How libvirt of others reaches that of this host. Null: by TLS, at the first address. */
  readonly libvirtUri: string | null
  /** URL of etcd's members, the nearest first. Founding: empty = an etcd of its own. Joining: in place of those that the others use; empty: those. */
  readonly endpoints: readonly string[]
  /** Of etcd, where systemd does not start it. Null: the usual one. */
  readonly etcdProgram: string | null
}

export interface FoundWish extends MemberWish {
  readonly cluster: string
  readonly tls: StorePlace['tls']
}

/** Makes this host the first member of a cluster, in an etcd that is there or one of its own. Repeated after a crash it carries on. */
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
  const file: MemberFile = { version: 1, cluster: wish.cluster, record, peerPort, store: storeFor(wish, record) }
  await ownStoreOf(file, wish.stateDirectory, () => identity, wish.etcdProgram)?.found()
  await withStore(file, identity, async (store) => {
    const authority = signerIn(identity.authority, authorityKey)!
    await requireOwnOrNone(store, record.id)
    await new Enrolment(store, authority, clock, silentLog).admitFounder(names, publicKeyOf(identity.key))
    const key = storeKeys.member(record.id)
    await store.transact({ when: [{ key, revision: 0 }], put: [{ key, value: JSON.stringify(record) }], remove: [] })
  })
  await markHandOver(wish.stateDirectory)
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
  const own = wish.addresses.length > 0 ? wish : { ...wish, addresses: [await addressTowards(places)] }
  const { record, peerPort } = recordOf(own, 'host')
  const folder = new IdentityFolder(identityFolderOf(wish.stateDirectory))
  const state = await folder.load()
  const identity = state.kind === 'member' ? state.identity : await admitted(folder, wish.token, record)
  const introduced = JSON.parse(await askIntroduction(identity, places, clock.wall())) as Introduction
  const { store, cluster, kind, members } = introduced
  const local = store.own === null ? [] : [urlOf('127.0.0.1', store.own.clientPort)]
  const endpoints = wish.endpoints.length > 0 ? wish.endpoints : [...local, ...store.endpoints]
  const file: MemberFile = {
    ...{ version: 1, cluster, peerPort, record: { ...record, kind } },
    store: { ...store, endpoints },
  }
  const others = store.endpoints.filter((url) => !allEndpoints([record], store.own ?? noPorts).includes(url))
  await ownStoreOf(file, wish.stateDirectory, () => identity, wish.etcdProgram)?.join(others, members)
  await writeMemberFile(wish.stateDirectory, file)
  return file
}

const noPorts = { clientPort: 0, peerPort: 0 }

function storeFor({ endpoints, tls }: FoundWish, record: MemberRecord): StorePlace {
  if (endpoints.length > 0) return { endpoints, tls, own: null }
  const own = { clientPort: defaultClientPort, peerPort: defaultEtcdPeerPort }
  return { endpoints: ownEndpoints(record, [record], own), tls: 'member', own }
}

/** By which of its addresses this host reaches the first of these: no packet is sent for it. Faults: `peer-lost`. */
async function addressTowards(places: readonly string[]): Promise<string> {
  const there = places.flatMap((text) => parseAddress(text) ?? [])[0]
  if (there === undefined) throw new Fault('peer-lost', 'not-done', { member: '', text: 'no address is known' })
  const socket = createSocket(there.host.includes(':') ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.connect(there.port, there.host, resolve)
    })
    return socket.address().address
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('peer-lost', 'not-done', { member: there.host, text }, { cause })
  } finally {
    socket.close()
  }
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
