import type { GuestId } from '../../model/ids.ts'
import type { Reason } from '../../model/reason.ts'
import { memoryBudget } from '../capacity.ts'
import type { GuestSight } from '../sight.ts'
import type { ClusterView } from './cluster-view.ts'
import { isUp, phaseKind, sightNamed } from './cluster-view.ts'
import { dependentsOf, isPausedWith } from './reach.ts'
import type { Refusal, WishChange, WishPlan } from './wish-plan.ts'
import { idsOf, refusal, refusedBecause, unknownGuest } from './wish-plan.ts'

/** A kernel needs at least this much to go on: a smaller balloon target is a slip of the fingers that kills the guest. */
export const smallestMemoryMib = 16

type Plan = WishPlan | Refusal

export function planPause(view: ClusterView, name: string): Plan {
  return withGuest(view, name, (sight) => {
    if (!isUp(sight)) return refusedBecause('not-running', { guest: name })
    if (sight.wish.pausedByHand) return unchanged(sight)
    const affects = dependentsOf(view, [sight], isPausedWith).filter(isUp)
    return changed(sight, { pausedByHand: true }, idsOf(affects))
  })
}

export function planResume(view: ClusterView, name: string): Plan {
  return withGuest(view, name, (sight) =>
    sight.wish.pausedByHand ? changed(sight, { pausedByHand: false }) : unchanged(sight),
  )
}

export function planWatch(view: ClusterView, name: string, on: boolean): Plan {
  return withGuest(view, name, (sight) => (sight.wish.watch === on ? unchanged(sight) : changed(sight, { watch: on })))
}

/** A failed guest is forgotten: its failures are, and what is wished of it is what the file says. */
export function planClear(view: ClusterView, name: string): Plan {
  return withGuest(view, name, (sight) => {
    const kind = phaseKind(sight)
    if (kind !== 'failed' && kind !== 'held-down') return unchanged(sight)
    return changed(sight, { state: null, command: true, clears: true, pausedByHand: false, ignoreDependents: false })
  })
}

/** S13: hands off altogether, until it is launched again; it stays as it is. Not while it moves: nobody would end that. */
export function planUnmanage(view: ClusterView, name: string): Plan {
  const sight = sightNamed(view, name)
  if (sight === null) return unknownGuest(view, name)
  if (sight.ownWish === 'ignored') return unchanged(sight)
  const move = sight.record?.seat?.move
  if (move) {
    const because: Reason = { code: 'moving', to: move.to, how: move.how, cause: move.cause }
    return { ...refusedBecause('cannot-unmanage', { guest: name }), reasons: [{ guest: sight.compiled.id, because }] }
  }
  return changed(sight, { state: 'ignored' })
}

/** `memoryMib` null: back to what the cluster file says. */
export function planMemory(view: ClusterView, name: string, memoryMib: number | null): Plan {
  return withGuest(view, name, (sight) => {
    if (sight.wish.memoryMib === memoryMib) return unchanged(sight)
    const refused = memoryMib === null ? null : memoryRefusal(view, sight, memoryMib)
    return refused ?? changed(sight, { memoryMib })
  })
}

function memoryRefusal(view: ClusterView, sight: GuestSight, wishedMib: number): Refusal | null {
  const guest = sight.compiled.id
  if (wishedMib < smallestMemoryMib) {
    return refusedBecause('memory-too-small', { guest, wishedMib, smallestMib: smallestMemoryMib })
  }
  const maximumMib = maximumOf(sight)
  if (maximumMib !== null && wishedMib > maximumMib) {
    return refusedBecause('memory-above-maximum', { guest, wishedMib, maximumMib })
  }
  const freeMib = freeFor(view, sight)
  if (freeMib === null || wishedMib <= freeMib) return null
  return refusal('not-enough-memory', {
    guest,
    neededMib: wishedMib,
    freeMib,
    host: sight.host?.observation.host ?? '',
  })
}

function maximumOf({ compiled, seen }: GuestSight): number | null {
  const { memory, source } = compiled.spec
  const defined = source.kind === 'defined' ? source.definition.memoryMaxMib : null
  return seen.memoryMaxMib ?? memory.maxMib ?? defined
}

/** What its host can give this guest in all: the free memory and what it holds already. Null: not known. */
function freeFor(view: ClusterView, sight: GuestSight): number | null {
  if (sight.host === null) return null
  const { observation } = sight.host
  const others = view.sights.filter((other) => other !== sight)
  const { freeMib } = memoryBudget(view.compiled.spec, observation.host, observation, others)
  return freeMib === null ? null : Math.max(0, Math.floor(freeMib))
}

function withGuest(view: ClusterView, name: string, plan: (sight: GuestSight) => Plan): Plan {
  const sight = sightNamed(view, name)
  if (sight === null) return unknownGuest(view, name)
  return sight.wishState === 'ignored' ? refusedBecause('ignored', { guest: name }) : plan(sight)
}

function changed(sight: GuestSight, change: WishChange, affects: readonly GuestId[] = []): WishPlan {
  const changes = new Map([[sight.compiled.id, change]])
  return { kind: 'planned', changes, already: [], also: [], skipped: [], affects }
}

function unchanged(sight: GuestSight): WishPlan {
  return { kind: 'planned', changes: new Map(), already: [sight.compiled.id], also: [], skipped: [], affects: [] }
}
