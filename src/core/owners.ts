import type { Assignment } from '../model/assignment.ts'
import type { HostId } from '../model/ids.ts'
import type { GuestObservation, RunState } from '../model/observation.ts'
import type { GuestRecord } from '../model/record.ts'
import type { Step } from './deeds.ts'

/** Whom a guest's record names (S1, S8). */
export interface GuestOwners {
  readonly owner: HostId | null
  readonly to: HostId | null
  readonly generation: number
  readonly ignored: boolean
  /** The serial of a move for which its hosts shall look again; null: none. */
  readonly lookAgain: number | null
  /** Its move broke when each host had a part of it: what can never run on is taken away. */
  readonly broken: boolean
}

/** What an agent sees of the guest on its own host. */
export type SeenHere = Pick<GuestObservation, 'run' | 'pauseCause'>

export function ownersIn({ owner, seat, generation, phase }: GuestRecord): GuestOwners {
  const move = seat?.move ?? null
  const lookAgain = move?.lookAgain ? move.serial : null
  return {
    owner,
    to: move?.to ?? null,
    generation,
    ignored: phase.kind === 'ignored',
    lookAgain,
    broken: move?.broken === true,
  }
}

/**
 * What the guest's record and its state demand of this host, whatever was ordered; null: nothing, the order counts. `owners` null: there is no record,
 * or one host alone. `order` null: none that may be obeyed. `expel` and `discard` are done only after the store was asked anew.
 */
export function stepByOwners(
  owners: GuestOwners | null,
  host: HostId,
  seen: SeenHere,
  order: Assignment | null,
): Step | null {
  if (isUp(seen.run) && isForeign(owners, host)) return { kind: 'expel' }
  if (isToBeDiscarded(owners, host, seen)) return { kind: 'discard' }
  return isBrokenHere(seen) ? afterBreak(order) : null
}

/** S13: a record that names other hosts. */
export function isForeign(owners: GuestOwners | null, host: HostId): boolean {
  if (owners === null || owners.owner === null || owners.ignored) return false
  return owners.owner !== host && owners.to !== host
}

/** S8: a half of it; on the host it was to come to, also one that waits for memory that cannot come any more. */
export function isToBeDiscarded(owners: GuestOwners | null, host: HostId, seen: SeenHere): boolean {
  if (!owners?.broken || owners.ignored || seen.run !== 'paused') return false
  return isBrokenHere(seen) || (owners.to === host && seen.pauseCause === 'migration')
}

/** S1: this very start is this host's. */
export function isOrderedHere(owners: GuestOwners | null, host: HostId, generation: number): boolean {
  return owners?.owner === host && owners.generation === generation
}

export function isUp(run: RunState): boolean {
  return run === 'running' || run === 'paused'
}

/** A move of it broke after it had begun to run over there. */
function isBrokenHere({ run, pauseCause }: SeenHere): boolean {
  return run === 'paused' && pauseCause === 'post-copy-broken'
}

/** It is neither resumed nor moved once more: what becomes of it is the leader's to say, who sees both hosts. */
function afterBreak(order: Assignment | null): Step {
  return order !== null && order.move == null && order.wanted === 'stopped'
    ? { kind: 'destroy' }
    : { kind: 'nothing', againInMs: null }
}
