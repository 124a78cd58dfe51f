import type { HostId } from '../model/ids.ts'
import type { GuestMove, MoveCause, SeatRecord } from '../model/member.ts'
import { firstSeat } from '../model/member.ts'
import type { GuestObservation } from '../model/observation.ts'
import { absentGuest, unseenGuest } from '../model/observation.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import type { HostView } from './hosts.ts'
import { type GuestSight, isDown, runs, seenGuest } from './sight.ts'
import type { ClusterSnapshot } from './snapshot.ts'

/** How a move under way stands. */
export type MoveState =
  | { readonly kind: 'going-on' }
  | { readonly kind: 'arrived' }
  /** It is neither here nor there, as last seen; both must look again before that is believed (S8). */
  | { readonly kind: 'look-again' }
  /** Each host has a part of it that can never run on: both must go before it is started anew. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'ended'; readonly because: Reason | null; readonly failed: boolean }

const goingOn: MoveState = { kind: 'going-on' }

/** S8: judged from what both hosts show; what one of them cannot tell is waited for. */
export function moveState(
  sight: GuestSight,
  move: GuestMove,
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
): MoveState {
  return move.how === 'cold' ? coldState(sight, move, hosts) : liveState(sight, move, hosts, snapshot)
}

function coldState(sight: GuestSight, move: GuestMove, hosts: ReadonlyMap<HostId, HostView>): MoveState {
  const down = isDown(sight.seen)
  if (!down && isLeftAlone(sight)) return ended(null, false)
  if (sight.ownWish !== 'running') return down ? ended(null, false) : goingOn
  if (sight.record?.phase.kind === 'failed') return ended(null, true)
  if (!down) return goingOn
  return hosts.get(move.to)?.accepts ? { kind: 'arrived' } : ended(null, true)
}

/** Nobody looks after it any more: what runs is not stopped to be moved. */
function isLeftAlone({ wish, downWith }: GuestSight): boolean {
  return !wish.watch && downWith === null
}

function liveState(
  sight: GuestSight,
  move: GuestMove,
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
): MoveState {
  const there = seenAt(move.to, sight, hosts, snapshot)
  const here = sight.seen
  // Whole over there: what is left here is refused and taken away as that of any other owner (S13).
  if (isWhole(there)) return isDown(here) || isBroken(here) ? { kind: 'arrived' } : goingOn
  // Once it is broken here nothing can follow it any more; the other side may never learn that by itself.
  const nothingFollows = isBroken(here) && (isHalf(there) || isDown(there))
  if (nothingFollows || (isDown(here) && isBroken(there))) return move.broken ? goingOn : { kind: 'broken' }
  if (isDown(here) && isDown(there)) {
    if (!move.lookAgain) return { kind: 'look-again' }
    const looked = [sight.record!.owner!, move.to].every((host) => hasLookedAgain(host, sight, move, hosts, snapshot))
    return looked ? ended(move.broken ? { code: 'move-broken', to: move.to } : null, true) : goingOn
  }
  const report = here.moved?.serial === move.serial ? here.moved : null
  if (report !== null && report.fault !== null && runs(here) && isDown(there)) {
    const { to } = move
    return ended(
      move.cancelled ? { code: 'move-cancelled', to } : { code: 'move-failed', to, fault: report.fault },
      true,
    )
  }
  return goingOn
}

function isWhole(seen: GuestObservation): boolean {
  return runs(seen) && !isHalf(seen)
}

/** Some of its memory is elsewhere. */
function isHalf(seen: GuestObservation): boolean {
  return isBroken(seen) || (seen.run === 'paused' && seen.pauseCause === 'migration')
}

function isBroken({ run, pauseCause }: GuestObservation): boolean {
  return run === 'paused' && pauseCause === 'post-copy-broken'
}

function seenAt(
  host: HostId,
  sight: GuestSight,
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
): GuestObservation {
  // One that left on purpose had looked before the guest arrived: only a proof says that it is not there.
  if (hosts.get(host)?.standing === 'lost') return absentGuest
  const seen = snapshot.observations.get(host)
  return seen === undefined ? unseenGuest : seenGuest(seen, sight.compiled.id, snapshot)
}

/** A dead host needs no look, nor does an owner that left: it had none to move any more. */
function hasLookedAgain(
  host: HostId,
  sight: GuestSight,
  move: GuestMove,
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
): boolean {
  if (hosts.get(host)?.standing === 'lost' || (host !== move.to && hosts.get(host)?.gone)) return true
  return snapshot.observations.get(host)?.observation.looks?.[sight.compiled.id] === move.serial
}

function ended(because: Reason | null, failed: boolean): MoveState {
  return { kind: 'ended', because, failed }
}

/** What becomes of where a guest belongs when it leaves a host. */
export interface HomeView {
  /** It leaves a host that is emptied, and returns to it afterwards. */
  readonly goesHome: boolean
  /** The home that it has is still empty: it was not asked yet to come back. */
  readonly homeAwaits: boolean
}

/** The record once a host owns the guest that did not before. */
export function handedOver(record: GuestRecord, to: HostId, cause: MoveCause, home: HomeView): GuestRecord {
  const seat = record.seat ?? firstSeat
  return {
    ...record,
    owner: to,
    epoch: record.epoch + 1,
    seat: {
      ...seat,
      move: null,
      released: false,
      moveFailedAt: null,
      home: homeAfter(record, seat, to, cause, home),
    },
  }
}

function homeAfter(
  record: GuestRecord,
  seat: SeatRecord,
  to: HostId,
  cause: MoveCause,
  { goesHome, homeAwaits }: HomeView,
): HostId | null {
  if (cause === 'home') return null
  // Wherever it is sent while its home is empty, it comes home afterwards; sent elsewhere at another time, that is where it belongs.
  const keeps = homeAwaits || !['operator', 'failback', 'host-lost'].includes(cause)
  const leaves = goesHome && cause !== 'host-lost' ? record.owner : null
  const home = (keeps ? seat.home : null) ?? leaves
  return home === to ? null : home
}
