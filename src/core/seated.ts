import type { GuestId, HostId } from '../model/ids.ts'
import { firstSeat, type GuestMove, type MoveCause } from '../model/member.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import type { CompiledCluster, CompiledGuest } from './graph.ts'
import type { HostView } from './hosts.ts'
import { type HomeView, handedOver, moveState } from './moves.ts'
import { type Seat, type Seating, seating, seatOf } from './seating.ts'
import { type GuestSight, isDown, sightOf } from './sight.ts'
import type { ClusterSnapshot } from './snapshot.ts'

export interface Seated {
  /** As `cluster.order`, each with the owner it has from this round on. */
  readonly sights: readonly GuestSight[]
  readonly seats: ReadonlyMap<GuestId, Seat>
  /** Hosts whose death lets a guest of theirs start elsewhere: their records must not have changed meanwhile (S1). */
  readonly takenFrom: ReadonlySet<HostId>
  readonly awaiting: Seating['awaiting']
  readonly keeping: Seating['keeping']
}

/**
 * Who owns each guest from this round on: moves that ended, guests that are taken by another host, moves that begin.
 * One step a guest a round. Pure.
 */
export function seatAll(
  cluster: CompiledCluster,
  told: readonly GuestSight[],
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
): Seated {
  const moved = told.map((sight) => afterMove(sight, hosts, snapshot))
  // A move that ended is one step: what is next is seen from the record that says so.
  const ended = new Set(moved.filter((sight, index) => hasEnded(told[index]!, sight)).map((sight) => sight.compiled.id))
  const { seats, refused, stranded, awaiting, keeping } = seating(cluster, moved, hosts, snapshot, ended)
  const takenFrom = new Set<HostId>()
  const sights = moved.map((sight) => {
    const id = sight.compiled.id
    const seat = seats.get(id)
    const stays = seat === undefined || seat.kind === 'stay'
    const answered =
      refused.has(id) || stays ? answeredWish(sight, { seats, refused, stranded, awaiting, keeping }) : sight
    if (stranded.has(id)) return goesDown(answered)
    if (seat?.kind === 'take') {
      const owner = answered.record?.owner ?? null
      if (owner !== null && hosts.get(owner)?.loss) takenFrom.add(owner)
      return taken(answered, seat, hosts, snapshot)
    }
    return seat?.kind === 'move' ? beginsMove(answered, seat) : answered
  })
  return { sights, seats, takenFrom, awaiting, keeping }
}

function hasEnded(before: GuestSight, after: GuestSight): boolean {
  return before.record?.seat?.move != null && after.record?.seat?.move == null
}

/** A move that ended, one way or the other. */
function afterMove(sight: GuestSight, hosts: ReadonlyMap<HostId, HostView>, snapshot: ClusterSnapshot): GuestSight {
  const { record, compiled } = sight
  const move = record?.seat?.move
  if (record === null || move == null) return sight
  const state = moveState(sight, move, hosts, snapshot)
  switch (state.kind) {
    case 'going-on':
      return isTakenBack(sight, move) ? { ...sight, record: withMove(record, { ...move, cancelled: true }) } : sight
    case 'look-again':
      return { ...sight, record: withMove(record, { ...move, lookAgain: true }) }
    case 'broken':
      return { ...sight, record: withMove(record, { ...move, broken: true }) }
    case 'arrived': {
      const because: Reason = { code: 'moved', from: record.owner, cause: move.cause }
      const there = handedOver({ ...record, because }, move.to, move.cause, homeView(record, move.cause, hosts))
      const cold: GuestRecord = { ...there, phase: { kind: 'waiting', notBefore: null }, wanted: 'as-is' }
      return again(compiled, move.how === 'cold' ? cold : there, sight, hosts, snapshot)
    }
    case 'ended': {
      const moveFailedAt = state.failed ? snapshot.now : null
      const seat = { ...firstSeat, ...record.seat, move: null, moveFailedAt }
      const after: GuestRecord = { ...record, because: state.because ?? record.because, seat }
      // What moved was up: one that is down by now did not end its start, and what it needs may be gone since.
      const isVoid = record.phase.kind === 'starting' && move.how === 'live' && isDown(sight.seen)
      return {
        ...sight,
        record: isVoid ? { ...after, phase: { kind: 'waiting', notBefore: null }, wanted: 'as-is' } : after,
      }
    }
  }
}

/** What was stopped to be started elsewhere is not started here by changing one's mind: it is down already, or about to be. */
function isTakenBack({ wish }: GuestSight, { how, serial, cancelled }: GuestMove): boolean {
  return how === 'live' && cancelled === undefined && wish.moveCancel === serial
}

function withMove(record: GuestRecord, move: GuestMove): GuestRecord {
  return { ...record, seat: { ...firstSeat, ...record.seat, move } }
}

/** The guest under its new owner, looked at anew. */
function again(
  compiled: CompiledGuest,
  record: GuestRecord,
  { commanded }: GuestSight,
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
): GuestSight {
  return { ...sightOf(compiled, snapshot, hosts, record), commanded }
}

function taken(
  sight: GuestSight,
  { host, cause }: Extract<Seat, { kind: 'take' }>,
  hosts: ReadonlyMap<HostId, HostView>,
  snapshot: ClusterSnapshot,
): GuestSight {
  const before = sight.record ?? firstRecord(sight, snapshot)
  // Who moves a guest that waits for a person to start it has not said that: it is moved as it is. One that was found running is what it is there.
  const kept = cause !== 'first' && (before.phase.kind === 'failed' || before.phase.kind === 'held-down')
  const because: Reason = kept ? before.because : { code: 'moved', from: before.owner, cause }
  const record = handedOver({ ...before, because }, host, cause, homeView(before, null, hosts))
  const from = before.owner === null ? undefined : hosts.get(before.owner)
  const seat = {
    ...record.seat!,
    ...(cause === 'operator' && { moveSerial: sight.wish.moveSerial ?? 0 }),
    ...(from?.loss && { lostFrom: from.id }),
  }
  const fresh: GuestRecord = {
    ...record,
    epoch: before.owner === null ? record.epoch - 1 : record.epoch,
    phase: kept || sight.ownWish !== 'running' ? restPhase(record) : { kind: 'waiting', notBefore: null },
    wanted: 'as-is',
    tries: 0,
    relapses: 0,
    enteredAt: snapshot.now,
    enteredAtWall: snapshot.wall,
    seat,
  }
  return again(sight.compiled, fresh, sight, hosts, snapshot)
}

/** What is at rest stays so wherever it is. */
function restPhase({ phase }: GuestRecord): GuestRecord['phase'] {
  const rests = phase.kind === 'stopped' || phase.kind === 'failed' || phase.kind === 'held-down'
  return rests ? phase : { kind: 'waiting', notBefore: null }
}

function firstRecord(sight: GuestSight, snapshot: ClusterSnapshot): GuestRecord {
  return {
    guest: sight.compiled.id,
    owner: null,
    epoch: 1,
    generation: 0,
    phase: { kind: 'waiting', notBefore: null },
    because: { code: 'no-host' },
    tries: 0,
    relapses: 0,
    launchSerial: 0,
    wanted: 'as-is',
    memoryMib: null,
    // Above what was said of a move in an earlier record of a guest of this name.
    seat: { ...firstSeat, moves: sight.wish.moveCancel ?? 0 },
    enteredAt: snapshot.now,
    enteredAtWall: snapshot.wall,
  }
}

/** Evacuated guests go back when their host takes guests again; those of a dead host stay where they are. `moved`: why the move began that ended. */
function homeView(
  { owner, seat }: GuestRecord,
  moved: MoveCause | null,
  hosts: ReadonlyMap<HostId, HostView>,
): HomeView {
  const isEmptied = (host: HostId | null | undefined) => host != null && hosts.get(host)?.leaving === 'evacuate'
  // It may have been taken back while the guest was on its way.
  const evacuated = moved === 'maintenance' || moved === 'host-shutdown'
  return { goesHome: evacuated || isEmptied(owner), homeAwaits: isEmptied(seat?.home) }
}

function beginsMove(sight: GuestSight, { to, how, cause }: Extract<Seat, { kind: 'move' }>): GuestSight {
  const seat = seatOf(sight)
  const serial = seat.moves + 1
  const moveSerial = cause === 'operator' ? (sight.wish.moveSerial ?? 0) : seat.moveSerial
  const because: Reason = { code: 'moving', to, how, cause }
  const move: GuestMove = { to, how, cause, serial }
  const record: GuestRecord = { ...sight.record!, because, seat: { ...seat, move, moves: serial, moveSerial } }
  return { ...sight, record }
}

/** A move asked for that cannot be, or that is done already, is answered once. */
function answeredWish(sight: GuestSight, { refused }: Seating): GuestSight {
  const asked = sight.wish.moveSerial ?? 0
  const seat = seatOf(sight)
  if (sight.record === null || asked <= seat.moveSerial) return sight
  const refusal = refused.get(sight.compiled.id)
  if (refusal === undefined) {
    if (sight.wish.move?.to !== sight.record.owner) return sight
    return { ...sight, record: { ...sight.record, seat: { ...seat, moveSerial: asked } } }
  }
  const because: Reason = { code: 'move-refused', to: refusal.host, why: refusal.why }
  return { ...sight, record: { ...sight.record, because, seat: { ...seat, moveSerial: asked } } }
}

function goesDown(sight: GuestSight): GuestSight {
  return { ...sight, wishState: sight.ownWish === 'running' ? 'stopped' : sight.ownWish, downWith: sight.record!.owner }
}
