import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterPowers, MemberLine, MemberOptions } from '../cli/context.ts'
import { departureOf } from '../core/departure.ts'
import { leaseTimes } from '../core/lease-times.ts'
import type { Identity } from '../drivers/ca/certificates.ts'
import { Enrolment } from '../drivers/ca/enrolment.ts'
import { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import { memberKeyEntry } from '../drivers/ca/stored-identities.ts'
import type { EtcdAdmin } from '../drivers/etcd-server/admin.ts'
import { removableMember, removeMember } from '../drivers/etcd-server/votes.ts'
import { localClock } from '../drivers/local/clock.ts'
import { type MemberFile, readMemberFile, removeMemberFile } from '../drivers/local/member-file.ts'
import { defaultSettings } from '../model/cluster.ts'
import { Fault } from '../model/fault.ts'
import { type HostId, hostId } from '../model/ids.ts'
import type { AliveRecord, LeaderRecord, MemberRecord } from '../model/member.ts'
import type { StoredCluster } from '../model/stored-cluster.ts'
import { silentLog } from '../ports/log.ts'
import { type Entry, type Store, storeKeys } from '../ports/store.ts'
import { authorityProgress, rotateAuthority } from './authority-change.ts'
import { foundCluster, joinCluster } from './cluster-setup.ts'
import { requireNoAuthorityChange } from './member-routes.ts'
import { identityFolderOf, openMemberStore } from './member-store.ts'
import { type OwnStore, ownStoreOf } from './own-store.ts'
import { backUp, forget, type MemberHere, restore, restoredExternally, standDown } from './restore-cluster.ts'

/** Renewals are told from each other by looking twice, with more than one between. */
const renewalsBetween = 1.5

/** What `vigia cluster` does on this host. */
export function clusterPowers(env: Readonly<Record<string, string | undefined>>): ClusterPowers {
  const stateDirectory = env.VIGIA_STATE_DIR || '/var/lib/vigia'
  const wishOf = ({ address, libvirtUri, endpoints }: MemberOptions) => ({
    ...{ stateDirectory, libvirtUri, endpoints, etcdProgram: env.VIGIA_ETCD || null },
    member: env.VIGIA_HOST || hostname(),
    addresses: address,
  })
  const hereOf = (acting: Acting): MemberHere => {
    const etcdProgram = env.VIGIA_ETCD || null
    const own = ownStoreOf(acting.file, stateDirectory, () => acting.identity, etcdProgram)
    return { ...acting, own, etcdProgram }
  }
  return {
    found: async (cluster, options, tls) =>
      (await foundCluster({ ...wishOf(options), cluster, tls: tls ?? 'none' })).record.id,
    join: async (token, options) => {
      const { record, cluster } = await joinCluster({ ...wishOf(options), token })
      return { member: record.id, cluster }
    },
    token: (kind, replaces) => asMember(stateDirectory, (member) => issueToken(member, kind, replaces)),
    members: () => asMember(stateDirectory, ({ store, file }) => listMembers(store, file.record.id)),
    leave: (member, replaced) =>
      asMember(stateDirectory, (acting) =>
        leaveCluster({ ...acting, etcdProgram: env.VIGIA_ETCD || null }, member, replaced),
      ),
    backup: (path) => asMember(stateDirectory, (acting) => backUp(hereOf(acting), path)),
    restore: (path, alone) => asMember(stateDirectory, (acting) => restore(hereOf(acting), path, alone)),
    restoredExternally: (alone) => asMember(stateDirectory, (acting) => restoredExternally(hereOf(acting), alone)),
    rotateAuthority: () => asMember(stateDirectory, rotateAuthority),
    authorityProgress: (next) => asMember(stateDirectory, ({ store }) => authorityProgress(store, next)),
    standDown: () => asMember(stateDirectory, (acting) => standDown(hereOf(acting))),
    forget: () => asMember(stateDirectory, (acting) => forget(hereOf(acting))),
  }
}

interface Acting {
  readonly stateDirectory: string
  readonly file: MemberFile
  readonly folder: IdentityFolder
  readonly store: Store
  readonly identity: Identity
}

/** By a name beside the daemon's: two processes of one name in the store stand in each other's way. */
async function asMember<T>(stateDirectory: string, act: (acting: Acting) => Promise<T>): Promise<T> {
  const file = await readMemberFile(stateDirectory)
  if (file === null) throw new Fault('refused', 'not-done', { why: 'no-member' })
  const folder = new IdentityFolder(identityFolderOf(stateDirectory))
  const state = await folder.load()
  if (state.kind !== 'member')
    throw new Fault('certificate-refused', 'not-done', { path: folder.path, text: 'missing' })
  const store = openMemberStore(file, `${file.record.id}.command`, () => state.identity)
  try {
    return await act({ stateDirectory, file, folder, store, identity: state.identity })
  } finally {
    await store.close()
  }
}

async function issueToken(
  { folder, store }: Acting,
  role: MemberRecord['kind'],
  replaces: string | null,
): Promise<string> {
  const state = await folder.load()
  if (state.kind !== 'member' || state.authorityKey === null) {
    throw new Fault('refused', 'not-done', { why: 'signs-nobody' })
  }
  await requireNoAuthorityChange(store)
  const authority = (await folder.signer())!
  const { entries } = await store.read(storeKeys.members)
  const addresses = entries.flatMap(({ value }) => (JSON.parse(value) as MemberRecord).addresses)
  const enrolment = new Enrolment(store, authority, localClock(), silentLog)
  return enrolment.issueToken({ role, addresses, replaces: replaces === null ? null : hostId(replaces) })
}

async function listMembers(store: Store, self: HostId): Promise<readonly MemberLine[]> {
  const first = await store.read('')
  const before = new Map(first.entries.map((entry) => [entry.key, entry.revision]))
  await delay(leaseTimes(leaseIn(first.entries)).renewEachMs * renewalsBetween)
  const { entries } = await store.read('')
  const at = new Map(entries.map((entry) => [entry.key, entry]))
  const leader = valueIn<LeaderRecord>(at.get(storeKeys.leader))?.host
  return entries
    .filter(({ key }) => key.startsWith(storeKeys.members))
    .map(({ value }) => {
      const { id, kind, addresses } = JSON.parse(value) as MemberRecord
      const entry = at.get(storeKeys.alive(id))
      const alive = valueIn<AliveRecord>(entry)
      const renews = alive?.left === false && entry !== undefined && entry.revision > (before.get(entry.key) ?? 0)
      const watchdogMs = alive?.armed?.timeoutMs ?? null
      return { id, kind, addresses, renews, leads: id === leader, watchdogMs, self: id === self }
    })
}

/**
 * S5: while more than half renew; S1: of a host that owns nothing any more. Its daemon notices, disarms and ends. Repeated after a crash it
 * carries on: the records go first, the copy of the store then, the files of this host last.
 */
async function leaveCluster(
  acting: Acting & { readonly etcdProgram: string | null },
  named: string | null,
  replaced: boolean,
): Promise<HostId> {
  const { stateDirectory, file, folder, store, identity } = acting
  const self = file.record.id
  const member = named === null ? self : hostId(named)
  const own = ownStoreOf(file, stateDirectory, () => identity, acting.etcdProgram)
  const lines = await listMembers(store, self)
  const leaving = lines.find(({ id }) => id === member)
  if (leaving === undefined && (own === null || member !== self)) {
    throw new Fault('refused', 'not-done', { why: 'not-a-member', member })
  }
  if (leaving !== undefined) {
    // One that is there puts things down by itself.
    if (member !== self && leaving.renews) throw new Fault('refused', 'not-done', { why: 'member-there', member })
    requireMajority(lines)
    if (own !== null) await withAdmin(own, (admin) => removableMember(admin, own.tls, member, replaced))
    await removeRecords(store, member)
  }
  if (own !== null) await withAdmin(own, (admin) => removeMember(admin, own.tls, member, replaced))
  if (member !== self) return member
  await removeMemberFile(stateDirectory)
  await own?.upkeep.forget()
  await folder.forget()
  return member
}

function requireMajority(lines: readonly MemberLine[]): void {
  const renewing = lines.filter(({ renews }) => renews).length
  if (renewing * 2 <= lines.length) throw new Fault('no-quorum', 'not-done', { text: `${renewing} / ${lines.length}` })
}

/** All at once, and only as long as nothing has changed of what was decided from: guests' records, the member's own, and its proof of death. */
async function removeRecords(store: Store, member: HostId): Promise<void> {
  const { entries } = await store.read('')
  const departure = departureOf(entries, storeKeys, member)
  if (departure.kind === 'refused') {
    const { why, guests } = departure
    throw new Fault('refused', 'not-done', { why, member, ...(guests.length > 0 && { guests }) })
  }
  const { when, put, remove } = departure
  const { done } = await store.transact({ when, put, remove: [...remove, memberKeyEntry(member)] })
  if (!done) throw new Fault('daemon-busy', 'not-done', {})
}

async function withAdmin(own: OwnStore, use: (admin: EtcdAdmin) => Promise<unknown>): Promise<void> {
  const admin = own.admin()
  try {
    await use(admin)
  } finally {
    admin.close()
  }
}

function leaseIn(entries: readonly Entry[]): number {
  const stored = valueIn<StoredCluster>(entries.find(({ key }) => key === storeKeys.cluster))
  return stored?.spec.settings.leaseMs ?? defaultSettings.leaseMs
}

function valueIn<T>(entry: Entry | undefined): T | null {
  return entry === undefined ? null : (JSON.parse(entry.value) as T)
}
