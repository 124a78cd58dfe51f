import { firstSeat, type SeatRecord } from '../model/member.ts'
import type { Phase } from '../model/phase.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import { same } from './same.ts'
import { isDown, runs } from './sight.ts'
import type { GuestRound, Next } from './transition.ts'

/** What several hosts add to one guest's round. `stay` = nothing; null = the guest's own rules say. */
type Elsewhere = Next | 'stay' | null

/** Phases in which no start can be under way: what is down in one of them is down for certain (S2 e). */
export const restKinds: readonly Phase['kind'][] = ['waiting', 'stopped', 'failed', 'held-down']

/** A guest that has no place, or whose host is gone and that was not taken by another yet. */
export function fromGone(round: GuestRound): Elsewhere {
  const { sight, place } = round
  const { host, seat } = place!
  const record = sight.record
  if (seat.kind === 'runs-on-several') {
    return told(round, { kind: 'failed' }, { code: 'runs-on-several', hosts: seat.hosts })
  }
  const move = record?.seat?.move
  if (move?.how === 'live') return 'stay'
  if (move?.how === 'cold' && isUp(round) && record!.phase.kind !== 'stopping' && sight.ownWish === 'running') {
    return { phase: { kind: 'stopping', next: 'start' }, because: record!.because, wanted: 'stopped' }
  }
  if (sight.ownWish !== 'running') return isNowhere(round) ? downNowhere(round) : null
  if (seat.kind === 'too-early') return waits(round, { code: seat.code, hosts: seat.hosts })
  const kind = record?.phase.kind
  if ((kind === 'failed' || kind === 'held-down') && !sight.commanded) return host?.gone ? 'stay' : null
  if (seat.kind === 'nowhere') return nowhere(round, seat.refusals)
  if (host === null || !host.gone) return null
  if (host.frozen || host.loss === null) return waits(round, { code: 'host-shutdown', host: host.id })
  return waits(round, { code: 'host-lost', host: host.id, proof: host.loss.proof.kind })
}

/** Nobody's yet, not found anywhere, and the host it is meant for is not waited for any more (S15): it would be taken if it were seen. */
function isNowhere({ sight, host, place }: GuestRound): boolean {
  if (sight.record?.owner != null || place!.seat.kind === 'too-early') return false
  const meant = host === null ? undefined : place!.hosts.get(host)
  return meant === undefined || meant.gone || meant.standing === 'expired'
}

/** It shall be down, runs nowhere that is known, and has no host: nothing is to be done, and that is said. */
function downNowhere(round: GuestRound): Elsewhere {
  const code = round.sight.ownWish === 'disabled' ? 'wish-disabled' : 'wish-stopped'
  const next = told(round, { kind: 'stopped' }, { code })
  return next === 'stay' || next === null ? next : { ...next, tries: 0, relapses: 0, commandTaken: true }
}

function isUp({ sight }: GuestRound): boolean {
  return sight.seen.run === 'running' || sight.seen.run === 'paused'
}

/** S7: a silent host's guests are as they were; once its record has expired they wait, and say for what: those that shall be down, too. */
export function fromSilent(round: GuestRound): Elsewhere {
  const { sight, place } = round
  const host = place!.host
  const kind = sight.record?.phase.kind
  if (host?.standing !== 'expired' || sight.seen.run !== 'unknown') return null
  const because: Reason = { code: 'host-silent', host: host.id, lacks: host.lacks }
  // Nobody looked after it until now: that it may be lost with its host is a reason to prove that.
  const unwatched = kind === 'ignored'
  if (unwatched || kind === 'ready' || kind === 'silent' || kind === 'paused' || kind === 'waiting')
    return waits(round, because)
  // A start under way may still come about: it stays one, only the reason is told.
  if (kind !== 'starting' || same(sight.record!.because, because)) return null
  return { phase: sight.record!.phase, because, wanted: sight.record!.wanted }
}

/** S10: it waits, and starts as soon as a host can take it; only one that fails by itself is given up. */
function nowhere(round: GuestRound, refusals: Extract<Reason, { code: 'no-place' }>['hosts']): Elsewhere {
  const { record } = round.sight
  const tried = record?.seat?.triedHosts ?? []
  if (record !== null && tried.length > 0 && !round.sight.commanded) {
    const isTriedHere = refusals.some(({ host, why }) => host === record.owner && why.code === 'tried')
    if (isTriedHere && roundsOfTries(record) <= round.policy.maxRelocations) return tryAgainHere(round, record)
    return {
      phase: { kind: 'failed' },
      because: { code: 'tries-exhausted', tries: record.tries, last: record.because },
      wanted: 'as-is',
    }
  }
  return waits(round, { code: 'no-place', hosts: refusals })
}

/** All that can take it were tried: the tries that are left to it are made where it is, once it is down there. */
function tryAgainHere({ sight }: GuestRound, { because }: GuestRecord): Elsewhere {
  if (!isDown(sight.seen)) return null
  return { phase: { kind: 'waiting', notBefore: null }, because, wanted: 'as-is', tries: 0, tryAgainHere: true }
}

/** Rounds of tries that failed for good since it was last ready or commanded, wherever they were made. */
export function roundsOfTries(record: GuestRecord | null): number {
  return (record?.seat?.triedHosts.length ?? 0) + (record?.seat?.triedAgain ?? 0)
}

function waits(round: GuestRound, because: Reason): Elsewhere {
  return told(round, { kind: 'waiting', notBefore: null }, because)
}

function told({ sight }: GuestRound, phase: Phase, because: Reason): Elsewhere {
  const record = sight.record
  if (record?.phase.kind === phase.kind && same(record.because, because)) return 'stay'
  return { phase, because, wanted: 'as-is' }
}

/** The seat of the record after this round: what its owner released, where it was tried. The same object when nothing changed. */
export function withSeat(record: GuestRecord, next: Next | null, round: GuestRound): GuestRecord {
  if (round.place === null) return record
  const before = record.seat ?? firstSeat
  const beginsAnew = record.phase.kind === 'ready' || (next?.commandTaken && round.sight.commanded)
  const others = before.triedHosts.filter((host) => host !== record.owner)
  const triedHosts =
    next?.leaveHost && record.owner !== null
      ? [...others, record.owner]
      : beginsAnew
        ? []
        : next?.tryAgainHere
          ? others
          : before.triedHosts
  const triedAgain = beginsAnew ? 0 : (before.triedAgain ?? 0) + (next?.tryAgainHere ? 1 : 0)
  const unsettled = isUnsettled(before, round)
  const released = !unsettled && isReleased(record, before, round)
  const { unsettled: _, triedAgain: __, ...rest } = before
  const memoryMib = round.sight.seen.memoryMaxMib ?? round.sight.seen.memoryMib ?? before.memoryMib
  const more = {
    ...(unsettled && { unsettled }),
    ...(triedAgain > 0 && { triedAgain }),
    ...(memoryMib !== undefined && { memoryMib }),
  }
  const seat: SeatRecord = { ...rest, released, triedHosts, ...more }
  return record.seat !== undefined && same(record.seat, seat) ? record : { ...record, seat }
}

/** S7: told to start, and whether it did, or still will, is not known. */
export function isUnsettled(before: SeatRecord, { sight, place, rebooted, newLife }: GuestRound): boolean {
  const { seen, record } = sight
  if (record === null || record.owner === null || place!.host?.gone || rebooted) return false
  if (runs(seen) || (seen.settled ?? -1) >= record.generation) return false
  const starting = record.phase.kind === 'starting' && !record.phase.resumed
  if (starting && newLife) return true
  const tried = seen.tried !== null && seen.tried.generation >= record.generation ? seen.tried : null
  if (starting && tried !== null) return tried.fault?.outcome === 'unknown'
  return before.unsettled ?? false
}

export function isReleased(record: GuestRecord, before: SeatRecord, { sight, place }: GuestRound): boolean {
  if (!restKinds.includes(record.phase.kind) || record.owner === null) return false
  if (place!.host?.gone) return true
  if (sight.seen.run === 'unknown') return before.released
  const known = place!.host?.standing === 'online' && sight.host?.observation.complete === true
  return isDown(sight.seen) && (known || before.released)
}
