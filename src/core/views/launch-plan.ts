import type { GuestId, HostId } from '../../model/ids.ts'
import type { GuestSight } from '../sight.ts'
import { isGoingDown } from '../sight.ts'
import { replacedBy } from '../standby.ts'
import type { ClusterView } from './cluster-view.ts'
import { phaseKind } from './cluster-view.ts'
import { neededBy } from './reach.ts'
import type { HostChange, Refusal, SkipCode, WishChange, WishPlan } from './wish-plan.ts'
import { refusal, refusedBecause, selectGuests, stateToSay } from './wish-plan.ts'

/**
 * `launch [NAME…]`: the named guests and everything they need shall run.
 * Without names: every guest that the cluster file wants running, those shut down by command included.
 */
export function planLaunch(view: ClusterView, names: readonly string[]): WishPlan | Refusal {
  const plan = planGuests(view, names)
  const hosts = hostsTakenBack(view)
  return plan.kind === 'refused' || hosts.size === 0 ? plan : { ...plan, hosts }
}

function planGuests(view: ClusterView, names: readonly string[]): WishPlan | Refusal {
  if (names.length === 0) return launchAll(view)
  const selection = selectGuests(view, names)
  return selection.kind === 'refused' ? selection : launchNamed(view, selection.guests)
}

/** Who launches says that the host does not go down after all: what was down only for that starts again, too. */
function hostsTakenBack({ snapshot }: ClusterView): ReadonlyMap<HostId, HostChange> {
  const hosts = [...snapshot.hostWishes.keys()].filter((host) => isGoingDown(host, snapshot)).sort()
  return new Map(hosts.map((host) => [host, { downInBoot: null, guests: [] }]))
}

function launchAll(view: ClusterView): WishPlan {
  const plan = emptyPlan()
  for (const sight of view.sights) {
    const why = notLaunchedWithAll(sight)
    if (why === null) addOrLeave(plan, sight)
    else plan.skipped.push({ guest: sight.compiled.id, why })
  }
  return plan
}

function notLaunchedWithAll({ compiled, wish, ownWish, standsIn }: GuestSight): SkipCode | null {
  if (compiled.first !== undefined && !standsIn) return 'standby'
  if (compiled.spec.wish === 'ignored') return 'ignored'
  if (compiled.spec.wish === 'disabled') return 'disabled'
  // A guest that the file keeps down and a command launched stays launched.
  if (compiled.spec.wish === 'stopped' && ownWish !== 'running') return 'wished-stopped'
  return wish.watch ? null : 'watch-off'
}

function launchNamed(view: ClusterView, named: readonly GuestSight[]): WishPlan | Refusal {
  const plan = emptyPlan()
  const launched: GuestSight[] = []
  for (const sight of named) {
    const { compiled, wish } = sight
    if (!wish.watch) return refusal('watch-off', { guest: compiled.id })
    if (compiled.spec.wish === 'ignored') return refusedBecause('ignored', { guest: compiled.id })
    if (compiled.first === undefined || sight.standsIn) launched.push(sight)
    else if (isKeptReady(sight)) plan.skipped.push({ guest: compiled.id, why: 'standby' })
    else plan.changes.set(compiled.id, { ...launchChange, state: null, clears: true })
  }
  const [only] = named
  if (only?.compiled.first !== undefined && plan.skipped.length === named.length) {
    return refusedBecause('is-standby', { guest: only.compiled.id, first: only.compiled.first.spec.id })
  }
  for (const sight of neededBy(view, launched)) {
    const { id } = sight.compiled
    if (sight.wishState === 'disabled') {
      return refusedBecause('need-disabled', { guest: named[0]!.compiled.id, need: id })
    }
    if (sight.wishState === 'ignored') plan.skipped.push({ guest: id, why: 'ignored' })
    else if (!sight.wish.watch) plan.skipped.push({ guest: id, why: 'watch-off' })
    else if (addOrLeave(plan, sight)) plan.also.push(id)
  }
  for (const sight of launched) add(plan, sight)
  return plan
}

const launchChange = { command: true, pausedByHand: false, ignoreDependents: false } as const

/** A standby that will be there when its turn comes: to launch it would change nothing. */
function isKeptReady(sight: GuestSight): boolean {
  const phase = phaseKind(sight)
  return sight.ownWish === 'stopped' && sight.wish.state === null && phase !== 'failed' && phase !== 'held-down'
}

/** Of one that was not named: where its standby stands in it goes on doing so, and the place is given back to nobody. */
function addOrLeave(plan: GrowingPlan, sight: GuestSight): boolean {
  const { id, spec } = sight.compiled
  if (replacedBy(sight) === null) return add(plan, sight)
  if (sight.ownWish === 'running') {
    plan.skipped.push({ guest: id, why: 'replaced' })
    return false
  }
  plan.changes.set(id, { state: stateToSay(spec, 'running') })
  return true
}

/** True when there is something to change. */
function add(plan: GrowingPlan, sight: GuestSight): boolean {
  const { id, spec } = sight.compiled
  if (isLaunched(sight)) {
    plan.already.push(id)
    return false
  }
  const state = stateToSay(spec, 'running')
  plan.changes.set(id, { ...launchChange, state })
  return true
}

/** Wished, not paused by hand, and up or on its way. */
function isLaunched(sight: GuestSight): boolean {
  const phase = phaseKind(sight)
  return sight.wishState === 'running' && !sight.wish.pausedByHand && (phase === 'ready' || phase === 'starting')
}

interface GrowingPlan extends WishPlan {
  readonly changes: Map<GuestId, WishChange>
  readonly already: GuestId[]
  readonly also: GuestId[]
  readonly skipped: { guest: GuestId; why: SkipCode }[]
}

function emptyPlan(): GrowingPlan {
  return { kind: 'planned', changes: new Map(), already: [], also: [], skipped: [], affects: [] }
}
