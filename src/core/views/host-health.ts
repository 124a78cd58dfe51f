import type { FaultDetails } from '../../model/fault.ts'
import type { CardPath, WatchdogFound } from '../../model/host-report.ts'
import type { HostId } from '../../model/ids.ts'
import type { ArmedWatchdog } from '../../model/member.ts'
import { brokenS3, leaseTimes } from '../lease-times.ts'

/** What a check of `vigia doctor` found; `id` and `result` name its sentence, `id` alone its remedy. */
export interface Finding {
  readonly id: string
  readonly result: 'pass' | 'warn' | 'fail'
  /** The host or guest that it is about; null: the cluster. */
  readonly subject: string | null
  readonly details: FaultDetails
}

/** How much another host's clock is ahead of ours, and how wrong that may be: half the way there and back. */
export interface ClockOffset {
  readonly aheadMs: number
  readonly doubtMs: number
}

/** Times in the history are compared between hosts; NTP keeps clocks a hundred times closer. */
const clockWarnMs = 1_000

/** Incidents take less: the order of what happened in one could not be told any more. */
const clockFailMs = 60_000

/**
 * Whose clock differs from the others'. What most clocks show counts as right, so that one wrong clock is named whoever asks; of two,
 * the other's is named. `offsets`: without `self`. Pure.
 */
export function clockFindings(self: HostId, offsets: ReadonlyMap<HostId, ClockOffset>): Finding[] {
  if (offsets.size === 0) return []
  const all = new Map([...offsets, [self, { aheadMs: 0, doubtMs: 0 }] as const])
  const right = all.size === 2 ? 0 : medianOf([...all.values()].map(({ aheadMs }) => aheadMs))
  const wrong = [...all].sort(byHost).flatMap(([host, { aheadMs, doubtMs }]) => {
    const offMs = Math.round(aheadMs - right)
    const surelyMs = Math.abs(offMs) - doubtMs
    if (surelyMs <= clockWarnMs) return []
    const id = offMs > 0 ? 'clock-ahead' : 'clock-behind'
    const result = surelyMs > clockFailMs ? 'fail' : 'warn'
    return [finding(id, result, host, { offMs: Math.abs(offMs) })]
  })
  return wrong.length > 0 ? wrong : [finding('clocks', 'pass', null, { hosts: [...all.keys()].sort() })]
}

/** The lower of the two in the middle: with as many clocks here as there, one group is called right. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/**
 * Several addresses are several paths only where no one card carries two of them. An address on a bond stays while one of its cards does. Of a host with
 * one address nothing is said. Pure.
 */
export function pathFindings(host: HostId, paths: readonly CardPath[]): Finding[] {
  if (paths.length < 2) return []
  const alone = new Map<string, string[]>()
  for (const { address, cards } of paths) {
    const [card] = cards
    if (card !== undefined && cards.length === 1) alone.set(card, [...(alone.get(card) ?? []), address])
  }
  const shared = [...alone].filter(([, addresses]) => addresses.length > 1)
  if (shared.length === 0) return [finding('paths', 'pass', host, { count: paths.length })]
  return shared.map(([card, addresses]) => finding('one-card', 'warn', host, { card, addresses }))
}

/** Hosts by the CPU that they have; one that does not tell is left out. Pure. */
export function cpuFindings(cpus: ReadonlyMap<HostId, string | null>): Finding[] {
  const groups = new Map<string, HostId[]>()
  for (const [host, cpu] of [...cpus].sort(byHost)) {
    if (cpu !== null) groups.set(cpu, [...(groups.get(cpu) ?? []), host])
  }
  const told = [...groups.values()].flat().sort()
  if (told.length < 2) return []
  if (groups.size === 1) return [finding('cpus', 'pass', null, { hosts: told })]
  // Vendor and model: what a person knows it by. The features after them tell apart what these do not.
  const lines = [...groups].map(([cpu, hosts]) => `${hosts.join(' + ')}: ${cpu.split(' ').slice(0, 2).join(' ')}`)
  return [finding('cpus', 'warn', null, { groups: lines })]
}

export interface WatchdogSight {
  readonly host: HostId
  readonly watchdog: WatchdogFound
  /** S4: it can be paused, and its kernel with it. */
  readonly virtual: boolean
  /** How many fence devices the cluster file gives it: another proof of its death. */
  readonly fenceDevices: number
  /** What it has committed; null: it is not armed. */
  readonly armed: ArmedWatchdog | null
  readonly leaseMs: number
}

/** S3, S4: whether the death of a silent host would be proven. A fence device proves it, too: then the rest is only worth a warning. Pure. */
export function watchdogFinding(sight: WatchdogSight): Finding {
  const { host, watchdog, virtual, fenceDevices, armed, leaseMs } = sight
  const { kind, identity } = watchdog
  const bad = fenceDevices > 0 ? 'warn' : 'fail'
  if (kind === 'none') return finding('no-watchdog', bad, host, {})
  const broken = armed === null ? null : brokenS3(leaseMs, armed)
  if (broken !== null) return finding('watchdog-times', bad, host, { text: broken })
  if (kind === 'softdog') return finding(virtual ? 'softdog-virtual' : 'softdog', virtual ? bad : 'warn', host, {})
  if (kind === 'unknown') return finding('watchdog-unknown', 'warn', host, { identity: identity || '?' })
  if (virtual) return finding('watchdog-virtual', 'warn', host, { identity })
  return finding('watchdog', 'pass', host, { identity })
}

/** Of the hosts' own names: libvirt looks its own up at every move. `tookMs` null: not found. Pure. */
export function ownNameFinding(host: HostId, name: string, tookMs: number | null, limitMs: number): Finding {
  const found = tookMs !== null && tookMs <= limitMs
  return finding('host-name', found ? 'pass' : 'warn', host, found ? { name } : { name, limitMs })
}

/** A renewal may take this part of the gap that it may have: it may be late for other reasons, too. */
const shareOfGap = 1 / 3

/** Of real writes to the store, whoever looks after it: the slowest of some, against what the lease allows (S5). Pure. */
export function storeWriteFinding(slowestMs: number, leaseMs: number): Finding {
  const { gapMs } = leaseTimes(leaseMs)
  const tookMs = Math.ceil(slowestMs)
  const result = tookMs > gapMs ? 'fail' : tookMs > gapMs * shareOfGap ? 'warn' : 'pass'
  return finding('store-writes', result, null, result === 'pass' ? { tookMs } : { tookMs, gapMs, leaseMs })
}

export function finding(
  id: string,
  result: Finding['result'],
  subject: string | null,
  details: Finding['details'],
): Finding {
  return { id, result, subject, details }
}

function byHost([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}
