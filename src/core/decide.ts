import type { HistoryEvent } from '../model/event.ts'
import type { GuestId, HostId, Instant } from '../model/ids.ts'
import { instant } from '../model/ids.ts'
import type { HostObservation } from '../model/observation.ts'
import type { GuestRecord, HostRecord } from '../model/record.ts'
import { isComing, type MemoryBudget, memoryBudget } from './capacity.ts'
import { fromGone, fromSilent, roundsOfTries, withSeat } from './elsewhere.ts'
import type { CompiledCluster } from './graph.ts'
import { handsOff } from './hands-off.ts'
import { type HostView, hostViews, isLost } from './hosts.ts'
import { memoryRound } from './memory-round.ts'
import { type Decided, dependentsStillUp, judgeNeeds } from './needs.ts'
import { recordEvents } from './record-events.ts'
import { towardsStopped } from './run-down.ts'
import { towardsRunning } from './run-up.ts'
import { same } from './same.ts'
import { type Seated, seatAll } from './seated.ts'
import { notLookedSinceRestored } from './seating.ts'
import { type GuestSight, homeOf, sightOf } from './sight.ts'
import type { ClusterSnapshot } from './snapshot.ts'
import { counterpartOf, whileReplaced, withStandby } from './standby.ts'
import { type Counterpart, type GuestRound, type Next, seenFrom } from './transition.ts'

/** One round's outcome: what to write, in one transaction, and what to tell. Empty = nothing to do. */
export interface Decision {
  /** Changed or new records only. */
  readonly records: readonly GuestRecord[]
  /** Guests no longer in the cluster file: unmanaged from now on, never stopped. */
  readonly forgotten: readonly GuestId[]
  /** S9: hosts whose first complete look is taken into account by this very decision. */
  readonly hosts: readonly HostRecord[]
  /** S1: hosts proven dead whose guests are taken by these records: the decision is void if one of their own records has changed. */
  readonly takenFrom: readonly HostId[]
  /** True: every host has been looked at since the store was restored, and that may be forgotten. */
  readonly restoredOver: boolean
  readonly events: readonly HistoryEvent[]
  /** When the passing of time alone could change a decision; null = never. */
  readonly nextAt: Instant | null
}

/**
 * One round of the leader: wishes + observations + what it remembers -> what each guest shall be next.
 * Pure; decides from the state, never from the event; one step a guest; called twice with the same state it decides the same.
 * Guests are taken in the order of their needs, so a pause reaches every depth in one decision.
 */
export function decide(cluster: CompiledCluster, snapshot: ClusterSnapshot): Decision {
  const hosts = hostViews(cluster.spec, snapshot)
  const told = cluster.order.map((compiled) => sightOf(compiled, snapshot, hosts))
  const seated = hosts === null ? null : seatAll(cluster, told, hosts, snapshot)
  const sights = seated?.sights ?? told
  const budgets = new Map<HostId, MemoryBudget>()
  const onHost = byHost(sights)
  const decided: Decided[] = []
  const placeOf = (guest: string) => decided[cluster.byId.get(guest as GuestId)!.index]!
  const records: GuestRecord[] = []
  const events: HistoryEvent[] = []
  let nextAt: number | null = null
  for (const sight of sights) {
    const host = sight.record?.owner ?? homeOf(sight.compiled, snapshot)
    const budget = budgetOf(budgets, host, cluster, snapshot, onHost)
    const other = counterpartOf(sight, cluster, sights, decided)
    const round = roundOf(sight, host, budget, snapshot, sights, placeOf, placeIn(sight, seated, hosts), other)
    const next = withStandby(round, nextOf(round))
    const record = applied(round, next, snapshot)
    decided.push({ sight, record, restartBegan: restartBegan(sight.record, record) })
    const due = record === null ? null : dueAt(record, round)
    if (due !== null && (nextAt === null || due < nextAt)) nextAt = due
  }
  const shared = memoryRound(cluster, snapshot, hosts, decided, [
    ...(seated?.awaiting ?? []),
    ...(seated?.keeping ?? []),
  ])
  for (const { sight, record } of decided) {
    const before = snapshot.records.get(sight.compiled.id) ?? null
    const after = shared.get(sight.compiled.id) ?? record
    if (after === null || after === before) continue
    records.push(after)
    events.push(...recordEvents(before, after, snapshot.wall))
  }
  const forgotten = [...snapshot.records.keys()].filter((guest) => !cluster.byId.has(guest)).sort()
  return {
    records,
    forgotten,
    hosts: newlySeen(snapshot),
    takenFrom: [...(seated?.takenFrom ?? [])],
    restoredOver:
      hosts !== null &&
      snapshot.members?.restored !== undefined &&
      notLookedSinceRestored(hosts, snapshot).length === 0,
    events: causesFirst(events),
    nextAt: nextAt === null ? null : instant(nextAt),
  }
}

/** A guest found gone is what lets the guests it needed stop in the same round: told before them. */
function causesFirst(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return [...events.filter((one) => one.word === 'stopped'), ...events.filter((one) => one.word !== 'stopped')]
}

function byHost(sights: readonly GuestSight[]): ReadonlyMap<HostId, readonly GuestSight[]> {
  const groups = new Map<HostId, GuestSight[]>()
  for (const sight of sights) {
    const to = sight.record?.seat?.move?.to
    for (const host of [sight.host?.observation.host, to !== undefined && isComing(sight, to) ? to : undefined]) {
      if (host === undefined) continue
      const group = groups.get(host)
      if (group === undefined) groups.set(host, [sight])
      else group.push(sight)
    }
  }
  return groups
}

function budgetOf(
  budgets: Map<HostId, MemoryBudget>,
  host: HostId | null,
  cluster: CompiledCluster,
  snapshot: ClusterSnapshot,
  onHost: ReadonlyMap<HostId, readonly GuestSight[]>,
): MemoryBudget {
  const seen = host === null ? undefined : snapshot.observations.get(host)
  if (host === null || !seen) return { freeMib: null }
  let budget = budgets.get(host)
  if (!budget) {
    budget = memoryBudget(cluster.spec, host, seen.observation, onHost.get(host) ?? [])
    budgets.set(host, budget)
  }
  return budget
}

function roundOf(
  sight: GuestSight,
  host: HostId | null,
  budget: MemoryBudget,
  snapshot: ClusterSnapshot,
  sights: readonly GuestSight[],
  placeOf: (guest: string) => Decided,
  place: GuestRound['place'],
  counterpart: Counterpart | null,
): GuestRound {
  const down = sight.wishState === 'stopped' || sight.wishState === 'disabled'
  const known = host === null ? undefined : snapshot.hostRecords.get(host)
  return {
    sight,
    needs: judgeNeeds(sight, placeOf),
    host,
    policy: sight.compiled.spec.policy,
    now: snapshot.now,
    heardSince: heardSince(sight, snapshot),
    budget,
    dependentsUp: down ? dependentsStillUp(sight, sights) : [],
    rebooted: known !== undefined && sight.host !== null && known.bootId !== sight.host.observation.bootId,
    newLife:
      known !== undefined && sight.host?.observation.complete === true && known.life !== sight.host.observation.life,
    place,
    counterpart,
  }
}

function heardSince({ host }: GuestSight, { members, now }: ClusterSnapshot): Instant | null {
  if (members == null) return null
  return instant(Math.max(members.renewingSince ?? now, host?.heardSince ?? Number.NEGATIVE_INFINITY))
}

function placeIn(
  sight: GuestSight,
  seated: Seated | null,
  hosts: ReadonlyMap<HostId, HostView> | null,
): GuestRound['place'] {
  if (seated === null || hosts === null) return null
  const owner = sight.record?.owner ?? null
  return {
    host: owner === null ? null : (hosts.get(owner) ?? null),
    seat: seated.seats.get(sight.compiled.id) ?? { kind: 'stay' },
    mayLeave: roundsOfTries(sight.record) < sight.compiled.spec.policy.maxRelocations,
    hosts,
  }
}

function nextOf(round: GuestRound): Next | null {
  const { sight } = round
  if (sight.wishState === 'ignored') {
    if (sight.record?.phase.kind === 'ignored') return null
    return { phase: { kind: 'ignored' }, because: { code: 'wish-ignored' }, wanted: 'as-is' }
  }
  const kept = whileReplaced(round)
  if (kept !== undefined) return kept
  if (round.place !== null) {
    const elsewhere = fromGone(round) ?? fromSilent(round)
    if (elsewhere !== null) return elsewhere === 'stay' ? null : elsewhere
  }
  if (!sight.wish.watch && sight.downWith === null) return handsOff(round)
  return sight.wishState === 'running' ? towardsRunning(round) : towardsStopped(round)
}

/** The record after this round: the same object when nothing changed. */
function applied(round: GuestRound, next: Next | null, snapshot: ClusterSnapshot): GuestRecord | null {
  const { sight, host } = round
  const before = sight.record
  if (next === null) return before && withSeat(withMemory(before, round), null, round)
  const launchSerial = next.commandTaken ? sight.wish.launchSerial : (before?.launchSerial ?? 0)
  const entered = next.again || before?.phase.kind !== next.phase.kind || next.newGeneration === true
  // Only of a failed guest: whatever it becomes next, it has its place again.
  const replacedBy = next.phase.kind === 'failed' ? (next.replacedBy ?? before?.replacedBy) : undefined
  const record: GuestRecord = {
    guest: sight.compiled.id,
    // Of several hosts placement alone says who owns a guest.
    owner: before?.owner ?? (round.place === null ? host : null),
    epoch: before?.epoch ?? 1,
    generation: (before?.generation ?? 0) + (next.newGeneration ? 1 : 0),
    phase: next.phase,
    because: next.because,
    tries: next.tries ?? before?.tries ?? 0,
    relapses: next.relapses ?? before?.relapses ?? 0,
    launchSerial,
    wanted: next.wanted,
    memoryMib: before?.memoryMib ?? null,
    ...(before?.memoryBecause !== undefined && { memoryBecause: before.memoryBecause }),
    ...(replacedBy !== undefined && { replacedBy }),
    enteredAt: entered ? snapshot.now : before!.enteredAt,
    enteredAtWall: entered ? snapshot.wall : before!.enteredAtWall,
    ...(before?.seat !== undefined && { seat: before.seat }),
  }
  return withSeat(withMemory(before !== null && sameDecision(before, record) ? before : record, round), next, round)
}

function sameDecision(a: GuestRecord, b: GuestRecord): boolean {
  return (
    a.enteredAt === b.enteredAt &&
    a.generation === b.generation &&
    a.wanted === b.wanted &&
    a.launchSerial === b.launchSerial &&
    a.tries === b.tries &&
    a.relapses === b.relapses &&
    a.replacedBy === b.replacedBy &&
    same(a.because, b.because) &&
    same(a.phase, b.phase)
  )
}

/** Starts with the large amount; shrinks to the running one when ready; what is said by command wins from then on. */
function withMemory(record: GuestRecord, round: GuestRound): GuestRecord {
  const target = memoryTarget(record, round)
  const { memoryBecause, ...rest } = record
  // The reason for an amount that it has no more, or that nobody settles any more.
  const over =
    memoryBecause !== undefined && !(isByNeed(round) && upKinds.includes(record.phase.kind) && !isNewRun(record, round))
  if (over) return { ...rest, memoryMib: target }
  return target === record.memoryMib ? record : { ...record, memoryMib: target }
}

function memoryTarget(record: GuestRecord, round: GuestRound): number | null {
  const { sight } = round
  const { runMib } = sight.compiled.spec.memory
  const asked = sight.wish.memoryMib ?? (isByNeed(round) ? record.memoryMib : null) ?? runMib
  switch (record.phase.kind) {
    case 'ready':
      return asked
    case 'silent':
    case 'paused':
      return record.memoryMib
    case 'starting':
      return record.phase.resumed || (isByNeed(round) && !isNewRun(record, round)) ? record.memoryMib : null
    default:
      return null
  }
}

function isByNeed({ sight }: GuestRound): boolean {
  return sight.compiled.spec.memory.minMib !== undefined
}

/** It is started, or taken over, in this very round. */
function isNewRun({ phase, generation }: GuestRecord, { sight: { record: before } }: GuestRound): boolean {
  if (phase.kind !== 'starting' || phase.resumed) return false
  return before?.phase.kind !== 'starting' || before.generation !== generation
}

const upKinds = ['starting', 'ready', 'silent', 'paused']

function restartBegan(before: GuestRecord | null, after: GuestRecord | null): boolean {
  if (before === null || after === null || before === after) return false
  // The place was given back: what its standby did for it ends.
  if (before.replacedBy !== undefined && after.replacedBy === undefined) return true
  if (!upKinds.includes(before.phase.kind)) return false
  return !upKinds.includes(after.phase.kind) || after.generation > before.generation
}

/** When this record's own timer ends; null: it has none. */
function dueAt(record: GuestRecord, round: GuestRound): number | null {
  const { now } = round
  const at = timerEnd(record, round)
  // A timer that ended and changed nothing is waiting for something else, which will say so itself.
  return at === null || at <= now ? null : at
}

function timerEnd(record: GuestRecord, round: GuestRound): number | null {
  const { policy } = round
  switch (record.phase.kind) {
    case 'waiting':
      return record.phase.notBefore
    case 'silent':
      return seenFrom(record, round) + policy.graceMs
    case 'starting':
      return (
        seenFrom(record, round) + (record.phase.resumed && !record.phase.booting ? policy.graceMs : policy.bootLimitMs)
      )
    default:
      return null
  }
}

function newlySeen(snapshot: ClusterSnapshot): HostRecord[] {
  return [...snapshot.observations.values()]
    .map((seen) => seen.observation)
    .filter((one) => one.complete)
    .filter((one) => {
      const known = snapshot.hostRecords.get(one.host)
      if (known?.loss !== undefined) return isBack(one, known, snapshot)
      return known?.life !== one.life || known.bootId !== one.bootId
    })
    .map(({ host, life, bootId }) => ({ host, life, bootId }))
}

/** Proven dead, and here again: its own record has changed since. */
function isBack(seen: HostObservation, known: HostRecord, { members }: ClusterSnapshot): boolean {
  const sight = members?.sights.get(seen.host)
  return sight !== undefined && !isLost(sight, known) && sight.alive?.life === seen.life
}

/** Takes over records another leader, or an earlier life of this one, wrote: their instants mean nothing here, so timers start anew. */
export function takeOver(records: readonly GuestRecord[], now: Instant): GuestRecord[] {
  return records.map((record) => {
    const phase = record.phase.kind === 'waiting' ? { ...record.phase, notBefore: null } : record.phase
    const failedAt = record.seat?.moveFailedAt ?? null
    const seat = failedAt === null ? record.seat : { ...record.seat!, moveFailedAt: now }
    return { ...record, phase, enteredAt: now, ...(seat !== undefined && { seat }) }
  })
}
