import { connect } from 'node:net'
import { restoredStore } from '../core/restored.ts'
import { type Identity, keyHash, publicKeyOf } from '../drivers/ca/certificates.ts'
import type { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import { type MemberKey, memberKeyEntry } from '../drivers/ca/stored-identities.ts'
import { EtcdStore } from '../drivers/etcd/store.ts'
import { continueAlone, restoreSnapshot } from '../drivers/etcd-server/restore.ts'
import { saveSnapshot } from '../drivers/etcd-server/snapshot.ts'
import { localClock } from '../drivers/local/clock.ts'
import { readKnownMembers } from '../drivers/local/known-members.ts'
import { type MemberFile, removeMemberFile } from '../drivers/local/member-file.ts'
import { askOnce } from '../drivers/peers/ask-once.ts'
import { type PeerAddress, parseAddress } from '../drivers/peers/wire.ts'
import { openSqlite } from '../drivers/sqlite/open.ts'
import { createLocalWatchdog, defaultFeederSocket } from '../drivers/watchdog/watchdog.ts'
import { defaultHostWatchdog } from '../model/cluster.ts'
import { Fault } from '../model/fault.ts'
import type { HostId } from '../model/ids.ts'
import type { AliveRecord, MemberRecord } from '../model/member.ts'
import { silentLog } from '../ports/log.ts'
import { type Store, storeKeys } from '../ports/store.ts'
import type { Watchdog } from '../ports/watchdog.ts'
import { type OwnStore, usualProgram } from './own-store.ts'

/** One member, as its own files have it; no daemon is asked. */
export interface MemberHere {
  readonly stateDirectory: string
  readonly file: MemberFile
  readonly folder: IdentityFolder
  readonly identity: Identity
  readonly store: Store
  /** Null: its store is looked after by somebody else. */
  readonly own: OwnStore | null
  readonly etcdProgram: string | null
  /** Where what feeds the watchdog listens; absent: the usual place. */
  readonly feederSocket?: string
}

/** Of a store that is lost nothing comes; one that is there answers sooner. */
const answerLimitMs = 5_000

/** For one that listens to take a connection. */
const listenLimitMs = 1_000

/** Saves the whole store as of now. Faults: `refused` (`not-own-store`), the store's, the file system's. */
export async function backUp({ own }: MemberHere, path: string): Promise<string> {
  const admin = requireOwn(own).admin()
  try {
    return await saveSnapshot(admin, path)
  } finally {
    admin.close()
  }
}

/**
 * Makes the store anew on this host: from a snapshot, or (`path` null) from its own copy. `alone`: somebody swears that the others are off for
 * good. Before anybody can reach it, it is made to forget who owns which guest (see `restoredStore`). Repeated after a crash it begins anew.
 */
export async function restore(here: MemberHere, path: string | null, alone: boolean): Promise<void> {
  const own = requireOwn(here.own)
  await requireStopped(here.stateDirectory)
  if (path === null && !alone) throw new Fault('bad-request', 'not-done', { field: 'file' })
  const { place, process } = own.upkeep
  const options = {
    ...{ place, process, tls: own.tls, program: here.etcdProgram ?? usualProgram },
    token: `restored-${localClock().wall()}`,
    prepare: (endpoint: string) => prepare(here, own, endpoint, alone),
  }
  if (path === null) return continueAlone(options)
  await restoreSnapshot(path, options)
  await own.upkeep.start()
  await own.upkeep.untilAnswers()
}

/**
 * The store is an etcd of somebody else's, which they have restored by its own means. Before any daemon sees it, it is made to forget who owns
 * which guest, as by `restore`. Harmless when repeated, as long as no daemon was started since. Faults: `refused` (`daemon-runs`,
 * `daemon-runs-there`, `own-store`, `another-cluster`), the store's.
 */
export async function restoredExternally(here: MemberHere, alone: boolean): Promise<void> {
  if (here.own !== null) throw new Fault('refused', 'not-done', { why: 'own-store' })
  await requireStopped(here.stateDirectory)
  const places = (await membersIn(here.store)).filter(({ id }) => id !== here.file.record.id)
  for (const { id, addresses } of places) {
    const all = addresses.flatMap((text) => parseAddress(text) ?? [])
    if ((await Promise.all(all.map(listensAt))).includes(true)) {
      throw new Fault('refused', 'not-done', { why: 'daemon-runs-there', member: id })
    }
  }
  await forgetOwners(here, here.store, alone)
}

async function membersIn(store: Store): Promise<MemberRecord[]> {
  return (await store.read(storeKeys.members)).entries.map(({ value }) => JSON.parse(value) as MemberRecord)
}

/** Whether somebody takes connections there: a daemon, whatever it would say to us. */
function listensAt({ host, port }: PeerAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: listenLimitMs })
    const end = (listens: boolean) => {
      socket.destroy()
      resolve(listens)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

async function prepare(here: MemberHere, own: OwnStore, endpoint: string, alone: boolean): Promise<void> {
  const { cluster, record } = here.file
  const store = new EtcdStore({ cluster, client: `${record.id}.restore`, endpoints: [endpoint], tls: own.tls })
  try {
    await forgetOwners(here, store, alone)
  } finally {
    await store.close()
  }
}

async function forgetOwners({ file, identity }: MemberHere, store: Store, alone: boolean): Promise<void> {
  const self = file.record.id
  const { entries } = await store.read('')
  if (!entries.some(({ key }) => key.startsWith(storeKeys.members))) {
    throw new Fault('refused', 'not-done', { why: 'another-cluster', cluster: file.cluster })
  }
  const { put, remove } = restoredStore(entries, storeKeys, { self, alone, at: localClock().wall() })
  const key: MemberKey = {
    keyHash: keyHash(publicKeyOf(identity.key)),
    addresses: file.record.addresses.flatMap((text) => parseAddress(text)?.host ?? []),
    role: file.record.kind,
  }
  // As it is now, not as it was when the snapshot was saved.
  const present = [
    { key: storeKeys.member(self), value: JSON.stringify(file.record) },
    { key: memberKeyEntry(self), value: JSON.stringify(key) },
  ]
  await store.transact({ when: [], put: [...put, ...present], remove })
}

/**
 * This host gives up a store that is lost for good: its etcd ends, its watchdog is closed, and its daemon may be stopped without its power being
 * taken. Its guests go on. Refused while the store answers: the others would then take its silence for its death (S1).
 */
export async function standDown(here: MemberHere): Promise<HostId> {
  if ((await answered(here)) !== null) throw new Fault('refused', 'not-done', { why: 'store-answers' })
  await requireLostForAll(here)
  // Without this vote it cannot come back unnoticed: first its end, then that of the watchdog.
  await here.own?.upkeep.stop()
  await disarmHere(here)
  return here.file.record.id
}

/** S5: more than half of the members, this one counted, cannot renew either. A host that alone is cut off is not told from one by anything else. */
async function requireLostForAll({ file, identity, stateDirectory }: MemberHere): Promise<void> {
  const { others, all } = otherPlaces(file, await readKnownMembers(stateDirectory))
  const now = localClock().wall()
  const said = await Promise.all(
    others.map((places) => Promise.all(places.map((place) => askOnce(identity, place, now)))),
  )
  const lost = 1 + said.filter((statements) => statements.includes('cannot-renew')).length
  if (lost >= Math.floor(all / 2) + 1) return
  throw new Fault('refused', 'not-done', { why: 'not-lost-for-all', count: lost, members: all })
}

/**
 * Where the daemon of each other member is, from the last that was kept of the store. Nothing was kept by an older version: beside its etcd, on
 * the same port as here.
 */
function otherPlaces(
  { record, store, peerPort }: MemberFile,
  known: readonly MemberRecord[],
): { others: PeerAddress[][]; all: number } {
  if (known.length > 0) {
    const others = known.filter(({ id }) => id !== record.id)
    const places = others.map(({ addresses }) => addresses.flatMap((text) => parseAddress(text) ?? []))
    return { others: places, all: others.length + 1 }
  }
  const own = record.addresses.flatMap((text) => parseAddress(text)?.host ?? [])
  const hosts = store.endpoints.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''))
  const others = [...new Set(hosts)].filter((host) => !own.includes(host) && host !== '127.0.0.1')
  return { others: others.map((host) => [{ host, port: peerPort }]), all: others.length + 1 }
}

/** This host forgets its cluster, whose store is another one now. Faults: `refused` (`still-member`, `daemon-runs`). */
export async function forget(here: MemberHere): Promise<HostId> {
  const { file, stateDirectory, own, folder } = here
  await requireStopped(stateDirectory)
  const store = await answered(here)
  // It may be that only this host is cut off: then the others will take its guests, and its watchdog must do what they count on.
  if (store === null && (await armedHere(here))) throw new Fault('refused', 'not-done', { why: 'still-armed' })
  if (store?.alive != null && !store.alive.left) throw new Fault('refused', 'not-done', { why: 'still-member' })
  await own?.upkeep.stop()
  await disarmHere(here)
  await removeMemberFile(stateDirectory)
  await own?.upkeep.forget()
  await folder.forget()
  return file.record.id
}

/** What the store says of this host; null: it does not answer. */
async function answered({ store, file }: MemberHere): Promise<{ readonly alive: AliveRecord | null } | null> {
  const key = storeKeys.alive(file.record.id)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), answerLimitMs)
  })
  const read = store.read(key).then(
    ({ entries }) => {
      const entry = entries.find((one) => one.key === key)
      return { alive: entry === undefined ? null : (JSON.parse(entry.value) as AliveRecord) }
    },
    () => null,
  )
  return Promise.race([read, late]).finally(() => clearTimeout(timer))
}

/** Harmless where nothing feeds one. */
function disarmHere(here: MemberHere): Promise<void> {
  return withWatchdog(here, (watchdog) => watchdog.disarm())
}

function armedHere(here: MemberHere): Promise<boolean> {
  return withWatchdog(here, async (watchdog) => (await watchdog.state()).timeoutMs !== null)
}

/** By what feeds it, which outlives daemons. */
async function withWatchdog<T>(
  { feederSocket: socket = defaultFeederSocket }: MemberHere,
  use: (watchdog: Watchdog) => Promise<T>,
): Promise<T> {
  const ports = { clock: localClock(), log: silentLog, unit: null }
  const watchdog = createLocalWatchdog({ ...ports, device: defaultHostWatchdog, socket })
  try {
    return await use(watchdog)
  } finally {
    await watchdog.close()
  }
}

/** A daemon has its state locked for as long as it runs. */
async function requireStopped(stateDirectory: string): Promise<void> {
  try {
    await (await openSqlite(stateDirectory)).close()
  } catch (error) {
    if (error instanceof Fault && error.code === 'store-busy') {
      throw new Fault('refused', 'not-done', { why: 'daemon-runs' }, { cause: error })
    }
    throw error
  }
}

function requireOwn(own: OwnStore | null): OwnStore {
  if (own === null) throw new Fault('refused', 'not-done', { why: 'not-own-store' })
  return own
}
