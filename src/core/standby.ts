import { firstSeat } from '../model/member.ts'
import type { Reason } from '../model/reason.ts'
import type { GuestRecord } from '../model/record.ts'
import { isReleased, isUnsettled, restKinds } from './elsewhere.ts'
import type { CompiledCluster } from './graph.ts'
import type { Decided } from './needs.ts'
import { type GuestSight, isDown, runs } from './sight.ts'
import type { Counterpart, GuestRound, Next } from './transition.ts'

/**
 * A guest that is given up, and the standby that takes its place. Three rules hold at every step:
 *
 * - P1 The two never run at once by our doing: they may share an address. Each starts only when the other is down for certain.
 * - P2 Who has the place is in the record of the guest alone (`replacedBy`), so that any leader decides the same.
 * - P3 The guest that was given up is kept down, and touched by nothing, until somebody launches, clears or disables it.
 */

/** `decided`: so far in this round, by place in the order. */
export function counterpartOf(
  { compiled }: GuestSight,
  cluster: CompiledCluster,
  sights: readonly GuestSight[],
  decided: readonly Decided[],
): Counterpart | null {
  const id = compiled.spec.standby ?? compiled.first?.spec.id
  const other = id === undefined ? undefined : cluster.byId.get(id)
  if (other === undefined) return null
  const sight = sights[other.index]!
  return decided[other.index] ?? { sight, record: sight.record }
}

/** P3: what a replaced guest shall be next. Undefined: the ordinary rules say, for it has its place or gets it back. */
export function whileReplaced({ sight }: GuestRound): Next | null | undefined {
  const { record, commanded, ownWish, wishState, wish } = sight
  if (record === null || replacedBy(sight) === null) return undefined
  if (ownWish === 'disabled') return undefined
  if (!commanded) return null
  if (wishState === 'running' || wish.clears) return undefined
  // Shut down by command: its standby goes down for it, and has the place again when it is to run again.
  return { phase: record.phase, because: record.because, wanted: 'as-is', commandTaken: true }
}

/** The standby that has the place of this guest; null: it has it itself. */
export function replacedBy({
  record,
  compiled,
}: Pick<GuestSight, 'record' | 'compiled'>): GuestSight['compiled']['id'] | null {
  const by = record?.replacedBy
  return by !== undefined && by === compiled.spec.standby ? by : null
}

/** What was decided of a guest, and that it makes room for its standby where it is given up. */
export function withStandby(round: GuestRound, next: Next | null): Next | null {
  const { sight, counterpart } = round
  const { standby } = sight.compiled.spec
  if (standby === undefined || counterpart === null || replacedBy(sight) !== null) return next
  const phase = next?.phase ?? sight.record?.phase
  const because = next?.because ?? sight.record?.because
  if (phase?.kind !== 'failed' || because === undefined || !isGivenUp(because)) return next
  if (sight.wishState !== 'running' || !sight.wish.watch) return next
  // Somebody wants it tried again, and these tries were not the answer to that.
  if (sight.commanded && next?.commandTaken !== true) return next
  if (!isAvailable(counterpart)) return next
  if (runs(sight.seen)) return { ...next, phase: { kind: 'stopping', next: 'fail' }, because, wanted: 'stopped' }
  if (!isOut(round)) return next
  const last = because.code === 'replaced' ? because.last : because
  return {
    ...next,
    ...{ phase: { kind: 'failed' }, because: { code: 'replaced', by: standby, last }, wanted: 'as-is' },
    ...{ again: true, replacedBy: standby },
  }
}

/** By its own failures on every host it was tried on; one that could not be stopped may still run. */
function isGivenUp(because: Reason): boolean {
  return because.code === 'tries-exhausted' || because.code === 'replaced'
}

/** It is to run when its turn comes, and was not given up itself. */
function isAvailable({ sight, record }: Counterpart): boolean {
  const { wish, compiled } = sight
  if ((wish.state ?? compiled.spec.wish) !== 'running' || !wish.watch) return false
  const phase = record?.phase
  // Stopped because it came up late, after it had been given up: it is that still.
  if (phase?.kind === 'stopping' && phase.next === 'fail') return false
  return phase?.kind !== 'failed' && phase?.kind !== 'held-down'
}

/** P1 of the guest itself: down for certain. */
function isOut(round: GuestRound): boolean {
  const { sight, place } = round
  const { record } = sight
  if (record === null || !isDown(sight.seen)) return false
  if (place === null) return true
  const seat = record.seat ?? firstSeat
  const failed: GuestRecord = { ...record, phase: { kind: 'failed' } }
  return !isUnsettled(seat, round) && isReleased(failed, seat, round)
}

/** P1: what keeps this guest from being started; null: nothing, or there is no other. */
export function besideOther({ sight, counterpart }: GuestRound): Reason | null {
  if (counterpart === null) return null
  const because: Reason = { code: 'not-beside', guest: counterpart.sight.compiled.id }
  if (!isDownForCertain(counterpart)) return because
  // The place was given back in this very round.
  const first = sight.compiled.first
  return first !== undefined && counterpart.record?.replacedBy !== sight.compiled.id ? because : null
}

/** P1 of the other one: as it was seen, and as it was decided in this round. */
function isDownForCertain({ sight: { seen }, record }: Counterpart): boolean {
  if (runs(seen)) return false
  if (record === null) return isDown(seen)
  if (record.phase.kind === 'ignored') return isDown(seen) || record.owner === null
  if (!restKinds.includes(record.phase.kind)) return false
  if (record.owner === null) return true
  if (record.seat === undefined) return isDown(seen)
  return record.seat.released && record.seat.move === null && !record.seat.unsettled
}
