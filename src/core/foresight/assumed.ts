import type { FigureSource } from '../../model/availability.ts'
import type { ClusterSpec } from '../../model/cluster.ts'
import { leaseTimes } from '../lease-times.ts'
import { type Design, quorumOf } from './design.ts'
import type { Measured, MeasuredMean } from './measured.ts'

const hourMs = 3_600_000

/** Where nothing was measured nor given: machines of a small company, on the careful side. */
export const usualTimes = {
  hostMtbfMs: 8760 * hourMs,
  hostMttrMs: 8 * hourMs,
  guestMtbfMs: 2190 * hourMs,
  personMs: 4 * hourMs,
  bootMs: 60_000,
  incurable: 0.05,
} as const

/** Proving a host dead after its lease is over: a fence device takes so long; a watchdog has fired within the lease. */
const provingMs = 3_000

export interface Assumption {
  readonly what: keyof Design
  readonly source: FigureSource
  /** Of something measured: from so many. */
  readonly count: number | null
}

export type GivenDesign = Partial<Pick<Design, 'hosts' | 'hostsNeeded' | 'hostMtbfMs' | 'hostMttrMs' | 'guestMtbfMs'>> &
  Partial<Pick<Design, 'bootMs' | 'failoverMs' | 'standby' | 'crews'>>

export interface Assumed {
  readonly design: Design
  readonly assumptions: readonly Assumption[]
  /** As long as failover takes where it is set up as this file says. */
  readonly usualFailoverMs: number
}

/** The design that a file and its history come to, and where each figure is from. `hosts`: of the file; at least one. */
export function assume(spec: ClusterSpec, measured: Measured | null, given: GivenDesign): Assumed {
  const assumptions: Assumption[] = []
  const choose = (
    what: keyof Design & keyof GivenDesign,
    mean: MeasuredMean | null | undefined,
    usual: number,
  ): number => {
    const told = given[what]
    const source: FigureSource = told !== undefined ? 'given' : mean ? 'measured' : 'assumed'
    assumptions.push({ what, source, count: source === 'measured' ? mean!.count : null })
    return (told as number | undefined) ?? mean?.meanMs ?? usual
  }
  const times = leaseTimes(spec.settings.leaseMs)
  const usualFailoverMs = measured?.failover?.meanMs ?? times.leaseMs + provingMs
  const hosts = given.hosts ?? Math.max(1, spec.hosts.length)
  assumptions.push({ what: 'hosts', source: given.hosts === undefined ? 'file' : 'given', count: null })
  const needed = given.hostsNeeded ?? hostsNeeded(spec, Math.max(1, spec.hosts.length))
  const needsSource = given.hostsNeeded !== undefined ? 'given' : hostsNeededKnown(spec) ? 'file' : 'assumed'
  assumptions.push({ what: 'hostsNeeded', source: needsSource, count: null })
  const guests = spec.guests.filter(({ wish }) => wish === 'running')
  const graceMs = meanOf(guests.map(({ policy }) => policy.graceMs))
  const triesMs = meanOf(guests.map(({ policy }) => (policy.maxRestarts + 1) * policy.bootLimitMs))
  const design: Design = {
    ...{ hosts, hostsNeeded: Math.min(needed, hosts), crews: given.crews ?? 1 },
    quorum: quorumOf(
      hosts,
      spec.hosts.some(({ watchdog }) => watchdog !== null),
    ),
    hostMtbfMs: choose('hostMtbfMs', measured?.hostMtbf, usualTimes.hostMtbfMs),
    hostMttrMs: choose('hostMttrMs', measured?.hostMttr, usualTimes.hostMttrMs),
    failoverMs:
      hosts < 2 ? null : given.failoverMs !== undefined ? given.failoverMs : provable(spec) ? usualFailoverMs : null,
    bootMs: choose('bootMs', measured?.boot, usualTimes.bootMs),
    guestMtbfMs: choose('guestMtbfMs', measured?.guestMtbf, usualTimes.guestMtbfMs),
    noticeMs: measured?.notice?.meanMs ?? graceMs,
    ...{ incurable: usualTimes.incurable, triesMs, personMs: usualTimes.personMs },
    standby: given.standby ?? guests.some(({ standby }) => standby !== undefined),
  }
  const failoverSource = given.failoverMs !== undefined ? 'given' : measured?.failover ? 'measured' : 'file'
  assumptions.push(
    { what: 'failoverMs', source: failoverSource, count: measured?.failover?.count ?? null },
    { what: 'incurable', source: 'assumed', count: null },
    { what: 'personMs', source: 'assumed', count: null },
  )
  return { design, assumptions, usualFailoverMs }
}

/** S2: every host has what proves it dead. */
function provable({ hosts }: ClusterSpec): boolean {
  return hosts.every(({ fence, watchdog }) => fence.length > 0 || watchdog !== null)
}

function hostsNeededKnown({ hosts }: ClusterSpec): boolean {
  return hosts.length > 0 && hosts.every(({ memoryMib }) => memoryMib !== null)
}

/** So many of the smallest hosts hold all guests that shall run. Where a size is not in the file: all but those that may be lost. */
function hostsNeeded(spec: ClusterSpec, hosts: number): number {
  if (!hostsNeededKnown(spec)) return Math.max(1, hosts - Math.max(1, spec.settings.survive))
  const neededMib = spec.guests
    .filter(({ wish }) => wish === 'running')
    .reduce((sum, { memory }) => sum + (memory.runMib ?? memory.startMib ?? 0), 0)
  const sizes = spec.hosts
    .map(({ memoryMib, reservedMib, overcommit }) => Math.max(0, memoryMib! - reservedMib) * overcommit)
    .sort((a, b) => a - b)
  let sum = 0
  for (let count = 0; count < hosts; count++) {
    sum += sizes[count] ?? sizes.at(-1)!
    if (sum >= neededMib) return count + 1
  }
  return hosts
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 60_000 : values.reduce((a, b) => a + b, 0) / values.length
}
