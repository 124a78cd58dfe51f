import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { type Agent, startAgent } from '../agent/agent.ts'
import type { Examined } from '../api/powers.ts'
import { type Leader, startLeader } from '../control/leader.ts'
import { createAddressFinder } from '../drivers/address/finder.ts'
import { resolveName } from '../drivers/address/names.ts'
import { cardPaths } from '../drivers/host/cards.ts'
import { type MeasuredHypervisor, openLibvirt } from '../drivers/libvirt/driver.ts'
import { localClock } from '../drivers/local/clock.ts'
import { readMemberFile } from '../drivers/local/member-file.ts'
import { noHypervisor } from '../drivers/local/no-hypervisor.ts'
import { LocalObservations } from '../drivers/local/observations.ts'
import { createMachineMaker } from '../drivers/machine/machine-maker.ts'
import { createHostReader } from '../drivers/meter/host-reading.ts'
import { createProber } from '../drivers/probe/prober.ts'
import { openSqlite } from '../drivers/sqlite/open.ts'
import { faultData } from '../model/fault.ts'
import { agentLife, type GuestId, type HostId, hostId } from '../model/ids.ts'
import type { Audit } from '../ports/audit.ts'
import type { Clock } from '../ports/clock.ts'
import { createOwnTimes, type OwnTimes } from '../ports/durations.ts'
import type { Fencer } from '../ports/fencer.ts'
import type { History } from '../ports/history.ts'
import type { HostGuests } from '../ports/host-guests.ts'
import type { Hypervisor } from '../ports/hypervisor.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'
import { type ClusterChecksWish, clusterChecks } from './cluster-checks.ts'
import { ClusterInForce } from './cluster-in-force.ts'
import { handOverWishes } from './earlier-wishes.ts'
import { diskPaths } from './guest-disks.ts'
import { GuestsHere } from './guests-here.ts'
import { HostHere } from './host-here.ts'
import type { MemberDrivers } from './member-drivers.ts'
import { signsOfLife } from './signs-of-life.ts'
import { timedProber, timedStore } from './timed.ts'

export interface DaemonOptions {
  /** Of a host that is alone; a member of a cluster has the name that it joined by. */
  readonly host: HostId
  /** Holds `store.db`, `history.db`, cloud-init seeds; of a member `cluster.json` and its certificate. */
  readonly stateDirectory: string
  readonly libvirtSocket: string
  readonly libvirtUri: string
  readonly log: Log
  /** Instead of the device that the cluster file names. */
  readonly watchdogDevice?: string
  /** Of an etcd that Vigia starts itself, on a host without systemd. */
  readonly etcdProgram?: string
  /** For benchmarks: called when the request of a deed was written; nanoseconds of CLOCK_MONOTONIC. */
  readonly onIssued?: (action: string, domain: string, atNs: bigint) => void
}

export interface Daemon {
  readonly leader: Leader
  readonly agent: Agent
  readonly hypervisor: Hypervisor
  readonly store: Store
  readonly history: History
  /** The guests of any host of the cluster, as that host tells of them. */
  readonly guestsOf: (host: HostId) => HostGuests
  readonly audit: Audit
  readonly host: HostId
  readonly stateDirectory: string
  readonly clock: Clock
  /** What it measures of itself. */
  readonly times: OwnTimes
  /** What this host shows to the other members. Null: it is alone. */
  readonly identity: MemberDrivers['identity'] | null
  /** What `vigia doctor` finds about the cluster as a whole; nothing of a host that is alone. */
  readonly clusterChecks: () => Promise<Examined[]>
  /** How libvirt of a member is reached. Null: this host is alone. */
  readonly libvirtUriOf: ((host: string) => string | null) | null
  /** Null: this host is alone, and fences nobody. */
  readonly fencer: Fencer | null
  /** True where this host is on its way down (`vigia shutdown --until-boot`). */
  readonly goingDown: () => boolean
  /** Resolves when this host has been taken out of its cluster: the daemon is to end. Of a host that is alone: never. */
  readonly dismissed: Promise<void>
  /** Stops both loops, then the drivers. Guests stay as they are, and an armed watchdog stays armed. */
  stop(): Promise<void>
  /** As `stop`, of a host that goes down or leaves its cluster: with nothing of ours running there it disarms (S14). */
  leave(): Promise<void>
}

/** A daemon that was killed has its files locked until its last write is over, however slow the disk is: it is waited for, and another one that runs is not outwaited. */
const predecessorMs = 5_000

/** Builds the drivers of this host, and those of the cluster that it is a member of, and starts both loops on them. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { log, stateDirectory } = options
  const clock = localClock()
  const [life, bootId] = [agentLife(randomUUID()), readBootId()]
  const file = await readMemberFile(stateDirectory)
  const host = file?.record.id ?? options.host
  const state = await openSqlite(stateDirectory, { lockWaitMs: predecessorMs })
  const signs = await signsOfLife({ ...{ stateDirectory, bootId, host, clock, log }, history: state.history })
  const witness = file?.record.kind === 'witness'
  // Waited for last: an armed watchdog must be fed whether or not libvirt answers.
  const opening = witness ? null : openHypervisor(options)
  opening?.catch(() => {})
  const inForce = await ClusterInForce.open({ host, stateDirectory, log })
  const { watchdogDevice = inForce.watchdogDevice } = options
  let here: HostHere | null = null
  let guests: GuestsHere | null = null
  const member =
    file === null
      ? null
      : await (await memberModule()).openMember({
          ...{ file, stateDirectory, life, bootId, clock, log, inForce, history: state.history },
          watchdogDevice,
          etcdProgram: options.etcdProgram ?? null,
          here: () => here,
          guests: () => guests,
        })
  const measured = await opening
  const hypervisor: Hypervisor = measured ?? noHypervisor()
  const times = createOwnTimes()
  const pingAgent = (domain: string): Promise<boolean> => hypervisor.pingAgent(domain)
  const prober = timedProber(createProber({ clock, pingAgent, resolve: resolveName }), times)
  const store = timedStore(member?.store ?? state.store, times)
  const ending = new AbortController()
  const handing = member === null ? null : handOver(options, state.store, member.store, ending.signal)
  const observations = member?.observations ?? new LocalObservations()
  const shared = { host, clock, store, history: state.history, observations, log }
  const leader = startLeader({ ...shared, cluster: member?.leader ?? null })
  if (member !== null) inForce.follow(leader, member.lease)
  const agent =
    measured === null
      ? noAgent
      : startAgent({
          ...shared,
          ...{ life, bootId, hypervisor, prober },
          addressFinder: createAddressFinder({ hypervisor }),
          machineMaker: createMachineMaker({ seedDirectory: `${stateDirectory}/seeds` }),
          measuring: {
            meter: { guests: () => measured.readGuests(), host: createHostReader() },
            metrics: state.metrics,
          },
          cluster: member?.agent ?? null,
        })
  const guestsHere = new GuestsHere({ hypervisor, agent, metrics: state.metrics })
  guests = guestsHere
  const uriOf = (of: string): string | null => member?.agent.migrationTarget(hostId(of))?.uri ?? null
  here = new HostHere({
    ...{ host, watchdogDevice, wall: () => clock.wall(), resolve: resolveName },
    storeFolder: file?.store.own == null ? null : join(stateDirectory, 'etcd'),
    hostname: async () => (witness ? null : (await hypervisor.node()).hostname),
    cpu: async () => (witness ? null : hypervisor.hostCpu()),
    disks: () => disksHere(leader, hypervisor, host),
    paths: async () => cardPaths(await resolved(member?.ownPlaces() ?? [])),
  })
  const goingDown = (): boolean => leader.snapshot().hostWishes.get(host)?.downInBoot === bootId
  const close = async (): Promise<void> => {
    ending.abort()
    await signs.end(goingDown())
    await handing
    await member?.close()
    await prober.close()
    await hypervisor.close()
    await state.close()
  }
  return {
    ...{
      leader,
      agent,
      hypervisor,
      store,
      history: state.history,
      audit: state.audit,
      host,
      stateDirectory,
      clock,
      times,
    },
    identity: member?.identity ?? null,
    guestsOf: (of) => (of === host || member === null ? guestsHere : member.guestsOf(of)),
    clusterChecks: async () => (member === null ? [] : clusterChecks(checksOf(member, leader, here, clock))),
    libvirtUriOf: member === null ? null : uriOf,
    fencer: member?.leader.fencer ?? null,
    goingDown,
    dismissed: member?.dismissed ?? new Promise(() => {}),
    stop: async () => {
      await agent.stop()
      await leader.stop()
      await close()
    },
    leave: async () => {
      const empty = await agent.leave()
      await leader.stop()
      if (empty) await member?.lease.leave().catch(() => log.warn('the others could not be told that this host leaves'))
      await close()
    },
  }
}

/** Beside the rest: nothing waits for it, and the store may be away for long. */
async function handOver(
  { stateDirectory, log }: DaemonOptions,
  local: Store,
  cluster: Store,
  signal: AbortSignal,
): Promise<void> {
  try {
    await handOverWishes({ stateDirectory, local, cluster, log, signal })
  } catch (error) {
    log.error('what was wished of this host alone could not be set aside', { ...faultData(error) })
  }
}

/** What makes and reads certificates takes 18 MiB: a host that is alone does without. */
const memberModule = (): Promise<typeof import('./member-drivers.ts')> => import('./member-drivers.ts')

/** What `vigia doctor` on this host asks all members, itself included. */
function checksOf(member: MemberDrivers, leader: Leader, here: HostHere, clock: Clock): ClusterChecksWish {
  const { cluster, members } = leader.snapshot()
  const self = member.self
  return {
    ...{ self, spec: cluster, members: members?.sights ?? new Map(), store: member.store },
    questionsTo: (of) => (of === self ? here : member.questionsTo(of)),
    ...{ roundTripMs: member.roundTripMs, authority: member.authority },
    wall: () => clock.wall(),
    nowMs: () => performance.now(),
  }
}

/** Of guests whose owner this host is. */
async function disksHere(leader: Leader, hypervisor: Hypervisor, host: HostId): Promise<Record<GuestId, string[]>> {
  const { cluster, records } = leader.snapshot()
  const own = (cluster?.guests ?? []).filter(({ id, wish }) => wish !== 'ignored' && records.get(id)?.owner === host)
  const disks: Record<GuestId, string[]> = {}
  for (const guest of own) disks[guest.id] = await diskPaths(hypervisor, guest, 'all')
  return disks
}

/** Names as the addresses that they stand for; one that is not found stands for none. */
async function resolved(places: readonly string[]): Promise<string[]> {
  const found = await Promise.all(places.map((place) => (isIP(place) ? [place] : resolveName(place))))
  return found.flat()
}

/** A witness has no guests to look after: it renews, answers, and leads where nobody else does. */
const noAgent: Agent = { stop: async () => {}, leave: async () => true, newestFigures: () => null }

function openHypervisor({ libvirtSocket, libvirtUri, onIssued }: DaemonOptions): Promise<MeasuredHypervisor> {
  return openLibvirt({ socketPath: libvirtSocket, uri: libvirtUri, ...(onIssued && { onIssued }) })
}

/** Names this boot of the machine. */
function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
