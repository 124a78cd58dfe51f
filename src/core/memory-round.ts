import type { GuestId, HostId } from '../model/ids.ts'
import { byName } from '../model/ids.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import { goesByNeed, heldMib, hostSpecOf, isComing, isShared, startMib, usableMib } from './capacity.ts'
import type { CompiledCluster } from './graph.ts'
import type { HostView } from './hosts.ts'
import { type MemoryShare, type SharedHost, type SharingGuest, shareMemory } from './memory-share.ts'
import type { Decided } from './needs.ts'
import type { GuestSight } from './sight.ts'
import type { ClusterSnapshot, SeenHost } from './snapshot.ts'

/** A guest that would come to a host if there were room for it. */
export interface AwaitsRoom {
  readonly guest: GuestId
  readonly host: HostId
  readonly mib: number
}

/** Nearer than this to what it was told is there: balloons settle on page multiples. */
const thereMib = 4

/** What each guest whose memory goes by its need shall have from now on: records as they were decided, with that. Changed ones only. Pure. */
export function memoryRound(
  cluster: CompiledCluster,
  snapshot: ClusterSnapshot,
  hosts: ReadonlyMap<HostId, HostView> | null,
  decided: readonly Decided[],
  awaiting: readonly AwaitsRoom[],
): ReadonlyMap<GuestId, GuestRecord> {
  const changed = new Map<GuestId, GuestRecord>()
  const ones = decided.filter(({ sight, record }) => record !== null && goesByNeed(sight))
  if (ones.length === 0) return changed
  const owners = new Set(ones.flatMap(({ record }) => (record!.owner === null ? [] : [record!.owner])))
  for (const host of [...owners].sort(byName)) {
    const seen = snapshot.observations.get(host)
    // S7: a host that cannot be looked at keeps its guests as they are.
    if (seen === undefined || seen.observation.hypervisor === 'down' || !seen.observation.complete) continue
    const here = ones.filter(({ sight, record }) => record!.owner === host && sight.host === seen)
    const shares = sharesOn(host, seen, here, { cluster, snapshot, hosts, decided, awaiting })
    for (const { sight, record } of here) {
      const after = withShare(sight, record!, shares.get(sight.compiled.id) ?? null)
      if (after !== record) changed.set(sight.compiled.id, after)
    }
  }
  return changed
}

interface Round {
  readonly cluster: CompiledCluster
  readonly snapshot: ClusterSnapshot
  readonly hosts: ReadonlyMap<HostId, HostView> | null
  readonly decided: readonly Decided[]
  readonly awaiting: readonly AwaitsRoom[]
}

function sharesOn(
  host: HostId,
  seen: SeenHost,
  here: readonly Decided[],
  round: Round,
): ReadonlyMap<GuestId, MemoryShare | null> {
  const sharing = here.filter(({ sight, record }) => takesPart(sight, record!)).map(sharingGuest)
  const usable = usableMib(round.cluster.spec, host, seen.observation)
  // A host of unknown size can promise nothing.
  if (sharing.length === 0 || usable === null) return new Map()
  let held = 0
  for (const { sight, record } of round.decided) {
    const there = sight.host === seen || (record !== null && isComing({ ...sight, record }, host))
    if (there) held += mostHeldMib(sight, record)
  }
  const shared: SharedHost = {
    id: host,
    freeMib: Math.floor(usable - held - keptFreeMib(host, round)),
    awaited: [...startsAwaited(host, round.decided), ...round.awaiting.filter((one) => one.host === host)],
  }
  return shareMemory(shared, sharing)
}

/** Up, not on its way elsewhere, and nobody else says what it shall have. */
function takesPart(sight: GuestSight, record: GuestRecord): boolean {
  const up = record.phase.kind === 'ready' || record.phase.kind === 'silent' || record.phase.kind === 'starting'
  return (
    up && record.wanted === 'running' && record.seat?.move == null && isShared(sight) && sight.seen.memoryMib !== null
  )
}

function sharingGuest({ sight, record }: Decided): SharingGuest {
  const { id, spec } = sight.compiled
  const minMib = spec.memory.minMib!
  const { memoryMib, memoryMaxMib, memoryUse, memoryAskedMib } = sight.seen
  const hasMib = memoryMib!
  const targetMib = record!.memoryMib ?? hasMib
  const told = record!.memoryMib === null || memoryAskedMib === targetMib || Math.abs(targetMib - hasMib) <= thereMib
  return {
    id,
    priority: spec.priority,
    minMib,
    maxMib: Math.max(minMib, memoryMaxMib ?? spec.memory.maxMib ?? hasMib),
    targetMib,
    heldMib: mostHeldMib(sight, record),
    use: memoryUse!,
    // While it starts it keeps what it was given for that.
    mayShrink: told && record!.phase.kind !== 'starting',
  }
}

/** As much as may be held until more is known: an earlier life of the agent may have asked for anything that it was ever told. */
function mostHeldMib(sight: GuestSight, record: GuestRecord | null): number {
  const held = heldMib(sight, record)
  const { seen, compiled } = sight
  const unsure = goesByNeed(sight) && record?.memoryMib != null && seen.memoryAskedMib === undefined
  if (!unsure || seen.run === 'stopped' || seen.run === 'absent') return held
  return Math.max(held, seen.memoryMaxMib ?? compiled.spec.memory.maxMib ?? 0)
}

function startsAwaited(host: HostId, decided: readonly Decided[]): { guest: GuestId; mib: number }[] {
  return decided.flatMap(({ sight, record }) => {
    if (record?.phase.kind !== 'waiting' || record.because.code !== 'not-enough-memory') return []
    return record.because.host === host ? [{ guest: sight.compiled.id, mib: record.because.neededMib }] : []
  })
}

/**
 * N+1: memory that is kept free for guests of hosts that are lost, the larger of what the file says of this host and its part of what the
 * fullest others would bring. What was kept for losses that have happened is there to be used.
 */
function keptFreeMib(host: HostId, { cluster, decided, hosts }: Round): number {
  const { spec } = cluster
  const saidMib = hostSpecOf(spec, host)?.headroomMib ?? 0
  if (hosts === null || spec.settings.survive === 0) return saidMib
  const there = [...hosts.values()].filter((view) => view.accepts).map((view) => view.id)
  const losses = spec.settings.survive - (hosts.size - there.length)
  const left = there.length - losses
  if (losses <= 0 || left <= 0) return saidMib
  const loads = there.filter((other) => other !== host).map((other) => loadOf(other, decided))
  const fullest = loads.sort((a, b) => b - a).slice(0, losses)
  return Math.max(saidMib, Math.ceil(fullest.reduce((sum, mib) => sum + mib, 0) / left))
}

/** What the guests of a host would need to start elsewhere. */
function loadOf(host: HostId, decided: readonly Decided[]): number {
  return decided.reduce((sum, { sight, record }) => {
    const counts = record?.owner === host && sight.ownWish === 'running'
    return sum + (counts ? (startMib(sight) ?? 0) : 0)
  }, 0)
}

function withShare(sight: GuestSight, record: GuestRecord, share: MemoryShare | null): GuestRecord {
  const because = becauseOf(sight, record, share)
  const memoryMib = share?.targetMib ?? record.memoryMib
  // Figures alone are no news: each record is a write.
  const sameReason = record.memoryBecause?.code === because?.code
  if (memoryMib === record.memoryMib && sameReason) return record
  const { memoryBecause: _, ...rest } = record
  return { ...rest, memoryMib, ...(because !== null && { memoryBecause: because }) }
}

function becauseOf(sight: GuestSight, record: GuestRecord, share: MemoryShare | null): Reason | null {
  if (share !== null) return share.because
  const { kind } = record.phase
  if (kind !== 'ready' && kind !== 'silent' && kind !== 'starting') return null
  if (sight.wish.memoryMib !== null) return { code: 'memory-by-hand', by: sight.wish.by }
  const before = record.memoryBecause ?? null
  if (kind === 'starting') return before
  if (record.seat?.move != null || !sight.wish.watch) return before
  if (sight.seen.memoryUse === undefined) return { code: 'memory-unknown' }
  const over = before === null || passing.has(before.code)
  return over ? { code: 'memory-fits' } : before
}

/** Said only as long as it is so. */
const passing: ReadonlySet<Reason['code']> = new Set(['memory-short', 'memory-unknown', 'memory-by-hand'])
