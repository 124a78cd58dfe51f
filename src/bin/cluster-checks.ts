import { randomUUID } from 'node:crypto'
import type { Examined } from '../api/powers.ts'
import { leaseTimes } from '../core/lease-times.ts'
import {
  type ClockOffset,
  clockFindings,
  cpuFindings,
  type Finding,
  finding,
  ownNameFinding,
  pathFindings,
  storeWriteFinding,
  watchdogFinding,
} from '../core/views/host-health.ts'
import { allowedHosts, sharedDiskFindings } from '../core/views/shared-disks.ts'
import { latencyVerdict } from '../drivers/etcd-server/timing.ts'
import type { HostQuestions } from '../drivers/peers/host-questions.ts'
import { type ClusterSpec, defaultSettings } from '../model/cluster.ts'
import { Fault, type FaultData, faultData } from '../model/fault.ts'
import type { FileSight, HostReport } from '../model/host-report.ts'
import type { HostId } from '../model/ids.ts'
import type { MemberSight } from '../model/member.ts'
import { type Store, storeKeys } from '../ports/store.ts'
import type { AuthorityState } from './authority-keeper.ts'
import { ownNameLimitMs } from './host-here.ts'
import { within } from './within.ts'

/** What the checks of several hosts are made from. */
export interface ClusterChecksWish {
  readonly self: HostId
  readonly spec: ClusterSpec | null
  readonly members: ReadonlyMap<HostId, MemberSight>
  /** This host itself is asked directly. */
  readonly questionsTo: (member: HostId) => HostQuestions
  readonly authority: () => AuthorityState
  readonly store: Store
  /** See `roundTripMs`; null: the store is not ours, or too few answer. */
  readonly roundTripMs: () => Promise<number | null>
  /** Wall clock and monotonic clock of this host. */
  readonly wall: () => number
  readonly nowMs: () => number
}

/** A daemon that does not answer for so long is not waited for any more. */
const askLimitMs = 9_000

/** A file server that hangs must not hang the examination. */
const lookLimitMs = 5_000

/** The quickest of so many says most about a clock. */
const clockTries = 3

/** Real writes to the store, one after the other; fewer where they are slow. */
const writes = 20
const writesLimitMs = 3_000
const storeLimitMs = 8_000

/** What `vigia doctor` finds about a cluster as a whole: each host speaks for itself, nothing is guessed. Never throws. */
export async function clusterChecks(wish: ClusterChecksWish): Promise<Examined[]> {
  const told = await ask(wish)
  const [store, disks] = await Promise.all([storeChecks(wish, told.reports), diskChecks(wish, told.reports)])
  return [
    ...(wish.members.size === 2 ? [examined(finding('third-member', 'warn', null, {}))] : []),
    ...authorityChecks(wish.authority()),
    ...told.silent.map(({ host, fault }) => examined(finding('host-asked', 'fail', host, {}), fault)),
    ...clockFindings(wish.self, told.clocks).map((one) => examined(one)),
    ...cpuFindings(new Map([...told.reports].map(([host, { cpu }]) => [host, cpu]))).map((one) => examined(one)),
    ...[...told.reports.values()].flatMap((report) => ofHost(report, wish)).map((one) => examined(one)),
    ...store,
    ...disks,
  ]
}

function authorityChecks(state: AuthorityState): Examined[] {
  if (state.kind === 'calm') return []
  if (state.kind === 'left-behind') return [examined(finding('authority-behind', 'fail', null, {}))]
  return [examined(finding('authority-changing', 'warn', null, { members: state.waitsFor.join(', ') }))]
}

interface Told {
  readonly reports: ReadonlyMap<HostId, HostReport>
  /** Of the others. */
  readonly clocks: ReadonlyMap<HostId, ClockOffset>
  readonly silent: readonly { readonly host: HostId; readonly fault: FaultData }[]
}

async function ask(wish: ClusterChecksWish): Promise<Told> {
  const reports = new Map<HostId, HostReport>()
  const clocks = new Map<HostId, ClockOffset>()
  const silent: { host: HostId; fault: FaultData }[] = []
  await Promise.all(
    [...wish.members.keys()].map(async (host) => {
      const questions = wish.questionsTo(host)
      try {
        const [offset, report] = await within(askLimitMs, askOne(questions, wish))
        if (host !== wish.self) clocks.set(host, offset)
        reports.set(host, report)
      } catch (error) {
        // Late, by our own limit: nothing is known of it.
        const fault =
          error instanceof Fault ? error.data : faultData(new Fault('peer-lost', 'unknown', { member: host }))
        silent.push({ host, fault })
      }
    }),
  )
  const inOrder = [...reports].sort(([a], [b]) => (a < b ? -1 : 1))
  return { reports: new Map(inOrder), clocks, silent: silent.sort((a, b) => (a.host < b.host ? -1 : 1)) }
}

async function askOne(questions: HostQuestions, wish: ClusterChecksWish): Promise<readonly [ClockOffset, HostReport]> {
  const offset = await clockOffset(questions, wish)
  return [offset, await questions.report(true)]
}

/** As NTP does it: what the other shows, against the middle between sending and hearing. */
async function clockOffset(questions: HostQuestions, { wall, nowMs }: ClusterChecksWish): Promise<ClockOffset> {
  let best: ClockOffset | null = null
  for (let turn = 0; turn < clockTries; turn++) {
    const since = nowMs()
    const theirs = await questions.clock()
    const doubtMs = (nowMs() - since) / 2
    const found = { aheadMs: theirs - (wall() - doubtMs), doubtMs }
    if (best === null || found.doubtMs < best.doubtMs) best = found
  }
  return best!
}

function ofHost(report: HostReport, { spec, members }: ClusterChecksWish): Finding[] {
  const { member, hostname, ownNameMs, watchdog, virtual } = report
  const host = spec?.hosts.find(({ id }) => id === member)
  const sight = {
    ...{ host: member, watchdog, virtual, fenceDevices: host?.fence.length ?? 0 },
    armed: members.get(member)?.alive?.armed ?? null,
    leaseMs: leaseOf(spec),
  }
  // A witness has no guests that somebody would have to take from it.
  const guarded = members.get(member)?.kind === 'witness' ? [] : [watchdogFinding(sight)]
  return [
    ...guarded,
    ...(hostname === null ? [] : [ownNameFinding(member, hostname, ownNameMs, ownNameLimitMs)]),
    ...pathFindings(member, report.paths ?? []),
  ]
}

async function storeChecks(wish: ClusterChecksWish, reports: Told['reports']): Promise<Examined[]> {
  const leaseMs = leaseOf(wish.spec)
  const [written, trip] = await Promise.all([
    measured(async () => [examined(storeWriteFinding(await slowestWriteMs(wish), leaseMs))]),
    wish.roundTripMs().catch(() => null),
  ])
  const disks = [...reports.values()].flatMap(({ member, storeWriteMs }) => {
    if (storeWriteMs === null) return []
    const { kind, because, ...times } = latencyVerdict(
      { fsyncMs: storeWriteMs, roundTripMs: trip ?? 0 },
      leaseTimes(leaseMs),
    )
    const [renewalMs, allowedMs] = [Math.ceil(times.renewalMs), Math.floor(times.allowedMs)]
    const details = { diskMs: Math.ceil(storeWriteMs), tripMs: Math.ceil(trip ?? 0), renewalMs, allowedMs }
    return [examined(finding(`store-${because}`, kind, member, details))]
  })
  return [...written, ...disks]
}

async function measured(measure: () => Promise<Examined[]>): Promise<Examined[]> {
  try {
    return await within(storeLimitMs, measure())
  } catch (error) {
    const fault =
      error instanceof Fault ? error : new Fault('timeout', 'unknown', { what: 'etcd', limitMs: storeLimitMs })
    return [examined(finding('store-writes', 'fail', null, {}), fault.data)]
  }
}

/** Of real transactions on a key of this host's own, which is gone afterwards. */
async function slowestWriteMs({ store, self, nowMs }: ClusterChecksWish): Promise<number> {
  const key = storeKeys.doctor(self)
  const began = nowMs()
  let slowestMs = 0
  for (let turn = 0; turn < writes && (turn === 0 || nowMs() - began < writesLimitMs); turn++) {
    const since = nowMs()
    try {
      await store.transact({ when: [], put: [{ key, value: String(turn) }], remove: [] })
    } catch (error) {
      // Given up on without an answer: it takes longer than that.
      if (!(error instanceof Fault && error.outcome === 'unknown')) throw error
      return nowMs() - since
    }
    slowestMs = Math.max(slowestMs, nowMs() - since)
  }
  await store.transact({ when: [], put: [], remove: [key] }).catch(() => {})
  return slowestMs
}

/** Whether each guest would find its disks on every other host that may take it: by what is put beside them for a moment. */
async function diskChecks(wish: ClusterChecksWish, reports: Told['reports']): Promise<Examined[]> {
  const { spec } = wish
  if (spec === null) return []
  const holders = [...reports.values()].filter(({ disks }) => Object.values(disks).some((paths) => paths.length > 0))
  const found = await Promise.all(holders.map((holder) => ofHolder(holder, spec, reports, wish)))
  return found.flat().map((one) => examined(one))
}

async function ofHolder(
  holder: HostReport,
  spec: ClusterSpec,
  reports: Told['reports'],
  { members, questionsTo }: ClusterChecksWish,
): Promise<Finding[]> {
  const mark = randomUUID()
  const here = questionsTo(holder.member)
  const hosts = [...reports.keys()].filter((id) => members.get(id)?.kind === 'host' && id !== holder.member)
  try {
    const { own, marked } = await within(lookLimitMs, here.mark(mark))
    const files = own.map(({ path }) => ({ path, mark: marked.includes(path) ? mark : null }))
    const seen = new Map<HostId, readonly FileSight[]>()
    await Promise.all(
      hosts.map(async (id) => {
        const sights = await within(lookLimitMs, questionsTo(id).look(files)).catch(() => null)
        if (sights !== null) seen.set(id, sights)
      }),
    )
    return spec.guests.flatMap((guest) => {
      const paths = holder.disks[guest.id] ?? []
      const others = allowedHosts(spec, guest, hosts).flatMap((id) => {
        const sights = seen.get(id)
        return sights === undefined ? [] : [[id, sights] as const]
      })
      const disks = own.filter(({ path }) => paths.includes(path))
      return sharedDiskFindings({ guest: guest.id, holder: holder.member, own: disks, others: new Map(others) })
    })
  } catch {
    // It answered a moment ago: what it said then stands, and nothing is said of its disks.
    return []
  } finally {
    await here.unmark(mark).catch(() => {})
  }
}

function leaseOf(spec: ClusterSpec | null): number {
  return (spec?.settings ?? defaultSettings).leaseMs
}

function examined(one: Finding, fault: FaultData | null = null): Examined {
  return { ...one, fault }
}
