import type { Access, Caller, Role } from '../model/access.ts'
import { roles } from '../model/access.ts'
import type { GuestSpec } from '../model/guest.ts'
import type { GuestId } from '../model/ids.ts'
import type { ClusterView } from './views/cluster-view.ts'
import { sightNamed } from './views/cluster-view.ts'
import type { Refusal, WishPlan } from './views/wish-plan.ts'

/** `unknown`: it must be said first who calls. */
export type Admission = 'allowed' | 'unknown' | 'denied'

/** Whether a caller may use a route at all. Null: nobody that is known. */
export function admission(caller: Caller | null, access: Access): Admission {
  if (access === 'public') return 'allowed'
  if (caller === null) return 'unknown'
  return rank(caller.role) >= rank(access) ? 'allowed' : 'denied'
}

/** Whether a caller may command a guest. */
export function commands(caller: Caller, { tags }: Pick<GuestSpec, 'tags'>): boolean {
  switch (caller.role) {
    case 'viewer':
      return false
    case 'operator':
      return caller.tags === null || caller.tags.some((tag) => tags.includes(tag))
    case 'administrator':
      return true
  }
}

/**
 * A plan is the caller's to make when all guests that it changes, and those that are paused or stopped by it, are. Null: it is.
 * What concerns hosts or the whole cluster is the administrator's.
 */
export function overstepped(caller: Caller, view: ClusterView, plan: WishPlan): Refusal | null {
  if (caller.role === 'administrator') return null
  const wide = [plan.hosts, plan.hostChanges].some((changes) => (changes?.size ?? 0) > 0)
  if (wide || plan.armed !== undefined || plan.resetFencing) return denied('administrator', [])
  const guests = [...plan.changes.keys(), ...plan.affects].filter((guest) => !commandsNamed(caller, view, guest))
  return guests.length === 0 ? null : denied('operator', [...new Set(guests)].sort())
}

/** A guest that is not in the cluster is nobody's to command. */
function commandsNamed(caller: Caller, view: ClusterView, guest: GuestId): boolean {
  const sight = sightNamed(view, guest)
  return sight !== null && commands(caller, sight.compiled.spec)
}

function denied(role: Role, guests: readonly string[]): Refusal {
  return { kind: 'refused', fault: { code: 'access-denied', outcome: 'not-done', details: { role, guests } } }
}

function rank(role: Role): number {
  return roles.indexOf(role)
}
