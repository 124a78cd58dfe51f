import type { GuestId } from '../../model/ids.ts'
import { noWish } from '../../model/wish.ts'
import type { CompiledCluster } from '../graph.ts'
import type { ClusterSnapshot } from '../snapshot.ts'
import { allThere } from './all-there.ts'
import type { ApplyRefusal } from './apply-diff.ts'
import type { ClusterView } from './cluster-view.ts'
import { hostsToLose, type Loss, lossCount, mostLosses, survival } from './survive.ts'
import type { Refusal, WishPlan } from './wish-plan.ts'
import { changedWish, refusedBecause } from './wish-plan.ts'

/** Guests placed for all losses together, where a daemon judges: more would keep it from its work for seconds. */
const mostPlaced = 2_000_000

/** What a cluster would not bear; `too-many` = there are more losses than are looked at. */
export type Unbearable =
  | { readonly kind: 'loss'; readonly loss: Loss }
  | { readonly kind: 'too-many'; readonly count: number; readonly limit: number; readonly survive: number }

/** N+1: the first loss that `survive` asks to bear and that would leave somebody waiting. Null: all are borne, or it is not asked. */
export function unbearable(compiled: CompiledCluster, known: ClusterSnapshot | null): Unbearable | null {
  const { settings } = compiled.spec
  if (settings.survive === 0) return null
  const view = allThere(compiled, known)
  const hosts = hostsToLose(view).length
  if (hosts === 0) return null
  const survive = Math.min(settings.survive, hosts)
  const count = lossCount(hosts, survive)
  const limit = Math.min(mostLosses, Math.floor(mostPlaced / Math.max(1, view.sights.length)))
  if (count > limit) return { kind: 'too-many', count, limit, survive }
  const loss = survival(view, survive).losses.find(({ waiting }) => waiting.length > 0)
  return loss === undefined ? null : { kind: 'loss', loss }
}

/** What is not borne, as whoever asked for it is told. */
export function toldOf(found: Unbearable): ApplyRefusal {
  if (found.kind === 'too-many') return { code: 'too-many-losses', count: found.count, limit: found.limit }
  const { hosts, waiting } = found.loss
  return { code: 'would-not-survive', hosts, guests: waiting.map(({ guest }) => guest) }
}

/** A launch is refused, or goes ahead with its risk told, where the cluster bears every loss without it and would not with it. */
export function admitted(view: ClusterView, plan: WishPlan | Refusal): WishPlan | Refusal {
  if (plan.kind === 'refused' || view.compiled.spec.settings.survive === 0) return plan
  const started = startedBy(view, plan)
  if (started.length === 0) return plan
  const { wishes, wall } = view.snapshot
  const changed = started.map((guest) => {
    return [guest, changedWish(wishes.get(guest) ?? noWish, plan.changes.get(guest)!, '', wall)] as const
  })
  const after = unbearable(view.compiled, { ...view.snapshot, wishes: new Map([...wishes, ...changed]) })
  if (after === null || unbearable(view.compiled, view.snapshot) !== null) return plan
  if (view.compiled.spec.settings.survivePolicy === 'warn') return { ...plan, risks: [toldOf(after)] }
  if (after.kind === 'too-many') {
    const { count, limit, survive } = after
    return refusedBecause('too-many-losses', { count, limit, survive })
  }
  const { hosts, waiting } = after.loss
  return { ...refusedBecause('would-not-survive', { guests: started, hosts }), reasons: waiting }
}

/** Those that were not to run before. */
function startedBy(view: ClusterView, plan: WishPlan): GuestId[] {
  return view.sights
    .filter((sight) => plan.changes.has(sight.compiled.id) && sight.ownWish !== 'running')
    .map((sight) => sight.compiled.id)
}
