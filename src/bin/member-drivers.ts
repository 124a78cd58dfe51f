import { existsSync } from 'node:fs'
import { giveHistoryCopies } from '../agent/history-copies.ts'
import { MemberLease } from '../agent/membership.ts'
import type { AgentClusterPorts } from '../agent/ports.ts'
import { StoreObservations } from '../agent/store-observations.ts'
import type { ClusterPorts } from '../control/ports.ts'
import { leaseTimes } from '../core/lease-times.ts'
import { fingerprint, type Identity, readCertificate } from '../drivers/ca/certificates.ts'
import { Enrolment } from '../drivers/ca/enrolment.ts'
import { IdentityFolder } from '../drivers/ca/identity-folder.ts'
import { Renewer, signItself } from '../drivers/ca/renewer.ts'
import type { EtcdStore } from '../drivers/etcd/store.ts'
import { roundTripMs } from '../drivers/etcd-server/round-trip.ts'
import { createFenceAgents } from '../drivers/fence-agents/fence-agents.ts'
import { createProgramHook } from '../drivers/hook/program-hook.ts'
import { isVirtual } from '../drivers/host/machine.ts'
import { createArmingMemory } from '../drivers/local/arming-memory.ts'
import { keepKnownMembers, readKnownMembers } from '../drivers/local/known-members.ts'
import { type MemberFile, writeMemberFile } from '../drivers/local/member-file.ts'
import { askAuthorityKey } from '../drivers/peers/authority-key.ts'
import { historyPeers } from '../drivers/peers/history-copies.ts'
import { guestsOfMember } from '../drivers/peers/host-guests.ts'
import { type HostQuestions, questionsTo } from '../drivers/peers/host-questions.ts'
import { renewRemotely } from '../drivers/peers/joining.ts'
import { HttpsPeers } from '../drivers/peers/peers.ts'
import { parseAddress } from '../drivers/peers/wire.ts'
import { lookAtDevice } from '../drivers/watchdog/look-device.ts'
import { createLocalWatchdog, defaultFeederSocket } from '../drivers/watchdog/watchdog.ts'
import { Fault, faultData } from '../model/fault.ts'
import type { AgentLife, HostId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { History } from '../ports/history.ts'
import type { HostGuests } from '../ports/host-guests.ts'
import type { MigrationOptions } from '../ports/hypervisor.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'
import type { Watchdog, WatchdogState } from '../ports/watchdog.ts'
import { AuthorityKeeper, type AuthorityState } from './authority-keeper.ts'
import type { ClusterInForce } from './cluster-in-force.ts'
import { type KnownMembers, MemberDirectory } from './member-directory.ts'
import { memberLines, memberRoutes } from './member-routes.ts'
import { identityFolderOf, openMemberStore } from './member-store.ts'
import { type OwnStore, ownEndpoints, ownStoreOf } from './own-store.ts'
import { StoreKeeper } from './store-keeper.ts'

export interface MemberOptions {
  readonly file: MemberFile
  readonly stateDirectory: string
  readonly life: AgentLife
  readonly bootId: string
  readonly clock: Clock
  readonly log: Log
  readonly inForce: ClusterInForce
  readonly history: History
  /** Null: this host has none, or none is to be armed. */
  readonly watchdogDevice: string | null
  /** Of an etcd that Vigia starts, where systemd does not. Null: the usual one. */
  readonly etcdProgram: string | null
  /** What this host answers to `vigia doctor` of another. Null: it is not ready yet. */
  readonly here: () => HostQuestions | null
  /** The guests of this host, for the API of another. Null: it is not ready yet. */
  readonly guests: () => HostGuests | null
}

/** What a member of a cluster has beside the drivers of its own host. */
export interface MemberDrivers {
  readonly store: Store
  readonly observations: StoreObservations
  readonly lease: MemberLease
  readonly agent: AgentClusterPorts
  readonly leader: ClusterPorts
  readonly self: HostId
  /** Where the others reach this host: addresses, or names. */
  readonly ownPlaces: () => readonly string[]
  /** What this member shows to the others, kept in date. */
  readonly identity: Pick<Renewer, 'identity' | 'onRenewed'>
  /** How a change of the cluster's authority stands. */
  readonly authority: () => AuthorityState
  readonly questionsTo: (member: HostId) => HostQuestions
  readonly guestsOf: (member: HostId) => HostGuests
  /** See `roundTripMs`; null: the store is not ours, or too few of its members answer. */
  readonly roundTripMs: () => Promise<number | null>
  /** Resolves when this host has been taken out of the cluster. */
  readonly dismissed: Promise<void>
  /** Lets go of the store and of the others. The watchdog stays as it is. */
  close(): Promise<void>
}

/** The unit that feeds, where the host has systemd: what a daemon leaves behind there is ended with it. */
const feederUnit = 'vigia-watchdog.service'

/** Builds them, and begins to renew. Faults: of the identity's files; `refused` when the port is taken. */
export async function openMember(options: MemberOptions): Promise<MemberDrivers> {
  const { file, clock, log, life, bootId, inForce } = options
  const host = file.record.id
  const { renewer, folder, addresses, directory } = await openIdentity(options)
  const store = openMemberStore(file, host, () => renewer.identity)
  const members = directory(store)
  const own = ownStoreOf(file, options.stateDirectory, () => renewer.identity, options.etcdProgram)
  const keeping = keepOwnStore(options, own, store, members)
  // Thrown where it is waited for.
  keeping.catch(() => {})
  const peers = await HttpsPeers.open({
    identity: renewer.identity,
    listenAt: { host: '::', port: file.peerPort },
    addressesOf: (member) => members.addressesOf(member),
    standingOf: (member, hash) => members.standingOf(member, hash),
    wall: () => clock.wall(),
    log,
    routes: memberRoutes({
      ...{ file, store, clock, members },
      authority: () => renewer.identity.authority,
      enrolment: async () => {
        const pair = await folder.signer()
        return pair === null ? null : new Enrolment(store, pair, clock, log)
      },
      nextAuthorityKey: (next) => nextKeyIn(folder, next),
      lease: () => lease,
      history: options.history,
      renewedWithinMs: () => leaseTimes(inForce.leaseMs).suspectMs,
      here: options.here,
      guests: options.guests,
    }),
    lines: memberLines({ members, guests: options.guests }),
  })
  renewer.onRenewed((identity) => peers.use(identity))
  const watchdog = await localWatchdog(options)
  const arming = createArmingMemory(options.stateDirectory)
  const ports = { host, life, bootId, clock, store, log, peers, watchdog, arming }
  const lease: MemberLease = new MemberLease(ports, inForce.leaseMs)
  lease.start()
  // Waited for last: an armed watchdog must be fed whether or not etcd can be started.
  const keeper = await keeping
  const others = (): HostId[] => [...lease.members().keys()].filter((member) => member !== host)
  const endCopies = giveHistoryCopies({ history: options.history, peers: historyPeers(peers, others), clock, log })
  const keptAuthority = new AuthorityKeeper({
    ...{ store, clock, log, folder, renewer, own, self: file.record },
    members: () => members.records(),
    present: () => presentIn(lease, clock, leaseTimes(inForce.leaseMs).suspectMs),
    otherPlaces: () => members.otherAddresses(),
    askKey: (member, next) => askAuthorityKey(peers, member, next),
    sign: (next) =>
      next.key === null
        ? renewRemotely(renewer.identity, members.otherAddresses(), clock.wall())
        : signItself({ certificate: next.certificate, key: next.key }, clock, addresses)(renewer.identity),
  })
  const observations = new StoreObservations({ store, clock, log, host })
  return {
    ...{ store, observations, lease },
    agent: {
      lease,
      migrationTarget: (member) => members.migrationTarget(member),
      migrationOptions: () => migrationOptions(file, inForce),
    },
    leader: {
      ...{ life, membership: lease },
      hook: createProgramHook(),
      fencer: createFenceAgents({ devicesOf: (id) => inForce.hostSpec(id)?.fence ?? [] }),
    },
    ...{ self: host, identity: renewer, dismissed: members.dismissed, authority: () => keptAuthority.state },
    ownPlaces: () => members.addressesOf(host).map((place) => place.host),
    questionsTo: (member) => questionsTo(peers, member),
    guestsOf: (member) => guestsOfMember(peers, member),
    roundTripMs: () => roundTripOf(own, host),
    close: async () => {
      endCopies()
      keptAuthority.stop()
      keeper?.stop()
      lease.stop()
      observations.stop()
      members.stop()
      renewer.stop()
      await watchdog?.close()
      await peers.close()
      await store.close()
    },
  }
}

/** The certificate of this member, kept in date; by itself where it holds the authority's key. */
async function openIdentity({ file, stateDirectory, clock, log, inForce }: MemberOptions) {
  const folder = new IdentityFolder(identityFolderOf(stateDirectory))
  const state = await folder.load()
  if (state.kind !== 'member')
    throw new Fault('certificate-refused', 'not-done', { path: folder.path, text: 'missing' })
  const { identity } = state
  let members: MemberDirectory | null = null
  const known: KnownMembers = {
    records: await readKnownMembers(stateDirectory),
    keep: (records) => keepKnownMembers(stateDirectory, records),
  }
  const addresses = file.record.addresses.map((address) => parseAddress(address)?.host ?? address)
  const renew = async (of: Identity): Promise<string> => {
    const pair = await folder.signer()
    return pair === null
      ? renewRemotely(of, members?.otherAddresses() ?? [], clock.wall())
      : signItself(pair, clock, addresses)(of)
  }
  const renewer = new Renewer({ folder, identity, clock, log, renew })
  const directory = (store: Store): MemberDirectory => {
    members = new MemberDirectory({ store, clock, log }, file.record, inForce, known)
    return members
  }
  return { renewer, folder, addresses, directory }
}

/** Null: this host has it not. */
async function nextKeyIn(folder: IdentityFolder, wanted: string): Promise<string | null> {
  const next = await folder.next()
  return next !== null && fingerprint(readCertificate(next.certificate)) === wanted ? next.key : null
}

/** Members whose record changed a moment ago, this one among them. */
function presentIn(lease: MemberLease, clock: Clock, withinMs: number): ReadonlySet<HostId> {
  const now = clock.now()
  const there = [...lease.members().values()].filter(
    ({ alive, renewed, unchangedSince }) => alive?.left === false && renewed && now - unchangedSince < withinMs,
  )
  return new Set(there.map(({ member }) => member))
}

async function roundTripOf(own: OwnStore | null, self: HostId): Promise<number | null> {
  if (own === null) return null
  const admin = own.admin()
  try {
    return await roundTripMs(admin, own.tls, self)
  } finally {
    admin.close()
  }
}

/** Of a store that Vigia looks after: it runs, knows of new members, and is kept in order. Null: it is somebody else's. */
async function keepOwnStore(
  { file, stateDirectory, clock, log }: MemberOptions,
  own: OwnStore | null,
  store: EtcdStore,
  members: MemberDirectory,
): Promise<StoreKeeper | null> {
  const ports = file.store.own
  if (own === null || ports === null) return null
  members.onChanged(() => {
    const endpoints = ownEndpoints(file.record, members.records(), ports)
    store.reach(endpoints)
    const dismissed = members.record(file.record.id) === null
    if (dismissed || endpoints.every((url) => file.store.endpoints.includes(url))) return
    // For the next start: the own one may be the one that is missing then.
    writeMemberFile(stateDirectory, { ...file, store: { ...file.store, endpoints } }).catch((error: unknown) =>
      log.warn('the places of the store could not be kept', { fault: faultData(error).code }),
    )
  })
  // The others' copies serve as well while this one is repaired.
  await own.upkeep
    .start()
    .catch((error: unknown) => log.error('etcd of this host does not start', { fault: faultData(error) }))
  return new StoreKeeper({ own, stateDirectory, clock, log, members: () => members.records().length })
}

/** Where libvirt speaks TLS between hosts, QEMU does: both have their certificates then (docs/operating/migration.md). */
function migrationOptions({ record: { libvirtUri = '' } }: MemberFile, { settings }: ClusterInForce): MigrationOptions {
  return {
    bandwidthMib: settings.migrationBandwidthMib,
    tls: /^\w+(\+tls)?:/.test(libvirtUri),
    timeLimitMs: settings.migrationTimeLimitMs,
    onTimeLimit: settings.onMigrationTimeLimit,
  }
}

async function localWatchdog({ watchdogDevice: device, clock, log }: MemberOptions): Promise<Watchdog | null> {
  if (device === null || !existsSync(device)) return null
  if (!provesDead(await lookAtDevice(device), isVirtual())) {
    log.warn('softdog on a virtual host proves nothing and is left alone: give the host a fence device', { device })
    return null
  }
  const unit = existsSync('/run/systemd/system') ? feederUnit : null
  return createLocalWatchdog({ ...{ device, unit, clock, log }, socket: defaultFeederSocket })
}

/** S4: softdog stands still with a host that is paused, and takes its power only when it wakes. */
export function provesDead({ kind }: Pick<WatchdogState, 'kind'>, virtual: boolean): boolean {
  return !(virtual && kind === 'softdog')
}
